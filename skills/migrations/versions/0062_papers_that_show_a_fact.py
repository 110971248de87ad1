"""papers that show a fact of a person's record

Revision: 0062
Follows: 0061
"""

import sqlalchemy as sa
from alembic import op

revision = '0062'
down_revision = '0061'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('record_evidence',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('entry_id', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_record_evidence_size')),
    sa.ForeignKeyConstraint(['entry_id'], ['record_entry.id'], name=op.f('fk_record_evidence_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_evidence'))
    )
    with op.batch_alter_table('record_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_evidence_entry_id'), ['entry_id'], unique=False)


def downgrade() -> None:
    op.drop_table('record_evidence')
