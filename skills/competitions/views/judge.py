"""A judge: one's own sheet of each section, by bench number."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.competitions import queries, rules
from skills.competitions.actions import marking
from skills.competitions.actions.marking import Typed
from skills.competitions.states import CompetitionState
from skills.competitions.views.words import room
from skills.kernel.errors import Refusal
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell

MARK = "mark.enter"


@room.get("/exam/competitions", may=MARK, name="marking")
def sheets() -> ResponseReturnValue:
    """What is running: a sheet for each event and section."""
    running = queries.competitions(db(), [CompetitionState.RUNNING])
    return show("competitions/marking.html", competitions=running, weighed=rules.weighed)


@room.get("/exam/competitions/<event_id>/<section>", may=MARK, name="sheet")
def sheet(event_id: str, section: str) -> ResponseReturnValue:
    return _sheet(event_id, section)


@room.post("/exam/competitions/<event_id>/<section>", does=marking.enter, name="enter_marks")
def enter_marks(event_id: str, section: str) -> ResponseReturnValue:
    """Take the whole sheet; one wrong mark and nothing of it is written."""
    _, event = queries.event(db(), event_id)
    marks = tuple(
        Typed(
            desk.bench, request.form.get(f"mark-{desk.bench}", ""), f"absent-{desk.bench}" in request.form,
            _minutes(request.form.get(f"minutes-{desk.bench}", "")),
        )
        for desk in queries.sheet(db(), event.id, section, me().actor.account)
    )  # fmt: skip
    done = perform(marking.enter, OrderForm().key.data, event_id=event_id, section=section, marks=marks)
    tell(f"已录入 {done.count} 个成绩", f"{done.count} marks are entered")
    return go("competitions.sheet", event_id=event_id, section=section)


def _sheet(event_id: str, section: str) -> ResponseReturnValue:
    held, event = queries.event(db(), event_id)
    if section not in rules.weighed(event.practical_weight):
        raise Refusal("mark.section", section=section)
    return show(
        "competitions/sheet.html",
        c=held,
        e=event,
        section=section,
        key=OrderForm().key.data,
        desks=queries.sheet(db(), event_id, section, me().actor.account),
    )


def _minutes(text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdecimal()):
        raise Refusal("mark.minutes_refused", text=plain[:20])
    return int(plain)
