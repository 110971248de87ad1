"""What would be taken away: rows that a complete list leaves out, and removals with the names and the money at stake."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.actors import Actor
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.returns.kinds import FILE, kind_of
from skills.returns.models import Return, ReturnChange, ReturnLine, ReturnMark, ReturnRemoval
from skills.returns.queries import Checked, Desk
from skills.returns.rules import Kind
from skills.returns.rules.amending import Answer, Removal, Stake
from skills.returns.states import LineState
from skills.returns.states.changes import CHANGE, LIVE, REMOVAL, ChangeState, RemovalState
from skills.standards.queries import value

_CHUNK = 500
PAGE = 100
Going = tuple[ColumnElement[bool], ...]  # conditions by which rows of returns are chosen


@dataclass(frozen=True)
class RemovalRow:
    """A row that is to be taken away. Money in 分; `refusal` says why nothing was changed, if a rule stood against it."""

    row: int
    return_id: str
    scope: str
    name: str
    what: tuple[str, str]
    cents: int
    paid: bool
    state: str
    state_words: tuple[str, str]
    number: str
    refusal: str
    facts: dict[str, object]


@dataclass(frozen=True)
class RemovalPage:
    """A removal with a page of its rows. Money in 分. `after`: behind which row the next page begins, empty at the end."""

    id: str
    return_id: str
    receipt: str | None
    cause: str
    reason: str
    rows: int
    stands: int
    percent: int
    earlier: int
    cents: int
    second: bool
    scopes: tuple[str, ...]
    state: str
    state_words: tuple[str, str]
    asked_by: str
    asked_name: str
    asked_at: datetime
    decided_name: str
    decided_at: datetime | None
    answer: str
    lines: tuple[RemovalRow, ...]
    after: str = ""


def measure(desk: Desk, kind: Kind, going: Going) -> Removal:
    """How much of what stands these rows are. Summed up where they lie: nobody's row is read."""
    assert kind.amends is not None  # noqa: S101 - asked of kinds that can be amended alone
    amounts = kind.amends.amounts(desk.db, select(ReturnLine.source).where(*going))
    scopes = sorted(amounts)
    percent = int(value(desk.db, "return.removal_percent", desk.today))
    rows, cents = sum(a.rows for a in amounts.values()), sum(a.cents for a in amounts.values())
    return Removal(rows, kind.amends.stands(desk, scopes), cents, percent, tuple(scopes), _alone(desk, kind, scopes))


def page(db: Session, kind: Kind, going: Going, after: str) -> tuple[list[Stake], str]:
    """The next of these rows as they are shown, by id, and the id behind which the next page begins."""
    assert kind.amends is not None  # noqa: S101 - asked of kinds that can be amended alone
    chosen = select(ReturnLine.id, ReturnLine.source).where(*going, ReturnLine.id > after).order_by(ReturnLine.id).limit(PAGE + 1)
    rows = db.execute(chosen).all()
    stakes = kind.amends.stakes(db, [str(source) for _, source in rows[:PAGE]])
    return [stakes[str(source)] for _, source in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else ""


def _alone(desk: Desk, kind: Kind, scopes: Collection[str]) -> int:
    """How many rows of these scopes one person alone has taken away, or is about to."""
    found = desk.db.execute(
        select(ReturnRemoval.scopes, func.count(ReturnChange.id))
        .join(ReturnChange, ReturnChange.removal_id == ReturnRemoval.id)
        .where(
            ReturnRemoval.organisation_id.is_not_distinct_from(desk.organisation), ReturnRemoval.kind == kind.name,
            ReturnRemoval.second.is_(False), ReturnChange.state != ChangeState.REFUSED,
        )
        .group_by(ReturnRemoval.id)
    )  # fmt: skip
    return sum(count for named, count in found if not set(scopes).isdisjoint(named["names"]))


def is_complete(db: Session, return_id: str) -> bool:
    """Whether the return is marked as naming everybody of its classes."""
    return db.get(ReturnMark, return_id) is not None


@dataclass
class Present:
    """What a complete list names: its classes, and which of the entries that stand in them. Taken in part by part."""

    scopes: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)

    def take(self, desk: Desk, kind: Kind, checked: Checked) -> None:
        """Take in some rows of the list as the rules saw them."""
        if kind.amends is None:
            return
        self.scopes |= {scope for line in checked.lines if (scope := kind.amends.scope(line))}
        self.sources |= {n.source for n in checked.near.values() if not n.column or n.answer == Answer.CORRECT}
        self.sources |= _sources(desk, kind, [checked.marks[row] for row in checked.same])


def missing(desk: Desk, kind: Kind, present: Present) -> list[str]:
    """Ids of the rows that stand in the classes of a complete list and that the list leaves out."""
    if kind.amends is None:
        return []
    left = set(kind.amends.standing(desk, present.scopes)) - present.sources
    return standing_lines(desk, kind, sorted(left))


def left_out(db: Session, return_id: str) -> Going:
    """Of the rows that a complete list left out when it was checked, those that still stand and of which no change is under way."""
    mark = db.get(ReturnMark, return_id)
    return among(db, ReturnLine.id, mark.gone.get("lines", []) if mark else []), *still()


def still() -> Going:
    """Rows that stand and of which no change is under way."""
    busy = select(ReturnChange.line_id).where(ReturnChange.state.in_(LIVE))
    return ReturnLine.state == LineState.APPLIED, ReturnLine.source.is_not(None), ReturnLine.id.not_in(busy)


def standing_lines(desk: Desk, kind: Kind, sources: Sequence[str]) -> list[str]:
    """Ids of the rows that stand for these entries and of which no change is under way."""
    found: list[str] = []
    for part in _parts(sources):
        found += desk.db.scalars(
            select(ReturnLine.id)
            .join(Return, Return.id == ReturnLine.return_id)
            .where(
                ReturnLine.source.in_(part), *still(), Return.organisation_id.is_not_distinct_from(desk.organisation), Return.kind == kind.name,
            )
            .order_by(ReturnLine.id)
        )  # fmt: skip
    return found


def removal(db: Session, removal_id: str, organisations: Collection[str | None], after: str = "") -> RemovalPage:
    """A removal of one of these organisations, with the rows behind one. Raises Missing("return_removal.unknown")."""
    row = db.get(ReturnRemoval, removal_id)
    if row is None or row.organisation_id not in organisations:
        raise Missing("return_removal.unknown")
    return _page(db, row, *_rows(db, row, after))


def removals(db: Session, organisations: Collection[str | None], most: int = 50) -> list[RemovalPage]:
    """The newest removals of these organisations, without their rows; those that wait come first."""
    named = [o for o in organisations if o is not None]
    rows = db.scalars(
        select(ReturnRemoval)
        .where(ReturnRemoval.organisation_id.in_(named), ReturnRemoval.second)
        .order_by((ReturnRemoval.state != RemovalState.ASKED), ReturnRemoval.id.desc())
        .limit(most)
    ).all()
    return [_page(db, row) for row in rows]


def waiting_for(db: Session, actor: Actor) -> int:
    """How many removals wait for this very account, as the second person."""
    chosen = select(func.count()).select_from(ReturnRemoval).where(
        ReturnRemoval.state == RemovalState.ASKED, ReturnRemoval.asked_by != actor.account,
        ReturnRemoval.organisation_id.in_(actor.organisations_for(FILE)),
    )  # fmt: skip
    return db.scalar(chosen) or 0


def changes_waiting(db: Session, removal_id: str) -> list[str]:
    """Wishes of a removal that are not carried out yet, in order."""
    return list(
        db.scalars(
            select(ReturnChange.id)
            .where(ReturnChange.removal_id == removal_id, ReturnChange.state == ChangeState.ASKED)
            .order_by(ReturnChange.id)
        )
    )


def _page(db: Session, row: ReturnRemoval, lines: Sequence[RemovalRow] = (), after: str = "") -> RemovalPage:
    names = {i: accounts.name_of(db, i) for i in (row.asked_by, row.decided_by) if i}
    return RemovalPage(
        row.id, row.return_id, db.get_one(Return, row.return_id).number, row.cause, row.reason, row.rows, row.stands, row.percent,
        row.earlier, row.cents, row.second, tuple(row.scopes["names"]), row.state, REMOVAL.words[RemovalState(row.state)], row.asked_by,
        names[row.asked_by], row.asked_at, names.get(row.decided_by or "", ""), row.decided_at, row.answer,
        tuple(lines), after,
    )  # fmt: skip


def _rows(db: Session, row: ReturnRemoval, after: str) -> tuple[list[RemovalRow], str]:
    amends = kind_of(row.kind).amends
    assert amends is not None  # noqa: S101 - a removal is of a kind that can be amended
    return_id, _, number = after.partition(":")
    chosen = (
        select(ReturnChange, ReturnLine)
        .join(ReturnLine, ReturnLine.id == ReturnChange.line_id)
        .where(ReturnChange.removal_id == row.id)
        .order_by(ReturnLine.return_id, ReturnLine.row)
        .limit(PAGE + 1)
    )
    if number.isascii() and number.isdecimal() and len(number) < 8:
        chosen = chosen.where(tuple_(ReturnLine.return_id, ReturnLine.row) > (return_id, int(number)))
    pairs = db.execute(chosen).all()
    last = pairs[PAGE - 1][1] if len(pairs) > PAGE else None
    stakes = amends.stakes(db, [c.source for c, _ in pairs[:PAGE]])
    found = []
    for change, line in pairs[:PAGE]:
        stake = stakes[change.source]
        found.append(RemovalRow(
            line.row, line.return_id, stake.scope, stake.name, stake.what, change.cents, stake.paid, change.state,
            CHANGE.words[ChangeState(change.state)], change.number, change.refusal, dict(change.facts),
        ))  # fmt: skip
    return found, f"{last.return_id}:{last.row}" if last else ""


def _sources(desk: Desk, kind: Kind, marks: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for part in _parts(marks):
        found |= {
            source
            for source in desk.db.scalars(
                select(ReturnLine.source)
                .join(Return, Return.id == ReturnLine.return_id)
                .where(
                    ReturnLine.mark.in_(part), ReturnLine.state == LineState.APPLIED, Return.kind == kind.name,
                    Return.organisation_id.is_not_distinct_from(desk.organisation),
                )
            )
            if source
        }  # fmt: skip
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
