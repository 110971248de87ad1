"""a section passed before is kept

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: nothing is copied, however many candidates there are.
    op.add_column('application', sa.Column('kept', sa.JSON(), server_default='[]', nullable=False))
    op.execute(
        'ALTER TABLE score ADD COLUMN kept_from VARCHAR(26) CONSTRAINT fk_score_kept_from REFERENCES application (id)'
    )


def downgrade() -> None:
    op.drop_column('score', 'kept_from')
    op.drop_column('application', 'kept')
