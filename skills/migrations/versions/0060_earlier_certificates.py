"""old codes of occupations; what was withdrawn from a record is found by its source

Revision: 0060
Follows: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = '0060'
down_revision = '0059'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('occupation_alias',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('occupation_code', sa.String(length=16), nullable=False),
    sa.Column('since', sa.Integer(), nullable=False),
    sa.Column('until', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['occupation_code'], ['occupation.code'], name=op.f('fk_occupation_alias_occupation_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_occupation_alias'))
    )
    with op.batch_alter_table('occupation_alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_occupation_alias_occupation_code'), ['occupation_code'], unique=False)
    with op.batch_alter_table('record_entry', schema=None) as batch_op:
        batch_op.create_index('ix_record_entry_withdrawn', ['kind', 'source'], unique=False, sqlite_where=sa.text('withdrawn_at IS NOT NULL'), postgresql_where=sa.text('withdrawn_at IS NOT NULL'))


def downgrade() -> None:
    with op.batch_alter_table('record_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_record_entry_withdrawn')
    op.drop_table('occupation_alias')
