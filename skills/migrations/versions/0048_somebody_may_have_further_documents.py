"""somebody may have further documents, by two people

Revision: 0048
Follows: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('identity_document', sa.Column('added_by', sa.String(length=26), nullable=True))
    op.create_table('document_addition',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=False),
    sa.Column('blind', sa.String(length=64), nullable=False),
    sa.Column('masked', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('grounds', sa.LargeBinary(), nullable=False),
    sa.Column('asked_by', sa.String(length=26), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('document_id', sa.String(length=26), nullable=True),
    sa.CheckConstraint("state <> 'added' OR (document_id IS NOT NULL AND decided_by <> asked_by)", name=op.f('ck_document_addition_two_people')),
    sa.ForeignKeyConstraint(['document_id'], ['identity_document.id'], name=op.f('fk_document_addition_document_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_document_addition_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_addition'))
    )
    with op.batch_alter_table('document_addition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_addition_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_addition_state'), ['state'], unique=False)
        batch_op.create_index('uq_document_addition_asked', ['blind'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))


def downgrade() -> None:
    with op.batch_alter_table('document_addition', schema=None) as batch_op:
        batch_op.drop_index('uq_document_addition_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.drop_index(batch_op.f('ix_document_addition_state'))
        batch_op.drop_index(batch_op.f('ix_document_addition_person_id'))
    op.drop_table('document_addition')
    with op.batch_alter_table('identity_document', schema=None) as batch_op:
        batch_op.drop_column('added_by')
