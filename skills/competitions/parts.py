"""A person's entries: no competition is under way; results stay as ranks of bench numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.competitions.models import Competition, Entry, Event
from skills.competitions.states import CompetitionState, EntryState
from skills.kernel.acts import Act
from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding
from skills.people.parts import Named, Part, nothing_under_way, register

OVER = (CompetitionState.PUBLISHED, CompetitionState.CANCELLED)


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No competition that was entered is still going on."""
    chosen = (
        select(func.count())
        .select_from(Entry)
        .join(Event, Event.id == Entry.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .where(Entry.person_id == person_id, Entry.state == EntryState.ENTERED, Competition.state.not_in(OVER))
    )
    return (nothing_under_way("erasure.competitions", db.scalar(chosen) or 0),)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Competitions that were taken part in."""
    chosen = select(func.count()).select_from(Entry)
    return {"competitions": db.scalar(chosen.where(Entry.person_id == person_id, Entry.state == EntryState.ENTERED)) or 0}


def forget(act: Act, person_id: str) -> None:
    """A delegation may be a small one."""
    for row in act.db.scalars(select(Entry).where(Entry.person_id == person_id)):
        row.delegation = ""
    act.db.flush()


def _entry(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Entry, key)
    event = db.get_one(Event, (row.event_id,))
    title, on = db.get_one(Competition, (event.competition_id,)).name, shanghai_day(row.entered_at)
    url = f"/gov/competitions/{event.competition_id}"
    return Named(f"“{title}”{event.name}（{on} 报名）", f"“{title}”, {event.name} (entered {on})", url)


register("competitions", Part(forget, against, stays, names={"competition_entry": _entry}))
