"""Rows that are close to rows that stand: what is asked about them, and what the sender has said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from skills.kernel.clock import shanghai_day
from skills.returns.models import Return, ReturnAnswer, ReturnChange, ReturnLine
from skills.returns.rules import CellFinding, Kind, Line, Severity
from skills.returns.rules.amending import Answer, Standing
from skills.returns.states import LineState
from skills.returns.states.changes import LIVE

if TYPE_CHECKING:
    from skills.returns.queries import Desk

_CHUNK = 500


@dataclass(frozen=True)
class Near:
    """A row that stands and that a row of this file means, or nearly. Money in 分.

    column   "" if the file's row is about this very entry; else the key column in which they differ
    line_id  the row that stands; on, receipt: when it was handed in and under which number
    busy     a change of it is under way
    words    the column's names
    """

    source: str
    column: str
    cents: int
    line_id: str
    on: date
    receipt: str
    busy: bool
    words: tuple[str, str]
    answer: str = ""
    reason: str = ""
    by: str = ""


@dataclass(frozen=True)
class Asked:
    """The facts under which rows are judged, and what is to be asked about each."""

    facts: Any
    near: Mapping[int, Near] = field(default_factory=dict)

    def over(self, findings: Iterable[CellFinding]) -> list[CellFinding]:
        """The findings with what is asked about rows that are close to others."""
        return [*findings, *(f for row, near in self.near.items() for f in _question(row, near))]

    def worth(self, kind: Kind, line: Line) -> int:
        """What the row makes payable beyond what stands already, in 分."""
        near = self.near.get(line.row)
        cents = kind.worth(line, self.facts)
        return max(0, cents - near.cents) if near and not near.column else cents


def asked(desk: Desk, kind: Kind, lines: Sequence[Line], facts: Any, own: str) -> Asked:
    """What of these rows is close to rows that stand. `own` is the return they belong to."""
    if kind.amends is None:
        return Asked(facts)
    found = {s.row: s for s in kind.amends.find(desk, lines, facts)}
    numbers = [line.row for line in lines]
    said = select(ReturnAnswer).where(
        ReturnAnswer.return_id == own, ReturnAnswer.row.between(min(numbers, default=0), max(numbers, default=0))
    )  # fmt: skip
    given = {a.row: a for a in desk.db.scalars(said)} if own else {}
    meant = {a.row: _meant(desk, kind, a) for a in given.values() if a.column and a.answer == Answer.CORRECT}
    found |= {row: s for row, s in meant.items() if s is not None and row in {line.row for line in lines}}
    standing = _standing(desk, kind, sorted({s.source for s in found.values()}))
    near = {}
    for row, s in found.items():
        if s.source not in standing:
            continue  # it came another way: no row of a return stands behind it
        line_id, on, receipt, busy = standing[s.source]
        answer = given.get(row)
        fits = answer is not None and (answer.line_id, answer.column) == (line_id, s.column)
        near[row] = Near(
            s.source, s.column, s.cents, line_id, on, receipt, busy, (kind.column(s.column).zh, kind.column(s.column).en),
            *((answer.answer, answer.reason, answer.answered_by) if answer is not None and fits else ("", "", "")),
        )  # fmt: skip
    reopened = {n.source: found[row].anew for row, n in near.items() if not n.column}
    return Asked(kind.amends.reopened(facts, reopened) if reopened else facts, near)


def _meant(desk: Desk, kind: Kind, said: ReturnAnswer) -> Standing | None:
    """The entry that somebody said a row corrects although it differs in a key column and perhaps in more."""
    line = desk.db.get(ReturnLine, said.line_id)
    if line is None or line.source is None or line.state != LineState.APPLIED:
        return None
    assert kind.amends is not None  # noqa: S101 - asked of kinds that can be amended alone
    # what the row itself brought is less: a correction of figures alone makes nothing payable, the money stands already
    return Standing(said.row, line.source, said.column, kind.amends.stakes(desk.db, [line.source])[line.source].cents)


def _question(row: int, near: Near) -> Iterable[CellFinding]:
    facts: dict[str, object] = {"on": near.on, "receipt": near.receipt}
    if near.answer == Answer.NEW:
        return
    if near.busy:
        yield CellFinding(row, "", "returns.change_open")
    elif near.answer == Answer.LEAVE:
        yield CellFinding(row, "", "returns.left_out")
    elif near.answer == Answer.CORRECT:
        yield CellFinding(row, "", "returns.corrects", Severity.WARNING, facts)
    elif near.column:
        words = {"column": near.words[0], "column_en": near.words[1]}
        yield CellFinding(row, near.column, "returns.key_changed", Severity.ERROR, facts | words)
    else:
        yield CellFinding(row, "", "returns.filed_otherwise", Severity.ERROR, facts)


def _standing(desk: Desk, kind: Kind, sources: Sequence[str]) -> dict[str, tuple[str, date, str, bool]]:
    """source → the row that stands for it: its id, its return's day and receipt, and whether a change is under way."""
    found: dict[str, tuple[str, date, str, bool]] = {}
    for start in range(0, len(sources), _CHUNK):
        rows = desk.db.execute(
            select(ReturnLine.source, ReturnLine.id, Return.accepted_at, Return.number, ReturnChange.id)
            .join(Return, Return.id == ReturnLine.return_id)
            .outerjoin(ReturnChange, (ReturnChange.line_id == ReturnLine.id) & ReturnChange.state.in_(LIVE))
            .where(
                ReturnLine.source.in_(sources[start : start + _CHUNK]), ReturnLine.state == LineState.APPLIED,
                Return.organisation_id.is_not_distinct_from(desk.organisation), Return.kind == kind.name,
            )
        )  # fmt: skip
        for source, line_id, at, number, change in rows:
            if source and at:
                found[source] = (line_id, shanghai_day(at), number or "", change is not None)
    return found
