"""large returns are checked in the background

Revision: 0037
Follows: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('return_check',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('checked', sa.Integer(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('checked >= 0 AND checked <= rows', name=op.f('ck_return_check_checked')),
    sa.ForeignKeyConstraint(['id'], ['filed_return.id'], name=op.f('fk_return_check_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_check'))
    )
    op.create_table('return_file',
    sa.Column('return_id', sa.String(length=26), nullable=False),
    sa.Column('piece', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['return_id'], ['filed_return.id'], name=op.f('fk_return_file_return_id')),
    sa.PrimaryKeyConstraint('return_id', 'piece', name=op.f('pk_return_file'))
    )


def downgrade() -> None:
    op.drop_table('return_file')
    op.drop_table('return_check')
