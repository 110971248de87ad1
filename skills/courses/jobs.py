"""What happens by the clock: seats that were kept too long, applications that nobody decided, reports of classes that are over."""

from __future__ import annotations

from datetime import timedelta

from skills.courses.actions import changes, classes, delivery
from skills.courses.actions.reservations import expire
from skills.courses.actions.saved import tell_savers
from skills.courses.queries.changes import overdue as late_changes
from skills.courses.queries.delivery import undecided, unreported
from skills.courses.queries.reservations import with_overdue
from skills.courses.queries.saved import with_news
from skills.kernel.actors import SYSTEM
from skills.kernel.jobs import Bench, job


@job("courses.expire", every=timedelta(minutes=30))
def expire_all(bench: Bench) -> None:
    """One act a class. What was booked before is not found again."""
    now = bench.office.clock.now()
    for class_id in bench.office.ask(lambda db: with_overdue(db, now)):
        bench.office.perform(expire, actor=SYSTEM, key=bench.key(class_id), class_id=class_id)


@job("courses.lapse", every=timedelta(hours=1))
def lapse_all(bench: Bench) -> None:
    """Applications whose time is over: approved by the clock or taken up to the city, as the policy says."""
    day = bench.office.today()
    for class_id in bench.office.ask(lambda db: undecided(db, day)):
        bench.office.perform(classes.lapse, actor=SYSTEM, key=bench.key(class_id), class_id=class_id)


@job("courses.report", every=timedelta(hours=6))
def report_all(bench: Bench) -> None:
    """Classes that are long over and were not finished: their report is drawn all the same."""
    day = bench.office.today()
    for class_id in bench.office.ask(lambda db: unreported(db, day)):
        bench.office.perform(delivery.draw_overdue, actor=SYSTEM, key=bench.key(class_id), class_id=class_id)


@job("courses.changes", every=timedelta(minutes=30))
def lapse_changes(bench: Bench) -> None:
    """Changes that nobody decided before their session began."""
    now = bench.office.clock.now()
    for change_id in bench.office.ask(lambda db: late_changes(db, now)):
        bench.office.perform(changes.lapse, actor=SYSTEM, key=bench.key(change_id), change_id=change_id)


@job("courses.tell_savers", every=timedelta(minutes=30))
def tell_savers_all(bench: Bench) -> None:
    """Who saved a course hears of a new start and of free seats. One act a course; what was told is not found again."""
    today = bench.office.today()
    for course_id in bench.office.ask(lambda db: with_news(db, today)):
        bench.office.perform(tell_savers, actor=SYSTEM, key=bench.key(course_id), course_id=course_id)
