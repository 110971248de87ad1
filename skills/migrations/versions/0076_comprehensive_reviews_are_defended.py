"""comprehensive reviews have a file and a defence

Revision: 0076
Follows: 0075
"""

import sqlalchemy as sa
from alembic import op

revision = '0076'
down_revision = '0075'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('review_file',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_review_file_size')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_review_file_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_file'))
    )
    with op.batch_alter_table('review_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_file_application_id'), ['application_id'], unique=False)
    op.create_table('defence_slot',
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('room_id', sa.String(length=26), nullable=False),
    sa.Column('begins_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('set_by', sa.String(length=26), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('minutes BETWEEN 1 AND 720', name=op.f('ck_defence_slot_minutes')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_defence_slot_application_id')),
    sa.ForeignKeyConstraint(['room_id'], ['sitting_room.id'], name=op.f('fk_defence_slot_room_id')),
    sa.PrimaryKeyConstraint('application_id', name=op.f('pk_defence_slot')),
    sa.UniqueConstraint('room_id', 'begins_at', name=op.f('uq_defence_slot_room_id_begins_at'))
    )
    with op.batch_alter_table('defence_slot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_defence_slot_room_id'), ['room_id'], unique=False)


def downgrade() -> None:
    op.drop_table('defence_slot')
    op.drop_table('review_file')
