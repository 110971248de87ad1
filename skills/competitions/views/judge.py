"""A judge: one's own sheet of each section, by bench number."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue

from skills.competitions import queries, rules
from skills.competitions.actions import marking
from skills.competitions.actions.marking import Typed
from skills.competitions.states import CompetitionState
from skills.competitions.views.words import room
from skills.kernel.errors import Refusal
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import db, fresh_key, go, lang, me, perform, show, tell

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
    """Take the whole sheet; one wrong mark and nothing is written, but what was typed stays on the page."""
    form = request.form
    desks = [
        replace(
            desk, text=form.get(f"mark-{desk.bench}", "").strip(), absent=f"absent-{desk.bench}" in form,
            minutes=form.get(f"minutes-{desk.bench}", "").strip(),
        )
        for desk in queries.sheet(db(), event_id, section, me().actor.account)
    ]  # fmt: skip
    try:
        marks = tuple(Typed(d.bench, d.text, d.absent, _minutes(d.bench, d.minutes)) for d in desks)
        done = perform(marking.enter, OrderForm().key.data, event_id=event_id, section=section, marks=marks)
    except Refusal as refusal:
        if not refusal.code.startswith("mark."):
            raise
        return _sheet(event_id, section, desks, i18n.tell_refusal(refusal, lang()))
    tell(f"已录入 {done.count} 个成绩", f"{done.count} marks are entered")
    return go("competitions.sheet", event_id=event_id, section=section)


def _sheet(
    event_id: str, section: str, typed: list[queries.Desk] | None = None, problem: i18n.Told | None = None
) -> ResponseReturnValue:
    held, event = queries.event(db(), event_id)
    if section not in rules.weighed(event.practical_weight):
        raise Refusal("mark.section", section=section)
    desks = typed or queries.sheet(db(), event_id, section, me().actor.account)
    return show(
        "competitions/sheet.html", 422 if problem else 200, c=held, e=event, section=section, desks=desks,
        problem=problem, key=fresh_key(),
    )  # fmt: skip


def _minutes(bench: int, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise Refusal("mark.minutes_refused", bench=bench, text=text[:20])
    return int(text)
