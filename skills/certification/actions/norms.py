"""A body writes the norm by which it assesses: cell by cell or as a table, in a draft that is filed with its scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from skills.certification.actions.moves import take
from skills.certification.models import Filing, FilingScope, Norm
from skills.certification.queries import norms as queries
from skills.certification.rules.filings import ScopeItem
from skills.certification.rules.norms import MOST, Cell
from skills.certification.states import ENDED
from skills.certification.states.norms import NORM, NormState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.standards.queries import occupations
from skills.standards.rules import Level


@dataclass(frozen=True)
class Written:
    """A norm in draft, and how many of its cells are empty."""

    norm_id: str
    missing: int


@action("norm.begin", may="filing.submit")
def begin(act: Act, filing_id: str, occupation: str, branch: str = "") -> Written:
    """Begin a norm for a part of the scope: empty, or as the one in force says. Once begun it has to be complete."""
    filing = _own(act, filing_id)
    draft = act.find(Norm, filing_id=filing.id, occupation=occupation, branch=branch, state=NormState.DRAFT)
    if draft is not None:
        return Written(draft.id, _missing(act, draft))
    skilled = {o.code: o.branches for o in occupations(act.db, "skill")}
    known = occupation in skilled and (not branch or branch in skilled[occupation])
    if not known or not queries.levels_of(act.db, filing.id, occupation, branch):
        raise Refusal("norm.outside_scope", occupation=occupation, branch=branch or "--")
    before = act.find(Norm, filing_id=filing.id, occupation=occupation, branch=branch, state=NormState.FILED)
    row = act.add(
        Norm(
            id=act.new_id(), filing_id=filing.id, occupation=occupation, branch=branch, version=before.version + 1 if before else 1,
            state=NORM.start, cells=before.cells if before else {}, asked=[], written_by=act.actor.account, written_at=act.at,
        )
    )  # fmt: skip
    act.note("norm.begin", id=row.id)
    return Written(row.id, _missing(act, row))


@action("norm.write", may="filing.submit")
def write(act: Act, norm_id: str, cells: tuple[Cell, ...]) -> Written:
    """Write cells of a draft; those that are not named stay. What is still missing is counted."""
    row = _draft(act, norm_id)
    known = {a.code for a in queries.attributes_on(act.db, act.today)}
    levels = set(queries.levels_of(act.db, row.filing_id, row.occupation, row.branch))
    held: dict[str, dict[str, str]] = {level: dict(said) for level, said in row.cells.items()}
    for cell in cells:
        if cell.attribute not in known or cell.level not in levels:
            raise Refusal("norm.cell_unknown", level=cell.level, attribute=cell.attribute)
        if len(cell.text) > MOST:
            raise Refusal("norm.too_long", cell=f"{cell.level}/{cell.attribute}", most=MOST)
        held.setdefault(str(int(cell.level)), {})[cell.attribute] = cell.text.strip()
    row.cells, row.written_by, row.written_at = held, act.actor.account, act.at
    act.db.flush()
    act.note("norm.write", id=row.id, cells=len(cells))
    return Written(row.id, _missing(act, row))


@action("norm.drop", may="filing.submit")
def drop(act: Act, norm_id: str) -> None:
    """Give a draft up: the occupation is assessed by what was in force before, or by the national standard."""
    take(act, _draft(act, norm_id), NORM, "drop")


def check(act: Act, filing_id: str, items: Iterable[ScopeItem]) -> None:
    """Whether the norms of a scope are complete. Raises Refusal("filing.norm_incomplete") naming every empty cell."""
    queries.complete(act.db, filing_id, items, act.today).or_refuse()


def check_all(act: Act, filing_id: str, more: Iterable[ScopeItem] = ()) -> None:
    """The same for everything in the scope of a filing and what is to be added to it."""
    rows = act.db.scalars(select(FilingScope).where(FilingScope.filing_id == filing_id))
    check(act, filing_id, {*(ScopeItem(r.occupation, r.branch, Level(r.level)) for r in rows), *more})


def put_in_force(act: Act, filing_id: str) -> None:
    """File the drafts of a filing with it; what they replace ends."""
    asked: list[Any] = [a.code for a in queries.attributes_on(act.db, act.today)]
    for draft in act.db.scalars(select(Norm).where(Norm.filing_id == filing_id, Norm.state == NormState.DRAFT)).all():
        if not queries.in_scope(act.db, filing_id, draft.occupation, draft.branch):
            continue
        before = act.find(Norm, filing_id=filing_id, occupation=draft.occupation, branch=draft.branch, state=NormState.FILED)
        if before is not None:
            take(act, before, NORM, "replace")
        take(act, draft, NORM, "file", filed_at=act.at, asked=asked)


def _missing(act: Act, row: Norm) -> int:
    return len(queries.norm(act.db, row.id, act.today).missing)


def _own(act: Act, filing_id: str) -> Filing:
    row = act.get(Filing, id=filing_id)
    act.require("filing.submit", row.organisation_id)
    if row.state in ENDED or queries.locked(act.db, row.id):
        raise Refusal("norm.locked")
    return row


def _draft(act: Act, norm_id: str) -> Norm:
    row = act.get(Norm, id=norm_id)
    _own(act, row.filing_id)
    if row.state != NormState.DRAFT:
        raise Refusal("norm.not_in_draft")
    return row
