"""a document added by mistake is taken off, by two people; a document may bear the name in other letters

Revision: 0050
Follows: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0049'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('identity_document', sa.Column('seen', sa.LargeBinary(), nullable=True))
    op.add_column('identity_document', sa.Column('name', sa.LargeBinary(), nullable=True))
    op.add_column('document_addition', sa.Column('name', sa.LargeBinary(), nullable=True))
    op.create_table('document_removal',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('addition_id', sa.String(length=26), nullable=False),
    sa.Column('document_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('grounds', sa.LargeBinary(), nullable=False),
    sa.Column('asked_by', sa.String(length=26), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'removed' OR (decided_by IS NOT NULL AND decided_by <> asked_by)", name=op.f('ck_document_removal_two_people')),
    sa.ForeignKeyConstraint(['addition_id'], ['document_addition.id'], name=op.f('fk_document_removal_addition_id')),
    sa.ForeignKeyConstraint(['document_id'], ['identity_document.id'], name=op.f('fk_document_removal_document_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_document_removal_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_removal'))
    )
    with op.batch_alter_table('document_removal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_removal_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_removal_state'), ['state'], unique=False)
        batch_op.create_index('uq_document_removal_live', ['document_id'], unique=True, sqlite_where=sa.text("state IN ('asked', 'removed')"), postgresql_where=sa.text("state IN ('asked', 'removed')"))


    op.create_index('ix_person_joined', 'person', ['merged_into'], unique=False, sqlite_where=sa.text('merged_into IS NOT NULL'), postgresql_where=sa.text('merged_into IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_person_joined', table_name='person', sqlite_where=sa.text('merged_into IS NOT NULL'), postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.drop_table('document_removal')
    with op.batch_alter_table('identity_document', schema=None) as batch_op:
        batch_op.drop_column('name')
        batch_op.drop_column('seen')
    with op.batch_alter_table('document_addition', schema=None) as batch_op:
        batch_op.drop_column('name')
