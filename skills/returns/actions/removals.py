"""作废: rows of a return are taken back, with a reason; what is more than the policy's share is confirmed by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.kernel.db import among, wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.returns import actions
from skills.returns.actions import changes, keeping
from skills.returns.kinds import kind_of
from skills.returns.models import Return, ReturnChange, ReturnLine, ReturnMark, ReturnRemoval
from skills.returns.queries import Checked, removals
from skills.returns.rules import CellFinding
from skills.returns.rules.amending import may_confirm, reason_given
from skills.returns.states import LINE, RETURN, LineState
from skills.returns.states.changes import CHANGE, LIVE, REMOVAL, ChangeState, RemovalState

COMPLETE_REASON = "完整名单中没有这些行"


@dataclass(frozen=True)
class Removed:
    """A removal: how many rows of how many that stand, the money at stake in 分, and whether a second person is awaited."""

    removal_id: str
    state: str
    rows: int
    stands: int
    cents: int
    second: bool


@action("return.void", may=actions.HANDLE, step_up=True)
def void(act: Act, return_id: str, rows: tuple[int, ...], reason: str) -> Removed:
    """Ask that rows of a return be made void; without rows, all that stand. They stay readable and count no more.

    A single row is carried out at once, or waits for its certificate; many are carried out by a job, each by itself.
    Raises Missing("filed_return.unknown" | "return_line.unknown"), Refusal("change.reason_needed" | "removal.nothing" |
    "change.not_standing" | "change.under_way"), and for a single row whatever the rules of the kind refuse.
    """
    held = actions._mine(act, return_id)
    kind = kind_of(held.kind)
    if kind.amends is None:
        raise Refusal("removal.nothing")
    reason_given(reason).or_refuse()
    chosen = select(ReturnLine).where(ReturnLine.return_id == return_id).order_by(ReturnLine.row)
    if rows:
        lines = list(act.db.scalars(chosen.where(ReturnLine.row.in_(rows)).with_for_update()))
        if len(lines) != len(set(rows)):
            raise Missing("return_line.unknown")
        for line in lines:
            _stands(act, line)
    else:
        lines = _standing(act, return_id)
    return ask(act, held, lines, "void", reason.strip())


def take_back(act: Act, return_id: str, reason: str) -> None:
    """Make void what stands of a return, inside the act of the program that filed it and takes it back.

    Rows that are not applied yet never are; those that do not stand are left alone. Each is made void by the job, so that
    a rule against one refuses nothing else.
    """
    held = act.get(Return, id=return_id)
    waiting = select(ReturnLine).where(ReturnLine.return_id == return_id, ReturnLine.state == LineState.WAITING)
    for line in act.db.scalars(waiting.order_by(ReturnLine.row).with_for_update()).all():
        actions._hold(act, line, CellFinding(line.row, "", "returns.taken_back"))
    if lines := _standing(act, return_id):
        ask(act, held, lines, "void", reason, at_once=False)


def _standing(act: Act, return_id: str) -> list[ReturnLine]:
    """The rows of a return that count and of which no change is under way."""
    busy = select(ReturnChange.line_id).where(ReturnChange.state.in_(LIVE))
    chosen = select(ReturnLine).where(
        ReturnLine.return_id == return_id, ReturnLine.state == LineState.APPLIED, ReturnLine.id.not_in(busy)
    )
    return list(act.db.scalars(chosen.order_by(ReturnLine.row).with_for_update()))


@action("return.mark_complete", may=actions.HANDLE)
def mark_complete(act: Act, return_id: str, complete: bool) -> actions.Filed:
    """Say that a checked return names everybody of its classes, or take that back.

    What stands in these classes and is not on it is taken away when it is handed in.
    Raises Refusal("return.cannot_recheck" | "removal.not_of_this_kind").
    """
    held = actions._mine(act, return_id)
    RETURN.check(held.state, "recheck")
    if kind_of(held.kind).amends is None:
        raise Refusal("removal.not_of_this_kind")
    mark = act.find(ReturnMark, return_id=return_id)
    if complete and mark is None:
        act.add(ReturnMark(return_id=return_id, marked_by=act.actor.account, marked_at=act.at))
        actions._check_again(act, held)  # finds whom it leaves out
    elif not complete and mark is not None:
        act.db.delete(mark)
        act.db.flush()
    act.note("return.mark_complete", id=return_id, complete=complete)
    return actions._filed(held)


def complete(act: Act, held: Return) -> bool:
    """Whether somebody said that this return names everybody of its classes."""
    return act.find(ReturnMark, return_id=held.id) is not None


def find_gone(act: Act, held: Return, checked: Checked) -> None:
    """Keep whom a complete list leaves out, all of whose rows were checked in this act; nothing if it is none."""
    if complete(act, held):
        desk, kind, present = actions._desk(act, held.organisation_id), kind_of(held.kind), removals.Present()
        present.take(desk, kind, checked)
        keeping.keep_gone(act, held, removals.missing(desk, kind, present))


def left_out(act: Act, held: Return, errors: int, confirmed: int | None) -> list[ReturnLine]:
    """The rows that a complete list takes away, if it is one; the sender has to have seen how many.

    errors     how many of its rows have one
    confirmed  how many rows the sender was shown
    Raises Refusal("return.complete_has_errors" | "return.removal_unconfirmed").
    """
    if not complete(act, held):
        return []
    if errors:
        raise Refusal("return.complete_has_errors", count=errors)
    going = removals.left_out(act.db, held.id)
    gone = list(act.db.scalars(select(ReturnLine).where(*going).order_by(ReturnLine.id)))
    if gone and confirmed != len(gone):
        told = removals.measure(actions._desk(act, held.organisation_id), kind_of(held.kind), going)
        raise Refusal(
            "return.removal_unconfirmed", count=len(gone), stands=told.stands, yuan=f"{told.cents / 100:.2f}", percent=told.percent
        )
    return gone


def ask(
    act: Act, held: Return, lines: Sequence[ReturnLine], cause: str, reason: str, *, at_once: bool = True
) -> Removed:
    """Put a removal on record; it is carried out, or waits for the second person. `at_once`: a single row in this very act."""
    if not lines:
        raise Refusal("removal.nothing")
    kind = kind_of(held.kind)
    wait_exclusive(act.db, f"removals:{held.organisation_id}:{kind.name}")  # two small ones at the same moment are counted together
    told = removals.measure(
        actions._desk(act, held.organisation_id), kind, (among(act.db, ReturnLine.id, [line.id for line in lines]),)
    )
    stakes = kind.amends.stakes(act.db, [str(line.source) for line in lines]) if kind.amends else {}
    row = act.add(
        ReturnRemoval(
            id=act.new_id(), return_id=held.id, organisation_id=held.organisation_id, kind=kind.name, cause=cause, reason=reason,
            rows=told.rows, stands=told.stands, percent=told.percent, earlier=told.earlier, cents=told.cents, scopes={"names": list(told.scopes)},
            second=told.needs_two, state=RemovalState.ASKED, asked_by=act.actor.account, asked_at=act.at,
        )
    )  # fmt: skip
    made = [
        act.add(
            ReturnChange(
                id=act.new_id(), line_id=line.id, return_id=line.return_id, removal_id=row.id, source=str(line.source),
                what="void", reason=reason, cents=stakes[str(line.source)].cents, state=ChangeState.ASKED,
                asked_by=act.actor.account, asked_at=act.at,
            )
        )
        for line in lines
    ]  # fmt: skip
    act.note("return.void", id=held.id, rows=len(lines), cents=told.cents)
    if not told.needs_two:
        _go(act, row, made, at_once)
    return _removed(row)


@action("return.confirm_removal", may=actions.HANDLE, step_up=True)
def confirm(act: Act, removal_id: str) -> Removed:
    """Agree to a removal as the second person. Raises Missing, Refusal("removal.own_work" | "return_removal.cannot_confirm")."""
    row = _theirs(act, removal_id)
    REMOVAL.check(row.state, "confirm")
    may_confirm(row.asked_by, act.actor.account).or_refuse()
    _go(act, row, list(act.db.scalars(select(ReturnChange).where(ReturnChange.removal_id == row.id).order_by(ReturnChange.id))))
    return _removed(row)


@action("return.refuse_removal", may=actions.HANDLE)
def refuse(act: Act, removal_id: str, reason: str) -> Removed:
    """Say no to a removal as the second person, with the reason. Nothing is taken away."""
    row = _theirs(act, removal_id)
    REMOVAL.check(row.state, "refuse")
    may_confirm(row.asked_by, act.actor.account).or_refuse()
    reason_given(reason).or_refuse()
    _end(act, row, "refuse", reason.strip())
    return _removed(row)


@action("return.withdraw_removal", may=actions.HANDLE)
def withdraw(act: Act, removal_id: str) -> Removed:
    """Take one's own wish back while nobody has decided. Raises Refusal("removal.not_yours" | "return_removal.cannot_withdraw")."""
    row = _theirs(act, removal_id)
    REMOVAL.check(row.state, "withdraw")
    if row.asked_by != act.actor.account:
        raise Refusal("removal.not_yours")
    _end(act, row, "withdraw", "")
    return _removed(row)


@action("return.carry_out_change", may="return.apply")
def carry_out(act: Act, change_id: str) -> None:
    """Make one row of a confirmed removal void, with all that follows. Passed over if that was done already."""
    change = act.get(ReturnChange, id=change_id)
    if change.state == ChangeState.ASKED:
        changes.void(act, change)


@action("return.leave_change", may="return.apply")
def leave(act: Act, change_id: str, code: str, facts: dict[str, object]) -> None:
    """A rule stood against making a row void: it stands as it was, and the removal says why."""
    change = act.get(ReturnChange, id=change_id)
    if change.state == ChangeState.ASKED:
        act.move(change, CHANGE, "refuse", closed_at=act.at, refusal=code, facts=facts)


def _go(act: Act, row: ReturnRemoval, made: Sequence[ReturnChange], at_once: bool = True) -> None:
    act.move(row, REMOVAL, "confirm", decided_by=act.actor.account, decided_at=act.at)
    if at_once and len(made) == 1 and not row.second and row.cause == "void":  # of a complete list, one that is refused stops nothing else
        changes.void(act, made[0])
    else:
        act.later("returns.carry_out", key=f"returns.carry_out:{row.id}", removal_id=row.id)


def _end(act: Act, row: ReturnRemoval, move: str, answer: str) -> None:
    act.move(row, REMOVAL, move, decided_by=act.actor.account, decided_at=act.at, answer=answer)
    for change in act.db.scalars(select(ReturnChange).where(ReturnChange.removal_id == row.id)).all():
        act.move(change, CHANGE, "refuse", closed_at=act.at)


def _stands(act: Act, line: ReturnLine) -> None:
    zh, en = LINE.words[LineState(line.state)]
    if line.state != LineState.APPLIED:
        raise Refusal("change.not_standing", state=zh, state_en=en)
    if act.db.scalar(select(ReturnChange.id).where(ReturnChange.line_id == line.id, ReturnChange.state.in_(LIVE))):
        raise Refusal("change.under_way", row=line.row)


def _theirs(act: Act, removal_id: str) -> ReturnRemoval:
    row = act.find(ReturnRemoval, id=removal_id)
    if row is None:
        raise Missing("return_removal.unknown")
    try:
        actions._mine(act, row.return_id)
    except Missing as error:
        raise Missing("return_removal.unknown") from error
    return row


def _removed(row: ReturnRemoval) -> Removed:
    return Removed(row.id, row.state, row.rows, row.stands, row.cents, row.second)
