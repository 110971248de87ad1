"""Seats that were kept too long are free again by themselves; the next in the queue is told."""

from __future__ import annotations

from datetime import timedelta

from skills.courses.actions.reservations import expire
from skills.courses.queries.reservations import with_overdue
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job


@job("courses.expire", every=timedelta(minutes=30))
def expire_all(bench: Bench) -> None:
    """One act a class. What was booked before is not found again."""
    now = bench.office.clock.now()
    for class_id in bench.office.ask(lambda db: with_overdue(db, now)):
        bench.office.perform(expire, actor=SYSTEM, key=bench.key(class_id), class_id=class_id)
