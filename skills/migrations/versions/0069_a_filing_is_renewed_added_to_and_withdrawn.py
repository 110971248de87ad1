"""a filing is renewed, added to and withdrawn; who waits for an answer has a clock

Revision: 0069
Follows: 0068
"""

import sqlalchemy as sa
from alembic import op

revision = '0069'
down_revision = '0068'
branch_labels = None
depends_on = None

LIVE = "state NOT IN ('revoked', 'withdrawn', 'expired')"
BEFORE = "state <> 'revoked'"
OPEN = "state IN ('asked', 'sent_back')"


def _live(now: str, then: str) -> None:
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.drop_index('uq_filing_live', sqlite_where=sa.text(now), postgresql_where=sa.text(now))
        batch_op.create_index('uq_filing_live', ['organisation_id'], unique=True, sqlite_where=sa.text(then), postgresql_where=sa.text(then))


def upgrade() -> None:
    op.create_table('filing_change',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('filing_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('path', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('scope', sa.JSON(), nullable=False),
    sa.Column('statement', sa.String(length=2000), nullable=False),
    sa.Column('incentives', sa.String(length=2000), nullable=False),
    sa.Column('verdict', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('asked_by', sa.String(length=26), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('term_from', sa.Date(), nullable=True),
    sa.Column('term_to', sa.Date(), nullable=True),
    sa.CheckConstraint("path = 'promise' OR decided_by IS NULL OR decided_by <> asked_by", name=op.f('ck_filing_change_two_people')),
    sa.CheckConstraint('(term_from IS NULL) = (term_to IS NULL)', name=op.f('ck_filing_change_term')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_change_filing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing_change'))
    )
    with op.batch_alter_table('filing_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_change_filing_id'), ['filing_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_filing_change_state'), ['state'], unique=False)
        batch_op.create_index('uq_filing_change_open', ['filing_id'], unique=True, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN))
    op.add_column('filing', sa.Column('channel', sa.String(length=16), nullable=True))
    op.add_column('filing', sa.Column('due_on', sa.Date(), nullable=True))
    _live(BEFORE, LIVE)


def downgrade() -> None:
    # Before this revision a filing ended by being revoked alone; that is the nearest that can be said.
    op.execute("UPDATE filing SET state = 'revoked' WHERE state IN ('withdrawn', 'expired')")
    _live(LIVE, BEFORE)
    op.drop_column('filing', 'due_on')
    op.drop_column('filing', 'channel')
    op.drop_table('filing_change')
