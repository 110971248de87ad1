"""Norms of bodies: the grid with what is missing in it, and which norms a scope asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Filing, FilingChange, FilingScope, Norm
from skills.certification.rules import norms as rules
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.norms import Attribute
from skills.certification.states import FilingState
from skills.certification.states.filings import ChangeState
from skills.certification.states.norms import NormState
from skills.kernel.errors import Missing
from skills.kernel.findings import Finding, Verdict, no_fault
from skills.standards.queries import occupation, value
from skills.standards.rules import Level


@dataclass(frozen=True)
class NormLine:
    """A version of a norm with its grid. `cells`: by the level's rank as text, then by the attribute's code."""

    id: str
    filing_id: str
    organisation_id: str
    occupation: str
    name: str
    branch: str
    version: int
    state: str
    levels: tuple[Level, ...]
    attributes: tuple[Attribute, ...]
    cells: Mapping[str, Mapping[str, str]]
    missing: tuple[Finding, ...]


def attributes_on(db: Session, day: date) -> tuple[Attribute, ...]:
    """The columns of the grid on a day."""
    return rules.attributes_of(value(db, "filing.norm_attributes", day))


def norm(db: Session, norm_id: str, day: date, bodies: Collection[str] | None = None) -> NormLine:
    """One version, of one's own bodies if they are named. Raises Missing("norm.unknown")."""
    found = db.execute(
        select(Norm, Filing.organisation_id).join(Filing, Filing.id == Norm.filing_id).where(Norm.id == norm_id)
    ).one_or_none()
    if found is None or (bodies is not None and found[1] not in bodies):
        raise Missing("norm.unknown")
    return _line(db, found[0], found[1], day)


def of_filing(db: Session, filing_id: str, day: date) -> Sequence[NormLine]:
    """The norms of a filing: drafts and those in force."""
    rows = db.execute(
        select(Norm, Filing.organisation_id)
        .join(Filing, Filing.id == Norm.filing_id)
        .where(Norm.filing_id == filing_id, Norm.state.in_((NormState.DRAFT, NormState.FILED)))
        .order_by(Norm.occupation, Norm.branch, Norm.version)
    )
    return [_line(db, row, organisation_id, day) for row, organisation_id in rows]


def levels_of(db: Session, filing_id: str, occupation_code: str, branch: str) -> tuple[Level, ...]:
    """The levels that may be written: those of the scope, and beside a filing in force every level that could be added."""
    levels = in_scope(db, filing_id, occupation_code, branch)
    begun = db.scalar(select(Filing.number).where(Filing.id == filing_id)) is not None
    return tuple(sorted(levels | ({level for level in Level if level.examined} if begun else set())))


def in_scope(db: Session, filing_id: str, occupation_code: str, branch: str) -> set[Level]:
    """The levels of one part of a scope."""
    held = select(FilingScope.level).where(
        FilingScope.filing_id == filing_id, FilingScope.occupation == occupation_code, FilingScope.branch == branch
    )
    return {Level(level) for level in db.scalars(held)}


def locked(db: Session, filing_id: str) -> bool:
    """Whether somebody is looking at what was handed in: nothing is written meanwhile."""
    waits = select(FilingChange.id).where(FilingChange.filing_id == filing_id, FilingChange.state == ChangeState.ASKED)
    state = db.scalar(select(Filing.state).where(Filing.id == filing_id))
    return state == FilingState.SUBMITTED or db.scalar(waits.limit(1)) is not None


def complete(db: Session, filing_id: str, items: Iterable[ScopeItem], day: date) -> Verdict:
    """Whether every part of a scope that needs a norm has one without an empty cell.

    A norm is needed where the body wrote one itself, and for occupations that the policy row `filing.norm_needed` names.
    """
    needed = set(value(db, "filing.norm_needed", day))
    attributes = attributes_on(db, day)
    rows = db.scalars(
        select(Norm).where(Norm.filing_id == filing_id, Norm.state.in_((NormState.DRAFT, NormState.FILED))).order_by(Norm.version)
    )
    held = {(row.occupation, row.branch): row for row in rows}  # a draft is newer than what is in force
    levels: dict[tuple[str, str], set[Level]] = defaultdict(set)
    for item in items:
        levels[item.occupation, item.branch].add(item.level)
    found: list[Finding] = []
    for (code, branch), wanted in sorted(levels.items()):
        row = held.get((code, branch)) or held.get((code, ""))
        if row is not None:
            found += rules.faults(code, branch, row.cells, wanted, attributes).findings
        elif code in needed:
            found.append(Finding("filing.norm_missing", False, "", {"occupation": code, "branch": branch or "--"}))
    return no_fault("filing.norm_incomplete", found)


def _line(db: Session, row: Norm, organisation_id: str, day: date) -> NormLine:
    levels, attributes = levels_of(db, row.filing_id, row.occupation, row.branch), attributes_on(db, day)
    begun = {Level(int(rank)) for rank, said in row.cells.items() if any(rules.written(text) for text in said.values())}
    due = in_scope(db, row.filing_id, row.occupation, row.branch) | begun
    missing = rules.faults(row.occupation, row.branch, row.cells, due, attributes)
    return NormLine(
        row.id, row.filing_id, organisation_id, row.occupation, occupation(db, row.occupation).name, row.branch, row.version,
        row.state, levels, attributes, row.cells, missing.findings,
    )  # fmt: skip
