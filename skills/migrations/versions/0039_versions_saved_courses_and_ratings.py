"""versions, saved courses and ratings

Revision: 0039
Follows: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('draft', 'submitted', 'returned')")
PUBLIC = sa.text("state = 'published'")


def upgrade() -> None:
    op.create_table('course_version',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('course_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_by', sa.String(length=26), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state IN ('replaced', 'dropped')) = (ended_at IS NOT NULL)", name=op.f('ck_course_version_ended')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_version_course_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_version')),
    sa.UniqueConstraint('course_id', 'number', name=op.f('uq_course_version_course_id_number'))
    )
    with op.batch_alter_table('course_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_course_version_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_course_version_state'), ['state'], unique=False)
        batch_op.create_index('uq_course_version_open', ['course_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('uq_course_version_public', ['course_id'], unique=True, sqlite_where=PUBLIC, postgresql_where=PUBLIC)

    op.create_table('saved_course',
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('course_id', sa.String(length=26), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_start', sa.Date(), nullable=True),
    sa.Column('seen_full', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_saved_course_course_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_course_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'course_id', name=op.f('pk_saved_course'))
    )
    with op.batch_alter_table('saved_course', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_course_course_id'), ['course_id'], unique=False)

    op.create_table('course_rating',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('enrolment_id', sa.String(length=26), nullable=False),
    sa.Column('course_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('teaching', sa.Integer(), nullable=False),
    sa.Column('content', sa.Integer(), nullable=False),
    sa.Column('practice', sa.Integer(), nullable=False),
    sa.Column('service', sa.Integer(), nullable=False),
    sa.Column('usefulness', sa.Integer(), nullable=False),
    sa.Column('comment', sa.String(length=400), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(length=400), nullable=False),
    sa.Column('answered_by', sa.String(length=26), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_reason', sa.String(length=400), nullable=False),
    sa.Column('hidden_by', sa.String(length=26), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("teaching BETWEEN 1 AND 5 AND content BETWEEN 1 AND 5 AND practice BETWEEN 1 AND 5"
                       " AND service BETWEEN 1 AND 5 AND usefulness BETWEEN 1 AND 5", name=op.f('ck_course_rating_marks')),
    sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name=op.f('ck_course_rating_answered')),
    sa.CheckConstraint("(hidden_at IS NULL) = (hidden_by IS NULL)", name=op.f('ck_course_rating_hidden')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_rating_course_id')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_course_rating_enrolment_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_course_rating_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_course_rating')),
    sa.UniqueConstraint('enrolment_id', name=op.f('uq_course_rating_enrolment_id'))
    )
    with op.batch_alter_table('course_rating', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_course_rating_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_course_rating_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('course_rating')
    op.drop_table('saved_course')
    op.drop_table('course_version')
