"""Rooms of an exam: who sits where, and the tickets that say so."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from flask.typing import ResponseReturnValue

from skills.certification import paper
from skills.certification.queries import exams, rooms
from skills.certification.views import counter
from skills.certification.views.words import box, room
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.people.actions.counter import SERVE
from skills.people.rules import mask_name
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, db, me, settings, show, unlisted

SEE_PLANS = "plan.see"


@room.get("/ent/plans/<sitting_id>/rooms", may=SEE_PLANS, name="exam_rooms")
def exam_rooms(sitting_id: str) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS))
    return show("certification/rooms.html", s=line, rooms=rooms.room_plans(db(), line.id))


@room.get("/ent/plans/<sitting_id>/rooms/<int:position>/tickets.pdf", may=SEE_PLANS, name="room_tickets")
def room_tickets(sitting_id: str, position: int) -> ResponseReturnValue:
    """The tickets of everybody in a room, to be printed and cut apart."""
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS))
    held = rooms.room_plans(db(), line.id, position)
    if not held or not held[0].people:
        raise Missing("sitting_room.unknown")
    return _pdf([one.application_id for one in held[0].people], f"tickets-{position}")


@room.get("/me/applications/<application_id>/ticket.pdf", may="application.file", name="my_ticket")
def my_ticket(application_id: str) -> ResponseReturnValue:
    """One's own ticket."""
    return _pdf([exams.my_exam(db(), me().person_id, application_id).id], "ticket")


@room.get("/tickets/<ticket>", may=PUBLIC, name="ticket")
@limiter.limit("60 per minute")
def ticket(ticket: str) -> ResponseReturnValue:
    """Where the holder of a ticket sits. Whoever holds the ticket may see it; the name is masked."""
    sitting_id, one, where = rooms.by_ticket(db(), ticket)
    line = exams.sitting(db(), sitting_id)
    return unlisted(show("certification/ticket.html", s=line, one=one, where=where.planned, name=mask_name(one.name)))


@counter.room.get("/gov/people/<person_id>/applications/<application_id>/ticket.pdf", may=SERVE, name="ticket")
def counter_ticket(person_id: str, application_id: str) -> ResponseReturnValue:
    """The ticket of somebody at the counter, to be printed there."""
    return _pdf([exams.my_exam(db(), person_id, application_id).id], "ticket")


def _pdf(application_ids: Sequence[str], name: str) -> Response:
    """The tickets of candidates of one exam. Raises Missing("ticket.unknown") for who has no seat."""
    held = exams.exams_of(db(), application_ids)
    made = []
    for person_id, m in held:
        if m.place is None or m.seat is None:
            raise Missing("ticket.unknown")
        kind, masked = people.masked_document(db(), box(), person_id)
        who = people.person(db(), person_id).name
        made.append(paper.Ticket(who, f"{kind} {masked}", m.ticket, m.seat, m.place.room, m.place.row, m.place.column, m.sits))
    data = paper.tickets(held[0][1].sitting, made, settings().public_base, settings().host)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(data, mimetype="application/pdf", headers=headers)
