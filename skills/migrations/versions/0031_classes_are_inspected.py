"""Classes are drawn and inspected

Revision: 0031
Follows: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inspection_draw',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('way', sa.String(length=8), nullable=False),
    sa.Column('purpose', sa.String(length=200), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('classes', sa.JSON(), nullable=False),
    sa.Column('inspectors', sa.JSON(), nullable=False),
    sa.Column('barred', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('planned_by', sa.String(length=26), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('checkpoint', sa.Text(), nullable=False),
    sa.Column('proof', sa.JSON(), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'drawn') = (drawn_at IS NOT NULL)", name=op.f('ck_inspection_draw_drawn')),
    sa.CheckConstraint('until >= since', name=op.f('ck_inspection_draw_days')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_draw'))
    )
    with op.batch_alter_table('inspection_draw', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inspection_draw_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_draw_state'), ['state'], unique=False)

    op.create_table('inspector_tie',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('account_id', sa.String(length=26), nullable=False),
    sa.Column('institution_id', sa.String(length=26), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['institution_id'], ['organisation.id'], name=op.f('fk_inspector_tie_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspector_tie'))
    )
    with op.batch_alter_table('inspector_tie', schema=None) as batch_op:
        batch_op.create_index('uq_inspector_tie_live', ['account_id', 'institution_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('inspection',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('draw_id', sa.String(length=26), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('institution_id', sa.String(length=26), nullable=False),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('first_drawn', sa.String(length=26), nullable=False),
    sa.Column('inspector', sa.String(length=26), nullable=False),
    sa.Column('passed', sa.JSON(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('session_id', sa.String(length=26), nullable=True),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held', sa.Boolean(), nullable=True),
    sa.Column('heads', sa.Integer(), nullable=True),
    sa.Column('written', sa.Integer(), nullable=True),
    sa.Column('same_room', sa.Boolean(), nullable=True),
    sa.Column('same_lecturer', sa.Boolean(), nullable=True),
    sa.Column('seen', sa.String(length=400), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('list_day', sa.Date(), nullable=True),
    sa.Column('remark', sa.String(length=1000), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('countersigned_by', sa.String(length=26), nullable=True),
    sa.Column('countersigned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refused', sa.String(length=400), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('proposed_by', sa.String(length=26), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('closed_by', sa.String(length=26), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state IN ('assigned', 'counted', 'called_off')) = (signed_at IS NULL)", name=op.f('ck_inspection_signed')),
    sa.CheckConstraint("state IN ('assigned', 'called_off') OR (counted_at IS NOT NULL AND heads >= 0)", name=op.f('ck_inspection_counted')),
    sa.CheckConstraint('closed_by IS NULL OR (closed_by <> proposed_by AND closed_by <> inspector)', name=op.f('ck_inspection_two_people')),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_inspection_class_id')),
    sa.ForeignKeyConstraint(['draw_id'], ['inspection_draw.id'], name=op.f('fk_inspection_draw_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['organisation.id'], name=op.f('fk_inspection_institution_id')),
    sa.ForeignKeyConstraint(['session_id'], ['class_session.id'], name=op.f('fk_inspection_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection')),
    sa.UniqueConstraint('draw_id', 'class_id', name=op.f('uq_inspection_draw_id_class_id')),
    sa.UniqueConstraint('draw_id', 'place', name=op.f('uq_inspection_draw_id_place')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_inspection_year_serial'))
    )
    with op.batch_alter_table('inspection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inspection_class_id'), ['class_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_inspector'), ['inspector'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_inspection_state'), ['state'], unique=False)

    op.create_table('inspection_finding',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('inspection_id', sa.String(length=26), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_finding_inspection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_finding')),
    sa.UniqueConstraint('inspection_id', 'code', name=op.f('uq_inspection_finding_inspection_id_code'))
    )
    op.create_table('inspection_photo',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('inspection_id', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('said_at', sa.String(length=20), nullable=False),
    sa.Column('said_place', sa.String(length=40), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_inspection_photo_size')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_photo_inspection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_photo')),
    sa.UniqueConstraint('inspection_id', 'digest', name=op.f('uq_inspection_photo_inspection_id_digest'))
    )
    op.create_table('inspection_step',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('inspection_id', sa.String(length=26), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('move', sa.String(length=16), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('side', sa.String(length=12), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_step_inspection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_step')),
    sa.UniqueConstraint('inspection_id', 'serial', name=op.f('uq_inspection_step_inspection_id_serial'))
    )
    op.create_table('inspection_presence',
    sa.Column('inspection_id', sa.String(length=26), nullable=False),
    sa.Column('attendance_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['attendance_id'], ['attendance.id'], name=op.f('fk_inspection_presence_attendance_id')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_presence_inspection_id')),
    sa.PrimaryKeyConstraint('inspection_id', 'attendance_id', name=op.f('pk_inspection_presence'))
    )



def downgrade() -> None:
    op.drop_table('inspection_presence')
    op.drop_table('inspection_step')
    op.drop_table('inspection_photo')
    op.drop_table('inspection_finding')
    with op.batch_alter_table('inspection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inspection_state'))
        batch_op.drop_index(batch_op.f('ix_inspection_institution_id'))
        batch_op.drop_index(batch_op.f('ix_inspection_inspector'))
        batch_op.drop_index(batch_op.f('ix_inspection_district'))
        batch_op.drop_index(batch_op.f('ix_inspection_class_id'))

    op.drop_table('inspection')
    with op.batch_alter_table('inspector_tie', schema=None) as batch_op:
        batch_op.drop_index('uq_inspector_tie_live', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('inspector_tie')
    with op.batch_alter_table('inspection_draw', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inspection_draw_state'))
        batch_op.drop_index(batch_op.f('ix_inspection_draw_district'))

    op.drop_table('inspection_draw')
