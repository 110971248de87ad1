"""For whoever comes: the home page with the targets, help, accessibility."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.desk.queries.board import Goal, board
from skills.desk.views.words import room
from skills.web.pages import PUBLIC, db, show, today


@room.get("/", may=PUBLIC)
def front() -> ResponseReturnValue:
    """Scan first, a door for each, and what the programme has reached."""
    return show("desk/public.html", board=board(db(), today()))


@room.get("/help", may=PUBLIC, name="help")
def get_help() -> ResponseReturnValue:
    """Who to call and what is asked most."""
    return show("desk/help.html")


@room.get("/accessibility", may=PUBLIC)
def accessibility() -> ResponseReturnValue:
    """What we promise and what is missing."""
    return show("desk/accessibility.html")


@room.api("GET", "/targets", may=PUBLIC, answers=list[Goal], by=("en",))
def targets() -> list[Goal]:
    """The targets of the programme and what is reached."""
    return board(db(), today())
