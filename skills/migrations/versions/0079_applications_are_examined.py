"""applications are examined by the body, where policy wants it

Revision: 0079
Follows: 0078
"""

import sqlalchemy as sa
from alembic import op

revision = '0079'
down_revision = '0078'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('examination',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('entered_by', sa.String(length=26), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('supplement_by', sa.Date(), nullable=True),
    sa.Column('asked_by', sa.String(length=26), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=1000), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clause', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", name=op.f('ck_examination_decided')),
    sa.CheckConstraint("state NOT IN ('supplement', 'answered') OR supplement_by IS NOT NULL", name=op.f('ck_examination_told')),
    sa.CheckConstraint("(asked_by IS NULL OR asked_by <> entered_by) AND (decided_by IS NULL OR decided_by <> entered_by)",
                       name=op.f('ck_examination_other_hands')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_examination_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_examination')),
    sa.UniqueConstraint('application_id', name=op.f('uq_examination_application_id'))
    )
    with op.batch_alter_table('examination', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_examination_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('examination')
