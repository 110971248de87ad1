"""Returns by pages, each read from where the one before ended: a large one opens as fast as a small one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from skills.kernel.box import Box
from skills.kernel.sheets import address
from skills.returns import queries
from skills.returns.kinds import kind_of
from skills.returns.models import Return, ReturnFinding, ReturnLine
from skills.returns.queries import under_way
from skills.returns.rules import Kind, Severity
from skills.returns.states import LINE, LineState

PAGE = 50


@dataclass(frozen=True)
class Listed:
    """A return in a list, by what stands on its face. Money in 分; `stopped`: the work on it was given up."""

    id: str
    kind: str
    kind_words: tuple[str, str]
    organisation_id: str | None
    file_name: str
    state: str
    number: str | None
    uploaded_at: datetime
    lines: int
    good: int
    bad: int
    worth: int
    stopped: bool


@dataclass(frozen=True)
class ShownFinding:
    """A finding with its address in the sheet."""

    row: int
    column: str
    at: str
    code: str
    severity: str
    facts: Mapping[str, object]
    column_words: tuple[str, str]
    id: str = ""


@dataclass(frozen=True)
class ShownLine:
    """A row as its page shows it."""

    row: int
    cells: Mapping[str, str]
    state: str
    worth: int
    findings: tuple[ShownFinding, ...]
    state_words: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class ReturnPage:
    """A return with one page of its lines.

    after   the row behind which this page begins
    before  the same of the page before it; None on the first
    more    the same of the next page; None on the last
    """

    summary: queries.ReturnSummary
    kind: Kind
    columns: tuple[str, ...]
    file_findings: tuple[ShownFinding, ...]
    lines: tuple[ShownLine, ...]
    after: int
    before: int | None
    more: int | None


def returns_of(db: Session, organisations: Collection[str | None], after: str = "", most: int = PAGE) -> list[Listed]:
    """Returns of these organisations, newest first, behind one of them."""
    chosen = select(Return).where(queries.owned(organisations))
    if after:
        chosen = chosen.where(Return.id < after)
    stopped = under_way.stopped(db, organisations)
    return [
        Listed(
            r.id, r.kind, (kind_of(r.kind).zh, kind_of(r.kind).en), r.organisation_id, r.file_name, r.state, r.number, r.uploaded_at,
            r.lines, r.good, r.bad, r.worth, r.id in stopped,
        )
        for r in db.scalars(chosen.order_by(Return.id.desc()).limit(most))
    ]  # fmt: skip


def page_of(
    db: Session, box: Box, return_id: str, organisations: Collection[str | None], *, bad_only: bool = True, after: int = 0
) -> ReturnPage:
    """A return with 50 of the rows that need work (or of all rows) behind a row, and no other row read. Raises Missing."""
    row = queries.find(db, return_id, organisations)
    kind = kind_of(row.kind)
    columns = tuple(c.name for c in kind.columns if c.name in row.places)
    numbers, before, more = _numbers(db, return_id, bad_only, after)
    by_row = _in_order(_findings(db, row, kind, ReturnFinding.row.in_([0, *numbers])))
    lines = select(ReturnLine).where(ReturnLine.return_id == return_id, ReturnLine.row.in_(numbers)).order_by(ReturnLine.row)
    shown = [
        ShownLine(
            line.row, queries.opened(box, line), line.state, line.worth, tuple(by_row.get(line.row, ())),
            LINE.words[LineState(line.state)],
        )
        for line in db.scalars(lines)
    ]  # fmt: skip
    return ReturnPage(
        queries.summaries(db, [row])[0], kind, columns, tuple(by_row.get(0, ())), tuple(shown), after, before, more
    )


def _numbers(db: Session, return_id: str, bad_only: bool, after: int) -> tuple[list[int], int | None, int | None]:
    """The rows of a page, and the rows behind which the page before it and the next one begin."""
    column: InstrumentedAttribute[int] = ReturnLine.row
    chosen = select(column).where(ReturnLine.return_id == return_id)
    if bad_only:
        column = ReturnFinding.row
        same = (ReturnLine.return_id == ReturnFinding.return_id) & (ReturnLine.row == ReturnFinding.row)
        chosen = select(column).join(ReturnLine, same).where(ReturnFinding.return_id == return_id).distinct()
    behind = list(db.scalars(chosen.where(column > after).order_by(column).limit(PAGE + 1)))
    up_to = list(db.scalars(chosen.where(column <= after).order_by(column.desc()).limit(PAGE + 1))) if after else []
    before = None if not up_to else up_to[PAGE] if len(up_to) > PAGE else 0
    return behind[:PAGE], before, behind[PAGE - 1] if len(behind) > PAGE else None


def failed_rows(
    db: Session, box: Box, return_id: str, organisations: Collection[str | None]
) -> tuple[Kind, list[tuple[dict[str, str], tuple[ShownFinding, ...]]]]:
    """The rows that were or would be held, with their findings. Raises Missing."""
    row = queries.find(db, return_id, organisations)
    kind = kind_of(row.kind)
    wrong = select(ReturnFinding.row).where(ReturnFinding.return_id == return_id, ReturnFinding.severity != Severity.WARNING)
    by_row = _in_order(_findings(db, row, kind, ReturnFinding.row.in_(wrong)))
    chosen = select(ReturnLine).where(ReturnLine.return_id == return_id, ReturnLine.row.in_(wrong)).order_by(ReturnLine.row)
    return kind, [(queries.opened(box, line), tuple(by_row[line.row])) for line in db.scalars(chosen)]


def findings_of(
    db: Session, return_id: str, organisations: Collection[str | None], after: tuple[int, str] | None = None, most: int | None = None
) -> list[ShownFinding]:
    """What the rules found in a return, by row, behind the finding of this row and id. Raises Missing."""
    row = queries.find(db, return_id, organisations)
    those = [] if after is None else [tuple_(ReturnFinding.row, ReturnFinding.id) > after]
    by_row = _findings(db, row, kind_of(row.kind), *those, most=most)
    return [f for found in by_row.values() for f in found]


def _findings(
    db: Session, row: Return, kind: Kind, *those: ColumnElement[bool], most: int | None = None
) -> dict[int, list[ShownFinding]]:
    found: dict[int, list[ShownFinding]] = {}
    chosen = select(ReturnFinding).where(ReturnFinding.return_id == row.id, *those)
    for f in db.scalars(chosen.order_by(ReturnFinding.row, ReturnFinding.id).limit(most)):
        column = kind.column(f.column)
        at = address(f.row, row.places[f.column] + 1) if f.column in row.places else str(f.row or "")
        shown = ShownFinding(f.row, f.column, at, f.code, f.severity, f.facts, (column.zh, column.en), f.id)
        found.setdefault(f.row, []).append(shown)
    return found


def _in_order(found: dict[int, list[ShownFinding]]) -> dict[int, list[ShownFinding]]:
    """The findings of each row by column and rule: their ids say nothing about it."""
    return {row: sorted(those, key=lambda f: (f.column, f.code)) for row, those in found.items()}
