"""Competitions for programs: the same actions as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from skills.competitions import queries
from skills.competitions.actions import entries, marking, planning, results
from skills.competitions.actions.entries import Entered
from skills.competitions.actions.marking import Entered as MarksEntered
from skills.competitions.actions.marking import Typed
from skills.competitions.actions.planning import EventOrder, Planned
from skills.competitions.actions.results import Published
from skills.competitions.queries import CompetitionLine, MyEntry, PlaceLine
from skills.competitions.states import CompetitionState
from skills.kernel.acts import Action
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, Room, db, me, perform

room = Room("competitions_api", __name__)
FACES = [room]


class EventBody(BaseModel):
    """An event. `paper_level` is a rank 1–8, `practical_weight` in percent."""

    name: str = Field(min_length=1, max_length=30)
    occupation: str
    paper_level: int = Field(ge=1, le=8)
    practical_weight: int = Field(ge=0, le=100)


class CompetitionBody(BaseModel):
    """A competition as it is planned."""

    name: str = Field(min_length=1, max_length=40)
    series: str = Field(default="", max_length=80)
    tier: str
    organiser_id: str
    venue: str = Field(min_length=1, max_length=200)
    starts_on: date
    ends_on: date
    events: list[EventBody] = Field(min_length=1, max_length=99)


class EntryBody(BaseModel):
    """An entry in one's own name."""

    event_id: str
    delegation: str = Field(default="", max_length=80)


class MarkBody(BaseModel):
    """One mark, by bench number; `absent` is said, never guessed from an empty mark."""

    bench: int = Field(ge=1)
    mark: str = Field(default="", max_length=6)
    absent: bool = False
    minutes: int | None = Field(default=None, ge=0, le=1440)


class MarksBody(BaseModel):
    """Marks of one section of an event."""

    event_id: str
    section: str
    marks: list[MarkBody] = Field(min_length=1, max_length=1000)


class Ranking(BaseModel):
    """The published ranking of an event."""

    event_id: str
    event: str
    places: list[PlaceLine]


@room.api("GET", "/competitions", may=PUBLIC, answers=list[CompetitionLine])
def list_competitions() -> list[CompetitionLine]:
    """Competitions that take entries, run or have published."""
    return queries.competitions(db(), queries.SHOWN)


@room.api("GET", "/competitions/<competition_id>/ranking", may=PUBLIC, answers=list[Ranking], by=("event_id",))
def get_ranking(competition_id: str) -> list[Ranking]:
    """The ranking of each event of a published competition."""
    held = queries.competition(db(), competition_id, [CompetitionState.PUBLISHED])
    return [Ranking(event_id=e.id, event=e.name, places=queries.places(db(), e.id)) for e in held.events]


@room.api("GET", "/me/competitions", may="entry.enter", answers=list[MyEntry])
def my_entries() -> list[MyEntry]:
    """One's own entries."""
    return queries.entries_of(db(), me().person_id)


@room.api("POST", "/competitions", does=planning.plan, body=CompetitionBody, answers=Planned, status=201)
def create_competition(body: CompetitionBody) -> Planned:
    """Plan a competition."""
    events = tuple(EventOrder(e.name, e.occupation, e.paper_level, e.practical_weight) for e in body.events)
    return perform(
        planning.plan, request_key(), name=body.name, series=body.series, tier=body.tier,
        organiser_id=body.organiser_id, venue=body.venue, starts_on=body.starts_on, ends_on=body.ends_on, events=events,
    )  # fmt: skip


@room.api("POST", "/competitions/entries", does=entries.enter, body=EntryBody, answers=Entered, status=201)
def create_entry(body: EntryBody) -> Entered:
    """Enter an event in one's own name."""
    return perform(entries.enter, request_key(), event_id=body.event_id, delegation=body.delegation)


@room.api("POST", "/competitions/marks", does=marking.enter, body=MarksBody, answers=MarksEntered)
def enter_marks(body: MarksBody) -> MarksEntered:
    """Enter one's own marks of a section; all or nothing."""
    marks = tuple(Typed(m.bench, m.mark, m.absent, m.minutes) for m in body.marks)
    return perform(marking.enter, request_key(), event_id=body.event_id, section=body.section, marks=marks)


def _step(path: str, action: Action[Any, Any], what: str) -> None:
    def press(competition_id: str) -> CompetitionLine:
        perform(action, request_key(), competition_id=competition_id)
        return queries.competition(db(), competition_id)

    press.__name__ = f"{path.replace('-', '_')}_competition"
    press.__doc__ = what
    room.api("POST", f"/competitions/<competition_id>/{path}", does=action, answers=CompetitionLine)(press)


_step("approve", planning.approve, "Approve a plan, as a second person.")
_step("open", planning.open_entries, "Open the entries.")
_step("start", planning.start, "Close the entries and draw the benches.")
_step("close-marking", marking.close_marking, "Close the marking once every mark is agreed.")
_step("ratify", results.ratify, "Ratify the ranking, as a second person.")
_step("cancel", planning.cancel, "Cancel a competition that has not begun.")


@room.api("POST", "/competitions/<competition_id>/publish", does=results.publish, answers=Published)
def publish_competition(competition_id: str) -> Published:
    """Publish places, placings and certificates."""
    return perform(results.publish, request_key(), competition_id=competition_id)
