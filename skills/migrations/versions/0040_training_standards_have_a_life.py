"""training standards have a life

Revision: 0040
Follows: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('draft', 'in_review', 'on_notice')")
IN_FORCE = sa.text("state = 'published'")
LIVE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table('training_standard',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('occupation', sa.String(length=16), nullable=False),
    sa.Column('levels', sa.JSON(), nullable=False),
    sa.Column('number', sa.String(length=16), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['occupation'], ['occupation.code'], name=op.f('fk_training_standard_occupation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_standard')),
    sa.UniqueConstraint('number', name=op.f('uq_training_standard_number'))
    )
    with op.batch_alter_table('training_standard', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_standard_occupation'), ['occupation'], unique=False)

    op.create_table('training_standard_version',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('standard_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('drafted_by', sa.String(length=26), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('noticed_on', sa.Date(), nullable=True),
    sa.Column('notice_until', sa.Date(), nullable=True),
    sa.Column('published_on', sa.Date(), nullable=True),
    sa.Column('published_by', sa.String(length=26), nullable=True),
    sa.Column('replaced_on', sa.Date(), nullable=True),
    sa.CheckConstraint("(state IN ('published', 'replaced')) = (published_on IS NOT NULL)", name=op.f('ck_training_standard_version_published')),
    sa.CheckConstraint("state <> 'on_notice' OR notice_until IS NOT NULL", name=op.f('ck_training_standard_version_notice')),
    sa.ForeignKeyConstraint(['standard_id'], ['training_standard.id'], name=op.f('fk_training_standard_version_standard_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_standard_version')),
    sa.UniqueConstraint('standard_id', 'number', name=op.f('uq_training_standard_version_standard_id_number'))
    )
    with op.batch_alter_table('training_standard_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_standard_version_standard_id'), ['standard_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_standard_version_state'), ['state'], unique=False)
        batch_op.create_index('uq_training_standard_version_open', ['standard_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('uq_training_standard_version_in_force', ['standard_id'], unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)

    op.create_table('training_standard_review',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('version_id', sa.String(length=26), nullable=False),
    sa.Column('account_id', sa.String(length=26), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agrees', sa.Boolean(), nullable=True),
    sa.Column('words', sa.String(length=1000), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(agrees IS NULL) = (given_at IS NULL)", name=op.f('ck_training_standard_review_given')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_training_standard_review_account_id')),
    sa.ForeignKeyConstraint(['version_id'], ['training_standard_version.id'], name=op.f('fk_training_standard_review_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_standard_review'))
    )
    with op.batch_alter_table('training_standard_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_standard_review_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_standard_review_version_id'), ['version_id'], unique=False)
        batch_op.create_index('uq_training_standard_review_live', ['version_id', 'account_id'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)

    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.add_column(sa.Column('standard_version', sa.String(length=26), nullable=True))
        batch_op.create_index(batch_op.f('ix_course_standard_version'), ['standard_version'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_course_standard_version'), 'training_standard_version', ['standard_version'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_course_standard_version'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_course_standard_version'))
        batch_op.drop_column('standard_version')
    op.drop_table('training_standard_review')
    op.drop_table('training_standard_version')
    op.drop_table('training_standard')
