"""exams have numbers by which lists name them

Revision: 0078
Follows: 0077
"""

from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = '0078'
down_revision = '0077'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.add_column(sa.Column('number', sa.String(length=16), nullable=True))
    bind, last = op.get_bind(), Counter()
    planned = bind.execute(sa.text('SELECT id, planned_at FROM sitting ORDER BY planned_at, id')).all()
    for sitting_id, planned_at in planned:
        year = int(str(planned_at)[:4])
        last[year] += 1
        bind.execute(
            sa.text('UPDATE sitting SET number = :number WHERE id = :id'), {'number': f'KS{year}-{last[year]:04d}', 'id': sitting_id}
        )
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.alter_column('number', existing_type=sa.String(length=16), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_sitting_number'), ['number'])


def downgrade() -> None:
    with op.batch_alter_table('sitting', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_sitting_number'), type_='unique')
        batch_op.drop_column('number')
