"""papers are drawn by a blueprint and frozen

Revision: 0058
Follows: 0057
"""

import sqlalchemy as sa
from alembic import op

revision = '0058'
down_revision = '0057'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper_blueprint',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('bank_id', sa.String(length=26), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=26), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['bank_id'], ['item_bank.id'], name=op.f('fk_paper_blueprint_bank_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_blueprint'))
    )
    op.create_index(op.f('ix_paper_blueprint_bank_id'), 'paper_blueprint', ['bank_id'], unique=False)
    op.create_table('paper_form',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('bank_id', sa.String(length=26), nullable=False),
    sa.Column('blueprint_id', sa.String(length=26), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(length=26), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('pool', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('drawn_by', sa.String(length=26), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bank_id'], ['item_bank.id'], name=op.f('fk_paper_form_bank_id')),
    sa.ForeignKeyConstraint(['blueprint_id'], ['paper_blueprint.id'], name=op.f('fk_paper_form_blueprint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_form')),
    sa.UniqueConstraint('bank_id', 'serial', name=op.f('uq_paper_form_bank_id_serial'))
    )
    op.create_index(op.f('ix_paper_form_bank_id'), 'paper_form', ['bank_id'], unique=False)
    op.create_index(op.f('ix_paper_form_blueprint_id'), 'paper_form', ['blueprint_id'], unique=False)
    op.create_table('paper_form_item',
    sa.Column('form_id', sa.String(length=26), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.String(length=26), nullable=False),
    sa.Column('version_id', sa.String(length=26), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['form_id'], ['paper_form.id'], name=op.f('fk_paper_form_item_form_id')),
    sa.ForeignKeyConstraint(['item_id'], ['paper_item.id'], name=op.f('fk_paper_form_item_item_id')),
    sa.ForeignKeyConstraint(['version_id'], ['paper_item_version.id'], name=op.f('fk_paper_form_item_version_id')),
    sa.PrimaryKeyConstraint('form_id', 'place', name=op.f('pk_paper_form_item')),
    sa.UniqueConstraint('form_id', 'item_id', name=op.f('uq_paper_form_item_form_id_item_id'))
    )
    op.create_index(op.f('ix_paper_form_item_item_id'), 'paper_form_item', ['item_id'], unique=False)
    op.create_index(op.f('ix_paper_form_item_version_id'), 'paper_form_item', ['version_id'], unique=False)


def downgrade() -> None:
    op.drop_table('paper_form_item')
    op.drop_table('paper_form')
    op.drop_table('paper_blueprint')
