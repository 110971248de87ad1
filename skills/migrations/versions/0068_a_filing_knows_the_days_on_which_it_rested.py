"""a filing knows the days on which it rested

Revision: 0068
Follows: 0067
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0068'
down_revision = '0067'
branch_labels = None
depends_on = None

ENDS = {'suspend': ('resume', 'revoke'), 'revoke': ()}


def upgrade() -> None:
    op.create_table('filing_pause',
    sa.Column('step_id', sa.String(length=26), nullable=False),
    sa.Column('filing_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('ended_step', sa.String(length=26), nullable=True),
    sa.ForeignKeyConstraint(['ended_step'], ['certification_step.id'], name=op.f('fk_filing_pause_ended_step')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_pause_filing_id')),
    sa.ForeignKeyConstraint(['step_id'], ['certification_step.id'], name=op.f('fk_filing_pause_step_id')),
    sa.PrimaryKeyConstraint('step_id', name=op.f('pk_filing_pause'))
    )
    with op.batch_alter_table('filing_pause', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_pause_filing_id'), ['filing_id'], unique=False)
        batch_op.create_index('uq_filing_pause_open', ['filing_id'], unique=True, sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL"))
    op.add_column('filing_scope', sa.Column('added_on', sa.Date(), nullable=True))
    _from_the_history()


def _from_the_history() -> None:
    """The history of each filing says when it was suspended and when it went on."""
    connection = op.get_bind()
    step = sa.table('certification_step', sa.column('id', sa.String()), sa.column('subject', sa.String()), sa.column('subject_id', sa.String()),
                    sa.column('move', sa.String()), sa.column('at', sa.DateTime(timezone=True)))
    pause = sa.table('filing_pause', sa.column('step_id', sa.String()), sa.column('filing_id', sa.String()), sa.column('kind', sa.String()),
                     sa.column('since', sa.Date()), sa.column('until', sa.Date()), sa.column('ended_step', sa.String()))
    steps = connection.execute(
        sa.select(step.c.id, step.c.subject_id, step.c.move, step.c.at)
        .where(step.c.subject == 'filing', step.c.move.in_(('suspend', 'resume', 'revoke')))
        .order_by(step.c.subject_id, step.c.at, step.c.id)
    ).all()
    for place, (step_id, filing_id, move, at) in enumerate(steps):
        if move in ENDS:
            ends = [s for s in steps[place + 1:] if s.subject_id == filing_id and s.move in ENDS[move]][:1]
            end = ends[0] if ends else None
            connection.execute(sa.insert(pause).values(
                step_id=step_id, filing_id=filing_id, kind=move, since=_day(at), until=end and _day(end.at), ended_step=end and end.id,
            ))


def _day(at: datetime) -> date:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo('Asia/Shanghai')).date()


def downgrade() -> None:
    op.drop_column('filing_scope', 'added_on')
    with op.batch_alter_table('filing_pause', schema=None) as batch_op:
        batch_op.drop_index('uq_filing_pause_open', sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL"))
        batch_op.drop_index(batch_op.f('ix_filing_pause_filing_id'))
    op.drop_table('filing_pause')
