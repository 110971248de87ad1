"""The plan of a class as it was approved: frozen at the approval, a version for each change that took effect."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.courses.actions.bookings import lecturers_of
from skills.courses.models import ClassSession, Course, CourseClass, Enrolment
from skills.courses.models.delivery import ApprovedPlan
from skills.courses.queries import hours
from skills.courses.rules.delivery import Approved, ApprovedSession
from skills.kernel.acts import Act
from skills.kernel.canon import plain


def freeze(act: Act, row: CourseClass, why: str, by: str = "") -> int:
    """Keep the class as it now stands as the approved plan: approval, change or start; its version.

    At the start the roster is part of it: ids of places. A class that was approved before plans were frozen is frozen now.
    No change is filed of lessons online: their minutes stay those of the approval.
    """
    before = approved_of(act.db, row.id)
    if why != "approval" and before is None:
        freeze(act, row, "approval", by)
        before = approved_of(act.db, row.id)
    sessions = act.db.scalars(
        select(ClassSession)
        .where(ClassSession.class_id == row.id, ClassSession.makes_up_for.is_(None))
        .order_by(ClassSession.starts_at, ClassSession.id)
    ).all()
    roster: tuple[str, ...] = ()
    if why != "approval":
        roster = tuple(act.db.scalars(select(Enrolment.id).where(Enrolment.class_id == row.id, Enrolment.left_at.is_(None)).order_by(Enrolment.id)))
    plan = Approved(
        act.get(Course, id=row.course_id).hours, row.district,
        tuple(
            ApprovedSession(s.id, s.starts_at, s.ends_at, s.room, s.address or row.address, lecturers_of(act, s.id), s.topic)
            for s in sessions
        ),
        row.assessment_plan, row.seats, roster, hours.online_minutes(act.db, row.course_id) if before is None else before[1].online,
    )  # fmt: skip
    version = (act.db.scalar(select(func.max(ApprovedPlan.version)).where(ApprovedPlan.class_id == row.id)) or 0) + 1
    body = plain(plan)
    assert isinstance(body, dict)  # noqa: S101 - narrows for the type checker
    act.add(
        ApprovedPlan(id=act.new_id(), class_id=row.id, version=version, why=why, body=body, by=by or act.actor.account, at=act.at)
    )
    act.note("class.freeze_plan", id=row.id, version=version, why=why)
    return version


def approved_of(db: Session, class_id: str) -> tuple[int, Approved] | None:
    """Version and plan that count now; None for a class approved before plans were frozen."""
    row = db.scalars(select(ApprovedPlan).where(ApprovedPlan.class_id == class_id).order_by(ApprovedPlan.version.desc()).limit(1)).first()
    return None if row is None else (row.version, read(row))


def read(row: ApprovedPlan) -> Approved:
    """A frozen plan again."""
    return _reader().validate_python(row.body)


@cache
def _reader() -> TypeAdapter[Approved]:
    return TypeAdapter(Approved)
