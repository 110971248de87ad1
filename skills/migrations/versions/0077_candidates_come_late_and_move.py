"""candidates are added late and move to another exam

Revision: 0077
Follows: 0076
"""

import sqlalchemy as sa
from alembic import op

revision = '0077'
down_revision = '0076'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('exam_rescheduling',
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('new_id', sa.String(length=26), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('application_id <> new_id', name=op.f('ck_exam_rescheduling_another')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_exam_rescheduling_application_id')),
    sa.ForeignKeyConstraint(['new_id'], ['application.id'], name=op.f('fk_exam_rescheduling_new_id')),
    sa.PrimaryKeyConstraint('application_id', name=op.f('pk_exam_rescheduling')),
    sa.UniqueConstraint('new_id', name=op.f('uq_exam_rescheduling_new_id'))
    )
    op.create_table('late_addition',
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_late_addition_application_id')),
    sa.PrimaryKeyConstraint('application_id', name=op.f('pk_late_addition'))
    )


def downgrade() -> None:
    op.drop_table('late_addition')
    op.drop_table('exam_rescheduling')
