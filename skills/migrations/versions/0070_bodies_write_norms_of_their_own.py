"""bodies write norms of their own

Revision: 0070
Follows: 0069
"""

import sqlalchemy as sa
from alembic import op

revision = '0070'
down_revision = '0069'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('norm',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('filing_id', sa.String(length=26), nullable=False),
    sa.Column('occupation', sa.String(length=16), nullable=False),
    sa.Column('branch', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('written_by', sa.String(length=26), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_norm_filing_id')),
    sa.ForeignKeyConstraint(['occupation'], ['occupation.code'], name=op.f('fk_norm_occupation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_norm'))
    )
    with op.batch_alter_table('norm', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_norm_filing_id'), ['filing_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_norm_state'), ['state'], unique=False)
        for state in ('draft', 'filed'):
            where = sa.text(f"state = '{state}'")
            batch_op.create_index(f'uq_norm_{state}', ['filing_id', 'occupation', 'branch'], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table('norm')
