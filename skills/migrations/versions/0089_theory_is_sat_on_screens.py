"""an exam's theory is sat on screens: forms by letter, codes of rooms, sheets that are reckoned instead of typed

Revision: 0089
Follows: 0088
"""

import sqlalchemy as sa
from alembic import op

revision = '0089'
down_revision = '0088'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sitting_paper',
    sa.Column('sitting_id', sa.String(length=26), nullable=False),
    sa.Column('paper', sa.String(length=1), nullable=False),
    sa.Column('form_id', sa.String(length=26), nullable=False),
    sa.Column('bound_by', sa.String(length=26), nullable=False),
    sa.Column('bound_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['form_id'], ['paper_form.id'], name=op.f('fk_sitting_paper_form_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_paper_sitting_id')),
    sa.PrimaryKeyConstraint('sitting_id', 'paper', name=op.f('pk_sitting_paper')),
    sa.UniqueConstraint('sitting_id', 'form_id', name=op.f('uq_sitting_paper_sitting_id_form_id'))
    )
    op.create_index(op.f('ix_sitting_paper_form_id'), 'sitting_paper', ['form_id'], unique=False)
    op.create_table('room_door',
    sa.Column('room_id', sa.String(length=26), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('opened_by', sa.String(length=26), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['room_id'], ['sitting_room.id'], name=op.f('fk_room_door_room_id')),
    sa.PrimaryKeyConstraint('room_id', name=op.f('pk_room_door'))
    )
    with op.batch_alter_table('score_sheet', schema=None) as batch_op:
        batch_op.add_column(sa.Column('way', sa.String(length=8), server_default='typed', nullable=False))
        batch_op.create_check_constraint(op.f('ck_score_sheet_way'), "way IN ('typed', 'machine')")


def downgrade() -> None:
    with op.batch_alter_table('score_sheet', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_score_sheet_way'), type_='check')
        batch_op.drop_column('way')
    op.drop_table('room_door')
    op.drop_table('sitting_paper')
