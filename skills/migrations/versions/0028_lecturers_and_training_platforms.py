"""lecturers and training platforms

Revision: 0028
Follows: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('lecturer',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('occupations', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('proposed_for', sa.String(length=26), nullable=False),
    sa.Column('proposed_by', sa.String(length=26), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_lecturer_decided')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_lecturer_person_id')),
    sa.ForeignKeyConstraint(['proposed_for'], ['organisation.id'], name=op.f('fk_lecturer_proposed_for')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lecturer')),
    sa.UniqueConstraint('person_id', name=op.f('uq_lecturer_person_id'))
    )
    with op.batch_alter_table('lecturer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lecturer_proposed_for'), ['proposed_for'], unique=False)
        batch_op.create_index(batch_op.f('ix_lecturer_state'), ['state'], unique=False)

    op.create_table('platform',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=True),
    sa.Column('organisation', sa.String(length=60), nullable=False),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('address', sa.String(length=120), nullable=False),
    sa.Column('occupations', sa.JSON(), nullable=False),
    sa.Column('recognised_by', sa.String(length=60), nullable=False),
    sa.Column('document', sa.String(length=60), nullable=False),
    sa.Column('recognised_on', sa.Date(), nullable=False),
    sa.Column('recognised_until', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('proposed_by', sa.String(length=26), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.String(length=26), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_platform_decided')),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> proposed_by', name=op.f('ck_platform_two_people')),
    sa.CheckConstraint('recognised_until IS NULL OR recognised_until >= recognised_on', name=op.f('ck_platform_term')),
    sa.ForeignKeyConstraint(['district'], ['district.code'], name=op.f('fk_platform_district')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_platform_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_platform'))
    )
    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_platform_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_platform_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_platform_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_platform_state'), ['state'], unique=False)
        batch_op.create_index('uq_platform_live', ['kind', 'name'], unique=True, sqlite_where=sa.text("state IN ('proposed', 'recognised')"), postgresql_where=sa.text("state IN ('proposed', 'recognised')"))

    op.create_table('lecturer_qualification',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('lecturer_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('occupation', sa.String(length=16), nullable=True),
    sa.Column('issuer', sa.String(length=60), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=True),
    sa.Column('blind', sa.String(length=64), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('strength', sa.String(length=12), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('stated_for', sa.String(length=26), nullable=False),
    sa.Column('stated_by', sa.String(length=26), nullable=False),
    sa.Column('stated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.String(length=26), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(strength = 'promised') = (confirmed_at IS NULL)", name=op.f('ck_lecturer_qualification_confirmed')),
    sa.CheckConstraint("strength IN ('promised', 'seen', 'compared')", name=op.f('ck_lecturer_qualification_strength')),
    sa.ForeignKeyConstraint(['lecturer_id'], ['lecturer.id'], name=op.f('fk_lecturer_qualification_lecturer_id')),
    sa.ForeignKeyConstraint(['occupation'], ['occupation.code'], name=op.f('fk_lecturer_qualification_occupation')),
    sa.ForeignKeyConstraint(['stated_for'], ['organisation.id'], name=op.f('fk_lecturer_qualification_stated_for')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lecturer_qualification'))
    )
    with op.batch_alter_table('lecturer_qualification', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lecturer_qualification_lecturer_id'), ['lecturer_id'], unique=False)
        batch_op.create_index('uq_lecturer_qualification_live', ['blind'], unique=True, sqlite_where=sa.text("ended_at IS NULL AND blind <> ''"), postgresql_where=sa.text("ended_at IS NULL AND blind <> ''"))



def downgrade() -> None:
    with op.batch_alter_table('lecturer_qualification', schema=None) as batch_op:
        batch_op.drop_index('uq_lecturer_qualification_live', sqlite_where=sa.text("ended_at IS NULL AND blind <> ''"), postgresql_where=sa.text("ended_at IS NULL AND blind <> ''"))
        batch_op.drop_index(batch_op.f('ix_lecturer_qualification_lecturer_id'))

    op.drop_table('lecturer_qualification')
    with op.batch_alter_table('platform', schema=None) as batch_op:
        batch_op.drop_index('uq_platform_live', sqlite_where=sa.text("state IN ('proposed', 'recognised')"), postgresql_where=sa.text("state IN ('proposed', 'recognised')"))
        batch_op.drop_index(batch_op.f('ix_platform_state'))
        batch_op.drop_index(batch_op.f('ix_platform_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_platform_kind'))
        batch_op.drop_index(batch_op.f('ix_platform_district'))

    op.drop_table('platform')
    with op.batch_alter_table('lecturer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_lecturer_state'))
        batch_op.drop_index(batch_op.f('ix_lecturer_proposed_for'))

    op.drop_table('lecturer')
