"""后补考生: somebody who is added after the seats were given. Nobody who sits is moved."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from skills.certification.actions import duties, photos
from skills.certification.actions.applications import enter_as, place_left
from skills.certification.actions.moves import chain, reason_of, sitting_for
from skills.certification.models import Application, ExamSeat, SittingRoom
from skills.certification.models.day import LateAddition
from skills.certification.queries.photos import SEAT
from skills.certification.queries.rooms import hours_of, rooms_of
from skills.certification.rules.day import begins_at, may_add_late
from skills.certification.rules.seating import Place, Seat, arrange
from skills.certification.states import APPLICATION, SittingState
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.queries import by_document
from skills.standards.queries import value


@dataclass(frozen=True)
class AddedLate:
    """The new candidate's application and seat; pairs of neighbours in the whole exam who have the same paper now."""

    application_id: str
    seat: int
    close: int


@action("sitting.add_late", may="plan.make")
def add(act: Act, sitting_id: str, kind: str, number: str, reason: str) -> AddedLate:
    """Register and seat one more person by document, after seats were given and until the hours of policy before the exam.

    Conditions are asked at the same deadline as everybody's. Raises Missing("application.person_unknown"),
    Refusal("late.not_seated" | "late.too_late" | "application.full" | "sitting.no_place") and what `applications.enlist` refuses.
    """
    sitting = sitting_for(act, sitting_id, "plan.make")
    why = reason_of(reason)
    wait_exclusive(act.db, f"sitting:{sitting.id}")
    act.db.refresh(sitting)
    if sitting.state != SittingState.SEATED or sitting.held_on is None or sitting.registration_to is None:
        raise Refusal("late.not_seated")
    begins = begins_at(sitting.held_on, hours_of(sitting.hours))
    may_add_late(begins, int(value(act.db, "exam.late_hours", act.today)), act.at).or_refuse()
    place_left(act, sitting)
    person_id = by_document(act.db, act.using(Box), kind, number)
    if person_id is None:
        raise Missing("application.person_unknown")
    photos.wanted(act, SEAT, [person_id])
    made = enter_as(act, sitting, person_id, sitting.registration_to, sitting.held_on)
    candidate = act.get(Application, id=made.application_id)
    duties.free_to_seat(act, sitting, [candidate], late=True)
    rooms = rooms_of(act.db, sitting.id)
    plan = arrange([candidate.id], [room.planned.grid for room in rooms], sitting.papers, sitting.id, taken=_taken(act, sitting.id))
    if plan.unseated:
        raise Refusal("sitting.no_place", count=1)
    held = plan.seats[candidate.id]
    last = act.db.scalar(select(func.max(Application.seat)).where(Application.sitting_id == sitting.id))
    room = rooms[held.place.room - 1]
    act.move(candidate, APPLICATION, "seat", seat=(last or 0) + 1, ticket=act.new_code(12))
    act.add(
        ExamSeat(application_id=candidate.id, room_id=room.id, row_no=held.place.row, column_no=held.place.column, paper=held.paper)
    )
    act.add(LateAddition(application_id=candidate.id, reason=why, by=act.actor.account, at=act.at))
    send(act, person_id=person_id, code="exam.added_late", day=sitting.held_on, site=f"{sitting.site} {room.planned.name}", seat=candidate.seat)
    chain(act, "seat", [candidate.id])
    act.note("sitting.add_late", id=candidate.id, sitting=sitting.id, close=plan.close)
    return AddedLate(candidate.id, candidate.seat or 0, plan.close)


def _taken(act: Act, sitting_id: str) -> dict[str, Seat]:
    """Who sits where already."""
    rows = act.db.execute(
        select(ExamSeat, SittingRoom.position).join(SittingRoom, SittingRoom.id == ExamSeat.room_id).where(SittingRoom.sitting_id == sitting_id)
    )
    return {seat.application_id: Seat(Place(room, seat.row_no, seat.column_no), seat.paper) for seat, room in rows}
