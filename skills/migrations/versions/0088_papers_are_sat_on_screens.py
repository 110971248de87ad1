"""papers are sat on screens: runs, answers, pauses, markings

Revision: 0088
Follows: 0087
"""

import sqlalchemy as sa
from alembic import op

revision = '0088'
down_revision = '0087'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper_run',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('form_id', sa.String(length=26), nullable=False),
    sa.Column('taker', sa.String(length=26), nullable=False),
    sa.Column('account', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('device', sa.String(length=26), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('extra_percent', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('turns', sa.Integer(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f('ck_paper_run_closed')),
    sa.ForeignKeyConstraint(['form_id'], ['paper_form.id'], name=op.f('fk_paper_run_form_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_run')),
    sa.UniqueConstraint('form_id', 'taker', name=op.f('uq_paper_run_form_id_taker'))
    )
    for column in ('form_id', 'taker', 'account', 'state', 'ends_at'):
        op.create_index(op.f(f'ix_paper_run_{column}'), 'paper_run', [column], unique=False)
    op.create_table('paper_answer',
    sa.Column('run_id', sa.String(length=26), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('value', sa.String(length=20), nullable=False),
    sa.Column('flagged', sa.Boolean(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['paper_run.id'], name=op.f('fk_paper_answer_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'turn', name=op.f('pk_paper_answer'))
    )
    op.create_table('paper_pause',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('run_id', sa.String(length=26), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('by', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('seconds > 0', name=op.f('ck_paper_pause_some')),
    sa.ForeignKeyConstraint(['run_id'], ['paper_run.id'], name=op.f('fk_paper_pause_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_pause'))
    )
    op.create_index(op.f('ix_paper_pause_run_id'), 'paper_pause', ['run_id'], unique=False)
    op.create_table('paper_marking',
    sa.Column('run_id', sa.String(length=26), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('wanted', sa.String(length=64), nullable=False),
    sa.Column('correct', sa.JSON(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.String(length=26), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('turn IN (1, 2)', name=op.f('ck_paper_marking_turn')),
    sa.ForeignKeyConstraint(['run_id'], ['paper_run.id'], name=op.f('fk_paper_marking_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'turn', name=op.f('pk_paper_marking'))
    )


def downgrade() -> None:
    for table in ('paper_marking', 'paper_pause', 'paper_answer', 'paper_run'):
        op.drop_table(table)
