"""Marks: two judges enter each section without seeing the other's; they count when they agree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from skills.competitions import rules
from skills.competitions.models import Competition, Entry, Event, Mark
from skills.competitions.queries import OpenMark, by_hand_of, judges, unsettled
from skills.competitions.states import COMPETITION, CompetitionState, EntryState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.kernel.findings import Finding
from skills.standards.queries import value

MOST_NAMED = 50


@dataclass(frozen=True)
class Typed:
    """A mark as a judge typed it, by bench number. An empty text is left out; `absent` is said, never guessed."""

    bench: int
    text: str
    absent: bool = False
    minutes: int | None = None


@dataclass(frozen=True)
class Entered:
    """How many marks were taken."""

    count: int


@action("mark.enter", may="mark.enter")
def enter(act: Act, event_id: str, section: str, marks: tuple[Typed, ...]) -> Entered:
    """Enter marks of a section; one's own may be entered again until the marking is closed.

    Benches are drawn from a public seed, so that whoever entered somebody knows the bench: they mark nobody of the event.
    """
    event = act.get(Event, id=event_id)
    held = act.get(Competition, id=event.competition_id)
    if held.state != CompetitionState.RUNNING:
        raise Refusal("mark.not_running")
    if section not in rules.weighed(event.practical_weight):
        raise Refusal("mark.section", section=section)
    if by_hand_of(act.db, act.actor.account, act.actor.person, event_id=event.id):
        raise Refusal("mark.own_hand")
    step = Decimal(str(value(act.db, "competition.mark_step", act.today)))
    count = 0
    for typed in marks:
        if not typed.text.strip() and not typed.absent:
            continue
        if typed.minutes is not None and not 0 <= typed.minutes <= rules.MOST_MINUTES:
            raise Refusal("mark.minutes_refused", bench=typed.bench, text=str(typed.minutes))
        mark = None if typed.absent else rules.read_mark(typed.text, step, typed.bench)
        _write(act, event, section, typed, mark)
        count += 1
    act.note("mark.enter", event_id=event.id, section=section, count=count)
    return Entered(count)


def _write(act: Act, event: Event, section: str, typed: Typed, mark: Decimal | None) -> None:
    entry = act.find(Entry, event_id=event.id, bench=typed.bench, state=EntryState.ENTERED)
    if entry is None:
        raise Missing("competition_entry.unknown")
    if entry.person_id == act.actor.person:
        raise Refusal("mark.own")
    row = act.find(Mark, entry_id=entry.id, section=section, judge=act.actor.account)
    others = {m.judge for m in act.db.scalars(select(Mark).where(Mark.entry_id == entry.id, Mark.section == section))}
    if row is None and len(others) >= judges(act.db, event):
        raise Refusal("mark.two_already", bench=typed.bench)
    text = None if mark is None else f"{mark:f}"
    if row is None:
        act.add(
            Mark(id=act.new_id(), entry_id=entry.id, section=section, judge=act.actor.account, value=text,
                 minutes=typed.minutes, at=act.at)
        )  # fmt: skip
        return
    act.note("mark.change", id=row.id, before=row.value, after=text)
    row.value, row.minutes, row.at = text, typed.minutes, act.at


@action("competition.close_marking", may="competition.plan")
def close_marking(act: Act, competition_id: str) -> None:
    """Close the marking once two judges agree on every mark. Raises Refusal("competition.marks_open") naming the rest."""
    row = act.get(Competition, id=competition_id)
    COMPETITION.check(row.state, "close_marking")
    rest = unsettled(act.db, row.id)
    if rest:
        findings = tuple(_open_mark(mark) for mark in rest[:MOST_NAMED])
        raise Refusal("competition.marks_open", findings, count=len(rest))
    act.move(row, COMPETITION, "close_marking", closed_by=act.actor.account)


def _open_mark(mark: OpenMark) -> Finding:
    zh, en = rules.SECTION_WORDS[mark.section]
    facts = {"event": mark.event, "bench": mark.bench, "section": zh, "section_en": en}
    return Finding(f"mark.{mark.why}", False, facts=facts)
