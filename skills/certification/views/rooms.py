"""Rooms of an exam: who sits where, and the tickets that say so."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from flask.typing import ResponseReturnValue

from skills.certification import paper
from skills.certification.actions import late as late_actions
from skills.certification.actions.day import WATCH
from skills.certification.forms.day import LateForm
from skills.certification.queries import accommodations, exams, rooms
from skills.certification.queries import day as days
from skills.certification.rules.accommodations import Needs
from skills.certification.states import SittingState
from skills.certification.views import counter
from skills.certification.views.words import box, room
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.people.actions.counter import SERVE
from skills.people.rules import mask_name
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, db, go, me, office, perform, settings, show, tell, today, unlisted

SEE_PLANS = "plan.see"


@room.get("/ent/plans/<sitting_id>/rooms", may=SEE_PLANS, name="exam_rooms")
def exam_rooms(sitting_id: str) -> ResponseReturnValue:
    return show_rooms(sitting_id)


def show_rooms(sitting_id: str, form: LateForm | None = None) -> ResponseReturnValue:
    """Who sits where; with a form that was not filled in as it has to be, that too."""
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS))
    until = days.late_until(db(), line, today()) if line.state == SittingState.SEATED and me().actor.may("plan.make") else None
    late = (form or LateForm()) if until and office().clock.now() <= until else None
    return show(
        "certification/rooms.html", 422 if form else 200, s=line, rooms=rooms.room_plans(db(), line.id), late=late, late_until=until,
    )  # fmt: skip


@room.post("/ent/plans/<sitting_id>/late", does=late_actions.add, name="add_late")
def add_late(sitting_id: str) -> ResponseReturnValue:
    """Add somebody after the seats were given."""
    form = LateForm()
    if not form.validate_on_submit():
        return show_rooms(sitting_id, form)
    done = perform(
        late_actions.add, form.key.data, sitting_id=sitting_id, kind=form.kind.data or "", number=form.number.data or "",
        reason=form.reason.data or "",
    )  # fmt: skip
    tell(f"已增补，座位 {done.seat} 号；其他人座位不变", f"Added, seat {done.seat}; nobody else was moved")
    if done.close:
        tell(f"现有 {done.close} 对邻座试卷相同", f"{done.close} pairs of neighbours have the same paper now", "warn")
    return go("certification.exam_rooms", sitting_id=sitting_id)


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
    page = show(
        "certification/ticket.html", s=line, one=one, where=where.planned, name=mask_name(one.name),
        door=line.organisation_id in me().actor.organisations_for(WATCH),
    )  # fmt: skip
    return unlisted(page)


@counter.room.get("/gov/people/<person_id>/applications/<application_id>/ticket.pdf", may=SERVE, name="ticket")
def counter_ticket(person_id: str, application_id: str) -> ResponseReturnValue:
    """The ticket of somebody at the counter, to be printed there."""
    return _pdf([exams.my_exam(db(), person_id, application_id).id], "ticket")


def _pdf(application_ids: Sequence[str], name: str) -> Response:
    """The tickets of candidates of one exam. Raises Missing("ticket.unknown") for who has no seat."""
    held, given = exams.exams_of(db(), application_ids), accommodations.granted(db(), application_ids)
    made = []
    for person_id, m in held:
        if m.place is None or m.seat is None:
            raise Missing("ticket.unknown")
        kind, masked = people.masked_document(db(), box(), person_id)
        who = people.person(db(), person_id).name
        needs = _needs(given.get(m.id))
        made.append(paper.Ticket(who, f"{kind} {masked}", m.ticket, m.seat, m.place.room, m.place.row, m.place.column, m.sits, needs))
    data = paper.tickets(held[0][1].sitting, made, settings().public_base, settings().host)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(data, mimetype="application/pdf", headers=headers)


def _needs(needs: Needs | None) -> str:
    return "、".join(zh for zh, _ in needs.words) if needs else ""
