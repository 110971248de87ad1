"""Asking the rules about a file without writing anything, and what the pages show."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.kernel.sheets import address
from skills.returns import rules
from skills.returns.kinds import FILE, KINDS, kind_of
from skills.returns.models import Return, ReturnFinding, ReturnLine
from skills.returns.queries import asking
from skills.returns.queries.asking import Near
from skills.returns.queries.marks import marks as marks_of
from skills.returns.rules import CellFinding, Kind, Line, Reader, Seen, Severity, Totals
from skills.returns.states import LINE, ONCE_APPLIED, LineState, ReturnState

PAGE = 50
FILED = (ReturnState.ACCEPTED, ReturnState.APPLIED)


@dataclass(frozen=True)
class Desk:
    """What a kind looks up its facts with."""

    db: Session
    box: Box
    organisation: str | None
    today: date


@dataclass(frozen=True)
class Checked:
    """A file after every rule was asked. `same` names the earlier return that says what a row says; `near` what it is close to."""

    places: Mapping[str, int]
    lines: tuple[Line, ...]
    findings: tuple[CellFinding, ...]
    worths: Mapping[int, int]
    marks: Mapping[int, str]
    same: Mapping[int, str]
    near: Mapping[int, Near] = field(default_factory=dict)

    @property
    def totals(self) -> Totals:
        return rules.total(self.lines, self.findings, self.worths, frozenset(self.same))


def check_sheet(desk: Desk, kind: Kind, rows: Sequence[Sequence[str]]) -> Checked:
    """Check a whole sheet: the dry run and the real run are this one function. Writes nothing."""
    plan = rules.layout(rows, kind.columns)
    if not plan.usable:
        return Checked({}, (), plan.findings, {}, {}, {})
    found = check_lines(desk, kind, rules.cut(rows, plan))
    findings = (*plan.findings, *rules.surplus(rows, plan), *found.findings)
    return Checked(plan.places, found.lines, findings, found.worths, found.marks, found.same, found.near)


def check_lines(
    desk: Desk, kind: Kind, cut: Sequence[tuple[int, Mapping[str, str]]], own: str = "",
    reader: Reader | None = None, seen: Seen | None = None,
) -> Checked:  # fmt: skip
    """Check rows that were cut into cells.

    own           the return they belong to, which is no earlier return
    reader, seen  when they are one part of many: what reads the cells, and what the parts before were about
    """
    reader, seen = reader or Reader(kind.columns), Seen() if seen is None else seen
    lines: list[Line] = []
    findings: list[CellFinding] = []
    for row, cells in cut:
        line, faults = reader.line(row, cells)
        lines.append(line)
        findings += faults
    marks = marks_of(desk.box, kind, desk.organisation, lines)
    filed = _filed_marks(desk, kind, frozenset(marks.values()), own)
    same = {row: filed[m] for row, m in marks.items() if m in filed}
    fresh = [line for line in lines if line.row not in same]
    close = asking.asked(desk, kind, fresh, kind.look(desk, fresh), own)
    judged = kind.judge(fresh, close.facts, seen) if kind.across else kind.judge(fresh, close.facts)
    findings = [f for f in findings if f.row not in same] + close.over(judged)
    worths = {line.row: close.worth(kind, line) for line in fresh}
    order = {c.name: i for i, c in enumerate(kind.columns)}
    findings.sort(key=lambda f: (f.row, order.get(f.column, -1), f.code))
    return Checked({}, tuple(lines), tuple(findings), worths, marks, same, close.near)


def _filed_marks(desk: Desk, kind: Kind, marks: frozenset[str], own: str) -> dict[str, str]:
    """Marks that stand in an earlier return of the same organisation → that return."""
    rows = desk.db.execute(
        select(ReturnLine.mark, Return.id)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(
            among(desk.db, ReturnLine.mark, marks),
            ReturnLine.state.in_((LineState.APPLIED, LineState.WAITING, LineState.AWAITING)),
            Return.organisation_id.is_not_distinct_from(desk.organisation),
            Return.kind == kind.name,
            Return.state.in_(FILED),
            Return.id != own,
        )
        .order_by(Return.accepted_at)
    )
    return {row[0]: row[1] for row in rows}


def place(return_id: str, row: int) -> str:
    """Where the cells of a line are sealed."""
    return f"return_line:{return_id}:{row}"


def opened(box: Box, line: ReturnLine) -> dict[str, str]:
    """The cells of a stored line; none of one about somebody erased. Raises Tampered."""
    held: dict[str, str] = json.loads(box.read(line.cells, place(line.return_id, line.row), gone="{}"))
    return held


# Pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReturnSummary:
    """A return in a list and at the head of its page. Money in 分.

    done      rows that were applied, also those that were corrected or made void afterwards
    awaiting  corrections that count when a request about a certificate has ended
    """

    id: str
    kind: str
    kind_words: tuple[str, str]
    organisation_id: str | None
    file_name: str
    state: str
    number: str | None
    uploaded_at: datetime
    accepted_at: datetime | None
    applied_at: datetime | None
    totals: Totals
    done: int
    held: int
    paid: int
    same_as: str | None
    same_on: datetime | None
    digest: str = ""
    form: str = ""
    accepted_by: str | None = None
    awaiting: int = 0
    corrected: int = 0
    voided: int = 0


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
    """A return with one page of its lines."""

    summary: ReturnSummary
    kind: Kind
    columns: tuple[str, ...]
    file_findings: tuple[ShownFinding, ...]
    lines: tuple[ShownLine, ...]
    page: int
    pages: int


def owners(actor: Actor) -> frozenset[str | None]:
    """Whose returns somebody handles: those of their organisations; None stands for the authority's own lists."""
    lists = any(k.authority and actor.may_unbound(k.right) for k in KINDS.values())
    return frozenset(actor.organisations_for(FILE)) | ({None} if lists else frozenset())


def may_handle(actor: Actor, kind: Kind, owner: str | None) -> bool:
    """Whether somebody may file this kind for this organisation; None is the authority, for lists of its own."""
    if kind.authority:
        return owner is None and actor.may_unbound(kind.right)
    return owner is not None and actor.may(kind.right, owner)


def owned(who: Collection[str | None]) -> ColumnElement[bool]:
    """Returns of these; None among them is the authority."""
    named = Return.organisation_id.in_([o for o in who if o is not None])
    return or_(named, Return.organisation_id.is_(None)) if None in who else named


def returns_of(db: Session, organisations: Collection[str | None]) -> list[ReturnSummary]:
    """The newest 100 returns of these organisations."""
    rows = db.scalars(
        select(Return).where(owned(organisations)).order_by(Return.id.desc()).limit(100)
    ).all()
    return _summaries(db, rows)


def not_handed_in(db: Session, organisations: Collection[str | None]) -> int:
    """How many checked returns of these organisations wait to be handed in."""
    chosen = select(func.count()).select_from(Return).where(
        owned(organisations), Return.state == ReturnState.CHECKED
    )  # fmt: skip
    return db.scalar(chosen) or 0


def find(db: Session, return_id: str, organisations: Collection[str | None]) -> Return:
    """A return of one of these organisations. Raises Missing("filed_return.unknown")."""
    row = db.get(Return, return_id)
    if row is None or row.organisation_id not in organisations:
        raise Missing("filed_return.unknown")
    return row


def summary(db: Session, return_id: str, organisations: Collection[str | None]) -> ReturnSummary:
    """One return. Raises Missing."""
    return _summaries(db, [find(db, return_id, organisations)])[0]


def page_of(
    db: Session, box: Box, return_id: str, organisations: Collection[str | None], *, bad_only: bool = True, page: int = 1
) -> ReturnPage:
    """A return with the rows that need work (or all rows), 50 to a page. Raises Missing."""
    row = find(db, return_id, organisations)
    kind = kind_of(row.kind)
    columns = tuple(c.name for c in kind.columns if c.name in row.places)
    by_row = _findings(db, row, kind)
    chosen = select(ReturnLine).where(ReturnLine.return_id == return_id).order_by(ReturnLine.row)
    lines = [line for line in db.scalars(chosen) if not bad_only or line.row in by_row]
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(page, 1), pages)
    shown = [
        ShownLine(
            line.row, opened(box, line), line.state, line.worth, tuple(by_row.get(line.row, ())), LINE.words[LineState(line.state)]
        )
        for line in lines[(page - 1) * PAGE : page * PAGE]
    ]
    return ReturnPage(
        _summaries(db, [row])[0], kind, columns, tuple(by_row.get(0, ())), tuple(shown), page, pages
    )


def failed_rows(
    db: Session, box: Box, return_id: str, organisations: Collection[str | None]
) -> tuple[Kind, list[tuple[dict[str, str], tuple[ShownFinding, ...]]]]:
    """The rows that were or would be held, with their findings. Raises Missing."""
    row = find(db, return_id, organisations)
    kind = kind_of(row.kind)
    by_row = _findings(db, row, kind)
    bad = {r for r, found in by_row.items() if any(f.severity != Severity.WARNING for f in found)}
    chosen = select(ReturnLine).where(ReturnLine.return_id == return_id).order_by(ReturnLine.row)
    return kind, [(opened(box, line), tuple(by_row[line.row])) for line in db.scalars(chosen) if line.row in bad]


def findings_of(db: Session, return_id: str, organisations: Collection[str | None]) -> list[ShownFinding]:
    """Everything the rules found in a return, by row. Raises Missing."""
    row = find(db, return_id, organisations)
    by_row = _findings(db, row, kind_of(row.kind))
    return [f for number in sorted(by_row) for f in by_row[number]]


def waiting(db: Session, return_id: str) -> list[int]:
    """The rows of a return that still wait to be applied, in order."""
    return list(
        db.scalars(
            select(ReturnLine.row)
            .where(ReturnLine.return_id == return_id, ReturnLine.state == LineState.WAITING)
            .order_by(ReturnLine.row)
        )
    )


def faults(db: Session, since: datetime, most: int = 10) -> list[tuple[str, int]]:
    """The rules most often broken since a moment, with how often; what senders left out of their own will is no fault."""
    counted = func.count().label("n")
    rows = db.execute(
        select(ReturnFinding.code, counted)
        .join(Return, Return.id == ReturnFinding.return_id)
        .where(Return.uploaded_at >= since, ReturnFinding.severity != Severity.WARNING, ReturnFinding.code != "returns.left_out")
        .group_by(ReturnFinding.code)
        .order_by(counted.desc(), ReturnFinding.code)
        .limit(most)
    )
    return [(code, count) for code, count in rows]


def kinds() -> list[Kind]:
    """Every kind of return, by name."""
    return [KINDS[name] for name in sorted(KINDS)]


def _findings(db: Session, row: Return, kind: Kind) -> dict[int, list[ShownFinding]]:
    found: dict[int, list[ShownFinding]] = {}
    chosen = select(ReturnFinding).where(ReturnFinding.return_id == row.id)
    for f in db.scalars(chosen.order_by(ReturnFinding.row, ReturnFinding.id)):
        column = kind.column(f.column)
        at = address(f.row, row.places[f.column] + 1) if f.column in row.places else str(f.row or "")
        shown = ShownFinding(f.row, f.column, at, f.code, f.severity, f.facts, (column.zh, column.en))
        found.setdefault(f.row, []).append(shown)
    return found


def _summaries(db: Session, rows: Sequence[Return]) -> list[ReturnSummary]:
    ids = [r.id for r in rows]
    counted: dict[tuple[str, str], tuple[int, int]] = {
        (return_id, state): (count, int(worth or 0))
        for return_id, state, count, worth in db.execute(
            select(ReturnLine.return_id, ReturnLine.state, func.count(), func.sum(ReturnLine.worth))
            .where(ReturnLine.return_id.in_(ids))
            .group_by(ReturnLine.return_id, ReturnLine.state)
        )
    }
    earlier = {
        r.id: r.accepted_at
        for r in db.scalars(select(Return).where(Return.id.in_([r.same_as for r in rows if r.same_as])))
    }
    return [_summary(r, counted, earlier) for r in rows]


def _summary(
    r: Return, counted: Mapping[tuple[str, str], tuple[int, int]], earlier: Mapping[str, datetime | None]
) -> ReturnSummary:
    kind = kind_of(r.kind)
    applied = [counted.get((r.id, state), (0, 0)) for state in ONCE_APPLIED]
    done, paid = sum(count for count, _ in applied), sum(cents for _, cents in applied)
    return ReturnSummary(
        id=r.id,
        kind=r.kind,
        kind_words=(kind.zh, kind.en),
        organisation_id=r.organisation_id,
        file_name=r.file_name,
        state=r.state,
        number=r.number,
        uploaded_at=r.uploaded_at,
        accepted_at=r.accepted_at,
        applied_at=r.applied_at,
        totals=Totals(r.lines, r.good, r.bad, r.same, r.warnings, r.worth, r.blocked),
        done=done,
        held=counted.get((r.id, LineState.HELD), (0, 0))[0],
        paid=paid,
        same_as=r.same_as,
        same_on=earlier.get(r.same_as) if r.same_as else None,
        digest=r.digest,
        form=r.form,
        accepted_by=r.accepted_by,
        awaiting=counted.get((r.id, LineState.AWAITING), (0, 0))[0],
        corrected=applied[1][0],
        voided=applied[2][0],
    )
