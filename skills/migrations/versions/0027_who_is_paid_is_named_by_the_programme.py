"""who is paid is named by the programme

Revision: 0027
Follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

ONE_PAYEE = "(organisation_id IS NULL) <> (person_id IS NULL)"
PRICE = "price >= 0 AND price = CASE payee WHEN 'firm' THEN 0 WHEN 'person' THEN fee ELSE fee - voucher_cents END"


def upgrade() -> None:
    with op.batch_alter_table('claw_back', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person_id', sa.String(length=26), nullable=True))
        batch_op.alter_column('organisation_id',
               existing_type=sa.VARCHAR(length=26),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_claw_back_person_id'), ['person_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_claw_back_person_id'), 'person', ['person_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_claw_back_one_payee'), ONE_PAYEE)

    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('payee', sa.String(length=16), server_default='institution', nullable=False))
        batch_op.drop_constraint(op.f('ck_enrolment_price'), type_='check')
        batch_op.create_check_constraint(op.f('ck_enrolment_price'), PRICE)

    with op.batch_alter_table('payee_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person_id', sa.String(length=26), nullable=True))
        batch_op.alter_column('organisation_id',
               existing_type=sa.VARCHAR(length=26),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_payee_account_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_payee_account_person_entered', ['person_id'], unique=True, sqlite_where=sa.text("state = 'entered'"), postgresql_where=sa.text("state = 'entered'"))
        batch_op.create_index('uq_payee_account_person_verified', ['person_id'], unique=True, sqlite_where=sa.text("state = 'verified'"), postgresql_where=sa.text("state = 'verified'"))
        batch_op.create_foreign_key(batch_op.f('fk_payee_account_person_id'), 'person', ['person_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_payee_account_one_payee'), ONE_PAYEE)

    with op.batch_alter_table('redemption', schema=None) as batch_op:
        batch_op.add_column(sa.Column('payee', sa.String(length=16), server_default='institution', nullable=False))
        batch_op.add_column(sa.Column('employer_id', sa.String(length=26), nullable=True))
        batch_op.create_index(batch_op.f('ix_redemption_employer_id'), ['employer_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_redemption_employer_id'), 'organisation', ['employer_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_redemption_payee'), "(payee = 'firm') = (employer_id IS NOT NULL)")

    with op.batch_alter_table('statement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('person_id', sa.String(length=26), nullable=True))
        batch_op.alter_column('organisation_id',
               existing_type=sa.VARCHAR(length=26),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_statement_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_statement_person_live', ['person_id', 'district', 'period'], unique=True, sqlite_where=sa.text("state NOT IN ('dropped', 'recalled')"), postgresql_where=sa.text("state NOT IN ('dropped', 'recalled')"))
        batch_op.create_foreign_key(batch_op.f('fk_statement_person_id'), 'person', ['person_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_statement_one_payee'), ONE_PAYEE)

    with op.batch_alter_table('voucher_batch', schema=None) as batch_op:
        batch_op.add_column(sa.Column('payee', sa.String(length=16), server_default='institution', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('voucher_batch', schema=None) as batch_op:
        batch_op.drop_column('payee')

    with op.batch_alter_table('statement', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_statement_one_payee'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_statement_person_id'), type_='foreignkey')
        batch_op.drop_index('uq_statement_person_live', sqlite_where=sa.text("state NOT IN ('dropped', 'recalled')"), postgresql_where=sa.text("state NOT IN ('dropped', 'recalled')"))
        batch_op.drop_index(batch_op.f('ix_statement_person_id'))
        batch_op.alter_column('organisation_id',
               existing_type=sa.VARCHAR(length=26),
               nullable=False)
        batch_op.drop_column('person_id')

    with op.batch_alter_table('redemption', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_redemption_payee'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_redemption_employer_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_redemption_employer_id'))
        batch_op.drop_column('employer_id')
        batch_op.drop_column('payee')

    with op.batch_alter_table('payee_account', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_payee_account_one_payee'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_payee_account_person_id'), type_='foreignkey')
        batch_op.drop_index('uq_payee_account_person_verified', sqlite_where=sa.text("state = 'verified'"), postgresql_where=sa.text("state = 'verified'"))
        batch_op.drop_index('uq_payee_account_person_entered', sqlite_where=sa.text("state = 'entered'"), postgresql_where=sa.text("state = 'entered'"))
        batch_op.drop_index(batch_op.f('ix_payee_account_person_id'))
        batch_op.alter_column('organisation_id',
               existing_type=sa.VARCHAR(length=26),
               nullable=False)
        batch_op.drop_column('person_id')

    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_enrolment_price'), type_='check')
        batch_op.create_check_constraint(op.f('ck_enrolment_price'), 'price >= 0 AND price = fee - voucher_cents')
        batch_op.drop_column('payee')

    with op.batch_alter_table('claw_back', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_claw_back_one_payee'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_claw_back_person_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_claw_back_person_id'))
        batch_op.alter_column('organisation_id',
               existing_type=sa.VARCHAR(length=26),
               nullable=False)
        batch_op.drop_column('person_id')
