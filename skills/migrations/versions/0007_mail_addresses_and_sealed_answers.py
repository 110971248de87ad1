"""mail addresses and sealed answers

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('email', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('email_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('one_time_code', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address', sa.LargeBinary(), nullable=True))
        batch_op.drop_column('tries')

    # Answers were kept in the clear. They only repeat what was said to a request; what was done stands in its own rows.
    op.execute("DELETE FROM replay")
    with op.batch_alter_table('replay', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sealed_answer', sa.LargeBinary(), nullable=False))
        batch_op.drop_column('answer')



def downgrade() -> None:
    op.execute("DELETE FROM replay")
    with op.batch_alter_table('replay', schema=None) as batch_op:
        batch_op.add_column(sa.Column('answer', sa.JSON(), nullable=False))
        batch_op.drop_column('sealed_answer')

    with op.batch_alter_table('one_time_code', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tries', sa.Integer(), nullable=False, server_default='0'))
        batch_op.drop_column('address')

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_column('email_at')
        batch_op.drop_column('email')

