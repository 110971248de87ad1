"""What a return's page says beside its rows: rows close to others, a complete list and whom it leaves out, what came later."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.returns import queries
from skills.returns.kinds import kind_of
from skills.returns.models import Return, ReturnAnswer, ReturnChange, ReturnLine
from skills.returns.queries import Desk, changes, removals
from skills.returns.queries.changes import ChangeLine
from skills.returns.rules import Kind
from skills.returns.rules.amending import Removal, Stake
from skills.returns.states import FILED_STATES, ReturnState


@dataclass(frozen=True)
class NearRow:
    """A row that is close to one that stands: what that one says, and what the sender has said."""

    row: int
    column: str
    busy: bool
    on: date
    receipt: str
    return_id: str
    at_row: int
    before: Mapping[str, str]
    answer: str
    reason: str


@dataclass(frozen=True)
class Goes:
    """What is to be taken away: all of it in sum, and a page of the entries. Money in 分.

    after  the id behind which the next page begins; empty at the end
    """

    told: Removal
    stakes: tuple[Stake, ...]
    after: str = ""


@dataclass(frozen=True)
class Afterwards:
    """What belongs on a return's page beside its rows.

    amendable  rows of this kind can be corrected and made void
    changes    the newest; `changed` is how many there are
    """

    amendable: bool = False
    complete: bool = False
    goes: Goes | None = None
    near: Mapping[int, NearRow] = field(default_factory=dict)
    changes: tuple[ChangeLine, ...] = ()
    by: str = ""
    changed: int = 0


@dataclass(frozen=True)
class Receipt:
    """A receipt as its number finds it again. Money in 分; `same_file` if a digest was asked about."""

    number: str
    return_id: str
    kind_words: tuple[str, str]
    organisation: str
    handed_in_at: datetime
    handed_in_by: str
    file_name: str
    digest: str
    lines: int
    applied: int
    held: int
    same: int
    awaiting: int
    corrected: int
    voided: int
    cents: int
    state: str
    same_file: bool | None


def afterwards(
    db: Session, box: Box, page: queries.ReturnPage, day: date, organisations: Collection[str | None], after: str = ""
) -> Afterwards:
    """What to show beside the rows of this page of a return; of what a complete list leaves out, the entries behind an id."""
    r, kind = page.summary, page.kind
    if kind.amends is None:
        return Afterwards()
    desk = Desk(db, box, r.organisation_id, day)
    complete = removals.is_complete(db, r.id)
    if r.state != ReturnState.CHECKED:
        by = accounts.name_of(db, r.accepted_by) if r.accepted_by else ""
        changed = db.scalar(select(func.count()).select_from(ReturnChange).where(ReturnChange.return_id == r.id)) or 0
        newest = tuple(changes.changes_of(db, r.id, organisations, _NEWEST)) if changed else ()
        return Afterwards(True, complete, None, {}, newest, by, changed)
    here = ReturnAnswer.return_id == r.id, ReturnAnswer.row.in_([line.row for line in page.lines])
    said = set(db.scalars(select(ReturnAnswer.row).where(*here)))
    asked = {line.row: line.cells for line in page.lines if line.row in said or any(f.code in _ASKED for f in line.findings)}
    checked = queries.check_lines(desk, kind, sorted(asked.items()), own=r.id)
    near = {}
    for row, n in checked.near.items():
        old = db.get_one(ReturnLine, n.line_id)
        near[row] = NearRow(
            row, n.column, n.busy, n.on, n.receipt, old.return_id, old.row, queries.opened(box, old), n.answer, n.reason
        )  # fmt: skip
    return Afterwards(True, complete, goes(desk, r.id, after) if complete and not r.totals.bad else None, near)


_NEWEST = 12
_ASKED = {"returns.filed_otherwise", "returns.key_changed", "returns.left_out", "returns.corrects", "returns.change_open"}


def goes(desk: Desk, return_id: str, after: str = "") -> Goes | None:
    """What handing a complete list in would take away, as its last check found it, with the entries behind an id; None if nothing."""
    kind = kind_of(desk.db.get_one(Return, return_id).kind)
    return _goes(desk, kind, removals.left_out(desk.db, return_id), after)


def _goes(desk: Desk, kind: Kind, going: removals.Going, after: str) -> Goes | None:
    told = removals.measure(desk, kind, going)
    if not told.rows:
        return None
    stakes, further = removals.page(desk.db, kind, going, after)
    return Goes(told, tuple(stakes), further)


def at_stake(
    desk: Desk, return_id: str, rows: Collection[int], organisations: Collection[str | None], after: str = ""
) -> Goes:
    """What making these rows of a return void would take away, with the entries behind an id; without rows, all that stand.

    Raises Missing("filed_return.unknown" | "return_line.unknown").
    """
    held = queries.find(desk.db, return_id, organisations)
    kind = kind_of(held.kind)
    going = (ReturnLine.return_id == return_id, *removals.still())
    if rows:
        going = (*going, ReturnLine.row.in_(rows))
    found = _goes(desk, kind, going, after) if kind.amends else None
    if found is None:
        raise Missing("return_line.unknown")
    return found


def receipt(db: Session, number: str, organisations: Collection[str | None], digest: str = "") -> Receipt:
    """The receipt of this number, if it is one of these organisations; whether a file's SHA-256 (hex) is the one it was given for.

    Raises Missing("filed_return.unknown").
    """
    row = db.scalars(select(Return).where(Return.number == number.strip().upper(), Return.state.in_(FILED_STATES))).one_or_none()
    if row is None or row.organisation_id not in organisations or row.accepted_at is None:
        raise Missing("filed_return.unknown")
    r = queries.summary(db, row.id, organisations)
    owner = accounts.organisation(db, row.organisation_id).name if row.organisation_id else ""
    return Receipt(
        str(row.number), row.id, r.kind_words, owner, row.accepted_at, accounts.name_of(db, row.accepted_by or ""), row.file_name,
        row.digest, r.totals.lines, r.done, r.held, r.totals.same, r.awaiting, r.corrected, r.voided, r.paid, r.state,
        digest.lower() == row.digest if digest else None,
    )  # fmt: skip
