"""misconduct in exam rooms: raised, heard, decided by another

Revision: 0090
Follows: 0089
"""

import sqlalchemy as sa
from alembic import op

revision = '0090'
down_revision = '0089'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('incident',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('code', sa.String(length=24), nullable=False),
    sa.Column('voids', sa.String(length=8), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('raised_by', sa.String(length=26), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision', sa.LargeBinary(), nullable=True),
    sa.Column('notice_to', sa.Date(), nullable=True),
    sa.CheckConstraint("(state IN ('void', 'dropped')) = (decided_at IS NOT NULL)", name=op.f('ck_incident_decided')),
    sa.CheckConstraint('(decided_at IS NULL) = (decided_by IS NULL)', name=op.f('ck_incident_decided_by')),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> raised_by', name=op.f('ck_incident_two_people')),
    sa.CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name=op.f('ck_incident_answered')),
    sa.CheckConstraint("voids IN ('section', 'exam')", name=op.f('ck_incident_voids')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_incident_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident'))
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_state'), ['state'], unique=False)
        batch_op.create_index('uq_incident_live', ['application_id', 'section', 'code'], unique=True,
                              sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))


def downgrade() -> None:
    op.drop_table('incident')
