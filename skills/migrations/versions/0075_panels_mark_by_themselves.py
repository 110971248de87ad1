"""each examiner of a panel marks alone

Revision: 0075
Follows: 0074
"""

import sqlalchemy as sa
from alembic import op

revision = '0075'
down_revision = '0074'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('panel', sa.JSON(), server_default='{}', nullable=False))
    op.create_table('panel_mark',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('account_id', sa.String(length=26), nullable=False),
    sa.Column('hundredths', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('hundredths IS NULL OR (hundredths >= 0 AND hundredths <= 10000)', name=op.f('ck_panel_mark_range')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_panel_mark_account_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_panel_mark_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_mark'))
    )
    live = sa.text('replaced_at IS NULL')
    with op.batch_alter_table('panel_mark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_mark_application_id'), ['application_id'], unique=False)
        batch_op.create_index('uq_panel_mark_live', ['application_id', 'section', 'account_id'], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_table('panel_spread',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('spread', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_panel_spread_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_spread'))
    )
    with op.batch_alter_table('panel_spread', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_spread_application_id'), ['application_id'], unique=False)


def downgrade() -> None:
    op.drop_table('panel_spread')
    op.drop_table('panel_mark')
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.drop_column('panel')
