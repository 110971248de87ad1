"""who was there is noted, and rooms have records under two signatures

Revision: 0084
Follows: 0083
"""

import sqlalchemy as sa
from alembic import op

revision = '0084'
down_revision = '0083'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('exam_presence',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('found', sa.String(length=16), nullable=False),
    sa.Column('way', sa.String(length=8), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("found IN ('present', 'late', 'no_document', 'wrong_document', 'away')", name=op.f('ck_exam_presence_found')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_exam_presence_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_presence'))
    )
    with op.batch_alter_table('exam_presence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_presence_application_id'), ['application_id'], unique=False)
        where = sa.text('replaced_at IS NULL')
        batch_op.create_index('uq_exam_presence_live', ['application_id', 'section'], unique=True, sqlite_where=where, postgresql_where=where)
    op.create_table('room_record',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('room_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('remarks', sa.String(length=1000), nullable=False),
    sa.Column('first_by', sa.String(length=26), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('second_by', sa.String(length=26), nullable=True),
    sa.Column('second_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'written') = (second_by IS NULL)", name=op.f('ck_room_record_signed')),
    sa.CheckConstraint('second_by IS NULL OR second_by <> first_by', name=op.f('ck_room_record_two_people')),
    sa.ForeignKeyConstraint(['room_id'], ['sitting_room.id'], name=op.f('fk_room_record_room_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room_record'))
    )
    with op.batch_alter_table('room_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_room_record_room_id'), ['room_id'], unique=False)
        where = sa.text("state <> 'sent_back'")
        batch_op.create_index('uq_room_record_live', ['room_id'], unique=True, sqlite_where=where, postgresql_where=where)
    op.add_column('sitting', sa.Column('room_records', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column('sitting', 'room_records')
    op.drop_table('room_record')
    op.drop_table('exam_presence')
