"""A return's way: uploaded and checked, mended, handed in, applied row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select

from skills.config import Settings
from skills.kernel.actors import SYSTEM, Actor
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.returns import queries
from skills.returns.actions import keeping
from skills.returns.kinds import kind_of
from skills.returns.models import Return, ReturnFinding, ReturnLine
from skills.returns.queries import Checked, Desk
from skills.returns.queries.under_way import APPLY, apply_key
from skills.returns.rules import CellFinding, Severity
from skills.returns.states import LINE, RETURN, LineState, ReturnState

HANDLE = "return.handle"  # opens the door; the right of the kind, for the organisation, is asked inside
MOST_IN_ONE_ACT = 50
MOST_AT_ONCE = 2_000  # rows that are checked while the sender waits: a second or two; more are checked in the background


@dataclass(frozen=True)
class Unreadable:
    """Why a file could not be read at all: the refusal's code and facts."""

    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Change:
    """A mended cell."""

    row: int
    column: str
    value: str


@dataclass(frozen=True)
class Filed:
    """A return after an act upon it."""

    return_id: str
    state: str
    good: int
    bad: int
    number: str | None = None
    same_as: str | None = None


@action("return.upload", may=HANDLE)
def upload(
    act: Act,
    kind: str,
    organisation_id: str | None,
    file_name: str,
    form: str,
    digest: str,
    rows: tuple[tuple[str, ...], ...],
    unreadable: Unreadable | None = None,
    body: bytes = b"",
) -> Filed:
    """Take in a file and ask every rule. Nothing but the return itself is written.

    rows        what kernel.sheets.read made of the file; digest is the SHA-256 of its bytes
    body        the bytes of a large file instead: it waits, sealed, to be checked in the background
    unreadable  why the file could not be read: the return is kept with this one fail
    Raises Forbidden, Missing("return_kind.unknown").
    """
    chosen = kind_of(kind)
    if not queries.may_handle(act.actor, chosen, organisation_id):
        raise Forbidden("not_allowed", right=chosen.right)
    row = act.add(
        Return(
            id=act.new_id(), kind=kind, organisation_id=organisation_id, file_name=file_name[:120], form=form,
            digest=digest, state=ReturnState.UPLOADED, uploaded_by=act.actor.account, uploaded_at=act.at, places={},
        )
    )
    if body:
        background.put_away(act, row, body)
        return _filed(row)
    if unreadable:
        fail = CellFinding(0, "", unreadable.code, Severity.FAIL, unreadable.facts)
        checked = Checked({}, (), (fail,), {}, {}, {})
    else:
        checked = queries.check_sheet(_desk(act, organisation_id), chosen, rows)
    _keep(act, row, checked)
    failed = any(f.severity == Severity.FAIL for f in checked.findings)
    act.move(row, RETURN, "refuse" if failed else "check", **_counts(checked))
    return _filed(row)


@action("return.fix", may=HANDLE)
def fix(act: Act, return_id: str, changes: tuple[Change, ...]) -> Filed:
    """Mend cells in place; then every rule is asked again of every row.

    Raises Missing("filed_return.unknown" | "return_line.unknown"), Refusal("return.cannot_recheck").
    """
    row = _mine(act, return_id)
    RETURN.check(row.state, "recheck")
    box = act.using(Box)
    lines = _lines(act, row)
    cells = {number: queries.opened(box, line) for number, line in lines.items()}
    for change in changes:
        if change.row not in cells or change.column not in row.places:
            raise Missing("return_line.unknown")
        cells[change.row][change.column] = change.value.strip()[:200]
    for number in {change.row for change in changes}:
        lines[number].cells = _sealed(box, row.id, number, cells[number])
    act.db.flush()
    act.note("return.fix", id=row.id, cells=len(changes))
    _check_again(act, row, lines, cells)
    return _filed(row)


@action("return.accept", may=HANDLE)
def accept(act: Act, return_id: str, removes: int | None = None) -> Filed:
    """Hand in: rows without error are queued, rows with an error are held, rows filed before are left alone.

    If nothing in it is new, the return gets its receipt naming the earlier one and changes nothing.
    removes  of a complete list: how many rows the sender was told it takes away
    Raises Refusal("return.nothing_to_file", "return.cannot_accept", "return.removal_unconfirmed",
    "return.complete_has_errors"), Missing.
    """
    row = _mine(act, return_id)
    RETURN.check(row.state, "accept")
    if row.lines > MOST_AT_ONCE:
        gone = removals.left_out(act, row, row.bad, removes)
        background.accept(act, row, _number(act))
        _take_away(act, row, gone)
        return _filed(row)
    lines = _lines(act, row)
    box = act.using(Box)
    cells = {number: queries.opened(box, line) for number, line in lines.items()}
    checked = _ask_again(act, row, lines, cells)
    totals = checked.totals
    if not totals.good and not totals.same:
        raise Refusal("return.nothing_to_file", bad=totals.bad)
    gone = removals.left_out(act, row, len({f.row for f in checked.findings if f.severity != Severity.WARNING}), removes)
    bad = {f.row for f in checked.findings if f.severity == Severity.ERROR} - set(checked.same)
    for number, line in lines.items():
        name = "same" if number in checked.same else "hold" if number in bad else "queue"
        LINE.check(line.state, name)
        line.state, line.same_as = LINE.moves[name].target, checked.same.get(number)
    act.db.flush()
    act.move(
        row, RETURN, "accept", number=_number(act), accepted_by=act.actor.account, accepted_at=act.at,
        same_as=None if totals.good else max(checked.same.values()),
    )
    _take_away(act, row, gone)
    if totals.good:
        act.later(APPLY, key=apply_key(row.id), return_id=row.id)
    else:
        act.move(row, RETURN, "finish", applied_at=act.at)
    return _filed(row)


def _take_away(act: Act, row: Return, gone: Sequence[ReturnLine]) -> None:
    if gone:
        removals.ask(act, row, gone, "complete", removals.COMPLETE_REASON)


@action("return.drop", may=HANDLE)
def drop(act: Act, return_id: str) -> Filed:
    """Give up a checked return; nothing of it is ever applied. Raises Missing, Refusal("return.cannot_drop")."""
    row = _mine(act, return_id)
    act.move(row, RETURN, "drop")
    background.clear(act, row.id)
    return _filed(row)


@action("return.apply_rows", may="return.apply")
def apply_rows(act: Act, return_id: str, rows: tuple[int, ...]) -> None:
    """Apply waiting rows, at most 50 in one act: each with all that follows from it, or the whole act not at all.

    Every rule is asked once more; a row that no longer passes is held. Rows already applied are passed over.
    """
    if len(rows) > MOST_IN_ONE_ACT:
        raise ValueError(f"at most {MOST_IN_ONE_ACT} rows in one act")
    row = act.get(Return, id=return_id)
    kind = kind_of(row.kind)
    box = act.using(Box)
    lines = {n: line for n, line in _lines(act, row, rows).items() if line.state == LineState.WAITING}
    cut = [(n, queries.opened(box, line)) for n, line in lines.items()]
    checked = queries.check_lines(_desk(act, row.organisation_id), kind, cut, own=row.id)
    faults = {f.row: f for f in checked.findings if f.severity == Severity.ERROR}
    for read in checked.lines:
        line = lines[read.row]
        if read.row in faults or read.row in checked.same:
            _hold(act, line, faults.get(read.row, CellFinding(read.row, "", "returns.filed_meanwhile")))
            continue
        changes.applied(act, row, kind, line, read, checked.near.get(read.row))


@action("return.hold_row", may="return.apply")
def hold_row(
    act: Act, return_id: str, row: int, code: str, facts: Mapping[str, object], grounds: tuple[CellFinding, ...] = ()
) -> None:
    """Hold a waiting row that was refused when it was applied, with the refusal and every condition behind it as its findings."""
    line = act.get(ReturnLine, return_id=return_id, row=row)
    if line.state == LineState.WAITING:
        _hold(act, line, CellFinding(row, "", code, Severity.ERROR, facts), *grounds)


@action("return.finish", may="return.apply")
def finish(act: Act, return_id: str) -> None:
    """Close a return of which no row waits any more; counts say what became of its rows."""
    row = act.get(Return, id=return_id)
    if row.state == ReturnState.ACCEPTED and not queries.waiting(act.db, return_id):
        held = act.db.scalars(
            select(ReturnLine.id).where(ReturnLine.return_id == return_id, ReturnLine.state == LineState.HELD)
        ).all()
        act.move(row, RETURN, "finish", applied_at=act.at, bad=len(held), good=row.lines - len(held) - row.same)


def applier(row_accepted_by: str | None) -> Actor:
    """Who applies: the system, on behalf of the person who handed the return in."""
    return replace(SYSTEM, on_behalf_of=row_accepted_by)


# ------------------------------------------------------------------------------------------------------------------


def _desk(act: Act, organisation: str | None) -> Desk:
    return Desk(act.db, act.using(Box), organisation, act.today, act.using(Settings).public_base)


def _mine(act: Act, return_id: str) -> Return:
    row = act.get(Return, id=return_id)
    if not queries.may_handle(act.actor, kind_of(row.kind), row.organisation_id):
        raise Missing("filed_return.unknown")
    return row


def _lines(act: Act, row: Return, numbers: Sequence[int] | None = None) -> dict[int, ReturnLine]:
    chosen = select(ReturnLine).where(ReturnLine.return_id == row.id).order_by(ReturnLine.row)
    if numbers is not None:
        chosen = chosen.where(ReturnLine.row.in_(numbers)).with_for_update()
    return {line.row: line for line in act.db.scalars(chosen)}


_sealed, _keep_findings, _counts = keeping.sealed, keeping.keep_findings, keeping.counts


def _keep(act: Act, row: Return, checked: Checked) -> None:
    """Write the lines and findings of a fresh return."""
    row.places = dict(checked.places)
    keeping.keep_lines(act, row.id, checked)
    _keep_findings(act, row, checked.findings, checked.marks)


def _check_again(
    act: Act, row: Return, lines: Mapping[int, ReturnLine] | None = None, cells: Mapping[int, Mapping[str, str]] | None = None
) -> None:
    """Ask every rule anew of the stored rows: at once of a few, in the background of many. `cells`: as opened already."""
    if row.lines > MOST_AT_ONCE:
        act.move(row, RETURN, "check_again")
        background.order(act, row)
        return
    lines, box = lines or _lines(act, row), act.using(Box)
    _ask_again(act, row, lines, cells or {number: queries.opened(box, line) for number, line in lines.items()})


def _ask_again(
    act: Act, row: Return, lines: Mapping[int, ReturnLine], cells: Mapping[int, Mapping[str, str]]
) -> Checked:
    """Ask every rule anew of the stored rows and replace what was found before. What was said of the file stays."""
    checked = queries.check_lines(
        _desk(act, row.organisation_id), kind_of(row.kind), sorted(cells.items()), own=row.id
    )
    for number, line in lines.items():
        line.mark, line.worth = checked.marks[number], checked.worths.get(number, 0)
        line.same_as = checked.same.get(number)
    act.db.flush()
    act.db.execute(delete(ReturnFinding).where(ReturnFinding.return_id == row.id, ReturnFinding.row > 0))
    _keep_findings(act, row, checked.findings, checked.marks)
    act.move(row, RETURN, "recheck", **_counts(checked))
    removals.find_gone(act, row, checked)
    return checked


def _hold(act: Act, line: ReturnLine, *findings: CellFinding) -> None:
    act.move(line, LINE, "hold")
    _keep_findings(act, act.get(Return, id=line.return_id), findings, {line.row: line.mark})


def _number(act: Act) -> str:
    """A receipt number: the day and six characters that are read aloud without mistakes."""
    return f"HZ{act.today:%Y%m%d}-{act.new_code(6)}"


def _filed(row: Return) -> Filed:
    return Filed(row.id, row.state, row.good, row.bad, row.number, row.same_as)


from skills.returns.actions import background, changes, removals  # noqa: E402 - they stand on what is above
