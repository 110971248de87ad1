"""The authority's counter: competitions that somebody who stands there enters or gives up."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from pydantic import Field

from skills.competitions import queries
from skills.competitions.actions import counter
from skills.competitions.queries import MyEntry
from skills.competitions.states import CompetitionState, EntryState
from skills.competitions.views.words import words
from skills.people.actions.counter import SERVE
from skills.people.errands import Desk, Errand, WhyBody, open_desk, part, show_desk
from skills.people.queries import person
from skills.web.pages import Room, db

room = Room("competition_counter", __name__)
room.context_processor(words)


class EnterForBody(WhyBody):
    """The event, and the team that the person competes for."""

    event_id: str = Field(max_length=26)
    delegation: str = Field(default="", max_length=80)


@room.get("/gov/people/<person_id>/competitions", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """The person's entries, and the events that take entries."""
    mine = queries.entries_of(db(), person_id)
    entered = {e.event_id for e in mine if e.state == EntryState.ENTERED}
    taking = [(c, e) for c in queries.competitions(db(), [CompetitionState.OPEN]) for e in c.events if e.id not in entered]
    return show_desk("competitions/counter.html", person_id, mine=mine, open=taking)


@room.api("GET", "/people/<person_id>/competitions", may=SERVE, answers=list[MyEntry])
def entries_of_person(person_id: str) -> list[MyEntry]:
    """Entries of somebody who is present at the counter."""
    return queries.entries_of(db(), person(db(), person_id).id)


def _receipt(person_id: str) -> str:
    """What is to come: a competition that is over stands there as its certificate or its promotion."""
    over = (CompetitionState.PUBLISHED, CompetitionState.CANCELLED)
    mine = [e for e in queries.entries_of(db(), person_id) if e.state == EntryState.ENTERED and e.competition_state not in over]
    return part("competitions/_receipt.html", mine=mine)


open_desk(
    room, Desk("competition_counter.desk", "竞赛", "Competitions", _receipt, place=1),
    Errand("enter", counter.enter_for, "competitions/enter/<event_id>", "competitions",
           ("已替本人报名，请打印回执", "Entered for the person; print the receipt"), EnterForBody, status=201),
    Errand("withdraw", counter.withdraw_for, "competitions/<entry_id>/withdraw", "competitions/<entry_id>/withdraw",
           ("已替本人退赛", "The person has withdrawn")),
)  # fmt: skip
