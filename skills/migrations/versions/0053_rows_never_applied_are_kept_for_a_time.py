"""what rows of a return say that were never applied is kept for a time

Revision: 0053
Follows: 0052
"""

import sqlalchemy as sa
from alembic import op

revision = '0053'
down_revision = '0052'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('filed_return', sa.Column('forgotten_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('filed_return', 'forgotten_at')
