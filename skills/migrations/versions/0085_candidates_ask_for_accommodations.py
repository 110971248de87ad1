"""candidates ask for accommodations

Revision: 0085
Follows: 0084
"""

import sqlalchemy as sa
from alembic import op

revision = '0085'
down_revision = '0084'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accommodation',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('needs', sa.JSON(), nullable=False),
    sa.Column('proof', sa.LargeBinary(), nullable=True),
    sa.Column('proof_kind', sa.String(length=8), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('granted', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f('ck_accommodation_decided')),
    sa.CheckConstraint('(proof IS NULL) = (proof_kind IS NULL)', name=op.f('ck_accommodation_proof')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_accommodation_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accommodation')),
    sa.UniqueConstraint('application_id', name=op.f('uq_accommodation_application_id'))
    )
    with op.batch_alter_table('accommodation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accommodation_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('accommodation')
