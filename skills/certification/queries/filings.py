"""The register of filings, one body's filing, the authority's work list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisations
from skills.certification.models import Filing, FilingChange, FilingPause, FilingScope, StepTaken
from skills.certification.rules.filings import Filed, Pause, ScopeItem, last_day, works_for
from skills.certification.rules.numbers import BodyKind
from skills.certification.states import ENDED, FILING, INSPECTED, PROMISES, PROMOTION, SITTING, WORKING, FilingState
from skills.certification.states.filings import FILING_CHANGE, ChangeState
from skills.kernel.errors import Missing
from skills.standards.queries import occupations, value
from skills.standards.rules import Level

MACHINES = {m.name: m for m in (FILING, FILING_CHANGE, SITTING, PROMOTION)}
PUBLISHED = (*WORKING, *ENDED)


@dataclass(frozen=True)
class ScopeLine:
    """One occupation and branch of a scope with all its levels, lowest first."""

    occupation: str
    name: str
    branch: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class FilingLine:
    """A filing with all that its page shows."""

    id: str
    organisation_id: str
    body: str
    district: str
    number: str
    kind: str
    kind_words: tuple[str, str]
    path: str
    state: str
    contact: str
    filed_on: date | None
    valid_to: date | None
    inspect_by: date | None
    scope: tuple[ScopeLine, ...]
    pauses: tuple[Pause, ...] = ()
    added: tuple[tuple[ScopeItem, date], ...] = ()
    channel: str = ""
    due_on: date | None = None

    asked: str = ""
    to_inspect: bool = False
    broken_on: date | None = None

    def within(self, districts: Collection[str] | None) -> bool:
        """Whether its body lies in one of these districts; None is the whole city."""
        return districts is None or self.district in districts

    def late(self, day: date) -> bool:
        """Whether the authority's answer is overdue."""
        return self.due_on is not None and self.due_on < day

    @property
    def stopped(self) -> Pause | None:
        """What keeps it from working now, and since when."""
        return next((pause for pause in self.pauses if pause.until is None), None)

    def expired(self, day: date) -> bool:
        """Whether its term is over."""
        return self.valid_to is not None and self.valid_to < day


@dataclass(frozen=True)
class StepLine:
    """A step of a history."""

    zh: str
    en: str
    by: str
    at: datetime
    reason: str


def register(db: Session) -> Sequence[FilingLine]:
    """The public register: every filing that was ever in force, by number."""
    rows = db.scalars(select(Filing).where(Filing.state.in_(PUBLISHED)).order_by(Filing.number))
    return _lines(db, rows)


def broken(db: Session, lines: Iterable[FilingLine], day: date) -> Sequence[tuple[FilingLine, date]]:
    """Who promised what was found untrue, the newest first, each with the last day of its bar: as long as that runs (desks D15)."""
    years = value(db, "filing.promise_bar_years", day)
    found = [(f, last_day(f.broken_on, years)) for f in lines if f.broken_on is not None]
    return sorted(((f, until) for f, until in found if day <= until), key=lambda one: (one[1], one[0].number), reverse=True)


def by_number(db: Session, number: str) -> FilingLine:
    """A filing of the public register. Raises Missing("filing.unknown")."""
    rows = db.scalars(select(Filing).where(Filing.number == number.strip().upper(), Filing.state.in_(PUBLISHED)))
    return _one(_lines(db, rows))


def filing(db: Session, filing_id: str, districts: Collection[str] | None = None) -> FilingLine:
    """Any filing, for the authority of these districts (None: the whole city). Raises Missing("filing.unknown")."""
    return _one([f for f in _lines(db, db.scalars(select(Filing).where(Filing.id == filing_id))) if f.within(districts)])


def live_of(db: Session, organisation_id: str) -> FilingLine | None:
    """A body's filing that is not ended, or None."""
    rows = db.scalars(
        select(Filing).where(Filing.organisation_id == organisation_id, Filing.state.not_in(ENDED))
    )
    found = _lines(db, rows)
    return found[0] if found else None


def for_bureau(db: Session, districts: Collection[str] | None, day: date) -> Sequence[FilingLine]:
    """Every filing that was handed in by bodies of these districts (None: the whole city): the late ones first, then those that
    wait by their day, then promises by the day of their inspection, then the newest."""
    rows = db.scalars(select(Filing).where(Filing.state != FilingState.DRAFT).order_by(Filing.id.desc()))
    return sorted((f for f in _lines(db, rows) if f.within(districts)), key=lambda f: _urgency(f, day))


def _urgency(f: FilingLine, day: date) -> tuple[int, date]:
    if f.due_on is not None:
        return (0 if f.late(day) else 1), f.due_on
    return (2 if f.to_inspect else 3), (f.inspect_by if f.to_inspect else None) or date.max


def covering(db: Session, occupation: str, level: Level, day: date) -> Sequence[FilingLine]:
    """The filings that allow a certificate in this occupation and level on a day."""
    return [
        line
        for line in register(db)
        if works_for(as_filed(line), occupation, "", level, day)
    ]  # fmt: skip


def as_filed(line: FilingLine) -> Filed:
    """A filing as its rules see it."""
    items = frozenset(ScopeItem(s.occupation, s.branch, level) for s in line.scope for level in s.levels)
    return Filed(line.number, line.state, line.filed_on, line.valid_to, items, line.pauses, dict(line.added))


def filed(db: Session, row: Filing) -> Filed:
    """A filing as its rules see it, read alone."""
    scope = {
        ScopeItem(s.occupation, s.branch, Level(s.level)): s.added_on
        for s in db.scalars(select(FilingScope).where(FilingScope.filing_id == row.id))
    }
    added = {item: day for item, day in scope.items() if day is not None}
    pauses = _pauses(db, [row.id])[row.id]
    return Filed(row.number or "", row.state, row.filed_on, row.valid_to, frozenset(scope), tuple(pauses), added)


def history(db: Session, subject: str, subject_id: str) -> Sequence[StepLine]:
    """What happened to a filing, sitting or promotion, newest first."""
    rows = db.scalars(
        select(StepTaken)
        .where(StepTaken.subject == subject, StepTaken.subject_id == subject_id)
        .order_by(StepTaken.at.desc(), StepTaken.id.desc())
    )
    moves = MACHINES[subject].moves
    found = []
    for row in rows:
        zh, _, en = moves[row.move].means.partition(" ")
        found.append(StepLine(zh, en, name_of(db, row.by), row.at, row.reason))
    return found


def _one(found: Sequence[FilingLine]) -> FilingLine:
    if not found:
        raise Missing("filing.unknown")
    return found[0]


def _lines(db: Session, rows: Iterable[Filing]) -> list[FilingLine]:
    held = list(rows)
    bodies = {o.id: o for o in organisations(db)}
    names = {o.code: o.name for o in occupations(db)}
    scope: dict[str, dict[tuple[str, str], list[Level]]] = defaultdict(lambda: defaultdict(list))
    added: dict[str, list[tuple[ScopeItem, date]]] = defaultdict(list)
    for item in db.scalars(select(FilingScope).where(FilingScope.filing_id.in_([f.id for f in held]))):
        scope[item.filing_id][item.occupation, item.branch].append(Level(item.level))
        if item.added_on is not None:
            added[item.filing_id].append((ScopeItem(item.occupation, item.branch, Level(item.level)), item.added_on))
    pauses = _pauses(db, [f.id for f in held])
    promised = uninspected(db, [f.id for f in held if f.state in (FilingState.FILED, FilingState.EXPIRED)])
    asked = {
        filing_id: (kind, due_on)
        for filing_id, kind, due_on in db.execute(
            select(FilingChange.filing_id, FilingChange.kind, FilingChange.due_on).where(
                FilingChange.filing_id.in_([f.id for f in held]), FilingChange.state == ChangeState.ASKED
            )
        )
    }  # fmt: skip
    return [
        FilingLine(
            f.id, f.organisation_id, bodies[f.organisation_id].name, bodies[f.organisation_id].district,
            f.number or "", f.kind, BodyKind(f.kind).words, f.path, f.state, f.contact, f.filed_on, f.valid_to,
            f.inspect_by,
            _scope_lines(scope[f.id], names),
            tuple(pauses[f.id]), tuple(sorted(added[f.id])), f.channel or "", f.due_on or asked.get(f.id, ("", None))[1],
            asked.get(f.id, ("", None))[0], f.state == FilingState.ON_COMMITMENT or f.id in promised, f.broken_on,
        )
        for f in held
    ]  # fmt: skip


def uninspected(db: Session, filing_ids: Collection[str]) -> Collection[str]:
    """Which of these filings rest, or rested to their end, on a promise that nobody has inspected."""
    chosen = (
        select(StepTaken.subject_id, StepTaken.move)
        .where(StepTaken.subject == "filing", StepTaken.subject_id.in_(filing_ids), StepTaken.move.in_((*PROMISES, *INSPECTED)))
        .order_by(StepTaken.at, StepTaken.id)
    )
    last = {row.subject_id: row.move for row in db.execute(chosen)}
    return {filing_id for filing_id, name in last.items() if name in PROMISES}


def _pauses(db: Session, filing_ids: Sequence[str]) -> Mapping[str, list[Pause]]:
    found: dict[str, list[Pause]] = defaultdict(list)
    rows = select(FilingPause).where(FilingPause.filing_id.in_(filing_ids)).order_by(FilingPause.since, FilingPause.step_id)
    for row in db.scalars(rows):
        found[row.filing_id].append(Pause(row.kind, row.since, row.until))
    return found


def lines_of_scope(db: Session, items: Iterable[ScopeItem]) -> tuple[ScopeLine, ...]:
    """Parts of a scope as pages show them."""
    levels: dict[tuple[str, str], list[Level]] = defaultdict(list)
    for item in items:
        levels[item.occupation, item.branch].append(item.level)
    return _scope_lines(levels, {o.code: o.name for o in occupations(db)}) if levels else ()


def _scope_lines(levels: Mapping[tuple[str, str], list[Level]], names: Mapping[str, str]) -> tuple[ScopeLine, ...]:
    return tuple(ScopeLine(code, names[code], branch, tuple(sorted(held))) for (code, branch), held in sorted(levels.items()))
