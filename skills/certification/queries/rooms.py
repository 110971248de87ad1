"""Rooms of an exam, and who sits where in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Application, ExamSeat, SittingRoom
from skills.certification.rules.rooms import Hour, PlannedRoom
from skills.certification.states import ApplicationState
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people.queries import persons


@dataclass(frozen=True)
class RoomLine:
    """A room of an exam, in the order in which rooms fill."""

    id: str
    position: int
    planned: PlannedRoom


@dataclass(frozen=True)
class Occupant:
    """Somebody in a room: the seat's number in the whole exam, row and column, the paper that lies there."""

    application_id: str
    name: str
    ticket: str
    seat: int
    row: int
    column: int
    paper: str


@dataclass(frozen=True)
class RoomPlan:
    """A room with everybody who sits in it, by seat."""

    room: RoomLine
    people: tuple[Occupant, ...]

    @property
    def grid(self) -> list[list[Occupant | None]]:
        """The room row by row from the front, with who sits there."""
        held = {(one.row, one.column): one for one in self.people}
        planned = self.room.planned
        return [[held.get((r, c)) for c in range(1, planned.columns + 1)] for r in range(1, planned.rows + 1)]


@dataclass(frozen=True)
class OwnSeat:
    """Where one sits: the room's name, row and column."""

    room: str
    row: int
    column: int


def rooms_of(db: Session, sitting_id: str) -> Sequence[RoomLine]:
    """The rooms of an exam."""
    rows = db.scalars(select(SittingRoom).where(SittingRoom.sitting_id == sitting_id).order_by(SittingRoom.position))
    return [RoomLine(r.id, r.position, PlannedRoom(r.name, r.row_count, r.column_count, r.step_free)) for r in rows]


def hours_of(held: Mapping[str, Any]) -> tuple[Hour, ...]:
    """The hours of an exam as its row holds them."""
    return tuple(Hour(section, begins, minutes) for section, (begins, minutes) in held.items())


def room_plans(db: Session, sitting_id: str, position: int | None = None) -> Sequence[RoomPlan]:
    """Every room of an exam with who sits in it, or one of them."""
    rooms = [room for room in rooms_of(db, sitting_id) if position in (None, room.position)]
    rows = db.execute(
        select(ExamSeat, Application)
        .join(Application, Application.id == ExamSeat.application_id)
        .where(among(db, ExamSeat.room_id, [room.id for room in rooms]), Application.state != ApplicationState.WITHDRAWN)
        .order_by(Application.seat)
    ).all()
    people = persons(db, [a.person_id for _, a in rows])
    found: dict[str, list[Occupant]] = {}
    for s, a in rows:
        found.setdefault(s.room_id, []).append(_occupant(s, a, people[a.person_id].name))
    return [RoomPlan(room, tuple(found.get(room.id, ()))) for room in rooms]


def seats_of(db: Session, application_ids: Collection[str]) -> dict[str, OwnSeat]:
    """Where these candidates sit, by application."""
    chosen = (
        select(ExamSeat.application_id, SittingRoom.name, ExamSeat.row_no, ExamSeat.column_no)
        .join(SittingRoom, SittingRoom.id == ExamSeat.room_id)
        .where(among(db, ExamSeat.application_id, application_ids))
    )
    return {own: OwnSeat(name, row, column) for own, name, row, column in db.execute(chosen)}


def by_ticket(db: Session, ticket: str) -> tuple[str, Occupant, RoomLine]:
    """(sitting, who sits where, the room) of an admission ticket. Raises Missing("ticket.unknown")."""
    row = db.execute(
        select(ExamSeat, Application)
        .join(Application, Application.id == ExamSeat.application_id)
        .where(Application.ticket == ticket, Application.state != ApplicationState.WITHDRAWN)
    ).first()
    if row is None:
        raise Missing("ticket.unknown")
    seat, application = row
    name = persons(db, [application.person_id])[application.person_id].name
    room = next(room for room in rooms_of(db, application.sitting_id) if room.id == seat.room_id)
    return application.sitting_id, _occupant(seat, application, name), room


def _occupant(seat: ExamSeat, row: Application, name: str) -> Occupant:
    return Occupant(row.id, name, row.ticket or "", row.seat or 0, seat.row_no, seat.column_no, seat.paper)
