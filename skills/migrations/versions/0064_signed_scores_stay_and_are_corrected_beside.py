"""a signed score never changes: corrections by two others stand beside it; candidates may ask for a review

Revision: 0064
Follows: 0063
"""

import sqlalchemy as sa
from alembic import op

revision = '0064'
down_revision = '0063'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('score_correction',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('before', sa.Integer(), nullable=True),
    sa.Column('after', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('proposed_by', sa.String(length=26), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision', sa.String(length=400), nullable=False),
    sa.Column('notice_to', sa.Date(), nullable=True),
    sa.Column('revocation_id', sa.String(length=26), nullable=True),
    sa.CheckConstraint('after IS NULL OR (after >= 0 AND after <= 10000)', name=op.f('ck_score_correction_range')),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_score_correction_decided')),
    sa.CheckConstraint("state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> proposed_by)", name=op.f('ck_score_correction_two_people')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_score_correction_application_id')),
    sa.ForeignKeyConstraint(['revocation_id'], ['care_request.id'], name=op.f('fk_score_correction_revocation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_correction'))
    )
    with op.batch_alter_table('score_correction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_score_correction_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_score_correction_state'), ['state'], unique=False)
        batch_op.create_index('uq_score_correction_live', ['application_id', 'section'], unique=True, sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))
    op.create_table('score_review',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('receipt', sa.String(length=16), nullable=False),
    sa.Column('application_id', sa.String(length=26), nullable=False),
    sa.Column('section', sa.String(length=16), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('recounted', sa.Integer(), nullable=True),
    sa.Column('decided_by', sa.String(length=26), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply', sa.String(length=400), nullable=False),
    sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name=op.f('ck_score_review_decided')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_score_review_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_review')),
    sa.UniqueConstraint('application_id', 'section', name=op.f('uq_score_review_application_id_section')),
    sa.UniqueConstraint('receipt', name=op.f('uq_score_review_receipt'))
    )
    with op.batch_alter_table('score_review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_score_review_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_score_review_state'), ['state'], unique=False)
    with op.batch_alter_table('score', schema=None) as batch_op:
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('correction_id', sa.String(length=26), nullable=True))
        batch_op.drop_constraint(batch_op.f('pk_score'), type_='primary')
        batch_op.create_primary_key(batch_op.f('pk_score'), ['application_id', 'section', 'version'])
        batch_op.create_foreign_key(batch_op.f('fk_score_correction_id'), 'score_correction', ['correction_id'], ['id'])
        batch_op.create_unique_constraint(batch_op.f('uq_score_correction_id'), ['correction_id'])
        batch_op.create_check_constraint(batch_op.f('ck_score_corrected'), '(version = 1) = (correction_id IS NULL)')


def downgrade() -> None:
    # The guards of the newest revision stand until the next upgrade.
    for name in ('score_unchanged', 'score_undeleted'):
        op.execute(f'DROP TRIGGER IF EXISTS {name}' + (' ON score' if op.get_bind().dialect.name == 'postgresql' else ''))
    op.execute('DELETE FROM score WHERE version > 1')
    with op.batch_alter_table('score', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_score_corrected'), type_='check')
        batch_op.drop_constraint(batch_op.f('uq_score_correction_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('fk_score_correction_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('pk_score'), type_='primary')
        batch_op.create_primary_key(batch_op.f('pk_score'), ['application_id', 'section'])
        batch_op.drop_column('correction_id')
        batch_op.drop_column('version')
    op.drop_table('score_review')
    op.drop_table('score_correction')
