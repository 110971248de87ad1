"""a no on eligibility keeps its question

Revision: 0047
Follows: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('voucher_refusal',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('batch_id', sa.String(length=26), nullable=False),
    sa.Column('voucher_id', sa.String(length=26), nullable=True),
    sa.Column('moment', sa.String(length=16), nullable=False),
    sa.Column('question', sa.JSON(), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['voucher_batch.id'], name=op.f('fk_voucher_refusal_batch_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_voucher_refusal_person_id')),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_voucher_refusal_voucher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voucher_refusal')),
    sa.UniqueConstraint('person_id', 'batch_id', 'moment', 'digest', name=op.f('uq_voucher_refusal_person_id_batch_id_moment_digest'))
    )
    with op.batch_alter_table('voucher_refusal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voucher_refusal_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_voucher_refusal_voucher_id'), ['voucher_id'], unique=False)
    op.add_column('attempt', sa.Column('kept', sa.String(length=26), nullable=True))


def downgrade() -> None:
    op.drop_column('attempt', 'kept')
    with op.batch_alter_table('voucher_refusal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voucher_refusal_voucher_id'))
        batch_op.drop_index(batch_op.f('ix_voucher_refusal_batch_id'))
    op.drop_table('voucher_refusal')
