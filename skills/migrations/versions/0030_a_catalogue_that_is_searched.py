"""a catalogue that is searched

Revision: 0030
Follows: 0029
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.add_column(sa.Column('section', sa.String(length=16), server_default='', nullable=False))
        batch_op.add_column(sa.Column('mode', sa.String(length=16), server_default='onsite', nullable=False))
        batch_op.add_column(sa.Column('leads_to', sa.String(length=24), server_default='completion', nullable=False))
        batch_op.add_column(sa.Column('ability', sa.String(length=60), server_default='', nullable=False))

    text = op.create_table('course_text',
    sa.Column('course_id', sa.String(length=26), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_text_course_id')),
    sa.PrimaryKeyConstraint('course_id', name=op.f('pk_course_text'))
    )
    gram = op.create_table('course_gram',
    sa.Column('gram', sa.String(length=4), nullable=False),
    sa.Column('course_id', sa.String(length=26), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_course_gram_course_id')),
    sa.PrimaryKeyConstraint('gram', 'course_id', name=op.f('pk_course_gram'))
    )
    op.create_index('ix_course_gram_course_id', 'course_gram', ['course_id'], unique=False)

    course = sa.table('course', sa.column('id'), sa.column('title'), sa.column('description'), sa.column('state'))
    bind = op.get_bind()
    for row in bind.execute(sa.select(course).where(course.c.state == 'published')).all():
        title, body = _fold(row.title), _fold(row.description)
        bind.execute(text.insert(), {'course_id': row.id, 'title': title, 'body': body})
        held = {word[i : i + n] for word in f'{title} {body}'.split() for n in (1, 2) for i in range(len(word) - n + 1)}
        bind.execute(gram.insert(), [{'gram': g, 'course_id': row.id} for g in sorted(held)])


def _fold(text: str) -> str:
    """As skills.courses.rules.search.fold was when this was written."""
    flat = unicodedata.normalize('NFKD', unicodedata.normalize('NFKD', text).casefold())
    return ' '.join(''.join(c for c in flat if not unicodedata.category(c).startswith(('M', 'C')) or c.isspace()).split())


def downgrade() -> None:
    op.drop_index('ix_course_gram_course_id', table_name='course_gram')
    op.drop_table('course_gram')
    op.drop_table('course_text')
    with op.batch_alter_table('course', schema=None) as batch_op:
        batch_op.drop_column('ability')
        batch_op.drop_column('leads_to')
        batch_op.drop_column('mode')
        batch_op.drop_column('section')
