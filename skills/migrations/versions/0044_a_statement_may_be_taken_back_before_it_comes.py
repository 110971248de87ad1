"""a statement may be taken back before it comes

Revision: 0044
Follows: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('xapi_statement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('refers_to', sa.String(length=36), server_default='', nullable=False))
        batch_op.create_index(batch_op.f('ix_xapi_statement_refers_to'), ['refers_to'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('xapi_statement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_xapi_statement_refers_to'))
        batch_op.drop_column('refers_to')
