"""the authority reviews the results of an exam before the number, and may bring the numbers itself

Revision: 0065
Follows: 0064
"""

import sqlalchemy as sa
from alembic import op

revision = '0065'
down_revision = '0064'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('data_review',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('sitting_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('sent_by', sa.String(length=26), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_by', sa.String(length=26), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('document', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'sent') = (answered_at IS NULL)", name=op.f('ck_data_review_answered')),
    sa.CheckConstraint('answered_by IS NULL OR answered_by <> sent_by', name=op.f('ck_data_review_two_people')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_data_review_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_review'))
    )
    with op.batch_alter_table('data_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_data_review_sitting_id'), ['sitting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_data_review_state'), ['state'], unique=False)
        batch_op.create_index('uq_data_review_live', ['sitting_id'], unique=True, sqlite_where=sa.text("state = 'sent'"), postgresql_where=sa.text("state = 'sent'"))
    op.create_table('imported_number',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('number', sa.String(length=22), nullable=False),
    sa.Column('brought_by', sa.String(length=26), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_imported_number_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imported_number')),
    sa.UniqueConstraint('application_id', name=op.f('uq_imported_number_application_id')),
    sa.UniqueConstraint('number', name=op.f('uq_imported_number_number'))
    )


def downgrade() -> None:
    op.drop_table('imported_number')
    op.drop_table('data_review')
