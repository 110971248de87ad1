"""The register of filings, one body's filing, the authority's work list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisations
from skills.certification.models import Filing, FilingScope, StepTaken
from skills.certification.rules.filings import Filed, ScopeItem, covers
from skills.certification.rules.numbers import BodyKind
from skills.certification.states import FILING, PROMOTION, SITTING, FilingState
from skills.kernel.errors import Missing
from skills.standards.queries import occupations
from skills.standards.rules import Level

MACHINES = {m.name: m for m in (FILING, SITTING, PROMOTION)}
PUBLISHED = (FilingState.ON_COMMITMENT, FilingState.FILED, FilingState.SUSPENDED, FilingState.REVOKED)


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


def by_number(db: Session, number: str) -> FilingLine:
    """A filing of the public register. Raises Missing("filing.unknown")."""
    rows = db.scalars(select(Filing).where(Filing.number == number.strip().upper(), Filing.state.in_(PUBLISHED)))
    return _one(_lines(db, rows))


def filing(db: Session, filing_id: str) -> FilingLine:
    """Any filing, for the authority. Raises Missing("filing.unknown")."""
    return _one(_lines(db, db.scalars(select(Filing).where(Filing.id == filing_id))))


def live_of(db: Session, organisation_id: str) -> FilingLine | None:
    """A body's filing that is not ended, or None."""
    rows = db.scalars(
        select(Filing).where(Filing.organisation_id == organisation_id, Filing.state != FilingState.REVOKED)
    )
    found = _lines(db, rows)
    return found[0] if found else None


def for_bureau(db: Session) -> Sequence[FilingLine]:
    """Every filing that was handed in: those that wait first, then the newest."""
    rows = db.scalars(select(Filing).where(Filing.state != FilingState.DRAFT).order_by(Filing.id.desc()))
    order = {FilingState.SUBMITTED: 0, FilingState.ON_COMMITMENT: 1}
    return sorted(_lines(db, rows), key=lambda f: order.get(FilingState(f.state), 2))


def covering(db: Session, occupation: str, level: Level, day: date) -> Sequence[FilingLine]:
    """The filings that allow a certificate in this occupation and level on a day."""
    return [
        line
        for line in register(db)
        if covers(as_filed(line), occupation, "", level, day)
    ]  # fmt: skip


def as_filed(line: FilingLine) -> Filed:
    """A filing as its rules see it."""
    items = frozenset(ScopeItem(s.occupation, s.branch, level) for s in line.scope for level in s.levels)
    return Filed(line.number, line.state, line.filed_on, line.valid_to, items)


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
    for item in db.scalars(select(FilingScope).where(FilingScope.filing_id.in_([f.id for f in held]))):
        scope[item.filing_id][item.occupation, item.branch].append(Level(item.level))
    return [
        FilingLine(
            f.id, f.organisation_id, bodies[f.organisation_id].name, bodies[f.organisation_id].district,
            f.number or "", f.kind, BodyKind(f.kind).words, f.path, f.state, f.contact, f.filed_on, f.valid_to,
            f.inspect_by,
            tuple(
                ScopeLine(code, names[code], branch, tuple(sorted(levels)))
                for (code, branch), levels in sorted(scope[f.id].items())
            ),
        )
        for f in held
    ]  # fmt: skip
