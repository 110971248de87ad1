"""For everyone: which competitions there are, how benches were drawn, who won."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.competitions import queries
from skills.competitions.forms import EntryForm
from skills.competitions.states import CompetitionState
from skills.competitions.views.words import room
from skills.web.pages import PUBLIC, db, show


@room.get("/competitions", may=PUBLIC, name="listing")
def listing() -> ResponseReturnValue:
    """Every competition that takes entries, runs or has published its results."""
    return show("competitions/listing.html", competitions=queries.competitions(db(), queries.SHOWN))


@room.get("/competitions/<competition_id>", may=PUBLIC, name="one")
def one(competition_id: str) -> ResponseReturnValue:
    """A competition: its events, the draw, and once published the ranking of each event."""
    held = queries.competition(db(), competition_id, queries.SHOWN)
    published = held.state == CompetitionState.PUBLISHED
    rankings = {e.id: queries.places(db(), e.id) if published else [] for e in held.events}
    return show(
        "competitions/one.html",
        c=held,
        rankings=rankings,
        published=published,
        taking=held.state == CompetitionState.OPEN,
        form=EntryForm(),
    )
