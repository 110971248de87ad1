"""a training standard on notice may be objected to

Revision: 0045
Follows: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('training_standard_objection',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('receipt', sa.String(length=16), nullable=False),
    sa.Column('version_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('contact', sa.LargeBinary(), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'raised') = (decided_by IS NULL)", name=op.f('ck_training_standard_objection_decided')),
    sa.ForeignKeyConstraint(['version_id'], ['training_standard_version.id'], name=op.f('fk_training_standard_objection_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_standard_objection')),
    sa.UniqueConstraint('receipt', name=op.f('uq_training_standard_objection_receipt'))
    )
    with op.batch_alter_table('training_standard_objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_standard_objection_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_standard_objection_version_id'), ['version_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('training_standard_objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_standard_objection_version_id'))
        batch_op.drop_index(batch_op.f('ix_training_standard_objection_state'))
    op.drop_table('training_standard_objection')
