"""Learners' cards, their PINs, and the terminals of rooms

Revision: 0026
Follows: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('learner_card',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('printed_as', sa.String(length=16), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_as', sa.String(length=16), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'live') = (ended_at IS NULL)", name=op.f('ck_learner_card_ended')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_learner_card_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learner_card')),
    sa.UniqueConstraint('number', name=op.f('uq_learner_card_number'))
    )
    with op.batch_alter_table('learner_card', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_learner_card_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_learner_card_live', ['person_id'], unique=True, sqlite_where=sa.text("state = 'live'"), postgresql_where=sa.text("state = 'live'"))

    op.create_table('card_pin',
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('pin', sa.String(length=160), nullable=False),
    sa.Column('misses', sa.Integer(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('misses >= 0', name=op.f('ck_card_pin_misses')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_card_pin_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_card_pin'))
    )
    op.create_table('room_terminal',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('session_id', sa.String(length=26), nullable=False),
    sa.Column('opened_by', sa.String(length=26), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['session_id'], ['class_session.id'], name=op.f('fk_room_terminal_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room_terminal'))
    )
    with op.batch_alter_table('room_terminal', schema=None) as batch_op:
        batch_op.create_index('uq_room_terminal_open', ['session_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('card_scan',
    sa.Column('attendance_id', sa.String(length=26), nullable=False),
    sa.Column('terminal_id', sa.String(length=26), nullable=False),
    sa.Column('card_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['attendance_id'], ['attendance.id'], name=op.f('fk_card_scan_attendance_id')),
    sa.ForeignKeyConstraint(['card_id'], ['learner_card.id'], name=op.f('fk_card_scan_card_id')),
    sa.ForeignKeyConstraint(['terminal_id'], ['room_terminal.id'], name=op.f('fk_card_scan_terminal_id')),
    sa.PrimaryKeyConstraint('attendance_id', name=op.f('pk_card_scan'))
    )
    with op.batch_alter_table('card_scan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_scan_card_id'), ['card_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_card_scan_terminal_id'), ['terminal_id'], unique=False)


def downgrade() -> None:
    op.drop_table('card_scan')
    op.drop_table('room_terminal')
    op.drop_table('card_pin')
    op.drop_table('learner_card')
