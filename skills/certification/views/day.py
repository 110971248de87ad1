"""The day of an exam: a candidate moves to another one; invigilators note who is there and sign the record of their room."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import day as acts
from skills.certification.actions import rescheduling
from skills.certification.actions.day import WATCH, Noted
from skills.certification.forms import ReasonForm
from skills.certification.forms.day import PresenceForm, RecordForm
from skills.certification.queries import day as days
from skills.certification.queries import exams
from skills.certification.queries.exams import MyExam
from skills.certification.rules.day import Found
from skills.certification.states import ApplicationState, SittingState
from skills.certification.states.day import ROOM_RECORD
from skills.certification.views.words import box, chip, room
from skills.kernel.errors import Missing
from skills.people.queries import masked_document
from skills.standards.queries import value
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, office, perform, say, show, tell, today


def of_candidate(line: MyExam) -> dict[str, Any]:
    """What a candidate's page shows of the day: where to and until when the exam can be moved; why it was missed, and what follows."""
    absent = line.state == ApplicationState.ABSENT
    on = line.sitting.registration_to or today()
    return {
        "moving": days.moving(db(), line, office().clock.now(), today()),
        "missed": say(*days.absence(db(), line.id).words) if absent else "",
        "counts": absent and bool(value(db(), "exam.no_show_counts", on)),
        "voucher": value(db(), "exam.no_show_voucher", on) if absent else "",
    }


@room.post("/me/applications/<application_id>/reschedule", does=rescheduling.reschedule)
def reschedule(application_id: str) -> ResponseReturnValue:
    """Move one's own application to another exam."""
    done = perform(
        rescheduling.reschedule, OrderForm().key.data, application_id=application_id, sitting_id=request.form.get("sitting_id", "")[:26]
    )
    tell("已改期，原来的座位已让出", "You are registered for the other exam; the first place is given up")
    return go("certification.my_exam", application_id=done.application_id)


@room.get("/ent/plans/<sitting_id>/door", may=WATCH)
def door(sitting_id: str) -> ResponseReturnValue:
    """The rooms of an exam on its day: who is there, a ticket's number to type, the record of each room."""
    line = _watched(sitting_id)
    if typed := "".join(request.args.get("ticket", "").split()).upper()[:26]:
        return go("certification.at_the_door", sitting_id=line.id, ticket=typed)
    return show(
        "certification/door.html", s=line, doors=days.doors(db(), line), record=RecordForm(), reason=ReasonForm(), today=today(),
        open=line.state == SittingState.SEATED and line.held_on is not None and today() >= line.held_on,
        record_chip=lambda state: chip(ROOM_RECORD, state), found_word=lambda one: say(*Found(one).words), own=me().actor.account,
    )  # fmt: skip


@room.get("/ent/plans/<sitting_id>/door/<ticket>", may=WATCH)
def at_the_door(sitting_id: str, ticket: str) -> ResponseReturnValue:
    """The holder of a ticket: who they are and where they sit, to be compared with the document."""
    line = _watched(sitting_id)
    held, one = days.door_of(db(), line, ticket)
    left = [s for s in one.sits if one.found.get(s) != Found.PRESENT]
    return show(
        "certification/at_the_door.html", s=line, door=held, one=one, document=masked_document(db(), box(), one.person_id),
        form=PresenceForm(left or one.sits), found_word=lambda word: say(*Found(word).words),
        scanned="1" if request.args.get("scanned") else "",
    )  # fmt: skip


@room.post("/ent/plans/<sitting_id>/door/<ticket>", does=acts.note, name="note_presence")
def note_presence(sitting_id: str, ticket: str) -> ResponseReturnValue:
    """Note whether the holder of a ticket is let in."""
    line = _watched(sitting_id)
    _, one = days.door_of(db(), line, ticket)
    form = PresenceForm(one.sits)
    noted = Noted(ticket, form.section.data or "", form.found.data or "", scanned=bool(request.form.get("scanned")))
    perform(acts.note, form.key.data, sitting_id=line.id, lines=(noted,))
    tell(f"已登记：{one.name}，{say(*Found(noted.found).words)}", f"Noted: {one.name}, {Found(noted.found).words[1]}")
    return go("certification.door", sitting_id=line.id)


@room.post("/ent/plans/<sitting_id>/door/rooms/<int:position>", does=acts.write, name="write_record")
def write_record(sitting_id: str, position: int) -> ResponseReturnValue:
    """Write the record of a room and sign it first."""
    form = RecordForm()
    perform(acts.write, form.key.data, sitting_id=sitting_id, position=position, remarks=form.remarks.data or "")
    tell("考场记录已签字，请另一名监考员签字", "The record is signed; the other invigilator signs next")
    return go("certification.door", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/door/records/<record_id>", does=acts.countersign, name="sign_record")
def sign_record(sitting_id: str, record_id: str) -> ResponseReturnValue:
    """Sign the record of a room as the second."""
    perform(acts.countersign, OrderForm().key.data, record_id=record_id)
    tell("考场记录已由两人签字", "The record is signed by two")
    return go("certification.door", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/door/records/<record_id>/back", does=acts.send_back, name="send_record_back")
def send_record_back(sitting_id: str, record_id: str) -> ResponseReturnValue:
    """Do not sign the record of a room."""
    form = ReasonForm()
    perform(acts.send_back, form.key.data, record_id=record_id, reason=form.reason.data or "")
    tell("已退回，请重新核对、重写", "Sent back: note and write anew")
    return go("certification.door", sitting_id=sitting_id)


def _watched(sitting_id: str) -> exams.SittingLine:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(WATCH))
    if not days.doors(db(), line):
        raise Missing("sitting_room.unknown")
    return line
