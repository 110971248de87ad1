"""two people sign the scores off, neither of whom typed or planned

Revision: 0063
Follows: 0062
"""

import sqlalchemy as sa
from alembic import op

revision = '0063'
down_revision = '0062'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signatures', sa.Integer(), nullable=False, server_default='2'))
        batch_op.add_column(sa.Column('countersigned_by', sa.String(length=26), nullable=True))
    # What was signed off before stands under the one signature that was asked for then.
    op.execute("UPDATE sitting SET signatures = 1 WHERE state IN ('scored', 'reviewed', 'noticed', 'concluded')")
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.create_check_constraint(
            batch_op.f('ck_sitting_two_signers'),
            "state NOT IN ('scored', 'reviewed', 'noticed', 'concluded') OR signatures < 2 OR (signed_by IS NOT NULL AND "
            "countersigned_by IS NOT NULL AND signed_by <> countersigned_by AND signed_by <> planned_by AND "
            "countersigned_by <> planned_by)",
        )


def downgrade() -> None:
    op.execute("UPDATE sitting SET state = 'held', signed_by = NULL WHERE state = 'signed'")
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_sitting_two_signers'), type_='check')
        batch_op.drop_column('countersigned_by')
        batch_op.drop_column('signatures')
