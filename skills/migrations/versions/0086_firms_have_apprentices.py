"""firms have apprentices, graded by another hand

Revision: 0086
Follows: 0085
"""

import sqlalchemy as sa
from alembic import op

revision = '0086'
down_revision = '0085'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('apprenticeship',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('master_id', sa.String(length=26), nullable=False),
    sa.Column('occupation', sa.String(length=16), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('begun_by', sa.String(length=26), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('graded_by', sa.String(length=26), nullable=True),
    sa.Column('graded_on', sa.Date(), nullable=True),
    sa.Column('statement', sa.String(length=400), nullable=False),
    sa.CheckConstraint('graded_by IS NULL OR graded_by <> begun_by', name=op.f('ck_apprenticeship_two_people')),
    sa.CheckConstraint("(state = 'graded') = (graded_on IS NOT NULL)", name=op.f('ck_apprenticeship_graded')),
    sa.CheckConstraint('ends_on >= since', name=op.f('ck_apprenticeship_term')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_apprenticeship_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_apprenticeship_person_id')),
    sa.ForeignKeyConstraint(['master_id'], ['person.id'], name=op.f('fk_apprenticeship_master_id')),
    sa.ForeignKeyConstraint(['occupation'], ['occupation.code'], name=op.f('fk_apprenticeship_occupation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_apprenticeship'))
    )
    with op.batch_alter_table('apprenticeship', schema=None) as batch_op:
        for column in ('organisation_id', 'person_id', 'master_id', 'state'):
            batch_op.create_index(batch_op.f(f'ix_apprenticeship_{column}'), [column], unique=False)
        where = sa.text("state = 'begun'")
        batch_op.create_index('uq_apprenticeship_begun', ['organisation_id', 'person_id', 'occupation'], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table('apprenticeship')
