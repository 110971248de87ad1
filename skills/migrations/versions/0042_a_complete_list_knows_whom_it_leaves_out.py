"""a complete list knows whom it leaves out

Revision: 0042
Follows: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('return_mark', schema=None) as batch_op:
        batch_op.add_column(sa.Column('gone', sa.JSON(), server_default='{}', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('return_mark', schema=None) as batch_op:
        batch_op.drop_column('gone')
