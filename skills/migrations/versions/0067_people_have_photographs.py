"""people have photographs, sealed under their own data keys

Revision: 0067
Follows: 0066
"""

import sqlalchemy as sa
from alembic import op

revision = '0067'
down_revision = '0066'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('portrait',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('person_id', sa.String(length=26), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('taken_on', sa.Date(), nullable=False),
    sa.Column('faces', sa.Integer(), nullable=True),
    sa.Column('added_by', sa.String(length=26), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_by', sa.String(length=26), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(seen_by IS NULL) = (seen_at IS NULL)', name=op.f('ck_portrait_seen')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_portrait_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_portrait'))
    )
    with op.batch_alter_table('portrait', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_portrait_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('portrait')
