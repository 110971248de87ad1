"""The catalogue and single courses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.models import Booking, ClassSession, Course, CourseClass, Enrolment
from skills.courses.queries.facets import OPEN, Facet, Filters, Narrowed, upcoming
from skills.courses.queries.ratings import scores
from skills.courses.states import CourseState, EnrolmentState
from skills.credentials import queries as credentials
from skills.kernel.errors import Missing
from skills.resources.queries import lecturers as pool
from skills.resources.queries.lecturers import LecturerLine
from skills.standards import queries as standards
from skills.standards.rules import Level

__all__ = ["OPEN", "Filters"]
PAGE = 24
LISTED = 50  # lines of a table


@dataclass(frozen=True)
class CourseLine:
    """A course in a list. `fee` in 分; `completed` and `ended` give its completion rate, `certified` its certificate rate.

    score, rated  the mean of all marks in tenths and how many gave them; None and 0 while too few have
    next_start, places  the first day of its next class, and free seats in all classes that have not begun
    """

    id: str
    institution_id: str
    institution: str
    title: str
    kind: str
    zone: str
    occupation: str
    occupation_name: str
    level: Level | None
    hours: int
    fee: int
    standard: str
    description: str
    state: str
    reason: str
    next_start: date | None
    completed: int
    ended: int
    section: str
    mode: str
    leads_to: str
    ability: str
    published_at: datetime | None
    places: int
    certified: int
    score: int | None
    rated: int
    standard_version: str | None

    @property
    def completion_rate(self) -> int | None:
        """Percent of ended places that were completed; None before the first."""
        return round(100 * self.completed / self.ended) if self.ended else None

    @property
    def certificate_rate(self) -> int | None:
        """Percent of ended places whose learner then got the certificate that it leads to.

        None before the first, and for certificates that others issue and nobody reports here.
        """
        told = self.ended and self.leads_to in ("completion", "level")
        return round(100 * self.certified / self.ended) if told else None


@dataclass(frozen=True)
class SessionLine:
    """A lesson. `lecturers` by name, as booked; `address` only if it is held elsewhere than the class."""

    starts_at: datetime
    ends_at: datetime
    room: str
    topic: str
    lecturers: tuple[str, ...] = ()
    address: str = ""
    session_id: str = ""


@dataclass(frozen=True)
class ClassLine:
    """A class with its timetable. `due`: last day for a decision on the application; `escalated_at`: when it went up to the city;
    `online`: it is of lessons online alone, and nobody comes to a room."""

    id: str
    number: str
    course_id: str
    course: str
    institution_id: str
    institution: str
    district: str
    district_name: str
    address: str
    lecturer: str
    lecturer_proof: str
    assessment_plan: str
    promised: bool
    seats: int
    taken: int
    starts_on: date
    ends_on: date
    state: str
    reason: str
    submitted_at: datetime | None
    sessions: tuple[SessionLine, ...]
    admits: str
    due: date | None = None
    escalated_at: datetime | None = None
    online: bool = False

    @property
    def seats_left(self) -> int:
        return self.seats - self.taken


@dataclass(frozen=True)
class CataloguePage:
    """A page of the catalogue."""

    courses: tuple[CourseLine, ...]
    total: int
    page: int
    pages: int
    facets: tuple[Facet, ...]


def catalogue(db: Session, filters: Filters, day: date, page: int = 1) -> CataloguePage:
    """Published courses that fit: the best fit of the words first, then the zone, then those that begin soonest."""
    narrowed = Narrowed(db, filters, day)
    total = narrowed.total()
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    soonest = narrowed.next.next_start
    chosen = narrowed.select(Course, looks_ahead=True)
    if narrowed.rank is not None:
        chosen = chosen.order_by(narrowed.rank)
    ordered = chosen.order_by(Course.zone.desc(), soonest.is_(None), soonest, Course.id)
    rows = db.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE)).all()
    return CataloguePage(tuple(lines(db, rows, day)), total, page, pages, narrowed.facets())


def public_courses(db: Session, day: date, after: str, most: int) -> list[CourseLine]:
    """So many published courses behind one, by id: for whoever takes them all."""
    chosen = select(Course).where(Course.state == CourseState.PUBLISHED, Course.id > after).order_by(Course.id).limit(most)
    return lines(db, db.scalars(chosen).all(), day)


def public_course(db: Session, course_id: str, day: date) -> CourseLine:
    """A published course. Raises Missing("course.unknown")."""
    row = db.get(Course, course_id)
    if row is None or row.state != CourseState.PUBLISHED:
        raise Missing("course.unknown")
    return lines(db, [row], day)[0]


def courses_of(
    db: Session, institutions: Collection[str] | None, day: date, state: str = "", after: str = "", most: int = LISTED
) -> list[CourseLine]:
    """Courses of these institutions (None: of all), newest first: up to `most` behind a row."""
    chosen = select(Course).order_by(Course.id.desc()).limit(most)
    if after:
        chosen = chosen.where(Course.id < after)
    if institutions is not None:
        chosen = chosen.where(Course.institution_id.in_(institutions))
    if state:
        chosen = chosen.where(Course.state == state)
    return lines(db, db.scalars(chosen).all(), day)


def submitted(db: Session) -> int:
    """How many courses wait for the bureau's review."""
    return db.scalar(select(func.count()).select_from(Course).where(Course.state == CourseState.SUBMITTED)) or 0


def course_of(db: Session, course_id: str, institutions: Collection[str] | None, day: date) -> CourseLine:
    """A course for those who run or review it. Raises Missing("course.unknown")."""
    row = db.get(Course, course_id)
    if row is None or (institutions is not None and row.institution_id not in institutions):
        raise Missing("course.unknown")
    return lines(db, [row], day)[0]


def open_classes(db: Session, course_id: str) -> list[ClassLine]:
    """The classes of a course that are approved or running, soonest first."""
    rows = db.scalars(
        select(CourseClass)
        .where(CourseClass.course_id == course_id, CourseClass.state.in_(OPEN))
        .order_by(CourseClass.starts_on, CourseClass.id)
    ).all()
    return class_lines(db, rows)


def class_lines(db: Session, rows: Sequence[CourseClass]) -> list[ClassLine]:
    """Classes with names and timetables."""
    ids = [r.id for r in rows]
    sessions: dict[str, list[SessionLine]] = {}
    chosen = select(ClassSession).where(ClassSession.class_id.in_(ids)).order_by(ClassSession.starts_at)
    teachers = teachers_of(db, ids)
    for s in db.scalars(chosen):
        by = tuple(line.name for line in teachers.get(s.id, ()))
        sessions.setdefault(s.class_id, []).append(SessionLine(s.starts_at, s.ends_at, s.room, s.topic, by, s.address, s.id))
    found = db.execute(select(Course.id, Course.title, Course.mode).where(Course.id.in_({r.course_id for r in rows})))
    courses = {i: (title, mode) for i, title, mode in found}
    districts = {d.code: d.name for d in standards.districts(db)}
    names = institution_names(db, {r.institution_id for r in rows})
    return [
        ClassLine(
            r.id, r.number, r.course_id, courses[r.course_id][0], r.institution_id, names[r.institution_id], r.district,
            districts.get(r.district, r.district), r.address, r.lecturer, r.lecturer_proof, r.assessment_plan,
            r.promised, r.seats, r.taken, r.starts_on, r.ends_on, r.state, r.reason, r.submitted_at,
            tuple(sessions.get(r.id, ())), r.admits, r.due, r.escalated_at, courses[r.course_id][1] == "online" and r.id not in sessions,
        )
        for r in rows
    ]


def teachers_of(db: Session, class_ids: Collection[str]) -> dict[str, list[LecturerLine]]:
    """session → the lecturers who are booked for it, of these classes."""
    chosen = select(Booking.session_id, Booking.lecturer_id).where(
        Booking.class_id.in_(class_ids), Booking.freed_at.is_(None), Booking.lecturer_id.is_not(None)
    )
    rows = [(session, str(lecturer)) for session, lecturer in db.execute(chosen.order_by(Booking.id))]
    lines = pool.lines_of(db, {lecturer for _, lecturer in rows})
    found: dict[str, list[LecturerLine]] = {}
    for session, lecturer in rows:
        found.setdefault(session, []).append(lines[lecturer])
    return found


def institution_names(db: Session, ids: Collection[str]) -> dict[str, str]:
    """Names of institutions by id."""
    return accounts.institution_names(db, ids)


def certified(db: Session, course_ids: Collection[str]) -> dict[str, int]:
    """How many who completed each course hold a certificate that it leads to, issued after they completed it.

    The completion certificate itself for courses that lead to no more; for the others the level of their occupation.
    """
    held = credentials.levels_held()
    later = (held.c.person_id == Enrolment.person_id) & (held.c.issued_on >= Enrolment.completed_on)
    same = (held.c.occupation == Course.occupation) & (held.c.level == Course.level)
    rows = db.execute(
        select(Course.id, Course.leads_to, func.count(distinct(Enrolment.id)), func.count(distinct(held.c.person_id)))
        .join(CourseClass, CourseClass.course_id == Course.id)
        .join(Enrolment, Enrolment.class_id == CourseClass.id)
        .outerjoin(held, later & same)
        .where(Course.id.in_(course_ids), Enrolment.state == EnrolmentState.COMPLETED)
        .group_by(Course.id, Course.leads_to)
    )
    return {course: done if leads_to == "completion" else passed for course, leads_to, done, passed in rows}


def lines(db: Session, rows: Sequence[Course], day: date) -> list[CourseLine]:
    """These courses as they are listed, in the same order, by a fixed number of readings."""
    ids = [r.id for r in rows]
    occupations = {o.code: o.name for o in standards.occupations(db)}
    names = institution_names(db, {r.institution_id for r in rows})
    ahead = upcoming(day)
    soonest = db.execute(select(ahead.table).where(ahead.table.c.course_id.in_(ids)))
    starts: dict[str, tuple[date, int]] = {course: (start, places) for course, start, places in soonest}
    passed, marks = certified(db, ids), scores(db, ids, day)
    ends: dict[tuple[str, str], int] = {
        (course, state): count
        for course, state, count in db.execute(
            select(CourseClass.course_id, Enrolment.state, func.count())
            .join(Enrolment, Enrolment.class_id == CourseClass.id)
            .where(CourseClass.course_id.in_(ids))
            .group_by(CourseClass.course_id, Enrolment.state)
        )
    }
    return [
        CourseLine(
            r.id, r.institution_id, names[r.institution_id], r.title, r.kind, r.zone, r.occupation,
            occupations.get(r.occupation, r.occupation), Level(r.level) if r.level else None, r.hours, r.fee,
            r.standard, r.description, r.state, r.reason, starts.get(r.id, (None, 0))[0],
            ends.get((r.id, EnrolmentState.COMPLETED), 0),
            ends.get((r.id, EnrolmentState.COMPLETED), 0) + ends.get((r.id, EnrolmentState.FAILED), 0),
            r.section, r.mode, r.leads_to, r.ability, r.published_at, starts.get(r.id, (None, 0))[1], passed.get(r.id, 0),
            marks[r.id].overall if r.id in marks else None, marks[r.id].count if r.id in marks else 0, r.standard_version,
        )
        for r in rows
    ]
