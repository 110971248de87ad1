"""Rooms of an exam, and who sits where in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Application, ExamSeat, SittingRoom
from skills.certification.rules.rooms import Hour, PlannedRoom
from skills.certification.rules.seating import Place, Seat
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
class Seated:
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
    people: tuple[Seated, ...]

    @property
    def grid(self) -> list[list[Seated | None]]:
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


def taken_in(db: Session, sitting_id: str) -> dict[str, Seat]:
    """Who sits where already, by application."""
    chosen = (
        select(ExamSeat, SittingRoom.position)
        .join(SittingRoom, SittingRoom.id == ExamSeat.room_id)
        .where(SittingRoom.sitting_id == sitting_id)
    )
    return {s.application_id: Seat(Place(position, s.row_no, s.column_no), s.paper) for s, position in db.execute(chosen)}


def room_plans(db: Session, sitting_id: str) -> Sequence[RoomPlan]:
    """Every room of an exam with who sits in it."""
    rows = list(
        db.execute(
            select(ExamSeat, Application)
            .join(Application, Application.id == ExamSeat.application_id)
            .where(Application.sitting_id == sitting_id, Application.state != ApplicationState.WITHDRAWN)
            .order_by(Application.seat)
        )
    )
    people = persons(db, [a.person_id for _, a in rows])
    found: dict[str, list[Seated]] = {}
    for s, a in rows:
        one = Seated(a.id, people[a.person_id].name, a.ticket or "", a.seat or 0, s.row_no, s.column_no, s.paper)
        found.setdefault(s.room_id, []).append(one)
    return [RoomPlan(room, tuple(found.get(room.id, ()))) for room in rooms_of(db, sitting_id)]


def seats_of(db: Session, application_ids: Collection[str]) -> dict[str, OwnSeat]:
    """Where these candidates sit, by application."""
    chosen = (
        select(ExamSeat.application_id, SittingRoom.name, ExamSeat.row_no, ExamSeat.column_no)
        .join(SittingRoom, SittingRoom.id == ExamSeat.room_id)
        .where(among(db, ExamSeat.application_id, application_ids))
    )
    return {own: OwnSeat(name, row, column) for own, name, row, column in db.execute(chosen)}


def by_ticket(db: Session, ticket: str) -> tuple[str, Seated, RoomLine]:
    """(sitting, who sits where, the room) of an admission ticket. Raises Missing("ticket.unknown")."""
    row = db.scalars(select(Application).where(Application.ticket == ticket, Application.seat.is_not(None))).one_or_none()
    for plan in room_plans(db, row.sitting_id) if row is not None else ():
        for one in plan.people:
            if row is not None and one.application_id == row.id:
                return row.sitting_id, one, plan.room
    raise Missing("ticket.unknown")
