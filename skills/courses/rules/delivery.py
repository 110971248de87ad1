"""Approved against delivered: hours, lecturers, venue, sessions that were not held (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from skills.courses.rules.bookings import address_of, place_of
from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding, Verdict, no_fault

# 计划与实际不符是各地专项审计的主要发现 (domain notes 5.2)
AGREED = "过程管理：按批准的课时、师资、场地实施，变更须事先报备；与实际不符的暂缓结算"


@dataclass(frozen=True)
class ApprovedSession:
    """A session of an approved plan. `address` where it is held; lecturers by id."""

    id: str
    starts_at: datetime
    ends_at: datetime
    room: str
    address: str
    lecturers: tuple[str, ...]
    topic: str = ""

    @property
    def minutes(self) -> int:
        return _minutes(self.starts_at, self.ends_at)


@dataclass(frozen=True)
class Approved:
    """A class as it was approved. `hours` are the course's; `roster` the places at the start, empty before.

    online  minutes of the course's lessons online at the approval; None: approved before that was kept
    """

    hours: int
    district: str
    sessions: tuple[ApprovedSession, ...]
    assessment_plan: str = ""
    seats: int = 0
    roster: tuple[str, ...] = ()
    online: int | None = None


@dataclass(frozen=True)
class Delivered:
    """What is known of a session that was to be held, or of its make-up.

    recorded   whether the institution recorded it; held, times, lecturers, other, place: what it said
    makes_up   the approved session that it was held in place of; empty for that one itself
    attended   how many signed in; None if nobody's attendance was kept in the class
    """

    session_id: str
    recorded: bool
    held: bool
    starts_at: datetime | None
    ends_at: datetime | None
    lecturers: tuple[str, ...]
    other: str
    room: str
    address: str
    makes_up: str = ""
    attended: int | None = None


@dataclass(frozen=True)
class Deviation:
    """Something that was not as approved: `code` names its sentence, `facts` are its figures."""

    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Row:
    """One approved session and what became of it. Minutes."""

    session_id: str
    on: date
    planned: int
    delivered: int
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Minutes approved and delivered, lessons online among them; the sessions one by one, and what deviates.

    planned  what the plan holds, but never less than the class hours of the course
    """

    planned: int
    delivered: int
    rows: tuple[Row, ...]
    deviations: tuple[Deviation, ...]


@dataclass
class _Found:
    """What went wrong so far, by kind: the days, or the names with their days."""

    not_held: list[date] = field(default_factory=list)
    unattended: list[date] = field(default_factory=list)
    unrecorded: list[date] = field(default_factory=list)
    lecturers: dict[tuple[str, str], list[date]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))


def compare(
    plan: Approved, known: Iterable[Delivered], names: Mapping[str, str], minutes_per_hour: int, tolerated_percent: int, online: int = 0
) -> Comparison:
    """Compare a plan with what is known of its sessions and their make-ups, and with the class hours that were approved.

    A session that nobody recorded counts as held, as planned, if learners signed in at it; else it was not held. What was
    recorded counts as held, even where nobody signed in, but that is said. No session counts for more than was approved.
    Lessons online count whole, as they did when the class was approved, as far as they were there then and are there now: how
    much of them somebody learned is a matter of the ledger of class hours.
    names              lecturer → name, for the sentences
    tolerated_percent  how much of the approved minutes may be missing without being named
    online             minutes of the course's lessons online now
    """
    by_session: dict[str, list[Delivered]] = defaultdict(list)
    for one in known:
        by_session[one.makes_up or one.session_id].append(one)
    found, rows = _Found(), []
    for session in sorted(plan.sessions, key=lambda s: (s.starts_at, s.id)):
        rows.append(_look(session, by_session.get(session.id, ()), plan.district, names, found))
    meant = online if plan.online is None else plan.online
    held, delivered = sum(r.planned for r in rows) + meant, sum(r.delivered for r in rows) + min(meant, online)
    planned = approved_minutes(plan, held, minutes_per_hour)
    named = _named(planned, delivered, found, minutes_per_hour, tolerated_percent, beyond=planned > held)
    return Comparison(planned, delivered, tuple(rows), tuple(named))


def approved_minutes(plan: Approved, held: int, minutes_per_hour: int) -> int:
    """What was approved: the minutes of its sessions and lessons online (`held`), and no less than the hours of the course."""
    return max(held, plan.hours * minutes_per_hour)


def _look(session: ApprovedSession, known: Sequence[Delivered], district: str, names: Mapping[str, str], found: _Found) -> Row:
    """One approved session: the best of what was held for it, and its faults."""
    on = shanghai_day(session.starts_at)
    held = [(min(session.minutes, _of(one, session)), one) for one in known if _took_place(one)]
    if not held:
        found.not_held.append(on)
        return Row(session.id, on, session.minutes, 0, ("not_held",))
    minutes, best = max(held, key=lambda h: (h[0], h[1].makes_up == ""))
    faults = []
    if not best.recorded:
        found.unrecorded.append(on)
        faults.append("unrecorded")
    else:
        if strangers := _strangers(session, best, names):
            for stranger in strangers:
                found.lecturers[stranger].append(on)
            faults.append("lecturer")
        if _elsewhere(session, best, district):
            found.places[f"{best.address or session.address} {best.room}".strip()].append(on)
            faults.append("venue")
        if best.attended == 0:
            found.unattended.append(on)
            faults.append("unattended")
    if minutes < session.minutes:
        faults.append("short")
    return Row(session.id, on, session.minutes, minutes, tuple(faults))


def _took_place(one: Delivered) -> bool:
    return one.held if one.recorded else bool(one.attended)


def _of(one: Delivered, session: ApprovedSession) -> int:
    """Minutes that were held; of one that was not recorded, as long as planned."""
    return _minutes(one.starts_at, one.ends_at) if one.starts_at and one.ends_at else session.minutes


def _strangers(session: ApprovedSession, one: Delivered, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Who taught and was not approved for this session: name, and id of the pool if there is one."""
    listed = set(session.lecturers)
    if not listed:  # approved before lecturers were named session by session
        return []
    found = [(names.get(i, i), i) for i in one.lecturers if i not in listed]
    return found + ([(one.other, "")] if one.other else [])


def _elsewhere(session: ApprovedSession, one: Delivered, district: str) -> bool:
    if one.makes_up:  # a make-up is announced with its own room
        return address_of(district, one.address or session.address) != address_of(district, session.address)
    said = place_of(district, one.address or session.address, one.room or session.room)
    return said != place_of(district, session.address, session.room)


def _named(planned: int, delivered: int, found: _Found, per_hour: int, tolerated: int, beyond: bool) -> Iterable[Deviation]:
    """`beyond`: the hours of the course are more than sessions and lessons online hold, so that they are what is missed."""
    missing = planned - delivered
    if missing * 100 > planned * tolerated:
        yield Deviation("delivery.course_hours_short" if beyond else "delivery.hours_short", {
            "planned": hours(planned, per_hour), "delivered": hours(delivered, per_hour),
            "missing": missing_hours(planned, delivered, per_hour),
        })  # fmt: skip
    if found.not_held:
        yield Deviation("delivery.not_held", {"count": len(found.not_held), "days": _days(found.not_held)})
    for (name, lecturer_id), on in sorted(found.lecturers.items()):
        yield Deviation("delivery.lecturer_other", {"name": name, "lecturer": lecturer_id, "count": len(on), "days": _days(on)})
    for place, on in sorted(found.places.items()):
        yield Deviation("delivery.venue_other", {"place": place, "count": len(on), "days": _days(on)})
    if found.unrecorded:
        yield Deviation("delivery.unrecorded", {"count": len(found.unrecorded), "days": _days(found.unrecorded)})
    if found.unattended:
        yield Deviation("delivery.unattended", {"count": len(found.unattended), "days": _days(found.unattended)})


def hours(minutes: int, per_hour: int) -> str:
    """Class hours with at most one decimal, never rounded up."""
    tenths = minutes * 10 // per_hour
    return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths / 10:.1f}"


def missing_hours(planned: int, delivered: int, per_hour: int) -> str:
    """What is missing, so that it and what was delivered come to what was approved, as written."""
    tenths = planned * 10 // per_hour - delivered * 10 // per_hour
    return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths / 10:.1f}"


def _days(on: Sequence[date]) -> str:
    return "、".join(day.isoformat() for day in sorted(set(on)))


def _minutes(starts: datetime, ends: datetime) -> int:
    return int((ends - starts).total_seconds()) // 60


@dataclass(frozen=True)
class Recording:
    """A record of a session as somebody wants to write it: the moment, and the session as it is planned."""

    now: datetime
    planned_start: datetime
    planned_end: datetime
    running: bool
    reported: bool
    held: bool
    starts_at: datetime | None
    ends_at: datetime | None
    taught_by: int
    days: int


def may_record(wish: Recording) -> Verdict:
    """Whether a session may be recorded now, and so. `session_record.not_possible`."""
    times = wish.starts_at is not None and wish.ends_at is not None and wish.starts_at < wish.ends_at <= wish.now
    near = times and wish.starts_at is not None and abs(wish.starts_at - wish.planned_start) <= timedelta(hours=12)
    return no_fault(
        "session_record.not_possible",
        [
            Finding("session_record.running", wish.running and not wish.reported, AGREED),
            Finding("session_record.begun", wish.now >= wish.planned_start, AGREED, {"starts": wish.planned_start}),
            Finding("session_record.in_time", wish.now <= wish.planned_end + timedelta(days=wish.days), AGREED, {"days": wish.days}),
            Finding("session_record.times", not wish.held or near, AGREED),
            Finding("session_record.taught", not wish.held or wish.taught_by > 0, AGREED),
        ],
    )
