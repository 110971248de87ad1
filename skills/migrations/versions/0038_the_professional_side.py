"""The professional side: seminars, programmes of engineers, statements of hours

Revision: 0038
Follows: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('engineer_programme',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('direction', sa.String(length=60), nullable=False),
    sa.Column('training_id', sa.String(length=26), nullable=False),
    sa.Column('assessment_id', sa.String(length=26), nullable=False),
    sa.Column('document', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('proposed_by', sa.String(length=26), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> proposed_by', name=op.f('ck_engineer_programme_two_people')),
    sa.CheckConstraint('training_id <> assessment_id', name=op.f('ck_engineer_programme_apart')),
    sa.ForeignKeyConstraint(['assessment_id'], ['organisation.id'], name=op.f('fk_engineer_programme_assessment_id')),
    sa.ForeignKeyConstraint(['training_id'], ['organisation.id'], name=op.f('fk_engineer_programme_training_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engineer_programme'))
    )
    with op.batch_alter_table('engineer_programme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_engineer_programme_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_engineer_programme_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_engineer_programme_training_id'), ['training_id'], unique=False)
        batch_op.create_index('uq_engineer_programme_live', ['direction', 'training_id'], unique=True, sqlite_where=sa.text("state IN ('proposed', 'approved')"), postgresql_where=sa.text("state IN ('proposed', 'approved')"))

    op.create_table('hours_statement',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('issued_year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_hours_statement_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hours_statement')),
    sa.UniqueConstraint('issued_year', 'serial', name=op.f('uq_hours_statement_issued_year_serial'))
    )
    with op.batch_alter_table('hours_statement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hours_statement_person_id'), ['person_id'], unique=False)

    op.create_table('seminar',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('organiser_id', sa.String(length=26), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('field', sa.String(length=60), nullable=False),
    sa.Column('plan', sa.String(length=2000), nullable=False),
    sa.Column('venue', sa.String(length=120), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('applied_by', sa.String(length=26), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> applied_by', name=op.f('ck_seminar_two_people')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_seminar_dates')),
    sa.CheckConstraint('seats > 0 AND hours > 0', name=op.f('ck_seminar_size')),
    sa.ForeignKeyConstraint(['organiser_id'], ['organisation.id'], name=op.f('fk_seminar_organiser_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seminar')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_seminar_year_serial'))
    )
    with op.batch_alter_table('seminar', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seminar_organiser_id'), ['organiser_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_seminar_state'), ['state'], unique=False)

    op.create_table('seminar_seat',
    sa.Column('seminar_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('added_by', sa.String(length=26), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('came', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_seminar_seat_person_id')),
    sa.ForeignKeyConstraint(['seminar_id'], ['seminar.id'], name=op.f('fk_seminar_seat_seminar_id')),
    sa.PrimaryKeyConstraint('seminar_id', 'person_id', name=op.f('pk_seminar_seat'))
    )
    with op.batch_alter_table('seminar_seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seminar_seat_person_id'), ['person_id'], unique=False)




def downgrade() -> None:
    with op.batch_alter_table('seminar_seat', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seminar_seat_person_id'))

    op.drop_table('seminar_seat')
    with op.batch_alter_table('seminar', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seminar_state'))
        batch_op.drop_index(batch_op.f('ix_seminar_organiser_id'))

    op.drop_table('seminar')
    with op.batch_alter_table('hours_statement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hours_statement_person_id'))

    op.drop_table('hours_statement')
    with op.batch_alter_table('engineer_programme', schema=None) as batch_op:
        batch_op.drop_index('uq_engineer_programme_live', sqlite_where=sa.text("state IN ('proposed', 'approved')"), postgresql_where=sa.text("state IN ('proposed', 'approved')"))
        batch_op.drop_index(batch_op.f('ix_engineer_programme_training_id'))
        batch_op.drop_index(batch_op.f('ix_engineer_programme_state'))
        batch_op.drop_index(batch_op.f('ix_engineer_programme_assessment_id'))

    op.drop_table('engineer_programme')
