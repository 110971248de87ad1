"""approved and delivered changes order classes

Revision: 0033
Follows: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('approved_plan',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('why', sa.String(length=16), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_approved_plan_class_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approved_plan')),
    sa.UniqueConstraint('class_id', 'version', name=op.f('uq_approved_plan_class_id_version'))
    )
    op.create_table('delivery_report',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=False),
    sa.Column('delivered_minutes', sa.Integer(), nullable=False),
    sa.Column('deviations', sa.JSON(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('held_uses', sa.Integer(), nullable=False),
    sa.Column('late_uses', sa.Integer(), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('explanation', sa.String(length=1000), nullable=False),
    sa.Column('explained_by', sa.String(length=26), nullable=True),
    sa.Column('explained_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proposal', sa.String(length=400), nullable=False),
    sa.Column('proposed_by', sa.String(length=26), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state IN ('accepted', 'released')) = (decided_at IS NOT NULL)", name=op.f('ck_delivery_report_decided')),
    sa.CheckConstraint('decided_by IS NULL OR proposed_by IS NULL OR decided_by <> proposed_by', name=op.f('ck_delivery_report_two_people')),
    sa.CheckConstraint('delivered_minutes >= 0 AND delivered_minutes <= planned_minutes', name=op.f('ck_delivery_report_minutes')),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_delivery_report_class_id')),
    sa.ForeignKeyConstraint(['district'], ['district.code'], name=op.f('fk_delivery_report_district')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_report')),
    sa.UniqueConstraint('class_id', name=op.f('uq_delivery_report_class_id'))
    )
    with op.batch_alter_table('delivery_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_report_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_report_state'), ['state'], unique=False)

    op.create_table('order_contract',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('employer_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=40), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('recorded_by', sa.String(length=26), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_by', sa.String(length=26), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'live') = (closed_at IS NULL)", name=op.f('ck_order_contract_closed')),
    sa.CheckConstraint('seats > 0', name=op.f('ck_order_contract_seats')),
    sa.CheckConstraint('until >= signed_on', name=op.f('ck_order_contract_term')),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_order_contract_class_id')),
    sa.ForeignKeyConstraint(['employer_id'], ['organisation.id'], name=op.f('fk_order_contract_employer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_contract'))
    )
    with op.batch_alter_table('order_contract', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_contract_employer_id'), ['employer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_contract_state'), ['state'], unique=False)
        batch_op.create_index('uq_order_contract_live', ['class_id'], unique=True, sqlite_where=sa.text("state = 'live'"), postgresql_where=sa.text("state = 'live'"))

    op.create_table('order_seat',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('order_id', sa.String(length=26), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('entry_id', sa.String(length=26), nullable=False),
    sa.Column('taken_on', sa.Date(), nullable=False),
    sa.Column('freed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_order_seat_class_id')),
    sa.ForeignKeyConstraint(['order_id'], ['order_contract.id'], name=op.f('fk_order_seat_order_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_order_seat_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_seat'))
    )
    with op.batch_alter_table('order_seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_order_seat_class_id'), ['class_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_order_seat_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_order_seat_live', ['order_id', 'person_id'], unique=True, sqlite_where=sa.text('freed_at IS NULL'), postgresql_where=sa.text('freed_at IS NULL'))

    op.create_table('session_change',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('session_id', sa.String(length=26), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('filed_by', sa.String(length=26), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('answer', sa.String(length=400), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'asked') = (closed_at IS NULL)", name=op.f('ck_session_change_closed')),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> filed_by', name=op.f('ck_session_change_two_people')),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_session_change_class_id')),
    sa.ForeignKeyConstraint(['district'], ['district.code'], name=op.f('fk_session_change_district')),
    sa.ForeignKeyConstraint(['session_id'], ['class_session.id'], name=op.f('fk_session_change_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_change'))
    )
    with op.batch_alter_table('session_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_change_class_id'), ['class_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_session_change_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_session_change_state'), ['state'], unique=False)
        batch_op.create_index('uq_session_change_asked', ['session_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.create_table('session_record',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('session_id', sa.String(length=26), nullable=False),
    sa.Column('class_id', sa.String(length=26), nullable=False),
    sa.Column('held', sa.Boolean(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lecturers', sa.JSON(), nullable=False),
    sa.Column('other', sa.String(length=40), nullable=False),
    sa.Column('address', sa.String(length=120), nullable=False),
    sa.Column('room', sa.String(length=60), nullable=False),
    sa.Column('note', sa.String(length=400), nullable=False),
    sa.Column('recorded_by', sa.String(length=26), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ends_at IS NULL OR ends_at > starts_at', name=op.f('ck_session_record_times')),
    sa.CheckConstraint('held = (starts_at IS NOT NULL) AND held = (ends_at IS NOT NULL)', name=op.f('ck_session_record_held')),
    sa.ForeignKeyConstraint(['class_id'], ['course_class.id'], name=op.f('fk_session_record_class_id')),
    sa.ForeignKeyConstraint(['session_id'], ['class_session.id'], name=op.f('fk_session_record_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session_record'))
    )
    with op.batch_alter_table('session_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_record_class_id'), ['class_id'], unique=False)
        batch_op.create_index('uq_session_record_live', ['session_id'], unique=True, sqlite_where=sa.text('replaced_at IS NULL'), postgresql_where=sa.text('replaced_at IS NULL'))

    with op.batch_alter_table('course_class', schema=None) as batch_op:
        batch_op.add_column(sa.Column('due', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('course_class', schema=None) as batch_op:
        batch_op.drop_column('escalated_at')
        batch_op.drop_column('due')

    with op.batch_alter_table('session_record', schema=None) as batch_op:
        batch_op.drop_index('uq_session_record_live', sqlite_where=sa.text('replaced_at IS NULL'), postgresql_where=sa.text('replaced_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_session_record_class_id'))

    op.drop_table('session_record')
    with op.batch_alter_table('session_change', schema=None) as batch_op:
        batch_op.drop_index('uq_session_change_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.drop_index(batch_op.f('ix_session_change_state'))
        batch_op.drop_index(batch_op.f('ix_session_change_district'))
        batch_op.drop_index(batch_op.f('ix_session_change_class_id'))

    op.drop_table('session_change')
    with op.batch_alter_table('order_seat', schema=None) as batch_op:
        batch_op.drop_index('uq_order_seat_live', sqlite_where=sa.text('freed_at IS NULL'), postgresql_where=sa.text('freed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_order_seat_person_id'))
        batch_op.drop_index(batch_op.f('ix_order_seat_class_id'))

    op.drop_table('order_seat')
    with op.batch_alter_table('order_contract', schema=None) as batch_op:
        batch_op.drop_index('uq_order_contract_live', sqlite_where=sa.text("state = 'live'"), postgresql_where=sa.text("state = 'live'"))
        batch_op.drop_index(batch_op.f('ix_order_contract_state'))
        batch_op.drop_index(batch_op.f('ix_order_contract_employer_id'))

    op.drop_table('order_contract')
    with op.batch_alter_table('delivery_report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_report_state'))
        batch_op.drop_index(batch_op.f('ix_delivery_report_district'))

    op.drop_table('delivery_report')
    op.drop_table('approved_plan')
