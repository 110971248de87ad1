"""Versions of rows: what took whose place, when, by whom and why; what waits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.returns import queries
from skills.returns.models import Return, ReturnChange, ReturnLine
from skills.returns.states import LINE, ONCE_APPLIED, LineState
from skills.returns.states.changes import CHANGE, LIVE, ChangeState


@dataclass(frozen=True)
class Version:
    """A row as one version of an entry, the newest first.

    cells    what it says, by column; empty if the person's data were erased
    changed  the columns in which it differs from the version before it
    """

    return_id: str
    row: int
    receipt: str | None
    handed_in_at: datetime | None
    handed_in_by: str
    form: str
    state: str
    state_words: tuple[str, str]
    cells: dict[str, str]
    changed: tuple[str, ...]
    worth: int
    why: str


@dataclass(frozen=True)
class ChangeLine:
    """A change of a row. `number` is the request about the certificate for which it waits; money in 分."""

    id: str
    what: str
    row: int
    return_id: str
    by_return: str | None
    by_row: int | None
    reason: str
    cents: int
    state: str
    state_words: tuple[str, str]
    request: str
    number: str
    asked_by: str
    asked_at: datetime
    closed_at: datetime | None
    refusal: str
    facts: dict[str, object]


@dataclass(frozen=True)
class History:
    """Every version of an entry and every change of it. `stands` is where the version is that counts, none if it is void."""

    kind: str
    row: int
    return_id: str
    stands: tuple[str, int] | None
    busy: bool
    versions: tuple[Version, ...]
    changes: tuple[ChangeLine, ...]


def history(db: Session, box: Box, return_id: str, row: int, organisations: Collection[str | None]) -> History:
    """The versions of the entry that a row is about. Raises Missing("filed_return.unknown" | "return_line.unknown")."""
    held = queries.find(db, return_id, organisations)
    line = db.scalars(select(ReturnLine).where(ReturnLine.return_id == return_id, ReturnLine.row == row)).one_or_none()
    if line is None:
        raise Missing("return_line.unknown")
    changes = _related(db, line)
    ids = {line.id, *(c.line_id for c in changes), *(c.by_line_id for c in changes if c.by_line_id)}
    sources = {s for s in db.scalars(select(ReturnLine.source).where(ReturnLine.id.in_(ids))) if s}
    pairs = db.execute(
        select(ReturnLine, Return)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(
            Return.organisation_id.is_not_distinct_from(held.organisation_id), Return.kind == held.kind,
            ReturnLine.id.in_(ids) | (ReturnLine.source.in_(sources) & ReturnLine.state.in_(ONCE_APPLIED)),
        )
    ).all()  # fmt: skip
    before = {c.by_line_id: c.line_id for c in changes if c.by_line_id}
    pairs = sorted(pairs, key=lambda p: (p[1].accepted_at or p[1].uploaded_at, _depth(p[0].id, before)), reverse=True)
    reasons = {c.by_line_id: c.reason for c in changes if c.by_line_id}
    cells = [queries.opened(box, found) for found, _ in pairs]
    shown = []
    for at, (found, of) in enumerate(pairs):
        earlier = cells[at + 1] if at + 1 < len(cells) else {}
        changed = tuple(name for name, text in cells[at].items() if earlier and earlier.get(name, "") != text)
        shown.append(
            Version(
                of.id, found.row, of.number, of.accepted_at, accounts.name_of(db, of.accepted_by) if of.accepted_by else "", of.form,
                found.state, LINE.words[LineState(found.state)], cells[at], changed, found.worth, reasons.get(found.id, ""),
            )
        )  # fmt: skip
    stands = next(((v.return_id, v.row) for v in shown if v.state == LineState.APPLIED), None)
    where = {found.id: (of.id, found.row) for found, of in pairs}
    told = tuple(_line(db, c, where) for c in sorted(changes, key=lambda c: (c.asked_at, c.id), reverse=True))
    return History(held.kind, row, return_id, stands, any(c.state in LIVE for c in changes), tuple(shown), told)


def changes_of(
    db: Session, return_id: str, organisations: Collection[str | None], most: int | None = None
) -> list[ChangeLine]:
    """Changes of rows of a return, newest first. Raises Missing."""
    queries.find(db, return_id, organisations)
    chosen = select(ReturnChange).where(ReturnChange.return_id == return_id)
    rows = db.scalars(chosen.order_by(ReturnChange.asked_at.desc(), ReturnChange.id).limit(most)).all()
    ids = [i for c in rows for i in (c.line_id, c.by_line_id) if i]
    where = {
        line.id: (line.return_id, line.row)
        for start in range(0, len(ids), 500)
        for line in db.scalars(select(ReturnLine).where(ReturnLine.id.in_(ids[start : start + 500])))
    }
    return [_line(db, c, where) for c in rows]


def sources(db: Session, kind: str) -> Iterator[tuple[str, bool]]:
    """Every entry that rows of a kind were applied for, and whether one of them stands."""
    stands: dict[str, bool] = {}
    rows = db.execute(
        select(ReturnLine.source, ReturnLine.state)
        .join(Return, Return.id == ReturnLine.return_id)
        .where(ReturnLine.source.is_not(None), Return.kind == kind)
    )
    for source, state in rows:
        stands[str(source)] = stands.get(str(source), False) or state == LineState.APPLIED
    yield from stands.items()


def waiting(db: Session) -> list[str]:
    """Changes that wait for a request about a certificate."""
    return list(db.scalars(select(ReturnChange.id).where(ReturnChange.state == ChangeState.WAITING)))


def _depth(line_id: str, before: dict[str, str]) -> int:
    """How many versions a row stands behind."""
    steps = 0
    while (line_id := before.get(line_id, "")):
        steps += 1
    return steps


def _related(db: Session, line: ReturnLine) -> list[ReturnChange]:
    """The changes that lead to and from a row, however many versions there are."""
    found: dict[str, ReturnChange] = {}
    open_ids = {line.id}
    seen: set[str] = set()
    while open_ids:
        seen |= open_ids
        rows = db.scalars(
            select(ReturnChange).where(ReturnChange.line_id.in_(open_ids) | ReturnChange.by_line_id.in_(open_ids))
        ).all()
        found |= {c.id: c for c in rows}
        open_ids = {i for c in rows for i in (c.line_id, c.by_line_id) if i} - seen
    return list(found.values())


def _line(db: Session, c: ReturnChange, where: dict[str, tuple[str, int]]) -> ChangeLine:
    by = where.get(c.by_line_id) if c.by_line_id else None
    return ChangeLine(
        c.id, c.what, where[c.line_id][1], c.return_id, by[0] if by else None, by[1] if by else None, c.reason, c.cents, c.state,
        CHANGE.words[ChangeState(c.state)], c.request, c.number, accounts.name_of(db, c.asked_by), c.asked_at, c.closed_at,
        c.refusal, dict(c.facts),
    )  # fmt: skip
