"""The worker: runs due jobs while a thread beside it seals the logs, until told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import date
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from skills.app import Works
from skills.kernel import jobs, keyacts
from skills.kernel.errors import Unavailable

PAUSE = 0.5
logger = logging.getLogger(__name__)


def run(works: Works, *, once: bool = False) -> None:
    """Work until SIGTERM; a database that is away for a while is waited for.

    once   run what is due, seal it, and come back
    """
    if once:
        keyacts.begin_day(works.office)
        jobs.order_regular(works.office)
        jobs.run_due(works.office)
        works.sealer.seal_all()
        return
    stop = threading.Event()

    def halt(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, halt)
    signal.signal(signal.SIGINT, halt)
    begun: set[date] = set()

    def seal() -> bool:
        """One turn, and a rest: a signed head for every few entries would cost more than the entries."""
        today = works.office.today()
        if today not in begun:
            keyacts.begin_day(works.office)
            begun.add(today)
        works.sealer.seal_all()
        return False

    sealer = threading.Thread(target=_again, args=(stop, seal))
    sealer.start()
    _again(stop, lambda: jobs.run_one(works.office) or jobs.order_regular(works.office) > 0)
    sealer.join()


def _again(stop: threading.Event, turn: Callable[[], bool]) -> None:
    """Take turns until stopped; rest for a moment when there was nothing to do."""
    while not stop.is_set():
        try:
            busy = turn()
        except (SQLAlchemyError, Unavailable):
            logger.exception("the database did not answer; trying again")
            busy = False
        if not busy:
            stop.wait(PAUSE)
