"""How marks are spread: at each body, and by each examiner and pair of typists."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.oversight.queries import marks as queries
from skills.oversight.rules.words import SIGN_WORDS
from skills.oversight.views.words import room, strength
from skills.web.pages import db, me, show, today

SEE = "case.see"


@room.get("/gov/cases/marks", may=SEE, name="marks")
def listing() -> ResponseReturnValue:
    """Bodies that assessed in the window, those with most to look at first."""
    return show("oversight/marks.html", lines=queries.bodies(db(), me().actor.districts_for(SEE), today()))


@room.get("/gov/cases/marks/<organisation_id>", may=SEE, name="marks_of")
def one(organisation_id: str) -> ResponseReturnValue:
    """One body beside the city, and each hand at it beside the body."""
    found = queries.page(db(), organisation_id, me().actor.districts_for(SEE), today())
    return show("oversight/marks_of.html", p=found, signs=SIGN_WORDS, strength=strength)
