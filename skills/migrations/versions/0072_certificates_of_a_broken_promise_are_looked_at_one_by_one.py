"""certificates of a broken promise are looked at one by one

Revision: 0072
Follows: 0071
"""

import sqlalchemy as sa
from alembic import op

revision = '0072'
down_revision = '0071'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('filing_recheck',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('filing_id', sa.String(length=26), nullable=False),
    sa.Column('award_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('opened_by', sa.String(length=26), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'open') = (decided_by IS NULL)", name=op.f('ck_filing_recheck_decided')),
    sa.ForeignKeyConstraint(['award_id'], ['award.id'], name=op.f('fk_filing_recheck_award_id')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_recheck_filing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_recheck')),
    sa.UniqueConstraint('award_id', name=op.f('uq_filing_recheck_award_id'))
    )
    with op.batch_alter_table('filing_recheck', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_recheck_filing_id'), ['filing_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_filing_recheck_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('filing_recheck')
