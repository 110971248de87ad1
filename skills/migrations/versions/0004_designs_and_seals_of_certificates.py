"""designs and seals of certificates

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('certificate_design',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('look', sa.JSON(), nullable=False),
    sa.Column('logo', sa.LargeBinary(), nullable=True),
    sa.Column('drafted_by', sa.String(length=26), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_by', sa.String(length=26), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('used_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_certificate_design_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_design')),
    sa.UniqueConstraint('organisation_id', 'kind', 'version', name=op.f('uq_certificate_design_organisation_id_kind_version'))
    )
    with op.batch_alter_table('certificate_design', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_design_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certificate_design_state'), ['state'], unique=False)
        batch_op.create_index('uq_certificate_design_in_use', ['organisation_id', 'kind'], unique=True, sqlite_where=sa.text("state = 'in_use'"), postgresql_where=sa.text("state = 'in_use'"))
        batch_op.create_index('uq_certificate_design_open', ['organisation_id', 'kind'], unique=True, sqlite_where=sa.text("state IN ('drafted', 'submitted', 'approved')"), postgresql_where=sa.text("state IN ('drafted', 'submitted', 'approved')"))

    op.create_table('certificate_seal',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('organisation_id', sa.String(length=26), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('picture', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('uploaded_by', sa.String(length=26), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.String(length=26), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_certificate_seal_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_seal'))
    )
    with op.batch_alter_table('certificate_seal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_seal_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index('uq_certificate_seal_live', ['organisation_id', 'state'], unique=True, sqlite_where=sa.text("state IN ('uploaded', 'confirmed')"), postgresql_where=sa.text("state IN ('uploaded', 'confirmed')"))

    with op.batch_alter_table('certificate_paper', schema=None) as batch_op:
        batch_op.add_column(sa.Column('design', sa.String(length=26), nullable=False, server_default='house-1'))
        batch_op.add_column(sa.Column('seal_id', sa.String(length=26), nullable=True))
        batch_op.create_index(batch_op.f('ix_certificate_paper_design'), ['design'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_certificate_paper_seal_id'), 'certificate_seal', ['seal_id'], ['id'])
    with op.batch_alter_table('certificate_paper', schema=None) as batch_op:
        batch_op.alter_column('design', server_default=None)



def downgrade() -> None:
    with op.batch_alter_table('certificate_paper', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_certificate_paper_seal_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_certificate_paper_design'))
        batch_op.drop_column('seal_id')
        batch_op.drop_column('design')

    with op.batch_alter_table('certificate_seal', schema=None) as batch_op:
        batch_op.drop_index('uq_certificate_seal_live', sqlite_where=sa.text("state IN ('uploaded', 'confirmed')"), postgresql_where=sa.text("state IN ('uploaded', 'confirmed')"))
        batch_op.drop_index(batch_op.f('ix_certificate_seal_organisation_id'))

    op.drop_table('certificate_seal')
    with op.batch_alter_table('certificate_design', schema=None) as batch_op:
        batch_op.drop_index('uq_certificate_design_open', sqlite_where=sa.text("state IN ('drafted', 'submitted', 'approved')"), postgresql_where=sa.text("state IN ('drafted', 'submitted', 'approved')"))
        batch_op.drop_index('uq_certificate_design_in_use', sqlite_where=sa.text("state = 'in_use'"), postgresql_where=sa.text("state = 'in_use'"))
        batch_op.drop_index(batch_op.f('ix_certificate_design_state'))
        batch_op.drop_index(batch_op.f('ix_certificate_design_organisation_id'))

    op.drop_table('certificate_design')
