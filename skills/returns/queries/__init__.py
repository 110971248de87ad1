"""Asking the rules about a file without writing anything, and what the pages show."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.returns import rules
from skills.returns.kinds import FILE, KINDS, kind_of
from skills.returns.models import Return, ReturnFault, ReturnLine
from skills.returns.queries import asking
from skills.returns.queries.asking import Near
from skills.returns.queries.marks import marks as marks_of
from skills.returns.rules import CellFinding, Kind, Line, Reader, Rule, Seen, Severity, Totals
from skills.returns.states import ONCE_APPLIED, LineState, ReturnState

LATELY = timedelta(days=30)  # how far back faults are counted for the list of the most frequent
FILED = (ReturnState.ACCEPTED, ReturnState.APPLIED)


@dataclass(frozen=True)
class Desk:
    """What a kind looks up its facts with. `base`: the address that stands in codes; without it no room in them is measured."""

    db: Session
    box: Box
    organisation: str | None
    today: date
    base: str = ""


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
    cut, surplus = rules.cut(rows, plan)
    found = check_lines(desk, kind, cut)
    findings = (*plan.findings, *surplus, *found.findings)
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
    forgotten_at  when what the rows said that were never applied was taken out
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
    forgotten_at: datetime | None = None


def owners(actor: Actor) -> frozenset[str | None]:
    """Whose returns somebody handles: those of their organisations; None stands for the authority's own lists."""
    lists = any(k.authority and actor.may_unbound(k.right) for k in KINDS.values())
    bodies = {o for right in {FILE, *(k.right for k in KINDS.values() if not k.authority)} for o in actor.organisations_for(right)}
    return frozenset(bodies) | ({None} if lists else frozenset())


def may_handle(actor: Actor, kind: Kind, owner: str | None) -> bool:
    """Whether somebody may file this kind for this organisation; None is the authority, for lists of its own."""
    if kind.authority:
        return owner is None and actor.may_unbound(kind.right)
    return owner is not None and actor.may(kind.right, owner)


def owned(who: Collection[str | None]) -> ColumnElement[bool]:
    """Returns of these; None among them is the authority."""
    named = Return.organisation_id.in_([o for o in who if o is not None])
    return or_(named, Return.organisation_id.is_(None)) if None in who else named


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
    return summaries(db, [find(db, return_id, organisations)])[0]


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
    """The rules most often broken since a moment, with how often: also where it was mended, and once for a row, a rule and a column."""
    counted = func.count().label("n")
    rows = db.execute(
        select(ReturnFault.code, counted)
        .where(ReturnFault.found_at >= since)
        .group_by(ReturnFault.code)
        .order_by(counted.desc(), ReturnFault.code)
        .limit(most)
    )
    return [(code, count) for code, count in rows]


@dataclass(frozen=True)
class RulesOf:
    """All that may be said of returns of a kind; None: of every return. `refused`: of rows that passed the rules, when they are applied."""

    kind: Kind | None
    rules: tuple[Rule, ...]
    refused: tuple[Rule, ...]


def all_rules() -> list[RulesOf]:
    """Every code that a return can show, first what holds for all of them."""
    found = [(None, rules.COMMON, rules.REFUSED), *((kind, kind.rules, kind.refused) for kind in kinds())]
    return [RulesOf(kind, told, tuple(Rule(code, Severity.ERROR, "") for code in codes)) for kind, told, codes in found]


def kinds() -> list[Kind]:
    """Every kind of return, by name."""
    return [KINDS[name] for name in sorted(KINDS)]


def summaries(db: Session, rows: Sequence[Return]) -> list[ReturnSummary]:
    """Returns with what became of their rows."""
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
        forgotten_at=r.forgotten_at,
    )


from skills.returns.queries.pages import Listed as Listed  # noqa: E402 - they stand on what is above
from skills.returns.queries.pages import ReturnPage as ReturnPage  # noqa: E402
from skills.returns.queries.pages import ShownFinding as ShownFinding  # noqa: E402
from skills.returns.queries.pages import failed_rows as failed_rows  # noqa: E402
from skills.returns.queries.pages import findings_of as findings_of  # noqa: E402
from skills.returns.queries.pages import page_of as page_of  # noqa: E402
from skills.returns.queries.pages import returns_of as returns_of  # noqa: E402
