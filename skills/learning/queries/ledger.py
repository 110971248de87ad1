"""The ledger of class hours: what it ought to say, what it says, what of it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from skills.courses.queries import attendance, hours, plans
from skills.courses.queries.attendance import Policy
from skills.courses.queries.hours import Mark, PlaceFacts, SessionFacts
from skills.courses.rules import hours as counted
from skills.courses.rules.attendance import Held, units_of
from skills.courses.rules.attendance import Mark as Presence
from skills.courses.rules.hours import Ledger
from skills.kernel.clock import shanghai_day
from skills.kernel.db import among
from skills.learning.models import ClassHour, Lesson, Overlap
from skills.learning.queries import presence
from skills.learning.rules import places as rules
from skills.learning.rules.places import Counts, Kind
from skills.learning.states import LessonState, OverlapState
from skills.people import queries as people
from skills.standards.queries import value


class Source(NamedTuple):
    """Where minutes come from: a session or a lesson, on a day."""

    kind: str
    source: str
    day: date


def wanted(db: Session, place: PlaceFacts) -> dict[Source, int]:
    """What the ledger of a place ought to come to, by source: attendance and honest time, without what was decided against."""
    gone = presence.lost(presence.overlaps_of(db, place.person_id))
    marks = [m for m in hours.marks(db, persons=[place.person_id]) if m.class_id == place.class_id]
    known = hours.sessions(db, {m.makes_up_for for m in marks if m.makes_up_for} | {m.session_id for m in marks})
    return of_rooms(marks, known, attendance.policy_of(db, place.starts_on), gone) | online(db, place)


def of_rooms(marks: Collection[Mark], known: Mapping[str, SessionFacts], policy: Policy, gone: Collection[str]) -> dict[Source, int]:
    """What the marks of one place come to. Each session counts once, by the better of itself and its make-up; where it was held, it
    is written."""
    best: dict[str, tuple[int, str]] = {}
    for m in marks:
        held = Held(m.makes_up_for or m.session_id, Presence(m.came), Presence(m.left) if m.left else None)
        units = 0 if m.session_id in gone else units_of(held, policy.late_percent, policy.times.check_out)
        if units > best.get(held.key, (0, ""))[0]:
            best[held.key] = (units, m.session_id)
    found = {}
    for planned, (units, at) in best.items():
        minutes = rules.session_minutes(known[planned].starts_at, known[planned].ends_at, units)
        if minutes:
            found[Source(Kind.ROOM, at, shanghai_day(known[at].starts_at))] = minutes
    return found


def online(db: Session, place: PlaceFacts) -> dict[Source, int]:
    known = presence.sat(db, place.person_id)
    if not known.studies:
        return {}
    got = presence.credited(db, place.person_id, known)
    mine = f"{place.enrolment_id}:"
    return {
        Source(Kind.ONLINE, lesson.removeprefix(mine), day): minutes
        for (lesson, day), minutes in got.minutes.items() if lesson.startswith(mine)
    }  # fmt: skip


def units_now(db: Session, place: PlaceFacts) -> tuple[int, int] | None:
    """(attended, planned) of a place by what is decided today, whatever was known when it had its result; None if nothing was written."""
    planned = plans.hours_of(db, [place.class_id])[place.class_id]
    minutes = sum(wanted(db, place).values())
    told = hours.ledger_of(db, place.class_id, place.person_id)
    gone = presence.lost(presence.overlaps_of(db, place.person_id))
    return counted.units_of(attendance.count_of(db, place.class_id, place.person_id, gone), replace(told, minutes=minutes), planned)


def decided(db: Session, classes: Collection[str]) -> dict[str, tuple[int, int]]:
    """Place → (attended, planned) of today, for places of these classes in which the bureau decided after they had their result."""
    closed: dict[tuple[str, str], datetime] = {}
    for o in _concerning(db, classes):
        if o.state == OverlapState.DECIDED and o.closed_at is not None:
            for key in ((o.first_class, o.person_id), (o.second_class, o.person_id)):
                closed[key] = max(o.closed_at, closed.get(key, o.closed_at))
    found = {}
    for place in hours.places(db, classes=classes) if closed else ():
        at = closed.get((place.class_id, place.person_id))
        if at is not None and place.ended_at is not None and at >= place.ended_at and (units := units_now(db, place)):
            found[place.enrolment_id] = units
    return found


def written(db: Session, enrolment_id: str) -> dict[Source, int]:
    """What the ledger of a place says, by source."""
    rows = db.execute(
        select(ClassHour.kind, ClassHour.source, ClassHour.day, func.sum(ClassHour.minutes))
        .where(ClassHour.enrolment_id == enrolment_id)
        .group_by(ClassHour.kind, ClassHour.source, ClassHour.day)
    )
    return {Source(kind, source, day): int(total) for kind, source, day, total in rows if total}


def online_minutes(db: Session, course_id: str) -> int:
    """Minutes of a course's published lessons."""
    chosen = select(func.sum(Lesson.minutes)).where(Lesson.course_id == course_id, Lesson.state == LessonState.PUBLISHED)
    return int(db.scalar(chosen) or 0)


def _concerning(db: Session, classes: Collection[str]) -> list[Overlap]:
    """Overlaps of these classes, lifted ones too: a place may have had its result before."""
    chosen = select(Overlap).where(or_(among(db, Overlap.first_class, classes), among(db, Overlap.second_class, classes)))
    return list(db.scalars(chosen))


def _sides(o: Overlap) -> tuple[tuple[str, str, str, bool], tuple[str, str, str, bool]]:
    """(kind, source, class, whether it counts by decision) of both places."""
    return (
        (o.first_kind, o.first_source, o.first_class, o.counts == Counts.FIRST),
        (o.second_kind, o.second_source, o.second_class, o.counts == Counts.SECOND),
    )


def _stands(o: Overlap, until: datetime | None) -> str:
    """How an overlap stood when a place had its result (`until`), or stands now: open, decided, "" before it was found or once lifted."""
    if until is not None and o.opened_at > until:
        return ""
    if o.closed_at is not None and (until is None or o.closed_at <= until):
        return OverlapState.DECIDED if o.state == OverlapState.DECIDED else ""
    return OverlapState.OPEN


def _ends(db: Session, classes: Collection[str]) -> dict[tuple[str, str], datetime | None]:
    return {(p.class_id, p.person_id): p.ended_at for p in hours.places(db, classes=classes)}


def excluded(db: Session, classes: Collection[str]) -> set[tuple[str, str]]:
    """(session, person) whose attendance does not count: held, or decided against. For a place that has its result, as it was then."""
    found, overlaps = set(), _concerning(db, classes)
    ends = _ends(db, classes) if overlaps else {}
    for o in overlaps:
        for kind, source, class_id, counts in _sides(o):
            if kind == Kind.ROOM and (class_id, o.person_id) in ends:
                stood = _stands(o, ends[class_id, o.person_id])
                if stood == OverlapState.OPEN or (stood == OverlapState.DECIDED and not counts):
                    found.add((source, o.person_id))
    return found


def ledgers(db: Session, classes: Collection[str], persons: Collection[str] | None = None) -> Mapping[tuple[str, str], Ledger]:
    """(class, person) → the ledger of every live place (of these people); of a place that has its result, as it was then."""
    found: dict[tuple[str, str], Ledger] = {}
    overlaps: dict[str, list[Overlap]] = defaultdict(list)
    for o in _concerning(db, classes):
        overlaps[o.person_id].append(o)
    lines: dict[str, list[tuple[str, int, datetime]]] = defaultdict(list)
    written = select(ClassHour.enrolment_id, ClassHour.source, ClassHour.minutes, ClassHour.at).where(among(db, ClassHour.class_id, classes))
    if persons is not None:
        written = written.where(among(db, ClassHour.person_id, persons))
    for enrolment_id, source, minutes, at in db.execute(written):
        lines[enrolment_id].append((source, minutes, at))
    taught = hours.taught_in(db, classes)
    since = _since(db, {course_id for course_id, _ in taught.values()})
    ruled = {
        day: (int(value(db, "course.minutes_per_hour", day)), bool(value(db, "learning.strict_ledger", day)))
        for day in {day for _, day in taught.values()}
    }
    empty: dict[tuple[str, datetime | None], Ledger] = {}  # most ledgers of a class are one: nothing was written, nothing is open
    for enrolment_id, person_id, class_id, ended in hours.live_places(db, classes, persons):
        course_id, day = taught[class_id]
        told, matters = lines.get(enrolment_id, ()), overlaps.get(person_id, ())
        if not told and not matters:
            if (class_id, ended) not in empty:
                empty[class_id, ended] = Ledger(_is_online(since.get(course_id), ended), 0, 0, 0, *ruled[day])
            found[class_id, person_id] = empty[class_id, ended]
            continue
        held_sources, count = set(), 0
        for o in matters:
            mine = [side for side in _sides(o) if side[2] == class_id]
            if mine and _stands(o, ended) == OverlapState.OPEN:
                held_sources |= {source for _, source, _, _ in mine}
                count += 1
        rows = [(source, minutes) for source, minutes, at in told if ended is None or at <= ended]
        held = sum(minutes for source, minutes in rows if source in held_sources)
        found[class_id, person_id] = Ledger(
            _is_online(since.get(course_id), ended), sum(minutes for _, minutes in rows) - held, held, count, *ruled[day]
        )
    return found


def online_since(db: Session, course_id: str) -> datetime | None:
    """When a lesson of a course was first published; None if none ever was."""
    return _since(db, [course_id]).get(course_id)


def _since(db: Session, courses: Collection[str]) -> dict[str, datetime]:
    """When a lesson of these courses was first published, of those that have any. Only what was sent back has a reason."""
    rows = db.execute(
        select(Lesson.course_id, func.min(Lesson.decided_at))
        .where(among(db, Lesson.course_id, courses), Lesson.reason == "", Lesson.state.in_((LessonState.PUBLISHED, LessonState.WITHDRAWN)))
        .group_by(Lesson.course_id)
    )
    return {course_id: at for course_id, at in rows if at is not None}


def _is_online(since: datetime | None, ended: datetime | None) -> bool:
    """Whether the hours of a place are the ledger's: lessons were published, and before it had its result."""
    return since is not None and (ended is None or since <= ended)


# Pages -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HourLine:
    """A line of the ledger. `what` is the lesson's title or the room; `held` while it waits for the bureau."""

    id: str
    enrolment_id: str
    number: int
    day: date
    kind: str
    source: str
    what: str
    minutes: int
    balance: int
    at: datetime
    held: bool


@dataclass(frozen=True)
class PlaceHours:
    """The ledger of a place: minutes by kind, what is held, what counts, class hours of it and of the course."""

    enrolment_id: str
    class_id: str
    number: str
    course: str
    person_id: str
    name: str
    room: int
    online: int
    held: int
    counts: int
    hours: Decimal
    course_hours: int
    per_hour: int
    open: int


@dataclass(frozen=True)
class OwnHours:
    """A person's ledger: places, minutes by year and in the last six months (the chart), class hours that count in all."""

    places: list[PlaceHours]
    years: list[tuple[int, int, Decimal]]
    months: list[tuple[str, int, int]]
    hours: Decimal
    minutes: int
    held: int


def of_places(db: Session, places: Collection[PlaceFacts]) -> list[PlaceHours]:
    """The ledgers of places, in their order."""
    classes = {p.class_id for p in places}
    known = ledgers(db, classes) if classes else {}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    ids = sorted(p.enrolment_id for p in places)
    for enrolment, kind, minutes in db.execute(
        select(ClassHour.enrolment_id, ClassHour.kind, func.sum(ClassHour.minutes))
        .where(among(db, ClassHour.enrolment_id, ids))
        .group_by(ClassHour.enrolment_id, ClassHour.kind)
    ):
        sums[enrolment, kind] += int(minutes)
    names = {i: p.name for i, p in people.persons(db, sorted({p.person_id for p in places})).items()}
    found = []
    for p in places:
        ledger = known[p.class_id, p.person_id]
        found.append(
            PlaceHours(
                p.enrolment_id, p.class_id, p.number, p.course, p.person_id, names[p.person_id], sums[p.enrolment_id, Kind.ROOM],
                sums[p.enrolment_id, Kind.ONLINE], ledger.held, ledger.minutes, rules.hours(ledger.minutes, ledger.per_hour), p.hours,
                ledger.per_hour, ledger.open,
            )
        )  # fmt: skip
    return found


def own(db: Session, person_id: str, day: date) -> OwnHours:
    """A person's own ledger: of the places that were not given back, as their sums are."""
    places = of_places(db, hours.places(db, persons=[person_id]))
    mine = {p.enrolment_id for p in places}
    held = _held_sources(db, person_id)
    years: dict[int, int] = defaultdict(int)
    months: dict[tuple[str, str], int] = defaultdict(int)
    for row in db.scalars(select(ClassHour).where(ClassHour.person_id == person_id)):
        if row.enrolment_id in mine and row.source not in held:
            years[row.day.year] += row.minutes
            months[row.day.isoformat()[:7], row.kind] += row.minutes
    per = int(value(db, "course.minutes_per_hour", day))
    shown = [f"{year:04}-{month:02}" for year, month in _last_months(day, 6)]
    total = sum(years.values())
    return OwnHours(
        places, [(year, minutes, rules.hours(minutes, per)) for year, minutes in sorted(years.items(), reverse=True)],
        [(m, months[m, Kind.ROOM], months[m, Kind.ONLINE]) for m in shown], rules.hours(total, per), total, sum(p.held for p in places),
    )  # fmt: skip


def _last_months(day: date, count: int) -> list[tuple[int, int]]:
    """(year, month) of so many months, the one of `day` last."""
    first = day.year * 12 + day.month - count
    return [(n // 12, n % 12 + 1) for n in range(first, first + count)]


def _held_sources(db: Session, person_id: str) -> set[str]:
    """Sources of a person that wait for the bureau; a study holds nothing of its lesson but its own time, which does not count anyway."""
    rows = db.scalars(select(Overlap).where(Overlap.person_id == person_id, Overlap.state == OverlapState.OPEN))
    return {source for o in rows for _, source, _, _ in _sides(o)}


def lines(db: Session, *, person_id: str | None = None, class_id: str | None = None, enrolment_id: str | None = None) -> list[HourLine]:
    """Lines of the ledger, the latest first, of a person, a class or a place."""
    chosen = select(ClassHour).order_by(ClassHour.at.desc(), ClassHour.id.desc())
    for column, wish in ((ClassHour.person_id, person_id), (ClassHour.class_id, class_id), (ClassHour.enrolment_id, enrolment_id)):
        if wish is not None:
            chosen = chosen.where(column == wish)
    rows = db.scalars(chosen).all()
    titles = dict(db.execute(select(Lesson.id, Lesson.title).where(Lesson.id.in_({r.source for r in rows}))).all())
    sessions = hours.sessions(db, {r.source for r in rows if r.kind == Kind.ROOM})
    held = {p: _held_sources(db, p) for p in {r.person_id for r in rows}}
    return [
        HourLine(
            r.id, r.enrolment_id, r.number, r.day, r.kind, r.source,
            titles.get(r.source, "") if r.kind == Kind.ONLINE else sessions[r.source].room,
            r.minutes, r.balance, r.at, r.source in held[r.person_id],
        )
        for r in rows
    ]  # fmt: skip
