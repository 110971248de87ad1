"""A row that comes another way than by a file: checked by the same rules and handed in as a return of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from skills.kernel.acts import Act
from skills.returns import actions, queries
from skills.returns.kinds import kind_of
from skills.returns.models import Return, ReturnLine
from skills.returns.queries import Checked
from skills.returns.queries.under_way import APPLY, apply_key
from skills.returns.rules import CellFinding, Severity
from skills.returns.states import LINE, RETURN, ReturnState


@dataclass(frozen=True)
class Single:
    """What became of the row: the return it was handed in as, or what stands against it, or that it says nothing new."""

    return_id: str = ""
    receipt: str = ""
    same: bool = False
    errors: tuple[CellFinding, ...] = ()


def hand_in(act: Act, kind: str, organisation: str, cells: Mapping[str, str], *, form: str, name: str, digest: str) -> Single:
    """Check a row and hand it in inside the caller's act, who answers for the right to do so. Nothing is kept if it has errors.

    form  by which way it came; name and digest stand for the file's
    """
    chosen, row = kind_of(kind), 1
    found = queries.check_lines(actions._desk(act, organisation), chosen, [(row, dict(cells))])
    if row in found.same:
        return Single(same=True)
    errors = tuple(f for f in found.findings if f.severity != Severity.WARNING)
    if errors:
        return Single(errors=errors)
    places = {column.name: i for i, column in enumerate(chosen.columns)}
    held = act.add(
        Return(
            id=act.new_id(), kind=kind, organisation_id=organisation, file_name=name[:120], form=form, digest=digest,
            state=ReturnState.UPLOADED, uploaded_by=act.actor.account, uploaded_at=act.at, places=places,
        )
    )  # fmt: skip
    checked: Checked = replace(found, places=places)
    actions._keep(act, held, checked)
    act.move(held, RETURN, "check", **actions._counts(checked))
    act.move(act.get(ReturnLine, return_id=held.id, row=row), LINE, "queue")
    number = actions._number(act)
    act.move(held, RETURN, "accept", number=number, accepted_by=act.actor.account, accepted_at=act.at)
    act.later(APPLY, key=apply_key(held.id), return_id=held.id)
    return Single(held.id, number)
