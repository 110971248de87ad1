"""promotions and entries say whose hand put them forward, so that it decides none of them

Revision: 0056
Follows: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = '0056'
down_revision = '0055'
branch_labels = None
depends_on = None

OTHER_HANDS = '(examined_by IS NULL OR examined_by <> applied_by) AND (decided_by IS NULL OR decided_by <> applied_by)'


def upgrade() -> None:
    with op.batch_alter_table('promotion', schema=None) as batch_op:
        batch_op.add_column(sa.Column('applied_by', sa.String(length=26), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_promotion_other_hands'), OTHER_HANDS)
    with op.batch_alter_table('competition_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('entered_by', sa.String(length=26), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('competition_entry', schema=None) as batch_op:
        batch_op.drop_column('entered_by')
    with op.batch_alter_table('promotion', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_promotion_other_hands'), type_='check')
        batch_op.drop_column('applied_by')
