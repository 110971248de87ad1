"""Checking a large return part by part: every part stands by itself, so that whoever takes over goes on from the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, true, update

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.kernel.jobs import revive
from skills.returns import actions
from skills.returns.actions.keeping import counts, keep_findings, keep_gone, keep_lines
from skills.returns.models import Return, ReturnFinding, ReturnLine
from skills.returns.models.waiting import ReturnCheck, ReturnFile
from skills.returns.queries import Checked, under_way
from skills.returns.queries.under_way import APPLY, CHECK, PIECE, apply_key, file_place, job_key
from skills.returns.rules import CellFinding, Severity
from skills.returns.states import LINE, RETURN, LineState, ReturnState

SURPLUS = "returns.surplus_cells"
COUNTS = ("lines", "good", "bad", "same", "warnings", "worth", "blocked")


def put_away(act: Act, row: Return, body: bytes) -> None:
    """Seal the file piece by piece and order its check, in the act that takes it in."""
    box = act.using(Box)
    for piece, start in enumerate(range(0, len(body), PIECE)):
        sealed = box.seal_bytes(body[start : start + PIECE], file_place(row.id, piece))
        act.db.execute(insert(ReturnFile), [{"return_id": row.id, "piece": piece, "body": sealed}])
    order(act, row)


def order(act: Act, row: Return) -> None:
    """Order the check of a return in the background, from its first row on."""
    check = act.find(ReturnCheck, id=row.id)
    if check is None:
        act.add(ReturnCheck(id=row.id, ordered_at=act.at))
    else:
        check.rows, check.checked, check.ordered_at, check.finished_at = 0, 0, act.at, None
    act.db.flush()
    act.later(CHECK, key=job_key(row.id, 0)[:-1] + act.new_code(10), return_id=row.id)


def clear(act: Act, return_id: str) -> None:
    """Take the file of a return away."""
    act.db.execute(delete(ReturnFile).where(ReturnFile.return_id == return_id))


@dataclass(frozen=True)
class Step:
    """One step of the work on a large return: whether it was taken, and of how many rows."""

    taken: bool
    rows: int = 0


@action("return.begin_check", may="return.apply")
def begin(act: Act, return_id: str, rows: int, places: Mapping[str, int] | None, findings: tuple[CellFinding, ...]) -> Step:
    """Note how many rows there are, and what was found of the file itself; one Fail refuses it and takes it away.

    places  where the columns stand; None when the rows are those stored already
    Not taken if the return is not waiting to be checked any more.
    """
    row = act.get(Return, id=return_id)
    if row.state != ReturnState.UPLOADED:
        return Step(False)
    check = act.get(ReturnCheck, id=return_id)
    if check.checked:
        return Step(True, rows)
    check.rows = rows
    for name in COUNTS:
        if places is not None or name != "lines":
            setattr(row, name, 0)
    if places is not None:
        row.places = dict(places)
        act.db.execute(delete(ReturnFinding).where(ReturnFinding.return_id == return_id, ReturnFinding.row == 0))
        keep_findings(act, row, findings, {})
        row.warnings = sum(f.severity == Severity.WARNING for f in findings)
    else:
        row.warnings = len(act.db.scalars(select(ReturnFinding.id).where(*_of_the_file(return_id))).all())
    act.db.flush()
    if any(f.severity == Severity.FAIL for f in findings):
        check.finished_at = act.at
        act.db.flush()
        clear(act, return_id)
        act.move(row, RETURN, "refuse")
    return Step(True, rows)


@action("return.check_part", may="return.apply")
def keep_part(act: Act, return_id: str, start: int, end: int, checked: Checked, fresh: bool) -> Step:
    """Keep what the rules said of the rows from place `start` to `end` of the file, with the rows if they are `fresh`.

    Not taken, and nothing kept, if these rows are not the next any more or the return is given up.
    """
    row = act.get(Return, id=return_id)
    check = act.get(ReturnCheck, id=return_id)
    if row.state != ReturnState.UPLOADED or not act.alter(check, ReturnCheck.checked == start, checked=end):
        return Step(False)
    if fresh:
        keep_lines(act, return_id, checked)
    else:
        _keep_again(act, return_id, checked)
    keep_findings(act, row, checked.findings, checked.marks)
    for name, count in counts(checked).items():
        if fresh or name != "lines":
            setattr(row, name, getattr(row, name) + count)
    act.db.flush()
    act.note("return.check_part", id=return_id, rows=end - start)
    return Step(True, end - start)


@action("return.end_check", may="return.apply")
def end(act: Act, return_id: str, gone: tuple[str, ...] = ()) -> None:
    """Every row was checked: the return can be mended and handed in, and its file is gone.

    gone  ids of the rows that it leaves out, if it is a complete list
    """
    row = act.get(Return, id=return_id)
    check = act.get(ReturnCheck, id=return_id)
    if row.state != ReturnState.UPLOADED or check.checked < check.rows:
        return
    check.finished_at = act.at
    act.db.flush()
    clear(act, return_id)
    keep_gone(act, row, gone)
    act.move(row, RETURN, "check")


def accept(act: Act, row: Return, number: str) -> None:
    """Hand a large return in: its rows are sorted out by the job that applies them, and there asked once more.

    Raises Refusal("return.nothing_to_file").
    """
    if not row.good and not row.same:
        raise Refusal("return.nothing_to_file", bad=row.bad)
    act.move(row, RETURN, "accept", number=number, accepted_by=act.actor.account, accepted_at=act.at)
    act.later(APPLY, key=apply_key(row.id), return_id=row.id)


@action("return.go_on", may=actions.HANDLE)
def go_on(act: Act, return_id: str) -> actions.Filed:
    """Let work on a return that was given up start again: it goes on where it stopped.

    Raises Missing("filed_return.unknown"), Refusal("return.not_given_up").
    """
    row = actions._mine(act, return_id)
    job = under_way.work_of(act.db, row)
    if row.state not in under_way.WORK or job is None or not revive(act.db, job.name, [job.id], act.at):
        raise Refusal("return.not_given_up")
    act.note("return.go_on", id=row.id)
    return actions._filed(row)


@action("return.sort_part", may="return.apply")
def sort_part(act: Act, return_id: str, most: int) -> Step:
    """Queue, hold or leave alone the next rows of a return that was handed in; not taken at the end."""
    row = act.get(Return, id=return_id)
    if row.state != ReturnState.ACCEPTED:
        return Step(False)
    checked = ReturnLine.return_id == return_id, ReturnLine.state == LineState.CHECKED
    chosen = select(ReturnLine.row, ReturnLine.same_as).where(*checked).order_by(ReturnLine.row).limit(most)
    lines = act.db.execute(chosen).all()
    if not lines:
        _nothing_new(act, row)
        return Step(False)
    first, last = lines[0].row, lines[-1].row
    errors = select(ReturnFinding.row).where(
        ReturnFinding.return_id == return_id, ReturnFinding.row.between(first, last), ReturnFinding.severity == Severity.ERROR
    )
    here = *checked, ReturnLine.row.between(first, last)
    for name, those in (
        ("same", ReturnLine.same_as.is_not(None)), ("hold", ReturnLine.row.in_(errors)), ("queue", true())
    ):  # fmt: skip
        act.db.execute(
            update(ReturnLine).where(*here, those).values(state=LINE.moves[name].target.value)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    act.note("return.sort_part", id=return_id, rows=len(lines))
    return Step(True, len(lines))


def _nothing_new(act: Act, row: Return) -> None:
    """If every row stood in an earlier return, the receipt names it."""
    states = (ReturnLine.return_id == row.id) & ReturnLine.state.in_((LineState.WAITING, LineState.APPLIED))
    if row.same_as is None and row.same and act.db.scalar(select(ReturnLine.id).where(states).limit(1)) is None:
        row.same_as = act.db.scalar(select(func.max(ReturnLine.same_as)).where(ReturnLine.return_id == row.id))
        act.db.flush()


def _keep_again(act: Act, return_id: str, checked: Checked) -> None:
    """Rows that stand already: what was found before gives way to what is found now."""
    if not checked.lines:
        return
    first, last = checked.lines[0].row, checked.lines[-1].row
    here = ReturnLine.return_id == return_id, ReturnLine.row.between(first, last)
    for line in act.db.scalars(select(ReturnLine).where(*here)):
        line.mark, line.worth = checked.marks[line.row], checked.worths.get(line.row, 0)
        line.same_as = checked.same.get(line.row)
    act.db.flush()
    said = ReturnFinding.return_id == return_id, ReturnFinding.row.between(first, last), ReturnFinding.code != SURPLUS
    act.db.execute(delete(ReturnFinding).where(*said))


def _of_the_file(return_id: str) -> tuple[ColumnElement[bool], ...]:
    """Warnings that only the file itself can give: they stay when stored rows are asked again."""
    held = or_(ReturnFinding.row == 0, ReturnFinding.code == SURPLUS)
    return ReturnFinding.return_id == return_id, ReturnFinding.severity == Severity.WARNING, held
