"""what becomes of rows of returns

Revision: 0035
Follows: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

APPLIED = "(state IN ('applied', 'corrected', 'voided')) = (source IS NOT NULL)"


def upgrade() -> None:
    op.create_table('return_mark',
    sa.Column('return_id', sa.String(length=26), nullable=False),
    sa.Column('marked_by', sa.String(length=26), nullable=False),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['return_id'], ['filed_return.id'], name=op.f('fk_return_mark_return_id')),
    sa.PrimaryKeyConstraint('return_id', name=op.f('pk_return_mark'))
    )
    op.create_table('return_removal',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('return_id', sa.String(length=26), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('cause', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('stands', sa.Integer(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('second', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('asked_by', sa.String(length=26), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f('ck_return_removal_decided')),
    sa.CheckConstraint("cause IN ('void', 'complete')", name=op.f('ck_return_removal_cause')),
    sa.CheckConstraint("decided_by IS NULL OR NOT second OR decided_by <> asked_by OR state = 'withdrawn'", name=op.f('ck_return_removal_two_people')),
    sa.CheckConstraint('rows > 0 AND rows <= stands', name=op.f('ck_return_removal_rows')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_return_removal_organisation_id')),
    sa.ForeignKeyConstraint(['return_id'], ['filed_return.id'], name=op.f('fk_return_removal_return_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_removal'))
    )
    with op.batch_alter_table('return_removal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_return_removal_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_removal_return_id'), ['return_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_removal_state'), ['state'], unique=False)

    op.create_table('payment_doubt',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('redemption_id', sa.String(length=26), nullable=False),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(length=26), nullable=True),
    sa.Column('answer', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'opened') = (closed_at IS NULL)", name=op.f('ck_payment_doubt_closed')),
    sa.CheckConstraint("state <> 'kept' OR answer <> ''", name=op.f('ck_payment_doubt_kept')),
    sa.ForeignKeyConstraint(['district'], ['district.code'], name=op.f('fk_payment_doubt_district')),
    sa.ForeignKeyConstraint(['redemption_id'], ['redemption.id'], name=op.f('fk_payment_doubt_redemption_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_doubt'))
    )
    with op.batch_alter_table('payment_doubt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_doubt_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_doubt_redemption_id'), ['redemption_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_doubt_state'), ['state'], unique=False)
        batch_op.create_index('uq_payment_doubt_open', ['redemption_id'], unique=True, sqlite_where=sa.text("state = 'opened'"), postgresql_where=sa.text("state = 'opened'"))

    op.create_table('return_answer',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('return_id', sa.String(length=26), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('column', sa.String(length=32), nullable=False),
    sa.Column('line_id', sa.String(length=26), nullable=False),
    sa.Column('answer', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('answered_by', sa.String(length=26), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("answer <> 'correct' OR reason <> ''", name=op.f('ck_return_answer_reason')),
    sa.CheckConstraint("answer IN ('correct', 'new', 'leave')", name=op.f('ck_return_answer_answer')),
    sa.ForeignKeyConstraint(['line_id'], ['return_line.id'], name=op.f('fk_return_answer_line_id')),
    sa.ForeignKeyConstraint(['return_id'], ['filed_return.id'], name=op.f('fk_return_answer_return_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_answer')),
    sa.UniqueConstraint('return_id', 'row', name=op.f('uq_return_answer_return_id_row'))
    )
    op.create_table('return_change',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('line_id', sa.String(length=26), nullable=False),
    sa.Column('by_line_id', sa.String(length=26), nullable=True),
    sa.Column('return_id', sa.String(length=26), nullable=False),
    sa.Column('removal_id', sa.String(length=26), nullable=True),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('what', sa.String(length=8), nullable=False),
    sa.Column('column', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('request', sa.String(length=26), nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('refusal', sa.String(length=64), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('asked_by', sa.String(length=26), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state IN ('asked', 'waiting')) = (closed_at IS NULL)", name=op.f('ck_return_change_closed')),
    sa.CheckConstraint("(what = 'correct') = (by_line_id IS NOT NULL)", name=op.f('ck_return_change_by_line')),
    sa.CheckConstraint("state <> 'waiting' OR request <> ''", name=op.f('ck_return_change_waits')),
    sa.CheckConstraint("what IN ('correct', 'void')", name=op.f('ck_return_change_what')),
    sa.ForeignKeyConstraint(['by_line_id'], ['return_line.id'], name=op.f('fk_return_change_by_line_id')),
    sa.ForeignKeyConstraint(['line_id'], ['return_line.id'], name=op.f('fk_return_change_line_id')),
    sa.ForeignKeyConstraint(['removal_id'], ['return_removal.id'], name=op.f('fk_return_change_removal_id')),
    sa.ForeignKeyConstraint(['return_id'], ['filed_return.id'], name=op.f('fk_return_change_return_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_change'))
    )
    with op.batch_alter_table('return_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_return_change_by_line_id'), ['by_line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_change_line_id'), ['line_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_change_removal_id'), ['removal_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_change_request'), ['request'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_change_return_id'), ['return_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_change_source'), ['source'], unique=False)
        batch_op.create_index(batch_op.f('ix_return_change_state'), ['state'], unique=False)
        batch_op.create_index('uq_return_change_done', ['line_id'], unique=True, sqlite_where=sa.text("state = 'done'"), postgresql_where=sa.text("state = 'done'"))
        batch_op.create_index('uq_return_change_open', ['line_id'], unique=True, sqlite_where=sa.text("state IN ('asked', 'waiting')"), postgresql_where=sa.text("state IN ('asked', 'waiting')"))

    op.create_table('earlier_result',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('enrolment_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('hours', sa.String(length=12), nullable=False),
    sa.Column('attendance', sa.String(length=12), nullable=False),
    sa.Column('score', sa.String(length=12), nullable=False),
    sa.Column('completed_on', sa.Date(), nullable=True),
    sa.Column('certificate_number', sa.String(length=32), nullable=True),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('how', sa.String(length=16), nullable=False),
    sa.Column('why', sa.String(length=400), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'completed') = (certificate_number IS NOT NULL)", name=op.f('ck_earlier_result_certificate')),
    sa.CheckConstraint("state IN ('completed', 'failed')", name=op.f('ck_earlier_result_state')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_earlier_result_enrolment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_earlier_result')),
    sa.UniqueConstraint('enrolment_id', 'number', name=op.f('uq_earlier_result_enrolment_id_number'))
    )
    with op.batch_alter_table('earlier_result', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_earlier_result_certificate_number'), ['certificate_number'], unique=False)

    with op.batch_alter_table('return_line', schema=None) as batch_op:
        batch_op.create_index('ix_return_line_source', ['source'], unique=False)
        batch_op.drop_constraint(op.f('ck_return_line_applied_source'), type_='check')
        batch_op.create_check_constraint(op.f('ck_return_line_applied_source'), APPLIED)


def downgrade() -> None:
    with op.batch_alter_table('return_line', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_return_line_applied_source'), type_='check')
        batch_op.create_check_constraint(op.f('ck_return_line_applied_source'), "(state = 'applied') = (source IS NOT NULL)")
        batch_op.drop_index('ix_return_line_source')

    with op.batch_alter_table('earlier_result', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_earlier_result_certificate_number'))

    op.drop_table('earlier_result')
    with op.batch_alter_table('return_change', schema=None) as batch_op:
        batch_op.drop_index('uq_return_change_open', sqlite_where=sa.text("state IN ('asked', 'waiting')"), postgresql_where=sa.text("state IN ('asked', 'waiting')"))
        batch_op.drop_index('uq_return_change_done', sqlite_where=sa.text("state = 'done'"), postgresql_where=sa.text("state = 'done'"))
        batch_op.drop_index(batch_op.f('ix_return_change_state'))
        batch_op.drop_index(batch_op.f('ix_return_change_source'))
        batch_op.drop_index(batch_op.f('ix_return_change_return_id'))
        batch_op.drop_index(batch_op.f('ix_return_change_request'))
        batch_op.drop_index(batch_op.f('ix_return_change_removal_id'))
        batch_op.drop_index(batch_op.f('ix_return_change_line_id'))
        batch_op.drop_index(batch_op.f('ix_return_change_by_line_id'))

    op.drop_table('return_change')
    op.drop_table('return_answer')
    with op.batch_alter_table('payment_doubt', schema=None) as batch_op:
        batch_op.drop_index('uq_payment_doubt_open', sqlite_where=sa.text("state = 'opened'"), postgresql_where=sa.text("state = 'opened'"))
        batch_op.drop_index(batch_op.f('ix_payment_doubt_state'))
        batch_op.drop_index(batch_op.f('ix_payment_doubt_redemption_id'))
        batch_op.drop_index(batch_op.f('ix_payment_doubt_district'))

    op.drop_table('payment_doubt')
    with op.batch_alter_table('return_removal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_return_removal_state'))
        batch_op.drop_index(batch_op.f('ix_return_removal_return_id'))
        batch_op.drop_index(batch_op.f('ix_return_removal_organisation_id'))

    op.drop_table('return_removal')
    op.drop_table('return_mark')
