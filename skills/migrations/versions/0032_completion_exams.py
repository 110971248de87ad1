"""Completion exams are marked by others

Revision: 0032
Follows: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('completion_exam',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('sitting', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('room', sa.String(length=60), nullable=False),
    sa.Column('weights', sa.JSON(), nullable=False),
    sa.Column('pass_mark', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('planned_by', sa.String(length=26), nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paper', sa.String(length=200), nullable=False),
    sa.Column('setter', sa.String(length=26), nullable=True),
    sa.Column('named_by', sa.String(length=26), nullable=True),
    sa.Column('signed_by', sa.String(length=26), nullable=True),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'signed') = (signed_by IS NOT NULL)", name=op.f('ck_completion_exam_signed')),
    sa.CheckConstraint('sitting >= 1', name=op.f('ck_completion_exam_sitting')),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_completion_exam_class_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_completion_exam'))
    )
    with op.batch_alter_table('completion_exam', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_completion_exam_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_completion_exam_state'), ['state'], unique=False)
        batch_op.create_index('uq_completion_exam_live', ['class_id', 'sitting'], unique=True, sqlite_where=sa.text("state <> 'cancelled'"), postgresql_where=sa.text("state <> 'cancelled'"))

    op.create_table('completion_candidate',
    sa.Column('exam_id', sa.String(length=26), nullable=False),
    sa.Column('enrolment_id', sa.String(length=26), nullable=False),
    sa.Column('seat', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=8), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.CheckConstraint("(outcome IN ('passed', 'failed')) = (total IS NOT NULL)", name=op.f('ck_completion_candidate_total')),
    sa.CheckConstraint("outcome IN ('', 'passed', 'failed', 'absent')", name=op.f('ck_completion_candidate_outcome')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_completion_candidate_enrolment_id')),
    sa.ForeignKeyConstraint(['exam_id'], ['completion_exam.id'], name=op.f('fk_completion_candidate_exam_id')),
    sa.PrimaryKeyConstraint('exam_id', 'enrolment_id', name=op.f('pk_completion_candidate')),
    sa.UniqueConstraint('exam_id', 'seat', name=op.f('uq_completion_candidate_exam_id_seat'))
    )
    op.create_table('completion_entry',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('exam_id', sa.String(length=26), nullable=False),
    sa.Column('enrolment_id', sa.String(length=26), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('hundredths', sa.Integer(), nullable=True),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('hundredths IS NULL OR (hundredths >= 0 AND hundredths <= 10000)', name=op.f('ck_completion_entry_range')),
    sa.CheckConstraint('turn IN (1, 2)', name=op.f('ck_completion_entry_turn')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_completion_entry_enrolment_id')),
    sa.ForeignKeyConstraint(['exam_id'], ['completion_exam.id'], name=op.f('fk_completion_entry_exam_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_completion_entry'))
    )
    with op.batch_alter_table('completion_entry', schema=None) as batch_op:
        batch_op.create_index('uq_completion_entry_live', ['exam_id', 'enrolment_id', 'section', 'turn'], unique=True, sqlite_where=sa.text('replaced_at IS NULL'), postgresql_where=sa.text('replaced_at IS NULL'))

    op.create_table('completion_marker',
    sa.Column('exam_id', sa.String(length=26), nullable=False),
    sa.Column('account_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['exam_id'], ['completion_exam.id'], name=op.f('fk_completion_marker_exam_id')),
    sa.PrimaryKeyConstraint('exam_id', 'account_id', name=op.f('pk_completion_marker'))
    )
    op.create_table('completion_sheet',
    sa.Column('exam_id', sa.String(length=26), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('first_by', sa.String(length=26), nullable=True),
    sa.Column('second_by', sa.String(length=26), nullable=True),
    sa.CheckConstraint('first_by IS NULL OR second_by IS NULL OR first_by <> second_by', name=op.f('ck_completion_sheet_two_markers')),
    sa.ForeignKeyConstraint(['exam_id'], ['completion_exam.id'], name=op.f('fk_completion_sheet_exam_id')),
    sa.PrimaryKeyConstraint('exam_id', 'section', name=op.f('pk_completion_sheet'))
    )



def downgrade() -> None:
    op.drop_table('completion_sheet')
    op.drop_table('completion_marker')
    with op.batch_alter_table('completion_entry', schema=None) as batch_op:
        batch_op.drop_index('uq_completion_entry_live', sqlite_where=sa.text('replaced_at IS NULL'), postgresql_where=sa.text('replaced_at IS NULL'))

    op.drop_table('completion_entry')
    op.drop_table('completion_candidate')
    with op.batch_alter_table('completion_exam', schema=None) as batch_op:
        batch_op.drop_index('uq_completion_exam_live', sqlite_where=sa.text("state <> 'cancelled'"), postgresql_where=sa.text("state <> 'cancelled'"))
        batch_op.drop_index(batch_op.f('ix_completion_exam_state'))
        batch_op.drop_index(batch_op.f('ix_completion_exam_district'))

    op.drop_table('completion_exam')
