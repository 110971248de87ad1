"""The authority's radar: numbers that people asked for and that never were, by day and coarse place."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.credentials.queries.shares import Radar, radar
from skills.standards.queries import value
from skills.web.pages import Room, db, show, today

room = Room("radar", __name__)
DAYS = 30


@room.get("/gov/radar", may="radar.see")
def page() -> ResponseReturnValue:
    """Thirty days, the places and the numbers; small cells are left out."""
    return show("credentials/radar.html", radar=_now(), days=DAYS)


@room.api("GET", "/radar", may="radar.see", answers=Radar)
def api_radar() -> Radar:
    """Numbers asked for that never were, in the last thirty days."""
    return _now()


def _now() -> Radar:
    return radar(db(), today(), DAYS, value(db(), "radar.least_cell", today()))
