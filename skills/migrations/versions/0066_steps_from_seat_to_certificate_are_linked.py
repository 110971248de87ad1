"""each step of an application from seat to certificate is linked with its audit entry; steps of scores by section, a day for objections

Revision: 0066
Follows: 0065
"""

import sqlalchemy as sa
from alembic import op

revision = '0066'
down_revision = '0065'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chain_link',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('step', sa.String(length=24), nullable=False),
    sa.Column('entry_id', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_chain_link_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chain_link'))
    )
    with op.batch_alter_table('chain_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chain_link_application_id'), ['application_id'], unique=False)
    op.add_column('sitting', sa.Column('score_steps', sa.JSON(), nullable=False, server_default='{}'))
    op.add_column('objection', sa.Column('due_on', sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.drop_column('due_on')
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.drop_column('score_steps')
    op.drop_table('chain_link')
