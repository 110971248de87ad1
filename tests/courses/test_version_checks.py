"""What `skills fsck` says when somebody changes versions past the office."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.courses.models import EarlierResult, Enrolment
from skills.kernel.db import writing
from skills.returns.actions import removals
from skills.returns.models import ReturnAnswer, ReturnChange, ReturnLine, ReturnRemoval
from tests.courses.filed import Filed, reported
from tests.world import World

pytestmark = pytest.mark.row(60)


def changed(world: World) -> Filed:
    """One row corrected twice over, one asked to be void, one untouched."""
    filed = reported(world, 3)
    day = filed.place(0).completed_on
    filed.correct(2, completed_on=day.replace(day=day.day - 1).isoformat())
    world.perform(removals.void, actor=filed.clerk, return_id=filed.return_id, rows=(3,), reason="报错了班")
    world.holds()
    return filed


def line(db: Session, state: str) -> ReturnLine:
    return db.scalars(select(ReturnLine).where(ReturnLine.state == state).limit(1)).one()


def two_stand(db: Session) -> None:
    line(db, "corrected").state = "applied"


def no_change(db: Session) -> None:
    for change in db.scalars(select(ReturnChange).where(ReturnChange.state == "done")):
        db.delete(change)


def void_by_hand(db: Session) -> None:
    old = db.scalars(select(ReturnLine).where(ReturnLine.state == "applied", ReturnLine.row == 4)).one()
    old.state = "voided"


def awaiting_nothing(db: Session) -> None:
    newer = db.scalars(select(ReturnLine).where(ReturnLine.state == "applied", ReturnLine.row == 4)).one()
    newer.state, newer.source = "awaiting", None


def alone(db: Session) -> None:
    row = db.scalars(select(ReturnRemoval)).one()
    row.second, row.state, row.decided_by, row.decided_at = False, "confirmed", row.asked_by, row.asked_at


def fewer(db: Session) -> None:
    db.scalars(select(ReturnRemoval)).one().rows = 2


def unanswered(db: Session) -> None:
    for answer in db.scalars(select(ReturnAnswer)):
        db.delete(answer)


def gap(db: Session) -> None:
    db.scalars(select(EarlierResult)).one().number = 7


def no_result(db: Session) -> None:
    place = db.scalars(select(Enrolment).where(Enrolment.state == "completed").limit(1)).one()
    place.state, place.certificate_number = "attending", None


@pytest.mark.parametrize(
    ("tamper", "check"),
    [
        (two_stand, "returns.versions"), (no_change, "returns.versions"), (void_by_hand, "returns.versions"),
        (awaiting_nothing, "returns.versions"), (alone, "returns.removals"), (fewer, "returns.removals"),
        (unanswered, "returns.answers"), (gap, "courses.earlier_results"), (no_result, "courses.versions"),
    ],
    ids=lambda x: x.__name__ if callable(x) else x,
)  # fmt: skip
def test_what_was_tampered_with_is_noticed(lite: World, tamper: Callable[[Session], None], check: str) -> None:
    changed(lite)
    with writing(lite.engine) as db:
        tamper(db)
    assert check in lite.violations()
