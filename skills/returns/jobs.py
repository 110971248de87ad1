"""Applying a return: fifty rows an act; a worker that dies leaves whole acts behind and the next one goes on."""

from __future__ import annotations

from skills.kernel.actors import Actor
from skills.kernel.canon import plain
from skills.kernel.errors import Refusal, Unavailable
from skills.kernel.jobs import Bench, job
from skills.returns import actions, queries
from skills.returns.models import Return, ReturnRemoval
from skills.returns.queries import removals


@job("returns.apply")
def apply(bench: Bench, return_id: str) -> None:
    """Apply every waiting row of a return, then close it."""
    office = bench.office
    accepted_by = office.ask(lambda db: db.get_one(Return, return_id).accepted_by)
    actor = actions.applier(accepted_by)
    waiting = office.ask(lambda db: queries.waiting(db, return_id))
    for start in range(0, len(waiting), actions.MOST_IN_ONE_ACT):
        rows = tuple(waiting[start : start + actions.MOST_IN_ONE_ACT])
        bench.progress(start, len(waiting))
        try:
            office.perform(
                actions.apply_rows, actor=actor, key=bench.key(f"{rows[0]}-{rows[-1]}"), return_id=return_id, rows=rows
            )
        except Unavailable:
            raise
        except Refusal:
            for row in rows:
                _apply_alone(bench, actor, return_id, row)
    office.perform(actions.finish, actor=actor, key=bench.key("finish"), return_id=return_id)


@job("returns.carry_out")
def carry_out(bench: Bench, removal_id: str) -> None:
    """Make the rows of a confirmed removal void, each in an act of its own: one that is refused stands and stops no other."""
    office = bench.office
    asked_by = office.ask(lambda db: db.get_one(ReturnRemoval, removal_id).asked_by)
    actor = actions.applier(asked_by)
    waiting = office.ask(lambda db: removals.changes_waiting(db, removal_id))
    for done, change in enumerate(waiting):
        bench.progress(done, len(waiting))
        try:
            office.perform(actions.removals.carry_out, actor=actor, key=bench.key(change), change_id=change)
        except Unavailable:
            raise
        except Refusal as refusal:
            office.perform(
                actions.removals.leave, actor=actor, key=bench.key(f"leave-{change}"), change_id=change, code=refusal.code,
                facts=plain(dict(refusal.facts)),
            )  # fmt: skip


def _apply_alone(bench: Bench, actor: Actor, return_id: str, row: int) -> None:
    """One row in an act of its own: a row that is refused is held and stops no other."""
    office = bench.office
    try:
        office.perform(actions.apply_rows, actor=actor, key=bench.key(row), return_id=return_id, rows=(row,))
    except Unavailable:
        raise
    except Refusal as refusal:
        office.perform(
            actions.hold_row, actor=actor, key=bench.key(f"hold-{row}"), return_id=return_id, row=row,
            code=refusal.code, facts=plain(dict(refusal.facts)),
        )
