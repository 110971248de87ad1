"""what was wrong with returns stays counted when it is mended

Revision: 0046
Follows: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('return_fault',
    sa.Column('return_id', sa.String(length=26), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('column', sa.String(length=32), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['return_id'], ['filed_return.id'], name=op.f('fk_return_fault_return_id')),
    sa.PrimaryKeyConstraint('return_id', 'row', 'column', 'code', name=op.f('pk_return_fault'))
    )
    with op.batch_alter_table('return_fault', schema=None) as batch_op:
        batch_op.create_index('ix_return_fault_found_at', ['found_at'], unique=False)
        batch_op.create_index('ix_return_fault_mark', ['mark'], unique=False)
    # What stands is counted from the start; what was mended before nobody knows any more.
    op.execute(
        """
        INSERT INTO return_fault (return_id, "row", "column", code, mark, found_at)
        SELECT DISTINCT f.return_id, f."row", f."column", f.code, COALESCE(l.mark, r.digest), r.uploaded_at
        FROM return_finding f
        JOIN filed_return r ON r.id = f.return_id
        LEFT JOIN return_line l ON l.return_id = f.return_id AND l."row" = f."row"
        WHERE f.severity <> 'warning'
          AND f.code NOT IN ('returns.left_out', 'returns.taken_back', 'returns.request_refused')
        """
    )


def downgrade() -> None:
    with op.batch_alter_table('return_fault', schema=None) as batch_op:
        batch_op.drop_index('ix_return_fault_mark')
        batch_op.drop_index('ix_return_fault_found_at')
    op.drop_table('return_fault')
