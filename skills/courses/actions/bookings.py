"""Booking lecturers and rooms for sessions: over all institutions, one at a time, and both sides are told of a clash."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from skills.accounts import queries as accounts
from skills.courses.models import CourseClass
from skills.courses.models.bookings import Booking
from skills.courses.rules import bookings as rules
from skills.courses.rules.bookings import Slack, Slot
from skills.kernel.acts import Act
from skills.kernel.clock import SHANGHAI
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding
from skills.messages.actions import send
from skills.people.rules import mask_name
from skills.resources.queries import lecturers as pool
from skills.standards.queries import value


@dataclass(frozen=True)
class Clash:
    """Why a session cannot be booked: kind lecturer, travel or room; `name` of whom or which; who has it, for which class."""

    kind: str
    name: str
    starts_at: datetime
    ends_at: datetime
    institution: str
    number: str


def slack_of(act: Act) -> Slack:
    """What a lecturer needs between two addresses by the policy of the day."""
    minutes = value(act.db, "class.travel_minutes", act.today)
    return Slack(minutes["between"], minutes["makeup"])


def clashes(act: Act, held: CourseClass, slots: Sequence[Slot], but: Collection[str] = (), besides: str | None = None) -> list[Clash]:
    """What stands against these slots of a class; lecturers and rooms stay locked until the act ends, and those who have
    them are told of it.

    but      sessions whose own bookings do not count: they are being moved
    besides  a class whose bookings do not count: it is being planned anew
    """
    names = {f"lecturer:{i}" for s in slots for i in s.lecturers} | {f"room:{s.place}" for s in slots if s.place}
    for name in sorted(names):
        wait_exclusive(act.db, f"booking:{name}")
    slack = slack_of(act)
    rows = _near(act, slots, slack, but, besides)
    by_id = {r.id: r for r in rows}
    seen = [rules.Booked(r.id, r.lecturer_id, r.place, r.address, r.starts_at, r.ends_at, r.makeup) for r in rows]
    found = rules.collisions(slots, seen, slack)
    if not found:
        return []
    who = pool.lines_of(act.db, {c.booked.lecturer_id for c in found if c.booked.lecturer_id})
    answers, told = [], set()
    for c in found:
        row = by_id[c.booked.id]
        theirs = act.get(CourseClass, id=row.class_id)
        name = who[row.lecturer_id].name if row.lecturer_id else row.place.rsplit("|", 1)[1]
        clash = Clash(c.kind, name, row.starts_at, row.ends_at, accounts.organisation(act.db, row.institution_id).name, theirs.number)
        answers.append(clash)
        if row.institution_id != held.institution_id and (row.session_id, name) not in told:
            told.add((row.session_id, name))
            _tell(act, held, theirs, clash, c.slot)
    return answers


def _near(act: Act, slots: Sequence[Slot], slack: Slack, but: Collection[str], besides: str | None) -> list[Booking]:
    """Live bookings of the wanted lecturers and rooms around the wanted times."""
    if not slots:
        return []
    reach = timedelta(minutes=max(slack.between, slack.makeup))
    people = {i for s in slots for i in s.lecturers}
    places = {s.place for s in slots if s.place}
    chosen = select(Booking).where(
        Booking.freed_at.is_(None), Booking.lecturer_id.in_(people) | Booking.place.in_(places),
        Booking.starts_at < max(s.ends_at for s in slots) + reach, Booking.ends_at > min(s.starts_at for s in slots) - reach,
    )  # fmt: skip
    if besides is not None:
        chosen = chosen.where(Booking.class_id != besides)
    if but:
        chosen = chosen.where(Booking.session_id.not_in(but))
    return [r for r in act.db.scalars(chosen) if r.lecturer_id is None or r.lecturer_id in people]


def _tell(act: Act, held: CourseClass, theirs: CourseClass, clash: Clash, slot: Slot) -> None:
    """Both institutions: the one that came second why not, the one that has it who asked."""
    when = f"{slot.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    name = clash.name if clash.kind == "room" else mask_name(clash.name)  # what is told is kept: nobody's whole name
    asks = accounts.organisation(act.db, held.institution_id).name
    send(act, code=f"booking.told_{clash.kind}_taken", organisation_id=held.institution_id, name=name, when=when,
         institution=clash.institution, number=clash.number)  # fmt: skip
    send(act, code=f"booking.told_{clash.kind}_asked", organisation_id=theirs.institution_id, name=name, when=when,
         institution=asks, number=theirs.number)  # fmt: skip


def or_refuse(found: Sequence[Clash]) -> None:
    """Refuse what clashes, naming each: who or which room, when, and who has it. Raises Refusal("class.booked")."""
    if found:
        raise Refusal(
            "class.booked",
            tuple(
                Finding(f"class.{c.kind}_free", False, rules.BOOKED,
                        {"name": c.name, "starts": c.starts_at, "ends": c.ends_at, "institution": c.institution, "number": c.number})
                for c in found
            ),
        )  # fmt: skip


def book(act: Act, held: CourseClass, session_id: str, slot: Slot) -> None:
    """Write the bookings of one session; `clashes` was asked before in this act."""
    common = {
        "session_id": session_id, "class_id": held.id, "institution_id": held.institution_id, "place": slot.place,
        "address": slot.address, "makeup": slot.makeup, "starts_at": slot.starts_at, "ends_at": slot.ends_at, "booked_at": act.at,
    }
    for lecturer_id in slot.lecturers:
        act.db.add(Booking(id=act.new_id(), kind="lecturer", lecturer_id=lecturer_id, **common))
    if slot.place:
        act.db.add(Booking(id=act.new_id(), kind="room", lecturer_id=None, **common))


def free_session(act: Act, session_id: str) -> None:
    """What was booked for a session is free: it is moved, or given to others."""
    for row in act.db.scalars(select(Booking).where(Booking.session_id == session_id, Booking.freed_at.is_(None))):
        row.freed_at = act.at
    act.db.flush()


def free_class(act: Act, class_id: str) -> None:
    """A class is called off: its lecturers and rooms are free."""
    for row in act.db.scalars(select(Booking).where(Booking.class_id == class_id, Booking.freed_at.is_(None))):
        row.freed_at = act.at


def forget_plan(act: Act, class_id: str) -> None:
    """A class that nobody has approved is planned anew: its bookings were only a plan."""
    act.db.execute(delete(Booking).where(Booking.class_id == class_id))


def lecturers_of(act: Act, session_id: str) -> tuple[str, ...]:
    """Who is booked to teach a session."""
    chosen = select(Booking.lecturer_id).where(
        Booking.session_id == session_id, Booking.freed_at.is_(None), Booking.lecturer_id.is_not(None)
    )
    return tuple(str(i) for i in act.db.scalars(chosen.order_by(Booking.id)))
