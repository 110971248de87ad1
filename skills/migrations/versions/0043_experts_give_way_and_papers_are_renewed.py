"""experts who do not answer give way, papers are renewed

Revision: 0043
Follows: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('training_standard_review', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_reason', sa.String(length=400), server_default='', nullable=False))
    with op.batch_alter_table('lecturer_qualification', schema=None) as batch_op:
        batch_op.add_column(sa.Column('renewed_until', sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('lecturer_qualification', schema=None) as batch_op:
        batch_op.drop_column('renewed_until')
    with op.batch_alter_table('training_standard_review', schema=None) as batch_op:
        batch_op.drop_column('ended_reason')
