"""Attendance as it is read: by its learner, by the institution that may only look, by the bureau."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from skills.courses.models import Attendance, AttendanceCorrection, ClassSession, Course, CourseClass, Enrolment
from skills.courses.queries import hours as ledger
from skills.courses.rules import attendance as rules
from skills.courses.rules.attendance import Count, Held, Mark, Side, Times, Way, Window
from skills.courses.rules.cards import too_many
from skills.courses.states import ClassState
from skills.kernel import steps
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.kernel.keys import KeyRing
from skills.people import queries as people
from skills.standards.queries import value

WIDEST = timedelta(days=1)  # no window reaches further from its session
TAUGHT = (ClassState.RUNNING, ClassState.FINISHED)


@dataclass(frozen=True)
class Policy:
    """The rules under which a class counts: those of its first day."""

    times: Times
    late_percent: int
    terminal_percent: int


@dataclass(frozen=True)
class SessionMark:
    """One session for one person. `came` and `left` are marks or none, `way` how coming in was written."""

    session_id: str
    starts_at: datetime
    ends_at: datetime
    room: str
    topic: str
    makes_up_for: str | None
    came: str | None
    came_at: datetime | None
    left: str | None
    way: str
    units: int
    over: bool
    correction: str | None


@dataclass(frozen=True)
class NearSession:
    """A session around this moment of a class that a person attends; `first_day` is the class's."""

    session_id: str
    first_day: date
    room: str
    topic: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Written:
    """An attendance of one's own, as it was written."""

    side: str
    mark: str
    at: datetime
    room: str
    starts_at: datetime


@dataclass(frozen=True)
class OwnAttendance:
    """A person's attendance of a class. Percent and sessions as far as sessions are over; `so_far` counts those."""

    class_id: str
    course: str
    number: str
    check_out: bool
    late_percent: int
    sessions: list[SessionMark]
    so_far: Count
    whole: Count


@dataclass(frozen=True)
class Screen:
    """What the room's screen shows. Without a side there is no code now; `opens` is when the next begins."""

    session_id: str
    course: str
    number: str
    room: str
    topic: str
    starts_at: datetime
    ends_at: datetime
    side: Side | None
    opens: datetime | None
    closes: datetime | None
    code: str
    seconds: int
    present: int
    late: int
    learners: int


@dataclass(frozen=True)
class SessionCount:
    """One session as the institution and the bureau see it."""

    session_id: str
    starts_at: datetime
    ends_at: datetime
    room: str
    topic: str
    makes_up_for: str | None
    on_time: int
    late: int
    absent: int
    left: int
    side: Side | None


@dataclass(frozen=True)
class LearnerCount:
    """A learner's attendance so far and of the whole class."""

    enrolment_id: str
    person_id: str
    name: str
    so_far: Count
    whole: Count


@dataclass(frozen=True)
class ClassAttendance:
    """Attendance of a class. `flags` are codes: none_written, by_card."""

    class_id: str
    number: str
    course: str
    institution_id: str
    check_out: bool
    sessions: list[SessionCount]
    learners: list[LearnerCount]
    flags: tuple[str, ...]


def policy_of(db: Session, day: date) -> Policy:
    """The rules of a class whose first day this is."""
    minutes = value(db, "attendance.minutes", day)
    times = Times(
        minutes["before"], minutes["late"], minutes["closes"], minutes["out_before"], minutes["out_after"],
        value(db, "attendance.check_out", day),
    )  # fmt: skip
    return Policy(times, value(db, "attendance.late_percent", day), value(db, "attendance.terminal_percent", day))


def places_now(db: Session, person_id: str, now: datetime) -> list[NearSession]:
    """Sessions around this moment of classes that a person attends, earliest first."""
    rows = db.execute(
        select(ClassSession, CourseClass.starts_on)
        .join(CourseClass, CourseClass.id == ClassSession.class_id)
        .join(Enrolment, Enrolment.class_id == CourseClass.id)
        .where(Enrolment.person_id == person_id, Enrolment.left_at.is_(None), around(now))
        .order_by(ClassSession.starts_at, ClassSession.id)
    )
    return [NearSession(s.id, first, s.room, s.topic, s.starts_at, s.ends_at) for s, first in rows]


def around(now: datetime) -> ColumnElement[bool]:
    """Sessions whose window can hold this moment."""
    return (ClassSession.starts_at < now + WIDEST) & (ClassSession.ends_at > now - WIDEST)


def room_at_the_same_time(db: Session, session_id: str, person_id: str) -> str | None:
    """The room of another session, held while this one is, at which a person is present by what was written; None if none."""
    this = db.get_one(ClassSession, session_id)
    return db.scalars(
        select(ClassSession.room)
        .join(Attendance, Attendance.session_id == ClassSession.id)
        .where(
            Attendance.person_id == person_id, Attendance.replaced_at.is_(None), Attendance.mark != Mark.ABSENT,
            ClassSession.id != this.id, ClassSession.starts_at < this.ends_at, ClassSession.ends_at > this.starts_at,
        )
        .order_by(ClassSession.starts_at)
        .limit(1)
    ).first()  # fmt: skip


def counts(
    db: Session, class_ids: Collection[str], until: datetime | None = None, persons: Collection[str] | None = None
) -> dict[tuple[str, str], Count]:
    """(class, person) → what everyone (or these people) with a live place attended; only of sessions that ended by
    `until`, if given.

    Classes in which nobody's attendance was ever written are left out: there is no ledger to count by.
    """
    found: dict[tuple[str, str], Count] = {}
    kept = set(db.scalars(select(Attendance.class_id).where(among(db, Attendance.class_id, class_ids)).distinct()))
    if not kept:
        return found
    sessions: dict[str, list[ClassSession]] = defaultdict(list)
    of_classes = select(ClassSession).where(among(db, ClassSession.class_id, kept))
    for s in db.scalars(of_classes.order_by(ClassSession.starts_at, ClassSession.id)):
        sessions[s.class_id].append(s)
    rows = select(Attendance.session_id, Attendance.person_id, Attendance.side, Attendance.mark).where(
        among(db, Attendance.class_id, kept), Attendance.replaced_at.is_(None)
    )  # columns, not objects: of a large return they are tens of thousands
    places = select(Enrolment.class_id, Enrolment.person_id).where(among(db, Enrolment.class_id, kept), Enrolment.left_at.is_(None))
    if persons is not None:
        rows, places = (rows.where(among(db, Attendance.person_id, persons)),
                        places.where(among(db, Enrolment.person_id, persons)))  # fmt: skip
    marks: dict[tuple[str, str, str], Any] = {(r[0], r[1], r[2]): r for r in db.execute(rows)}
    first = dict(db.execute(select(CourseClass.id, CourseClass.starts_on).where(among(db, CourseClass.id, kept))).all())
    policies = {day: policy_of(db, day) for day in set(first.values())}
    gone = ledger.excluded(db, kept)
    for class_id, person_id in db.execute(places):
        found[class_id, person_id] = _count(sessions[class_id], marks, person_id, policies[first[class_id]], until, gone)
    return found


def count_of(db: Session, class_id: str, person_id: str, gone: Collection[str] | None = None) -> Count | None:
    """What a person attended of a whole class; None if no attendance of the class was ever written.

    gone  the sessions that do not count, if it is not to be as the ledger had it when the place had its result
    """
    if db.scalar(select(Attendance.id).where(Attendance.class_id == class_id).limit(1)) is None:
        return None
    policy = policy_of(db, db.get_one(CourseClass, class_id).starts_on)
    lost = ledger.excluded(db, [class_id]) if gone is None else {(session, person_id) for session in gone}
    return _count(_sessions(db, class_id), _marks(db, class_id, person_id), person_id, policy, None, lost)


def own(db: Session, enrolment_id: str, person_id: str, now: datetime) -> OwnAttendance:
    """A person's own attendance of one place. Raises Missing("enrolment.unknown")."""
    row = db.get(Enrolment, enrolment_id)
    if row is None or row.person_id != person_id:
        raise Missing("enrolment.unknown")
    held = db.get_one(CourseClass, row.class_id)
    course = db.get_one(Course, held.course_id)
    policy = policy_of(db, held.starts_on)
    sessions, marks, gone = _sessions(db, held.id), _marks(db, held.id), ledger.excluded(db, [held.id])
    wishes = dict(
        db.execute(
            select(AttendanceCorrection.session_id, AttendanceCorrection.state)
            .where(AttendanceCorrection.class_id == held.id, AttendanceCorrection.person_id == person_id)
            .order_by(AttendanceCorrection.id)
        ).all()
    )
    lines = []
    for s in sessions:
        came, left = marks.get((s.id, person_id, Side.IN)), marks.get((s.id, person_id, Side.OUT))
        units = rules.units_of(_held(s, came, left), policy.late_percent, policy.times.check_out)
        lines.append(
            SessionMark(
                s.id, s.starts_at, s.ends_at, s.room, s.topic, s.makes_up_for, came.mark if came else None,
                came.at if came and came.way != "correction" else None, left.mark if left else None,
                came.way if came else "", units, is_over(s, policy, now), wishes.get(s.id),
            )
        )  # fmt: skip
    return OwnAttendance(
        held.id, course.title, held.number, policy.times.check_out, policy.late_percent, lines,
        _count(sessions, marks, person_id, policy, now, gone), _count(sessions, marks, person_id, policy, None, gone),
    )


def screen(db: Session, ring: KeyRing, class_id: str, session_id: str, institutions: Collection[str], now: datetime) -> Screen:
    """What the screen of a room shows now. Raises Missing("class_session.unknown")."""
    s, held = _own_session(db, class_id, session_id, institutions)
    times = policy_of(db, held.starts_on).times
    running = held.state in TAUGHT
    side = rules.side_now(s.starts_at, s.ends_at, now, times) if running else None
    sides = [Side.IN, Side.OUT] if times.check_out else [Side.IN]
    windows = [rules.window(s.starts_at, s.ends_at, each, times) for each in sides]
    coming = next((w for w in windows if w.opens > now), None)
    code = code_of(ring, s.id, side, now) if side else ""
    marks = [m for (sid, _, where), m in _marks(db, held.id).items() if sid == s.id and where == (side or Side.IN)]
    learners = db.scalar(select(func.count()).select_from(Enrolment).where(Enrolment.class_id == held.id, Enrolment.left_at.is_(None)))
    open_now: Window | None = rules.window(s.starts_at, s.ends_at, side, times) if side else None
    return Screen(
        s.id, db.get_one(Course, held.course_id).title, held.number, s.room, s.topic, s.starts_at, s.ends_at, side,
        coming.opens if coming else None, open_now.closes if open_now else None, code, steps.seconds_left(now),
        sum(m.mark != Mark.ABSENT for m in marks), sum(m.mark == Mark.LATE for m in marks), learners or 0,
    )  # fmt: skip


def code_of(ring: KeyRing, session_id: str, side: Side, now: datetime) -> str:
    """The code that the room shows for a side at a moment."""
    secret = ring.secret("steps", ring.active("steps").kid)
    return steps.code(secret, rules.bound_to(session_id, side), steps.step_of(now))


def of_class(db: Session, class_id: str, now: datetime, *, institutions: Collection[str] | None = None,
             districts: Collection[str] | None = None) -> ClassAttendance:  # fmt: skip
    """Attendance of a class, for its institution or for the bureau of its district. Raises Missing("course_class.unknown")."""
    held = db.get(CourseClass, class_id)
    if held is None or (institutions is not None and held.institution_id not in institutions):
        raise Missing("course_class.unknown")
    if districts is not None and held.district not in districts:
        raise Missing("course_class.unknown")
    policy = policy_of(db, held.starts_on)
    sessions, marks, gone = _sessions(db, class_id), _marks(db, class_id), ledger.excluded(db, [class_id])
    places = db.execute(select(Enrolment.id, Enrolment.person_id).where(Enrolment.class_id == class_id, Enrolment.left_at.is_(None))).all()
    names = {i: p.name for i, p in people.persons(db, sorted({p for _, p in places})).items()}
    learners = [
        LearnerCount(
            place, person, names[person], _count(sessions, marks, person, policy, now, gone),
            _count(sessions, marks, person, policy, None, gone),
        )
        for place, person in places
    ]
    return ClassAttendance(
        held.id, held.number, db.get_one(Course, held.course_id).title, held.institution_id, policy.times.check_out,
        [_session_count(s, marks, policy, now) for s in sessions], sorted(learners, key=lambda one: (one.name, one.enrolment_id)),
        flags_of(held, sessions, list(marks.values()), policy, now),
    )  # fmt: skip


def _own_session(db: Session, class_id: str, session_id: str, institutions: Collection[str]) -> tuple[ClassSession, CourseClass]:
    s, held = db.get(ClassSession, session_id), db.get(CourseClass, class_id)
    if s is None or held is None or s.class_id != class_id or held.institution_id not in institutions:
        raise Missing("class_session.unknown")
    return s, held


def _sessions(db: Session, class_id: str) -> list[ClassSession]:
    return list(db.scalars(select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.starts_at, ClassSession.id)))


def _marks(db: Session, class_id: str, person_id: str | None = None) -> dict[tuple[str, str, str], Attendance]:
    """(session, person, side) → the live row, of one person if one is named."""
    chosen = select(Attendance).where(Attendance.class_id == class_id, Attendance.replaced_at.is_(None))
    rows = db.scalars(chosen if person_id is None else chosen.where(Attendance.person_id == person_id))
    return {(r.session_id, r.person_id, r.side): r for r in rows}


def _held(s: ClassSession, came: Attendance | None, left: Attendance | None) -> Held:
    return Held(
        s.makes_up_for or s.id, Mark(came.mark) if came else None, Mark(left.mark) if left else None, s.makes_up_for is not None
    )


def is_over(s: ClassSession, policy: Policy, now: datetime) -> bool:
    """Nothing more can be written of it by a scan."""
    side = Side.OUT if policy.times.check_out else Side.IN
    return rules.window(s.starts_at, s.ends_at, side, policy.times).closes <= now


def _count(sessions: Sequence[ClassSession], marks: Mapping[tuple[str, str, str], Any], person_id: str, policy: Policy,
           until: datetime | None, gone: set[tuple[str, str]]) -> Count:  # fmt: skip
    """`gone` are (session, person) that do not count: the person was elsewhere, or that is not decided yet."""
    chosen: Iterable[ClassSession] = [s for s in sessions if until is None or is_over(s, policy, until)]
    held = [
        _held(s, None, None) if (s.id, person_id) in gone
        else _held(s, marks.get((s.id, person_id, Side.IN)), marks.get((s.id, person_id, Side.OUT)))
        for s in chosen
    ]  # fmt: skip
    return rules.count(held, policy.late_percent, policy.times.check_out)


def _session_count(s: ClassSession, marks: dict[tuple[str, str, str], Attendance], policy: Policy, now: datetime) -> SessionCount:
    came = [m for (sid, _, side), m in marks.items() if sid == s.id and side == Side.IN]
    left = [m for (sid, _, side), m in marks.items() if sid == s.id and side == Side.OUT and m.mark == Mark.ON_TIME]
    return SessionCount(
        s.id, s.starts_at, s.ends_at, s.room, s.topic, s.makes_up_for, sum(m.mark == Mark.ON_TIME for m in came),
        sum(m.mark == Mark.LATE for m in came), sum(m.mark == Mark.ABSENT for m in came), len(left),
        rules.side_now(s.starts_at, s.ends_at, now, policy.times),
    )  # fmt: skip


def flags_of(held: CourseClass, sessions: Sequence[ClassSession], marks: Sequence[Attendance], policy: Policy, now: datetime) -> tuple[str, ...]:
    """A class whose sessions pass without anybody's attendance, or too much of it through a terminal."""
    if held.state not in TAUGHT:
        return ()
    if not marks and any(is_over(s, policy, now) for s in sessions):
        return ("none_written",)
    by_card = sum(m.way == Way.CARD for m in marks)
    by_own = sum(m.way in (Way.SCAN, Way.TYPED) for m in marks)
    return ("by_card",) if too_many(by_card, by_own, policy.terminal_percent) else ()


def own_row(db: Session, attendance_id: str, person_id: str) -> Written:
    """A person's own attendance with its session. Raises Missing("attendance.unknown")."""
    row = db.get(Attendance, attendance_id)
    if row is None or row.person_id != person_id:
        raise Missing("attendance.unknown")
    s = db.get_one(ClassSession, row.session_id)
    return Written(row.side, row.mark, row.at, s.room, s.starts_at)
