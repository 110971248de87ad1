"""a waiting list ends with its batch, or goes on in the next one; a no is kept once for all days

Revision: 0051
Follows: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('voucher_carry',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('batch_id', sa.String(length=26), nullable=False),
    sa.Column('to_batch_id', sa.String(length=26), nullable=False),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('proposed_by', sa.String(length=26), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision', sa.String(length=400), nullable=False),
    sa.CheckConstraint('batch_id <> to_batch_id', name=op.f('ck_voucher_carry_two_batches')),
    sa.CheckConstraint("decided_by IS NULL OR state = 'withdrawn' OR decided_by <> proposed_by", name=op.f('ck_voucher_carry_two_people')),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_voucher_carry_decided')),
    sa.CheckConstraint("(state = 'approved') = (people IS NOT NULL)", name=op.f('ck_voucher_carry_people')),
    sa.ForeignKeyConstraint(['batch_id'], ['voucher_batch.id'], name=op.f('fk_voucher_carry_batch_id')),
    sa.ForeignKeyConstraint(['to_batch_id'], ['voucher_batch.id'], name=op.f('fk_voucher_carry_to_batch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voucher_carry'))
    )
    with op.batch_alter_table('voucher_carry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voucher_carry_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_voucher_carry_to_batch_id'), ['to_batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_voucher_carry_state'), ['state'], unique=False)
        batch_op.create_index('uq_voucher_carry_proposed', ['batch_id'], unique=True, sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))
    with op.batch_alter_table('voucher_waiter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('carry_id', sa.String(length=26), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_voucher_waiter_carry_id'), 'voucher_carry', ['carry_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_voucher_waiter_carry_id'), ['carry_id'], unique=False)
    op.add_column('voucher_batch', sa.Column('close_reason', sa.String(length=400), nullable=False, server_default=''))
    with op.batch_alter_table('voucher_refusal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('last_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_voucher_refusal_last_at'), 'last_at IS NULL OR last_at > at')


def downgrade() -> None:
    # Before this revision nobody's waiting had ended and no line had gone on.
    op.execute("UPDATE voucher_waiter SET state = 'dropped' WHERE state IN ('ended', 'carried')")
    op.execute("UPDATE voucher_line SET code = 'voucher_batch.not_open' WHERE state = 'carried' AND code = ''")
    op.execute("UPDATE voucher_line SET state = 'refused' WHERE state = 'carried'")
    with op.batch_alter_table('voucher_refusal', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_voucher_refusal_last_at'), type_='check')
        batch_op.drop_column('last_at')
    op.drop_column('voucher_batch', 'close_reason')
    with op.batch_alter_table('voucher_waiter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voucher_waiter_carry_id'))
        batch_op.drop_constraint(batch_op.f('fk_voucher_waiter_carry_id'), type_='foreignkey')
        batch_op.drop_column('carry_id')
    op.drop_table('voucher_carry')
