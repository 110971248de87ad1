"""What always holds of lecturers and training platforms."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.checks import Bookkeeper, check
from skills.people.queries import erased
from skills.resources.models import Lecturer, Platform, Qualification
from skills.resources.states import LecturerState, PlatformState


@check("resources.lecturers", "在库教师都有经他人确认的资质 everybody in the pool has a qualification that somebody else confirmed")
def lecturers(book: Bookkeeper) -> Iterator[str]:
    proven: set[str] = set()
    for q in book.db.scalars(select(Qualification)):
        if q.strength != "promised":
            proven.add(q.lecturer_id)
            if q.confirmed_by == q.stated_by:
                yield f"qualification {q.id} was confirmed by whoever stated it"
    gone = erased(book.db)
    for row in book.db.scalars(select(Lecturer).where(Lecturer.state == LecturerState.CONFIRMED)):
        if row.id not in proven:
            yield f"lecturer {row.id} is in the pool without a proven qualification"
        if row.person_id in gone:
            yield f"lecturer {row.id} is in the pool and was erased"


@check("resources.platforms", "名录上的都由两人认定，撤销有理由 what is on the register was recognised by two people; a withdrawal has its reason")
def platforms(book: Bookkeeper) -> Iterator[str]:
    for row in book.db.scalars(select(Platform)):
        if row.state in (PlatformState.RECOGNISED, PlatformState.WITHDRAWN) and row.decided_by in (None, row.proposed_by):
            yield f"platform {row.id} was recognised by {row.decided_by}, proposed by {row.proposed_by}"
        if (row.state == PlatformState.WITHDRAWN) != (row.withdrawn_at is not None and bool(row.reason.strip())):
            yield f"platform {row.id} is {row.state}, withdrawn at {row.withdrawn_at}"
