"""The day of an exam as its pages show it: until when somebody moves or is added, where to, and who was there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.certification.models import Application, ExamSeat
from skills.certification.models.day import Presence, RoomRecord
from skills.certification.queries.carried import sat_in
from skills.certification.queries.exams import MyExam, SittingLine, open_sittings
from skills.certification.queries.rooms import RoomLine, rooms_of
from skills.certification.rules.day import Found, begins_at, last_moment, missed
from skills.certification.rules.exams import Section
from skills.certification.states import APPLICATION, ApplicationState
from skills.certification.states.day import RecordState
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people.queries import persons
from skills.standards.queries import value


@dataclass(frozen=True)
class Moving:
    """Where a candidate can move to, and until when (the moment included); nothing once it is too late."""

    until: datetime
    exams: tuple[SittingLine, ...]


def moving(db: Session, line: MyExam, at: datetime, today: date) -> Moving | None:
    """Other exams of the same body, occupation and level that take candidates now; None where moving is over."""
    held = line.sitting
    if held.held_on is None or "reschedule" not in {m.name for m in APPLICATION.open_moves(line.state)}:
        return None
    until = last_moment(begins_at(held.held_on, held.hours), int(value(db, "exam.reschedule_hours", today)))
    if at > until:
        return None
    kind = (held.organisation_id, held.occupation, held.branch, held.level)
    same = [
        s for s in open_sittings(db, today)
        if s.id != held.id and s.held_on != held.held_on and (s.organisation_id, s.occupation, s.branch, s.level) == kind
    ]
    return Moving(until, tuple(same))


def late_until(db: Session, held: SittingLine, today: date) -> datetime | None:
    """Until when somebody can be added to an exam whose seats were given."""
    if held.held_on is None:
        return None
    return last_moment(begins_at(held.held_on, held.hours), int(value(db, "exam.late_hours", today)))


@dataclass(frozen=True)
class DoorLine:
    """Somebody at the door of a room: seat and place, the sections they sit, and what was found in each so far."""

    application_id: str
    person_id: str
    name: str
    ticket: str
    seat: int
    row: int
    column: int
    sits: tuple[Section, ...]
    found: Mapping[str, str]


@dataclass(frozen=True)
class RecordLine:
    """The record of a room: how many were found how in each section, and who signed it; `second` is "" until the second did."""

    id: str
    state: str
    counts: Mapping[str, Mapping[str, int]]
    remarks: str
    first: str
    first_by: str
    first_at: datetime
    second: str
    reason: str


@dataclass(frozen=True)
class Door:
    """A room on the exam's day: who sits in it, and its records, those that were sent back first."""

    room: RoomLine
    people: tuple[DoorLine, ...]
    records: tuple[RecordLine, ...]

    @property
    def record(self) -> RecordLine | None:
        """The record that stands."""
        return self.records[-1] if self.records and self.records[-1].state != RecordState.SENT_BACK else None

    def count(self, section: str) -> tuple[int, int]:
        """(there, expected) in a section."""
        sitting = [one for one in self.people if section in one.sits]
        return sum(one.found.get(section) == Found.PRESENT for one in sitting), len(sitting)


def doors(db: Session, line: SittingLine, position: int | None = None) -> Sequence[Door]:
    """The rooms of an exam in which somebody sits, or one of them."""
    found = []
    for room in rooms_of(db, line.id):
        people = _people(db, line, room.id) if position in (None, room.position) else ()
        if people:
            found.append(Door(room, people, _records(db, room.id)))
    return found


def door_of(db: Session, line: SittingLine, ticket: str) -> tuple[Door, DoorLine]:
    """The room in which the holder of a ticket sits, and the holder. Raises Missing("ticket.unknown")."""
    for door in doors(db, line):
        for one in door.people:
            if one.ticket == ticket:
                return door, one
    raise Missing("ticket.unknown")


def absence(db: Session, application_id: str) -> Found:
    """Why somebody who missed an exam was not there."""
    return missed([Found(one) for one in _presences(db, [application_id]).get(application_id, {}).values()]) or Found.AWAY


def _people(db: Session, line: SittingLine, room_id: str) -> tuple[DoorLine, ...]:
    rows = db.execute(
        select(ExamSeat, Application)
        .join(Application, Application.id == ExamSeat.application_id)
        .where(ExamSeat.room_id == room_id, Application.state != ApplicationState.WITHDRAWN)
        .order_by(Application.seat)
    ).all()
    names = persons(db, [a.person_id for _, a in rows])
    held = _presences(db, [a.id for _, a in rows])
    return tuple(
        DoorLine(
            a.id, a.person_id, names[a.person_id].name, a.ticket or "", a.seat or 0, s.row_no, s.column_no, sat_in(a, line.level),
            held.get(a.id, {}),
        )
        for s, a in rows
    )  # fmt: skip


def _presences(db: Session, application_ids: Collection[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in db.scalars(select(Presence).where(among(db, Presence.application_id, application_ids), Presence.replaced_at.is_(None))):
        found.setdefault(row.application_id, {})[row.section] = row.found
    return found


def _records(db: Session, room_id: str) -> tuple[RecordLine, ...]:
    held = db.scalars(select(RoomRecord).where(RoomRecord.room_id == room_id))
    rows = sorted(held, key=lambda r: (r.state != RecordState.SENT_BACK, r.first_at))
    return tuple(
        RecordLine(
            r.id, r.state, r.counts, r.remarks, name_of(db, r.first_by), r.first_by, r.first_at, name_of(db, r.second_by) if r.second_by else "",
            r.reason,
        )
        for r in rows
    )  # fmt: skip
