"""statements of learning platforms

Revision: 0036
Follows: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('xapi_statement',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('institution_id', sa.String(length=26), nullable=False),
    sa.Column('statement_id', sa.String(length=36), nullable=False),
    sa.Column('enrolment_id', sa.String(length=26), nullable=False),
    sa.Column('district', sa.String(length=12), nullable=False),
    sa.Column('verb', sa.String(length=16), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.Column('return_id', sa.String(length=26), nullable=True),
    sa.Column('stored_by', sa.String(length=26), nullable=False),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state IN ('filed', 'granted')) = (return_id IS NOT NULL)", name=op.f('ck_xapi_statement_filed')),
    sa.CheckConstraint("(state IN ('granted', 'refused')) = (decided_at IS NOT NULL)", name=op.f('ck_xapi_statement_decided')),
    sa.ForeignKeyConstraint(['district'], ['district.code'], name=op.f('fk_xapi_statement_district')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_xapi_statement_enrolment_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['organisation.id'], name=op.f('fk_xapi_statement_institution_id')),
    sa.ForeignKeyConstraint(['return_id'], ['filed_return.id'], name=op.f('fk_xapi_statement_return_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_xapi_statement')),
    sa.UniqueConstraint('institution_id', 'statement_id', name=op.f('uq_xapi_statement_institution_id_statement_id'))
    )
    with op.batch_alter_table('xapi_statement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_xapi_statement_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_xapi_statement_enrolment_id'), ['enrolment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_xapi_statement_state'), ['state'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('xapi_statement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_xapi_statement_state'))
        batch_op.drop_index(batch_op.f('ix_xapi_statement_enrolment_id'))
        batch_op.drop_index(batch_op.f('ix_xapi_statement_district'))

    op.drop_table('xapi_statement')
