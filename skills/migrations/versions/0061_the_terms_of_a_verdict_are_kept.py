"""an application keeps the terms of its verdict, so that it can be decided again

Revision: 0061
Follows: 0060
"""

import sqlalchemy as sa
from alembic import op

revision = '0061'
down_revision = '0060'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('application', sa.Column('terms', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column('application', 'terms')
