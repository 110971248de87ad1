"""questions lie in banks, version by version, with sealed keys

Revision: 0057
Follows: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = '0057'
down_revision = '0056'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('item_bank',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('points', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=26), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_item_bank_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_bank')),
    sa.UniqueConstraint('organisation_id', 'title', name=op.f('uq_item_bank_organisation_id_title'))
    )
    op.create_index(op.f('ix_item_bank_organisation_id'), 'item_bank', ['organisation_id'], unique=False)
    op.create_table('paper_item',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('bank_id', sa.String(length=26), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['bank_id'], ['item_bank.id'], name=op.f('fk_paper_item_bank_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_item')),
    sa.UniqueConstraint('bank_id', 'serial', name=op.f('uq_paper_item_bank_id_serial'))
    )
    op.create_index(op.f('ix_paper_item_bank_id'), 'paper_item', ['bank_id'], unique=False)
    op.create_table('paper_item_version',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('item_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('stem', sa.String(length=2000), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=False),
    sa.Column('point', sa.String(length=40), nullable=False),
    sa.Column('thinking', sa.String(length=12), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('drafted_by', sa.String(length=26), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewed_by', sa.String(length=26), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('reviewed_by IS NULL OR reviewed_by <> drafted_by', name=op.f('ck_paper_item_version_two_people')),
    sa.CheckConstraint("state NOT IN ('returned', 'reviewed', 'in_use') OR reviewed_by IS NOT NULL", name=op.f('ck_paper_item_version_reviewed')),
    sa.ForeignKeyConstraint(['item_id'], ['paper_item.id'], name=op.f('fk_paper_item_version_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_item_version')),
    sa.UniqueConstraint('item_id', 'number', name=op.f('uq_paper_item_version_item_id_number'))
    )
    op.create_index(op.f('ix_paper_item_version_item_id'), 'paper_item_version', ['item_id'], unique=False)
    op.create_index(op.f('ix_paper_item_version_state'), 'paper_item_version', ['state'], unique=False)
    op.create_index('uq_paper_item_version_open', 'paper_item_version', ['item_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'returned')"), postgresql_where=sa.text("state IN ('draft', 'returned')"))
    op.create_index('uq_paper_item_version_live', 'paper_item_version', ['item_id'], unique=True, sqlite_where=sa.text("state IN ('reviewed', 'in_use')"), postgresql_where=sa.text("state IN ('reviewed', 'in_use')"))


def downgrade() -> None:
    op.drop_table('paper_item_version')
    op.drop_table('paper_item')
    op.drop_table('item_bank')
