"""special-grade and chief technicians are appointed for a term

Revision: 0081
Follows: 0080
"""

import sqlalchemy as sa
from alembic import op

revision = '0081'
down_revision = '0080'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('appointment',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('recognised_person_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_by', sa.String(length=26), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name=op.f('ck_appointment_ended')),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_appointment_term')),
    sa.ForeignKeyConstraint(['recognised_person_id'], ['recognised_person.id'], name=op.f('fk_appointment_recognised_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment')),
    sa.UniqueConstraint('recognised_person_id', name=op.f('uq_appointment_recognised_person_id'))
    )
    with op.batch_alter_table('appointment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appointment_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('appointment')
