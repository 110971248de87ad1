"""Walking the lines of a statement in the background, each step under its own key, so that a new worker goes on; what is kept for a time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from skills.kernel.actors import SYSTEM
from skills.kernel.acts import Action
from skills.kernel.jobs import Bench, job
from skills.settlement.actions import lines, objections
from skills.settlement.actions.lines import Walked
from skills.settlement.models import StatementLine


@job("settlement.gather")
def gather(bench: Bench, statement_id: str) -> None:
    """Draw a statement up to its end."""
    after, done = "", 0
    while True:
        part = bench.office.perform(lines.gather, actor=SYSTEM, key=bench.key(after), statement_id=statement_id, after=after)
        done += part.lines
        bench.progress(done, done + (part.last is not None))
        if part.last is None:
            return
        after = part.last


@job("settlement.look")
def look(bench: Bench, statement_id: str) -> None:
    """Look at every line again."""
    _by_position(bench, lines.look, statement_id)


@job("settlement.close")
def close(bench: Bench, statement_id: str) -> None:
    """Order what is due, line by line, then hand it over."""
    _by_position(bench, lines.close, statement_id)


@job("settlement.book")
def book(bench: Bench, statement_id: str) -> None:
    """Write what was paid into the ledger."""
    _till_none(bench, lines.book, statement_id)


@job("settlement.free")
def free(bench: Bench, statement_id: str) -> None:
    """Set the lines of a statement free that was given up."""
    _till_none(bench, lines.free, statement_id)


@job("settlement.forget_objectors", every=timedelta(days=1))
def forget_objectors(bench: Bench) -> None:
    """Take names and contacts of objectors out until none is kept too long."""
    turn = 0
    while bench.office.perform(objections.forget, actor=SYSTEM, key=bench.key(turn)).count:
        turn += 1


def _by_position(bench: Bench, step: Action[[str, int], Walked], statement_id: str) -> None:
    total, after, done = _how_many(bench, statement_id), 0, 0
    while True:
        part = bench.office.perform(step, actor=SYSTEM, key=bench.key(after), statement_id=statement_id, after=after)
        done += part.lines
        bench.progress(done, max(total, done))
        if part.last is None:
            return
        after = int(part.last)


def _till_none(bench: Bench, step: Action[[str], Walked], statement_id: str) -> None:
    total, turn, done = _how_many(bench, statement_id), 0, 0
    while True:
        part = bench.office.perform(step, actor=SYSTEM, key=bench.key(turn), statement_id=statement_id)
        done += part.lines
        bench.progress(done, max(total, done))
        if part.last is None:
            return
        turn += 1


def _how_many(bench: Bench, statement_id: str) -> int:
    chosen = select(func.count()).select_from(StatementLine).where(
        StatementLine.statement_id == statement_id, StatementLine.withdrawn_at.is_(None)
    )  # fmt: skip
    return bench.office.ask(lambda db: db.scalar(chosen)) or 0
