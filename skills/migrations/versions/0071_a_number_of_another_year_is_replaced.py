"""a number of the authority that its year has outlived is replaced

Revision: 0071
Follows: 0070
"""

import sqlalchemy as sa
from alembic import op

revision = '0071'
down_revision = '0070'
branch_labels = None
depends_on = None

LIVE = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table('imported_number', schema=None) as batch_op:
        batch_op.add_column(sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f('uq_imported_number_application_id'), type_='unique')
    with op.batch_alter_table('imported_number', schema=None) as batch_op:
        batch_op.create_index('uq_imported_number_live', ['application_id'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def downgrade() -> None:
    with op.batch_alter_table('imported_number', schema=None) as batch_op:
        batch_op.drop_index('uq_imported_number_live', sqlite_where=LIVE, postgresql_where=LIVE)
        batch_op.create_unique_constraint(op.f('uq_imported_number_application_id'), ['application_id'])
        batch_op.drop_column('replaced_at')
