"""Entering an event and withdrawing before the start."""

from __future__ import annotations

from dataclasses import dataclass

from skills.competitions import rules
from skills.competitions.models import Competition, Entry, Event
from skills.competitions.states import ENTRY, CompetitionState, EntryState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.people.queries import person
from skills.records.queries import facts
from skills.standards.queries import value


@dataclass(frozen=True)
class Entered:
    """A new entry."""

    entry_id: str


@action("entry.enter", may="entry.enter")
def enter(act: Act, event_id: str, delegation: str = "") -> Entered:
    """Enter an event in one's own name. Whether one is an employee is read from the passport, not stated.

    Raises Missing("competition_event.unknown"), Refusal("no_person" | "competition_entry.not_possible").
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    return enter_as(act, act.actor.person, event_id, delegation)


def enter_as(act: Act, person_id: str, event_id: str, delegation: str) -> Entered:
    """The same in somebody's name, inside the caller's act."""
    event = act.get(Event, id=event_id)
    held = act.get(Competition, id=event.competition_id)
    who = person(act.db, person_id)
    before = act.find(Entry, event_id=event.id, person_id=who.id, state=EntryState.ENTERED)
    rules.may_enter(
        who.birth, value(act.db, "exam.min_age", act.today), held.starts_on, held.state == CompetitionState.OPEN,
        before is not None,
    ).or_refuse()  # fmt: skip
    works = facts(act.db, who.id, who.birth).works
    employed = any(w.since <= act.today and (w.until is None or act.today <= w.until) for w in works)
    row = act.add(
        Entry(
            id=act.new_id(), event_id=event.id, person_id=who.id, delegation=delegation.strip()[:80], employee=employed,
            state=EntryState.ENTERED, entered_at=act.at, entered_by=act.actor.account,
        )
    )  # fmt: skip
    act.note("entry.enter", id=row.id, event_id=event.id)
    return Entered(row.id)


@action("entry.withdraw", may="entry.enter")
def withdraw(act: Act, entry_id: str) -> None:
    """Withdraw one's own entry before the start. Raises Missing("competition_entry.unknown"), Refusal("competition_entry.too_late")."""
    withdraw_as(act, act.actor.person, entry_id)


def withdraw_as(act: Act, person_id: str | None, entry_id: str) -> None:
    """The same in somebody's name, inside the caller's act."""
    row = act.get(Entry, id=entry_id, person_id=person_id)
    event = act.get(Event, id=row.event_id)
    held = act.get(Competition, id=event.competition_id)
    if held.state != CompetitionState.OPEN:
        raise Refusal("competition_entry.too_late")
    act.move(row, ENTRY, "withdraw")
