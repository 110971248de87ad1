"""What always holds on the boards of firms."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.careers.models import BoardNomination, BoardNominee, BoardPost
from skills.careers.states import NomineeState
from skills.certification.queries.exams import exams_of
from skills.kernel.checks import Bookkeeper, check
from skills.people.queries import erased


@check("careers.posts", "已删除个人信息的人不在任何单位的岗位上 nobody who was erased is on a post")
def posts(book: Bookkeeper) -> Iterator[str]:
    gone = erased(book.db)
    for row in book.db.scalars(select(BoardPost).where(BoardPost.ended_at.is_(None))):
        if row.person_id in gone:
            yield f"post {row.id}: its holder was erased"


@check("careers.nominations", "每一条提名的报名属于本人和该场考试 a registered nominee has an application of the same person and exam")
def nominations(book: Bookkeeper) -> Iterator[str]:
    orders = dict(book.db.execute(select(BoardNomination.id, BoardNomination.sitting_id)).all())
    held = list(book.db.scalars(select(BoardNominee).where(BoardNominee.state == NomineeState.REGISTERED)))
    stands = {mine.id: (person, mine.sitting.id) for person, mine in exams_of(book.db, {r.application_id for r in held if r.application_id})}
    for row in held:
        if stands.get(row.application_id or "") != (row.person_id, orders[row.nomination_id]):
            yield f"nominee {row.id}: its application is of another person or exam"
