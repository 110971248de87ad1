"""people serve at exams

Revision: 0074
Follows: 0073
"""

import sqlalchemy as sa
from alembic import op

revision = '0074'
down_revision = '0073'
branch_labels = None
depends_on = None

LIVE = sa.text('ended_at IS NULL')


def upgrade() -> None:
    op.create_table('sitting_duty',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('sitting_id', sa.String(length=26), nullable=False),
    sa.Column('duty', sa.String(length=16), nullable=False),
    sa.Column('account_id', sa.String(length=26), nullable=False),
    sa.Column('named_by', sa.String(length=26), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_why', sa.String(length=400), server_default='', nullable=False),
    sa.CheckConstraint("duty IN ('examiner', 'invigilator', 'supervisor', 'setter')", name=op.f('ck_sitting_duty_duty')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sitting_duty_account_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_duty_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting_duty'))
    )
    with op.batch_alter_table('sitting_duty', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sitting_duty_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sitting_duty_sitting_id'), ['sitting_id'], unique=False)
        batch_op.create_index('uq_sitting_duty_live', ['sitting_id', 'duty', 'account_id'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table('duty_tie',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('duty_id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_duty_tie_application_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['sitting_duty.id'], name=op.f('fk_duty_tie_duty_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_tie'))
    )
    with op.batch_alter_table('duty_tie', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_duty_tie_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_duty_tie_duty_id'), ['duty_id'], unique=False)
        batch_op.create_index('uq_duty_tie_live', ['duty_id', 'application_id'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def downgrade() -> None:
    op.drop_table('duty_tie')
    op.drop_table('sitting_duty')
