"""records of one person are joined, by two people

Revision: 0049
Follows: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('person', sa.Column('likeness', sa.String(length=64), nullable=True))
    op.create_index(op.f('ix_person_likeness'), 'person', ['likeness'], unique=False)
    op.create_table('person_join',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('kept_id', sa.String(length=26), nullable=False),
    sa.Column('gone_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('grounds', sa.LargeBinary(), nullable=False),
    sa.Column('proposed_by', sa.String(length=26), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.CheckConstraint('kept_id <> gone_id', name=op.f('ck_person_join_two_records')),
    sa.CheckConstraint("state <> 'joined' OR (decided_by IS NOT NULL AND decided_by <> proposed_by)", name=op.f('ck_person_join_two_people')),
    sa.ForeignKeyConstraint(['gone_id'], ['person.id'], name=op.f('fk_person_join_gone_id')),
    sa.ForeignKeyConstraint(['kept_id'], ['person.id'], name=op.f('fk_person_join_kept_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_join'))
    )
    with op.batch_alter_table('person_join', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_join_gone_id'), ['gone_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_join_kept_id'), ['kept_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_join_state'), ['state'], unique=False)
        batch_op.create_index('uq_person_join_joined', ['gone_id'], unique=True, sqlite_where=sa.text("state = 'joined'"), postgresql_where=sa.text("state = 'joined'"))
        batch_op.create_index('uq_person_join_proposed', ['gone_id'], unique=True, sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))


def downgrade() -> None:
    op.drop_table('person_join')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_likeness'))
        batch_op.drop_column('likeness')
