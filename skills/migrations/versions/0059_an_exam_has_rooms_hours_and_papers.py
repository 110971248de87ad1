"""an exam has rooms, hours and papers, and everybody a place in a room

Revision: 0059
Follows: 0058
"""

import sqlalchemy as sa
from alembic import op

revision = '0059'
down_revision = '0058'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sitting_room',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('sitting_id', sa.String(length=26), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=False),
    sa.Column('column_count', sa.Integer(), nullable=False),
    sa.Column('step_free', sa.Boolean(), nullable=False),
    sa.CheckConstraint('row_count BETWEEN 1 AND 30 AND column_count BETWEEN 1 AND 30', name=op.f('ck_sitting_room_grid')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_room_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting_room')),
    sa.UniqueConstraint('sitting_id', 'name', name=op.f('uq_sitting_room_sitting_id_name')),
    sa.UniqueConstraint('sitting_id', 'position', name=op.f('uq_sitting_room_sitting_id_position'))
    )
    with op.batch_alter_table('sitting_room', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sitting_room_sitting_id'), ['sitting_id'], unique=False)
    op.create_table('exam_seat',
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('room_id', sa.String(length=26), nullable=False),
    sa.Column('row_no', sa.Integer(), nullable=False),
    sa.Column('column_no', sa.Integer(), nullable=False),
    sa.Column('paper', sa.String(length=1), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_exam_seat_application_id')),
    sa.ForeignKeyConstraint(['room_id'], ['sitting_room.id'], name=op.f('fk_exam_seat_room_id')),
    sa.PrimaryKeyConstraint('application_id', name=op.f('pk_exam_seat')),
    sa.UniqueConstraint('room_id', 'row_no', 'column_no', name=op.f('uq_exam_seat_room_id_row_no_column_no'))
    )
    with op.batch_alter_table('exam_seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exam_seat_room_id'), ['room_id'], unique=False)
    op.add_column('sitting', sa.Column('papers', sa.Integer(), nullable=False, server_default='1'))
    op.add_column('sitting', sa.Column('hours', sa.JSON(), nullable=False, server_default='{}'))


def downgrade() -> None:
    op.drop_column('sitting', 'hours')
    op.drop_column('sitting', 'papers')
    op.drop_table('exam_seat')
    op.drop_table('sitting_room')
