"""Studies without a sign of life end; attendance older than the ledger is written into it; what is kept too long is thrown away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from skills.config import Settings
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job
from skills.learning.actions.authoring import FOLDER
from skills.learning.actions.forgetting import forget_devices
from skills.learning.actions.ledger import catch_up
from skills.learning.actions.studying import lapse
from skills.learning.queries.lessons import digests

KEPT = timedelta(days=2)


@job("learning.lapse", every=timedelta(minutes=5))
def end_lapsed(bench: Bench) -> None:
    """End what broke off, until there is none."""
    turn = 0
    while bench.office.perform(lapse, actor=SYSTEM, key=bench.key(turn)).count:
        turn += 1


@job("learning.catch_up", every=timedelta(days=1))
def write_what_is_missing(bench: Bench) -> None:
    """The ledger of attendance that is older than it, once through all people."""
    after = ""
    while (done := bench.office.perform(catch_up, actor=SYSTEM, key=bench.key(f"after:{after}"), after=after)).count:
        after = done.last


@job("learning.sweep", every=timedelta(days=1))
def sweep(bench: Bench) -> None:
    """Throw away uploads that no lesson took, after two days, and old marks of devices."""
    turn = 0
    while bench.office.perform(forget_devices, actor=SYSTEM, key=bench.key(f"devices:{turn}")).count:
        turn += 1
    settings = bench.office.tools[Settings]
    assert isinstance(settings, Settings)  # noqa: S101 - narrows for the type checker
    folder = settings.files_dir / FOLDER
    if not folder.is_dir():
        return
    held = bench.office.ask(digests)
    before = bench.office.clock.now() - KEPT
    for path in folder.iterdir():
        if path.name not in held and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)
