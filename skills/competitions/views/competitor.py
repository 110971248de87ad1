"""A competitor: entering, withdrawing, one's own places."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.competitions import queries
from skills.competitions.actions import entries
from skills.competitions.forms import EntryForm
from skills.competitions.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell


@room.get("/me/competitions", may="entry.enter", name="mine")
def mine() -> ResponseReturnValue:
    """One's own entries with bench, place and certificate."""
    return show("competitions/mine.html", entries=queries.entries_of(db(), me().person_id))


@room.get("/me/competitions/enter/<event_id>", may="entry.enter", name="confirm")
def confirm(event_id: str) -> ResponseReturnValue:
    """What is entered, one page before the last tap."""
    held, event = queries.event(db(), event_id)
    return show("competitions/enter.html", c=held, e=event, form=EntryForm())


@room.post("/me/competitions/enter/<event_id>", does=entries.enter, name="enter")
def enter(event_id: str) -> ResponseReturnValue:
    form = EntryForm()
    if not form.validate_on_submit():
        held, event = queries.event(db(), event_id)
        return show("competitions/enter.html", 422, c=held, e=event, form=form)
    perform(entries.enter, form.key.data, event_id=event_id, delegation=form.delegation.data or "")
    tell("报名成功", "You are entered")
    return go("competitions.mine")


@room.post("/me/competitions/<entry_id>/withdraw", does=entries.withdraw, name="withdraw")
def withdraw(entry_id: str) -> ResponseReturnValue:
    perform(entries.withdraw, OrderForm().key.data, entry_id=entry_id)
    tell("已退赛", "You have withdrawn")
    return go("competitions.mine")
