"""firms have a board of skills: posts with the level that they want, and nominations answered one by one

Revision: 0073
Follows: 0072
"""

import sqlalchemy as sa
from alembic import op

revision = '0073'
down_revision = '0072'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('board_post',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('occupation', sa.String(length=16), nullable=False),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('put_by', sa.String(length=26), nullable=False),
    sa.Column('put_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('wanted BETWEEN 2 AND 6', name=op.f('ck_board_post_examined')),
    sa.ForeignKeyConstraint(['occupation'], ['occupation.code'], name=op.f('fk_board_post_occupation')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_board_post_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_board_post_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board_post'))
    )
    with op.batch_alter_table('board_post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_board_post_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_board_post_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_board_post_live', ['organisation_id', 'person_id'], unique=True,
                              sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('board_nomination',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=False),
    sa.Column('sitting_id', sa.String(length=26), nullable=False),
    sa.Column('ordered_by', sa.String(length=26), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_board_nomination_organisation_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_board_nomination_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board_nomination'))
    )
    with op.batch_alter_table('board_nomination', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_board_nomination_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_board_nomination_sitting_id'), ['sitting_id'], unique=False)
    op.create_table('board_nominee',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('nomination_id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=True),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.CheckConstraint("(state = 'refused') = (code <> '')", name=op.f('ck_board_nominee_refused')),
    sa.CheckConstraint("(state = 'registered') = (application_id IS NOT NULL)", name=op.f('ck_board_nominee_registered')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_board_nominee_application_id')),
    sa.ForeignKeyConstraint(['nomination_id'], ['board_nomination.id'], name=op.f('fk_board_nominee_nomination_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_board_nominee_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board_nominee'))
    )
    with op.batch_alter_table('board_nominee', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_board_nominee_nomination_id'), ['nomination_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_board_nominee_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_board_nominee_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('board_nominee')
    op.drop_table('board_nomination')
    op.drop_table('board_post')
