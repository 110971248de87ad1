"""name and contact of who objected to a notice are kept for a time

Revision: 0052
Follows: 0051
"""

import sqlalchemy as sa
from alembic import op

revision = '0052'
down_revision = '0051'
branch_labels = None
depends_on = None

TABLES = 'objection', 'statement_objection', 'training_standard_objection'
NAMED = "(name IS NULL) = (contact IS NULL) AND (name IS NOT NULL OR state <> 'raised')"


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column('name', existing_type=sa.LargeBinary(), nullable=True)
            batch_op.alter_column('contact', existing_type=sa.LargeBinary(), nullable=True)
            batch_op.create_check_constraint(batch_op.f(f'ck_{table}_named'), NAMED)


def downgrade() -> None:
    for table in TABLES:
        # Whose time was over stays without a name: what was taken out does not come back.
        held = sa.table(table, sa.column('name', sa.LargeBinary()), sa.column('contact', sa.LargeBinary()))
        op.execute(held.update().where(held.c.name.is_(None)).values(name=b'', contact=b''))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f'ck_{table}_named'), type_='check')
            batch_op.alter_column('contact', existing_type=sa.LargeBinary(), nullable=False)
            batch_op.alter_column('name', existing_type=sa.LargeBinary(), nullable=False)
