"""Versions of a row: corrected by a newer one, made void, or left as it is; nothing is overwritten and nothing deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.canon import canon
from skills.kernel.errors import Refusal
from skills.returns import actions, queries
from skills.returns.kinds import kind_of
from skills.returns.models import Return, ReturnAnswer, ReturnChange, ReturnLine
from skills.returns.queries.asking import Near
from skills.returns.rules import CellFinding, Kind, Line, Severity, read_line
from skills.returns.rules.amending import Amends, Answer, Followed, Why, may_answer, reason_given
from skills.returns.states import LINE, RETURN, LineState, ReturnState
from skills.returns.states.changes import CHANGE, ChangeState

PAGE_FORM = "page"  # the form of a return that was written on a page and not in a file


@dataclass(frozen=True)
class Changed:
    """A change and what it came to. `number` is the request about the certificate for which it waits; cents in 分."""

    change_id: str
    state: str
    number: str = ""
    cents: int = 0


@action("return.answer", may=actions.HANDLE)
def answer(act: Act, return_id: str, row: int, said: Answer, reason: str = "") -> actions.Filed:
    """Say whether a row that is close to one that stands is its correction, a new entry, or to be left out.

    Every rule is asked again. A later answer takes the place of an earlier one.
    Raises Missing("return_line.unknown"), Refusal("change.nothing_asked" | "change.answer_unfit" | "change.reason_needed").
    """
    held = actions._mine(act, return_id)
    RETURN.check(held.state, "recheck")
    line = act.get(ReturnLine, return_id=return_id, row=row)
    kind = kind_of(held.kind)
    cells = queries.opened(act.using(Box), line)
    near = queries.check_lines(actions._desk(act, held.organisation_id), kind, [(row, cells)], own=held.id).near.get(row)
    if near is None:
        raise Refusal("change.nothing_asked")
    may_answer(near.column, said).or_refuse()
    if said is Answer.CORRECT:
        reason_given(reason).or_refuse()
    values: dict[str, object] = {
        "column": near.column, "line_id": near.line_id, "answer": said, "reason": reason.strip(),
        "answered_by": act.actor.account, "answered_at": act.at,
    }  # fmt: skip
    earlier = act.find(ReturnAnswer, return_id=return_id, row=row)
    if earlier is None:
        act.add(ReturnAnswer(id=act.new_id(), return_id=return_id, row=row, **values))
    else:
        act.alter(earlier, ReturnAnswer.return_id == return_id, **values)
    act.note("return.answer", id=return_id, row=row, answer=said)
    act.db.flush()
    actions._check_again(act, held)
    return actions._filed(held)


@action("return.correct_row", may=actions.HANDLE, step_up=True)
def correct_row(act: Act, return_id: str, row: int, cells: Mapping[str, str], reason: str) -> actions.Filed:
    """Write a correction of a row that stands: a return of one row, checked like any other and handed in at once.

    cells  the columns that change, with their new texts; the rest stays as it was filed
    Raises Refusal("change.reason_needed" | "change.nothing_new" | "change.not_standing" | "change.has_errors") with
    every finding, and whatever the rules of the kind refuse.
    """
    old = actions._mine(act, return_id)
    kind = kind_of(old.kind)
    line = act.get(ReturnLine, return_id=return_id, row=row)
    if kind.amends is None or line.state != LineState.APPLIED:
        raise Refusal("change.not_standing", state=LINE.words[LineState(line.state)][0], state_en=LINE.words[LineState(line.state)][1])
    reason_given(reason).or_refuse()
    box = act.using(Box)
    before = queries.opened(box, line)
    if not before:
        raise Refusal("change.person_erased")
    if foreign := set(cells) - {c.name for c in kind.columns}:
        raise Refusal("change.column_unknown", columns="、".join(sorted(foreign))[:60])
    after = {**before, **{name: text.strip()[:200] for name, text in cells.items()}}
    if after == before:
        raise Refusal("change.nothing_new")
    made = act.add(
        Return(
            id=act.new_id(), kind=kind.name, organisation_id=old.organisation_id, file_name=f"{old.number} {row}"[:120],
            form=PAGE_FORM, digest=box.blind("return:page", canon([old.id, row, after])), state=ReturnState.UPLOADED, uploaded_by=act.actor.account,
            uploaded_at=act.at, places={},
        )
    )  # fmt: skip
    cut = [(row, after)]
    checked = replace(queries.check_lines(actions._desk(act, old.organisation_id), kind, cut, own=made.id), places=old.places)
    actions._keep(act, made, checked)
    column = next((name for name in kind.amends.keys if before.get(name, "") != after.get(name, "")), "")
    act.add(
        ReturnAnswer(
            id=act.new_id(), return_id=made.id, row=row, column=column, line_id=line.id, answer=Answer.CORRECT,
            reason=reason.strip(), answered_by=act.actor.account, answered_at=act.at,
        )
    )  # fmt: skip
    act.move(made, RETURN, "check", **actions._counts(checked))
    found = queries.check_lines(actions._desk(act, old.organisation_id), kind, cut, own=made.id)
    if row in found.same or row not in found.near:
        raise Refusal("change.nothing_new")
    if errors := sorted({(f.column, f.code) for f in found.findings if f.severity == Severity.ERROR}):
        raise Refusal("change.has_errors", count=len(errors), codes="、".join(code for _, code in errors))
    return actions.accept(act, return_id=made.id)


def applied(act: Act, held: Return, kind: Kind, line: ReturnLine, read: Line, near: Near | None) -> None:
    """Apply one waiting row inside the caller's act: as a new entry, or in the place of the row that it corrects."""
    if near is None or near.answer != Answer.CORRECT or kind.amends is None:
        done = kind.apply(act, held.organisation_id, read)
        _stands(act, line, done.source, done.cents, done.person_id)
        return
    old = act.get(ReturnLine, id=near.line_id)
    change = act.add(
        ReturnChange(
            id=act.new_id(), line_id=old.id, by_line_id=line.id, return_id=old.return_id, source=near.source, what="correct",
            column=near.column, reason=near.reason, cents=near.cents, state=ChangeState.ASKED, asked_by=near.by, asked_at=act.at,
        )
    )  # fmt: skip
    why = _why(change)
    if near.column:
        done = kind.apply(act, held.organisation_id, read)
        _stands(act, line, done.source, done.cents, done.person_id)
        followed = kind.amends.void(act, held.organisation_id, near.source, why, False)
    else:
        followed = kind.amends.correct(act, held.organisation_id, read, near.source, why, False)
    if followed.waits:
        act.move(change, CHANGE, "wait", request=followed.waits, number=followed.number)
        if not near.column:
            box = act.using(Box)
            cells = actions._sealed(box, line.return_id, line.row, queries.opened(box, line), followed.person_id)
            act.move(line, LINE, "await", cells=cells)
        return
    act.move(old, LINE, "replace")
    if not near.column:
        _stands(act, line, near.source, followed.cents, followed.person_id)
    act.move(change, CHANGE, "carry_out", closed_at=act.at)


def void(act: Act, change: ReturnChange) -> Changed:
    """Carry a wish out to make a row void, inside the caller's act; it waits if the row's certificate has to end first."""
    held = act.get(Return, id=change.return_id)
    old = act.get(ReturnLine, id=change.line_id)
    LINE.check(old.state, "void")
    followed = _amends(held).void(act, held.organisation_id, change.source, _why(change), False)
    if followed.waits:
        act.move(change, CHANGE, "wait", request=followed.waits, number=followed.number)
    else:
        act.move(old, LINE, "void")
        act.move(change, CHANGE, "carry_out", closed_at=act.at)
    return Changed(change.id, change.state, change.number, change.cents)


def ended(act: Act, request: str, carried_out: bool) -> bool:
    """A request about a certificate has ended: what waited for it takes effect, or the row stands as it was.

    Inside the act that ends the request. Whether any change waited for it.
    """
    change = act.find(ReturnChange, request=request, state=ChangeState.WAITING)
    if change is None:
        return False
    held = act.get(Return, id=change.return_id)
    amends, why = _amends(held), _why(change)
    newer = None if change.by_line_id is None else act.get(ReturnLine, id=change.by_line_id)
    if not carried_out:
        amends.dropped(act, change.source, why)
        act.move(change, CHANGE, "refuse", closed_at=act.at, refusal="returns.request_refused")
        if newer is not None and newer.state == LineState.AWAITING:
            _held_after_all(act, newer)
        return True
    old = act.get(ReturnLine, id=change.line_id)
    if newer is None or change.column:
        amends.void(act, held.organisation_id, change.source, why, True)
        act.move(old, LINE, "void" if newer is None else "replace")
    else:
        box = act.using(Box)
        read, _ = read_line(newer.row, queries.opened(box, newer), kind_of(held.kind).columns)
        followed: Followed = amends.correct(act, held.organisation_id, read, change.source, why, True)
        act.move(old, LINE, "replace")
        _stands(act, newer, change.source, followed.cents, followed.person_id)
    act.move(change, CHANGE, "carry_out", closed_at=act.at)
    return True


def _stands(act: Act, line: ReturnLine, source: str, cents: int, person_id: str | None) -> None:
    """The row counts from now on; what it says lies under its person's own data key."""
    box = act.using(Box)
    cells = actions._sealed(box, line.return_id, line.row, queries.opened(box, line), person_id)
    act.move(line, LINE, "apply", source=source, worth=cents, applied_at=act.at, cells=cells)


def _held_after_all(act: Act, line: ReturnLine) -> None:
    actions._hold(act, line, CellFinding(line.row, "", "returns.request_refused"))
    held = act.get(Return, id=line.return_id)
    if held.forgotten_at is not None:  # the rest was emptied before: this row is due now
        act.alter(held, forgotten_at=None)
    if held.state == ReturnState.APPLIED:
        act.alter(held, Return.state == ReturnState.APPLIED, good=Return.good - 1, bad=Return.bad + 1)


def _why(change: ReturnChange) -> Why:
    return Why(change.id, change.reason, change.asked_by)


def _amends(held: Return) -> Amends:
    amends = kind_of(held.kind).amends
    if amends is None:
        raise Refusal("change.not_standing", state="", state_en="")
    return amends
