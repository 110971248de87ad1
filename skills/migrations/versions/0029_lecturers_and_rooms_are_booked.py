"""lecturers and rooms are booked

Revision: 0029
Follows: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('booking',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('session_id', sa.String(length=26), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('institution_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('lecturer_id', sa.String(length=26), nullable=True),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=140), nullable=False),
    sa.Column('makeup', sa.Boolean(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('booked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('freed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(kind = 'lecturer') = (lecturer_id IS NOT NULL)", name=op.f('ck_booking_lecturer')),
    sa.CheckConstraint("kind IN ('lecturer', 'room')", name=op.f('ck_booking_kind')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_booking_times')),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_booking_class_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['organisation.id'], name=op.f('fk_booking_institution_id')),
    sa.ForeignKeyConstraint(['lecturer_id'], ['lecturer.id'], name=op.f('fk_booking_lecturer_id')),
    sa.ForeignKeyConstraint(['session_id'], ['class_session.id'], name=op.f('fk_booking_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking'))
    )
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_class_id'), ['class_id'], unique=False)
        batch_op.create_index('ix_booking_lecturer_time', ['lecturer_id', 'starts_at'], unique=False, sqlite_where=sa.text('freed_at IS NULL'), postgresql_where=sa.text('freed_at IS NULL'))
        batch_op.create_index('ix_booking_place_time', ['place', 'starts_at'], unique=False, sqlite_where=sa.text('freed_at IS NULL'), postgresql_where=sa.text('freed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_booking_session_id'), ['session_id'], unique=False)
        batch_op.create_index('uq_booking_lecturer_live', ['session_id', 'lecturer_id'], unique=True, sqlite_where=sa.text("freed_at IS NULL AND kind = 'lecturer'"), postgresql_where=sa.text("freed_at IS NULL AND kind = 'lecturer'"))
        batch_op.create_index('uq_booking_room_live', ['session_id'], unique=True, sqlite_where=sa.text("freed_at IS NULL AND kind = 'room'"), postgresql_where=sa.text("freed_at IS NULL AND kind = 'room'"))

    with op.batch_alter_table('class_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address', sa.String(length=120), server_default='', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('class_session', schema=None) as batch_op:
        batch_op.drop_column('address')

    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.drop_index('uq_booking_room_live', sqlite_where=sa.text("freed_at IS NULL AND kind = 'room'"), postgresql_where=sa.text("freed_at IS NULL AND kind = 'room'"))
        batch_op.drop_index('uq_booking_lecturer_live', sqlite_where=sa.text("freed_at IS NULL AND kind = 'lecturer'"), postgresql_where=sa.text("freed_at IS NULL AND kind = 'lecturer'"))
        batch_op.drop_index(batch_op.f('ix_booking_session_id'))
        batch_op.drop_index('ix_booking_place_time', sqlite_where=sa.text('freed_at IS NULL'), postgresql_where=sa.text('freed_at IS NULL'))
        batch_op.drop_index('ix_booking_lecturer_time', sqlite_where=sa.text('freed_at IS NULL'), postgresql_where=sa.text('freed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_booking_class_id'))

    op.drop_table('booking')
