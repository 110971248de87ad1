"""Places and presence as the ledger of class hours reads them, and what the ledger says back.

The ledger lies in a room above (`learning`), which names its readers here when it is loaded, so that nothing imports upward.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from skills.courses.models import Attendance, ClassSession, Course, CourseClass, Enrolment
from skills.courses.rules.hours import NO_LEDGER, Ledger
from skills.courses.states import COURSE, CourseState
from skills.kernel.db import among
from skills.kernel.errors import Missing

Key = tuple[str, str]


@dataclass(frozen=True)
class Readers:
    """What the ledger answers.

    ledgers   classes, people (None: all) → (class, person) → what the ledger says of a live place
    excluded  classes → (session, person) that do not count: the person was elsewhere, or it is not decided yet
    online    a course → minutes of its lessons online
    decided   classes → place → (attended, planned) of those of which the bureau decided after their result
    """

    ledgers: Callable[[Session, Collection[str], Collection[str] | None], Mapping[Key, Ledger]]
    excluded: Callable[[Session, Collection[str]], set[Key]]
    online: Callable[[Session, str], int]
    decided: Callable[[Session, Collection[str]], Mapping[str, tuple[int, int]]]


_READERS: list[Readers] = []


def register(readers: Readers) -> None:
    """Name who keeps the ledger. Raises ValueError if somebody does already."""
    if _READERS:
        raise ValueError("there is one ledger")
    _READERS.append(readers)


def ledgers(db: Session, class_ids: Collection[str], persons: Collection[str] | None = None) -> Mapping[Key, Ledger]:
    """(class, person) → what the ledger says of a live place; of these people alone if they are named."""
    return _READERS[0].ledgers(db, class_ids, persons) if _READERS and class_ids else {}


def ledger_of(db: Session, class_id: str, person_id: str) -> Ledger:
    """What the ledger says of one place."""
    return ledgers(db, [class_id], [person_id]).get((class_id, person_id), NO_LEDGER)


def excluded(db: Session, class_ids: Collection[str]) -> set[Key]:
    """(session, person) whose attendance does not count."""
    return _READERS[0].excluded(db, class_ids) if _READERS and class_ids else set()


def online_minutes(db: Session, course_id: str) -> int:
    """Minutes of a course that are learned online."""
    return _READERS[0].online(db, course_id) if _READERS else 0


def decided(db: Session, class_ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Place → (attended, planned) that its money follows, where the bureau decided something after its result."""
    return _READERS[0].decided(db, class_ids) if _READERS and class_ids else {}


# What the ledger reads ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlaceFacts:
    """A place in a class that was not given back. `ended_at` when it had its result."""

    enrolment_id: str
    person_id: str
    state: str
    ended_at: datetime | None
    class_id: str
    class_state: str
    number: str
    starts_on: date
    district: str
    institution_id: str
    course_id: str
    course: str
    hours: int
    redemption_id: str | None


@dataclass(frozen=True)
class Mark:
    """One person's attendance of a session; `left` and `left_at` where leaving is written, too."""

    session_id: str
    class_id: str
    person_id: str
    starts_at: datetime
    ends_at: datetime
    room: str
    makes_up_for: str | None
    came: str
    came_at: datetime
    way: str
    left: str | None = None
    left_at: datetime | None = None


def places(
    db: Session, *, persons: Collection[str] | None = None, classes: Collection[str] | None = None,
    institutions: Collection[str] | None = None, ids: Collection[str] | None = None, courses: Collection[str] | None = None,
) -> list[PlaceFacts]:  # fmt: skip
    """Places that were not given back, the latest class first; every condition that is given narrows."""
    chosen = (
        select(  # columns, not objects: a large return is of thousands of places
            Enrolment.id, Enrolment.person_id, Enrolment.state, Enrolment.ended_at, CourseClass.id, CourseClass.state, CourseClass.number,
            CourseClass.starts_on, CourseClass.district, CourseClass.institution_id, Course.id, Course.title, Course.hours,
            Enrolment.redemption_id,
        )
        .join(CourseClass, CourseClass.id == Enrolment.class_id)
        .join(Course, Course.id == CourseClass.course_id)
        .where(Enrolment.left_at.is_(None))
        .order_by(CourseClass.starts_on.desc(), Enrolment.id)
    )
    for column, wanted in (
        (Enrolment.person_id, persons), (Enrolment.class_id, classes), (CourseClass.institution_id, institutions), (Enrolment.id, ids),
        (Course.id, courses),
    ):  # fmt: skip
        if wanted is not None:
            chosen = chosen.where(among(db, column, wanted))
    rows: Iterable[Sequence[Any]] = db.execute(chosen)
    return [PlaceFacts(*row) for row in rows]


def live_places(
    db: Session, classes: Collection[str], persons: Collection[str] | None = None
) -> Iterable[tuple[str, str, str, datetime | None]]:
    """(place, person, class, when it had its result) of places that were not given back, and no more of each: there may be thousands."""
    chosen = select(Enrolment.id, Enrolment.person_id, Enrolment.class_id, Enrolment.ended_at).where(
        Enrolment.left_at.is_(None), among(db, Enrolment.class_id, classes)
    )
    rows: Any = db.execute(chosen if persons is None else chosen.where(among(db, Enrolment.person_id, persons)))
    return rows  # type: ignore[no-any-return]


def taught_in(db: Session, classes: Collection[str]) -> dict[str, tuple[str, date]]:
    """Class → its course and its first day."""
    chosen = select(CourseClass.id, CourseClass.course_id, CourseClass.starts_on).where(among(db, CourseClass.id, classes))
    return {class_id: (course_id, day) for class_id, course_id, day in db.execute(chosen)}


def classes_of(*, institutions: Collection[str] | None = None, districts: Collection[str] | None = None) -> Select[str]:
    """Ids of classes of institutions, of districts; every condition that is given narrows. To be asked within another question."""
    chosen = select(CourseClass.id)
    if institutions is not None:
        chosen = chosen.where(CourseClass.institution_id.in_(sorted(institutions)))
    if districts is not None:
        chosen = chosen.where(CourseClass.district.in_(sorted(districts)))
    return chosen


def place(db: Session, enrolment_id: str) -> PlaceFacts:
    """One place that was not given back. Raises Missing("enrolment.unknown")."""
    found = places(db, ids=[enrolment_id])
    if not found:
        raise Missing("enrolment.unknown")
    return found[0]


def marks(db: Session, *, persons: Collection[str] | None = None, classes: Collection[str] | None = None) -> list[Mark]:
    """Attendance that counts, by session and person: who came, and where it is written who left."""
    chosen = (
        select(Attendance, ClassSession)
        .join(ClassSession, ClassSession.id == Attendance.session_id)
        .where(Attendance.replaced_at.is_(None))
        .order_by(ClassSession.starts_at, ClassSession.id)
    )
    if persons is not None:
        chosen = chosen.where(among(db, Attendance.person_id, persons))
    if classes is not None:
        chosen = chosen.where(among(db, Attendance.class_id, classes))
    came: dict[Key, Mark] = {}
    left: dict[Key, Attendance] = {}
    for row, s in db.execute(chosen):
        if row.side == "in":
            came[s.id, row.person_id] = Mark(
                s.id, row.class_id, row.person_id, s.starts_at, s.ends_at, s.room, s.makes_up_for, row.mark, row.at, row.way
            )
        else:
            left[s.id, row.person_id] = row
    return [
        m if (out := left.get(key)) is None
        else Mark(**{**m.__dict__, "left": out.mark, "left_at": out.at if out.mark == "on_time" and out.way != "correction" else None})
        for key, m in came.items()
    ]  # fmt: skip


def without_ledger(db: Session, kept: Select[tuple[str]], after: str, most: int) -> list[str]:
    """People with attendance in a place that is none of `kept`, behind an id and in order."""
    chosen = (
        select(Attendance.person_id)
        .join(Enrolment, (Enrolment.class_id == Attendance.class_id) & (Enrolment.person_id == Attendance.person_id))
        .where(
            Attendance.replaced_at.is_(None), Attendance.mark != "absent", Enrolment.left_at.is_(None), Enrolment.id.not_in(kept),
            Attendance.person_id > after,
        )
        .distinct().order_by(Attendance.person_id).limit(most)
    )  # fmt: skip
    return list(db.scalars(chosen))


@dataclass(frozen=True)
class SessionFacts:
    """A session: when and where, of which class."""

    session_id: str
    class_id: str
    starts_at: datetime
    ends_at: datetime
    room: str
    makes_up_for: str | None


def sessions(db: Session, ids: Collection[str] | None) -> dict[str, SessionFacts]:
    """Sessions by id, all of them if None; unknown ones are left out."""
    chosen = select(ClassSession)
    rows = db.scalars(chosen if ids is None else chosen.where(among(db, ClassSession.id, ids)))
    return {s.id: SessionFacts(s.id, s.class_id, s.starts_at, s.ends_at, s.room, s.makes_up_for) for s in rows}


@dataclass(frozen=True)
class CourseFacts:
    """A course as its lessons need it."""

    course_id: str
    institution_id: str
    title: str
    hours: int
    state: str

    @property
    def published(self) -> bool:
        """Whether everybody may see it."""
        return self.state == CourseState.PUBLISHED

    @property
    def words(self) -> tuple[str, str]:
        """What its state is called."""
        return COURSE.words[CourseState(self.state)]


def course(db: Session, course_id: str) -> CourseFacts:
    """A course. Raises Missing("course.unknown")."""
    row = db.get(Course, course_id)
    if row is None:
        raise Missing("course.unknown")
    return CourseFacts(row.id, row.institution_id, row.title, row.hours, row.state)


def courses(db: Session, institutions: Collection[str] | None = None, ids: Collection[str] | None = None) -> list[CourseFacts]:
    """Courses by title, of some institutions or all; or these."""
    chosen = select(Course).order_by(Course.title, Course.id)
    if institutions is not None:
        chosen = chosen.where(among(db, Course.institution_id, institutions))
    if ids is not None:
        chosen = chosen.where(among(db, Course.id, ids))
    return [CourseFacts(c.id, c.institution_id, c.title, c.hours, c.state) for c in db.scalars(chosen)]
