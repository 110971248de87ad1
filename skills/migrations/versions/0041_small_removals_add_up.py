"""small removals add up

Revision: 0041
Follows: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('return_removal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('earlier', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('return_removal', schema=None) as batch_op:
        batch_op.drop_column('earlier')
