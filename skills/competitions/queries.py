"""What pages show of competitions; judges see bench numbers, everyone else masked names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.competitions import rules
from skills.competitions.models import Competition, Entry, Event, Mark, Result
from skills.competitions.states import CompetitionState, EntryState
from skills.kernel.errors import Missing
from skills.people.queries import persons
from skills.standards.queries import occupation, value
from skills.standards.rules import Level

SHOWN = (
    CompetitionState.OPEN, CompetitionState.RUNNING, CompetitionState.MARKED, CompetitionState.RATIFIED,
    CompetitionState.PUBLISHED,
)  # fmt: skip


@dataclass(frozen=True)
class EventLine:
    """An event with how many compete in it."""

    id: str
    serial: int
    name: str
    occupation: str
    occupation_name: str
    paper_level: Level
    practical_weight: int
    entries: int


@dataclass(frozen=True)
class CompetitionLine:
    """A competition. `seed` is the text from which the bench numbers are drawn."""

    id: str
    name: str
    series: str
    tier: str
    organiser: str
    venue: str
    starts_on: date
    ends_on: date
    state: str
    seed: str
    planned_by: str
    closed_by: str | None
    published_at: datetime | None
    events: tuple[EventLine, ...]


@dataclass(frozen=True)
class OpenMark:
    """A mark that two judges do not agree on yet; `why` is missing or differs."""

    event: str
    bench: int
    section: str
    why: str


@dataclass(frozen=True)
class PlaceLine:
    """A place as everyone may see it. `total` as printed; empty for somebody who was absent."""

    entry_id: str
    bench: int
    name: str
    delegation: str
    total: str
    rank: int | None
    prize: int | None
    certificate_number: str | None


@dataclass(frozen=True)
class MyEntry:
    """One's own entry."""

    id: str
    event_id: str
    state: str
    bench: int | None
    event: str
    competition_id: str
    competition: str
    competition_state: str
    starts_on: date
    rank: int | None
    prize: int | None
    certificate_number: str | None


@dataclass(frozen=True)
class Desk:
    """One bench on a judge's sheet: the judge's own mark, never another's. `told` asks to look again."""

    bench: int
    text: str
    absent: bool
    minutes: str
    told: bool


def competitions(db: Session, states: Iterable[str] | None = None) -> list[CompetitionLine]:
    """Competitions, the latest first."""
    chosen = select(Competition).order_by(Competition.starts_on.desc(), Competition.serial.desc())
    if states is not None:
        chosen = chosen.where(Competition.state.in_(list(states)))
    return [_line(db, row) for row in db.scalars(chosen)]


def competition(db: Session, competition_id: str, states: Iterable[str] | None = None) -> CompetitionLine:
    """One competition. Raises Missing."""
    row = db.get(Competition, competition_id)
    if row is None or (states is not None and row.state not in set(states)):
        raise Missing("competition.unknown")
    return _line(db, row)


def event(db: Session, event_id: str) -> tuple[CompetitionLine, EventLine]:
    """One event with its competition. Raises Missing."""
    row = db.get(Event, event_id)
    if row is None:
        raise Missing("competition_event.unknown")
    held = competition(db, row.competition_id)
    return held, next(line for line in held.events if line.id == event_id)


def entries_of(db: Session, person_id: str) -> list[MyEntry]:
    """One's own entries, the latest first."""
    rows = db.execute(
        select(Entry, Event, Competition, Result)
        .join(Event, Event.id == Entry.event_id)
        .join(Competition, Competition.id == Event.competition_id)
        .outerjoin(Result, Result.entry_id == Entry.id)
        .where(Entry.person_id == person_id)
        .order_by(Entry.entered_at.desc())
    )
    return [
        MyEntry(
            entry.id, entry.event_id, entry.state, entry.bench, held.name, contest.id, contest.name, contest.state, contest.starts_on,
            result.rank if result else None, result.prize if result else None,
            result.certificate_number if result else None,
        )
        for entry, held, contest, result in rows
    ]  # fmt: skip


def places(db: Session, event_id: str) -> list[PlaceLine]:
    """The published ranking of an event, best first, then those who were absent."""
    rows = db.execute(
        select(Result, Entry).join(Entry, Entry.id == Result.entry_id).where(Result.event_id == event_id)
    ).all()
    who = persons(db, [entry.person_id for _, entry in rows])
    lines = [
        PlaceLine(
            entry.id, entry.bench or 0, who[entry.person_id].masked_name, entry.delegation,
            "" if result.total is None else f"{Decimal(result.total) / 100:.2f}", result.rank, result.prize,
            result.certificate_number,
        )
        for result, entry in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (line.rank is None, line.rank or 0, line.bench))


def draft_places(db: Session, event_id: str, prizes: Sequence[int]) -> list[PlaceLine]:
    """The ranking as it stands before it is published, by bench number alone."""
    benches = {entry.id: entry.bench for entry in _live(db, event_id)}
    return [
        PlaceLine(
            p.entry, benches[p.entry] or 0, "", "", "" if p.total is None else f"{p.total}", p.rank, p.prize, None
        )
        for p in ranking(db, event_id, prizes)
    ]


def ranking(db: Session, event_id: str, prizes: Sequence[int]) -> list[rules.Ranked]:
    """The ranking from the marks that the judges agreed on."""
    held = db.get_one(Event, event_id)
    ladder = value(db, "competition.tie_ladder", starts_on(db, held))
    lines = []
    for entry in _live(db, event_id):
        marks = {m.section: m for m in db.scalars(select(Mark).where(Mark.entry_id == entry.id))}
        values = {s: Decimal(m.value) if m.value is not None else None for s, m in marks.items()}
        minutes = marks["practical"].minutes if "practical" in marks else None
        lines.append(rules.Line(entry.id, values.get("practical"), values.get("theory"), minutes))
    return rules.rank(lines, held.practical_weight, prizes, ladder)


def starts_on(db: Session, event: Event) -> date:
    """The day that decides which policy rows hold for an event: its competition's first."""
    return db.get_one(Competition, event.competition_id).starts_on


def judges(db: Session, event: Event) -> int:
    """How many judges mark each section of an event."""
    return int(value(db, "competition.judges", starts_on(db, event)))


def prize_places(prizes: Sequence[Mapping[str, Any]]) -> list[int]:
    """How many places each prize has, from the policy row `competition.prizes`."""
    return [int(prize["places"]) for prize in prizes]


def by_hand_of(db: Session, account: str, person_id: str | None, *, event_id: str = "", competition_id: str = "") -> bool:
    """Whether this account, whose own person this is, entered somebody else who competes in an event or a competition."""
    chosen = (
        select(Entry.id)
        .join(Event, Event.id == Entry.event_id)
        .where(Entry.entered_by == account, Entry.person_id != (person_id or ""), Entry.state == EntryState.ENTERED)
        .where(Event.id == event_id if event_id else Event.competition_id == competition_id)
    )
    return db.scalars(chosen).first() is not None


def unsettled(db: Session, competition_id: str) -> list[OpenMark]:
    """Every mark of a competition that its judges do not agree on yet, in order of event and bench."""
    found = []
    for held in db.scalars(select(Event).where(Event.competition_id == competition_id).order_by(Event.serial)):
        wanted = judges(db, held)
        for entry in _live(db, held.id):
            marks = db.scalars(select(Mark).where(Mark.entry_id == entry.id)).all()
            for section in rules.weighed(held.practical_weight):
                given = [(m.value, m.minutes) for m in marks if m.section == section]
                if len(given) < wanted:
                    found.append(OpenMark(held.name, entry.bench or 0, section, "missing"))
                elif len(set(given)) > 1:
                    found.append(OpenMark(held.name, entry.bench or 0, section, "differs"))
    return found


def sheet(db: Session, event_id: str, section: str, judge: str) -> list[Desk]:
    """A judge's own sheet of a section; `told` where all judges have typed and differ."""
    lines = []
    wanted = judges(db, db.get_one(Event, event_id))
    for entry in _live(db, event_id):
        marks = db.scalars(select(Mark).where(Mark.entry_id == entry.id, Mark.section == section)).all()
        own = next((m for m in marks if m.judge == judge), None)
        differs = len(marks) >= wanted and len({(m.value, m.minutes) for m in marks}) > 1
        lines.append(
            Desk(
                entry.bench or 0, (own.value or "") if own else "", own is not None and own.value is None,
                _text(own.minutes) if own else "", own is not None and differs,
            )
        )  # fmt: skip
    return lines


def _text(minutes: int | None) -> str:
    return "" if minutes is None else str(minutes)


def _live(db: Session, event_id: str) -> Sequence[Entry]:
    chosen = select(Entry).where(Entry.event_id == event_id, Entry.state == EntryState.ENTERED).order_by(Entry.bench)
    return db.scalars(chosen).all()


def _line(db: Session, row: Competition) -> CompetitionLine:
    held = db.scalars(select(Event).where(Event.competition_id == row.id).order_by(Event.serial)).all()
    rows: Any = db.execute(
        select(Entry.event_id, func.count())
        .where(Entry.event_id.in_([e.id for e in held]), Entry.state == EntryState.ENTERED)
        .group_by(Entry.event_id)
    )
    counts: dict[str, int] = {event_id: count for event_id, count in rows}  # noqa: C416 - rows are not pairs to mypy
    events = tuple(
        EventLine(
            e.id, e.serial, e.name, e.occupation, occupation(db, e.occupation).name, Level(e.paper_level),
            e.practical_weight, counts.get(e.id, 0),
        )
        for e in held
    )  # fmt: skip
    return CompetitionLine(
        row.id, row.name, row.series, row.tier, organisation(db, row.organiser_id).name, row.venue, row.starts_on,
        row.ends_on, row.state, row.seed, row.planned_by, row.closed_by, row.published_at, events,
    )  # fmt: skip
