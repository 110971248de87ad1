"""Planning a competition, its approval by a second person, and its way to the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.accounts.queries import organisation
from skills.competitions import rules
from skills.competitions.models import Competition, Entry, Event
from skills.competitions.states import COMPETITION, CompetitionState, EntryState
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.standards.queries import occupation
from skills.standards.rules import Level


@dataclass(frozen=True)
class EventOrder:
    """One event of a plan. `practical_weight` in percent."""

    name: str
    occupation: str
    paper_level: int
    practical_weight: int


@dataclass(frozen=True)
class Planned:
    """A new competition and its events, in order."""

    competition_id: str
    event_ids: tuple[str, ...]


@action("competition.plan", may="competition.plan")
def plan(
    act: Act,
    name: str,
    series: str,
    tier: str,
    organiser_id: str,
    venue: str,
    starts_on: date,
    ends_on: date,
    events: tuple[EventOrder, ...],
) -> Planned:
    """Plan a competition. It may open promotions only after its approval (计划申报 → 批准)."""
    organisation(act.db, organiser_id)
    if tier not in rules.TIERS or not name.strip() or not events:
        raise Refusal("competition.incomplete")
    for order in events:
        rules.fits_paper(name.strip(), order.name.strip())
    if not act.today <= starts_on <= ends_on:
        raise Refusal("competition.dates", today=act.today)
    wait_exclusive(act.db, f"competition:{starts_on.year}")
    last = act.db.scalar(select(func.max(Competition.serial)).where(Competition.year == starts_on.year)) or 0
    row = act.add(
        Competition(
            id=act.new_id(), name=name.strip(), series=series.strip(), tier=tier, organiser_id=organiser_id,
            venue=venue.strip(), year=starts_on.year, serial=last + 1, starts_on=starts_on, ends_on=ends_on,
            state=CompetitionState.PLANNED, seed=act.new_code(32), planned_by=act.actor.account, planned_at=act.at,
        )
    )  # fmt: skip
    made = [_event(act, row, number, order) for number, order in enumerate(events, start=1)]
    act.note("competition.plan", id=row.id, seed=row.seed)
    return Planned(row.id, tuple(made))


@action("competition.approve", may="competition.approve")
def approve(act: Act, competition_id: str) -> None:
    """Approve a plan; whoever planned it cannot."""
    row = act.get(Competition, id=competition_id)
    COMPETITION.check(row.state, "approve")
    if row.planned_by == act.actor.account:
        raise Refusal("competition.second_person")
    act.move(row, COMPETITION, "approve", approved_by=act.actor.account)


@action("competition.open", may="competition.plan")
def open_entries(act: Act, competition_id: str) -> None:
    """Take entries from now on."""
    act.move(act.get(Competition, id=competition_id), COMPETITION, "open")


@action("competition.start", may="competition.plan")
def start(act: Act, competition_id: str) -> None:
    """Close the entries and draw the bench numbers from the seed that was put on record when it was planned."""
    row = act.get(Competition, id=competition_id)
    COMPETITION.check(row.state, "start")
    for event in act.db.scalars(select(Event).where(Event.competition_id == row.id)):
        entries = act.db.scalars(
            select(Entry).where(Entry.event_id == event.id, Entry.state == EntryState.ENTERED)
        ).all()
        if not entries:
            raise Refusal("competition.no_entries", event=event.name)
        drawn = rules.benches([entry.id for entry in entries], row.seed)
        for entry in entries:
            entry.bench = drawn[entry.id]
    act.move(row, COMPETITION, "start")


@action("competition.cancel", may="competition.plan")
def cancel(act: Act, competition_id: str) -> None:
    """Cancel a competition that has not begun."""
    act.move(act.get(Competition, id=competition_id), COMPETITION, "cancel")


def _event(act: Act, row: Competition, number: int, order: EventOrder) -> str:
    occupation(act.db, order.occupation)
    if not Level(order.paper_level).examined or not 0 <= order.practical_weight <= 100 or not order.name.strip():
        raise Refusal("competition.incomplete")
    made = act.add(
        Event(
            id=act.new_id(), competition_id=row.id, serial=number, name=order.name.strip(), occupation=order.occupation,
            paper_level=order.paper_level, practical_weight=order.practical_weight,
        )
    )  # fmt: skip
    return made.id
