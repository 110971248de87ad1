"""firms recognise their own people, and an objection may be about one of them

Revision: 0080
Follows: 0079
"""

import sqlalchemy as sa
from alembic import op

revision = '0080'
down_revision = '0079'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.add_column(sa.Column('subject', sa.String(length=40), nullable=True))
        batch_op.alter_column('application_id', existing_type=sa.String(length=26), nullable=True)
        batch_op.create_check_constraint(op.f('ck_objection_about_one'), '(application_id IS NULL) <> (subject IS NULL)')
        batch_op.create_index(batch_op.f('ix_objection_subject'), ['subject'], unique=False)
    op.create_table('recognition',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=False),
    sa.Column('filing_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('occupation', sa.String(length=16), nullable=False),
    sa.Column('branch', sa.String(length=80), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('made_by', sa.String(length=26), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_by', sa.String(length=26), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('noticed_on', sa.Date(), nullable=True),
    sa.Column('notice_to', sa.Date(), nullable=True),
    sa.Column('reviewed_by', sa.String(length=26), nullable=True),
    sa.Column('reviewed_on', sa.Date(), nullable=True),
    sa.Column('document', sa.String(length=80), nullable=False),
    sa.Column('concluded_on', sa.Date(), nullable=True),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> made_by', name=op.f('ck_recognition_two_people')),
    sa.CheckConstraint('(decided_by IS NULL) = (decided_on IS NULL)', name=op.f('ck_recognition_decided')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_recognition_organisation_id')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_recognition_filing_id')),
    sa.ForeignKeyConstraint(['occupation'], ['occupation.code'], name=op.f('fk_recognition_occupation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recognition'))
    )
    with op.batch_alter_table('recognition', schema=None) as batch_op:
        for column in ('organisation_id', 'filing_id', 'state', 'notice_to'):
            batch_op.create_index(batch_op.f(f'ix_recognition_{column}'), [column], unique=False)
    op.create_table('recognition_member',
    sa.Column('recognition_id', sa.String(length=26), nullable=False),
    sa.Column('account_id', sa.String(length=26), nullable=False),
    sa.Column('chair', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_recognition_member_recognition_id')),
    sa.PrimaryKeyConstraint('recognition_id', 'account_id', name=op.f('pk_recognition_member'))
    )
    with op.batch_alter_table('recognition_member', schema=None) as batch_op:
        batch_op.create_index('uq_recognition_member_chair', ['recognition_id'], unique=True, sqlite_where=sa.text('chair'), postgresql_where=sa.text('chair'))
    op.create_table('recognised_person',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('recognition_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(length=16), nullable=False),
    sa.Column('norm_id', sa.String(length=26), nullable=True),
    sa.Column('statement', sa.String(length=400), nullable=False),
    sa.Column('verdict', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('proposed_by', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('held', sa.String(length=16), nullable=False),
    sa.Column('problem', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_recognised_person_recognition_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recognised_person_person_id')),
    sa.ForeignKeyConstraint(['norm_id'], ['norm.id'], name=op.f('fk_recognised_person_norm_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recognised_person')),
    sa.UniqueConstraint('recognition_id', 'person_id', name=op.f('uq_recognised_person_recognition_id_person_id'))
    )
    with op.batch_alter_table('recognised_person', schema=None) as batch_op:
        for column in ('recognition_id', 'person_id', 'state'):
            batch_op.create_index(batch_op.f(f'ix_recognised_person_{column}'), [column], unique=False)
    op.create_table('recognition_paper',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('recognised_person_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('added_by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_recognition_paper_size')),
    sa.ForeignKeyConstraint(['recognised_person_id'], ['recognised_person.id'], name=op.f('fk_recognition_paper_recognised_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recognition_paper'))
    )
    with op.batch_alter_table('recognition_paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recognition_paper_recognised_person_id'), ['recognised_person_id'], unique=False)
    op.create_table('recognition_vote',
    sa.Column('recognised_person_id', sa.String(length=26), nullable=False),
    sa.Column('account_id', sa.String(length=26), nullable=False),
    sa.Column('yes', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['recognised_person_id'], ['recognised_person.id'], name=op.f('fk_recognition_vote_recognised_person_id')),
    sa.PrimaryKeyConstraint('recognised_person_id', 'account_id', name=op.f('pk_recognition_vote'))
    )


def downgrade() -> None:
    for table in ('recognition_vote', 'recognition_paper', 'recognised_person', 'recognition_member', 'recognition'):
        op.drop_table(table)
    op.execute('DELETE FROM objection WHERE application_id IS NULL')
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_objection_subject'))
        batch_op.drop_constraint(op.f('ck_objection_about_one'), type_='check')
        batch_op.alter_column('application_id', existing_type=sa.String(length=26), nullable=False)
        batch_op.drop_column('subject')
