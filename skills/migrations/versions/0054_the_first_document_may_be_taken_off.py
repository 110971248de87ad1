"""the document with which a record was made may be taken off, if another stays that bears the identity

Revision: 0054
Follows: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = '0054'
down_revision = '0053'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('document_removal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('identity', sa.LargeBinary(), nullable=True))
        batch_op.alter_column('addition_id', existing_type=sa.String(length=26), nullable=True)


def downgrade() -> None:
    op.execute('DELETE FROM document_removal WHERE addition_id IS NULL')
    with op.batch_alter_table('document_removal', schema=None) as batch_op:
        batch_op.alter_column('addition_id', existing_type=sa.String(length=26), nullable=False)
        batch_op.drop_column('identity')
