"""somebody new by a number that was taken off another record is put on record by two people

Revision: 0055
Follows: 0054
"""

import sqlalchemy as sa
from alembic import op

revision = '0055'
down_revision = '0054'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('registration',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('blind', sa.String(length=64), nullable=False),
    sa.Column('masked', sa.String(length=32), nullable=False),
    sa.Column('wanted', sa.LargeBinary(), nullable=True),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('synthetic', sa.Boolean(), nullable=False),
    sa.Column('asked_by', sa.String(length=26), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('person_id', sa.String(length=26), nullable=True),
    sa.CheckConstraint("state <> 'registered' OR (person_id IS NOT NULL AND decided_by IS NOT NULL AND decided_by <> asked_by)", name=op.f('ck_registration_two_people')),
    sa.ForeignKeyConstraint(['district'], ['district.code'], name=op.f('fk_registration_district')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_registration_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration'))
    )
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_registration_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_registration_state'), ['state'], unique=False)
        batch_op.create_index('uq_registration_asked', ['blind'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))


def downgrade() -> None:
    op.drop_table('registration')
