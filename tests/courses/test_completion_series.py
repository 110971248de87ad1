"""Numbers of completion certificates: one series per institution and year without a gap, whoever completes at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select

from skills.courses.actions import enrolments
from skills.courses.models import CompletionSeries
from skills.courses.rules.completion import LEVEL_NUMBER_LENGTH
from skills.credentials.inspection.answer import State
from skills.credentials.words import title_of
from skills.kernel.errors import Refusal
from tests.courses.stage import make_stage
from tests.world import World

MANY = 12


@pytest.mark.row(36)
def test_at_the_same_moment_no_number_is_skipped_and_none_given_twice(world: World) -> None:
    stage = make_stage(world)
    made = stage.open(MANY)
    places = [stage.enrol(made.class_id, stage.person()[0]).enrolment_id for _ in range(MANY)]
    stage.run(made.class_id)
    gate = Barrier(MANY)

    def complete(n: int) -> str:
        gate.wait()
        score = Decimal(59) if n % 3 == 0 else Decimal(80)  # a refusal in between takes its number back with everything else
        try:
            done = world.office.perform(
                enrolments.complete, actor=world.actor("enrolment.complete"), key=f"series-{n}", enrolment_id=places[n], hours=Decimal(12),
                attendance=Decimal(100), score=score, completed_on=world.today, passed=True,
            )  # fmt: skip
        except Refusal:
            return ""
        return str(done.certificate_number)

    with ThreadPoolExecutor(MANY) as pool:
        numbers = [n for n in pool.map(complete, range(MANY)) if n]
    assert sorted(int(n[-6:]) for n in numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) == MANY - MANY // 3 - (MANY % 3 > 0)
    assert {n.startswith("PX-") and len(n) != LEVEL_NUMBER_LENGTH for n in numbers} == {True}
    with world.db() as db:
        assert db.scalars(select(CompletionSeries.last)).all() == [len(numbers)]
    world.holds()


def test_the_verdict_says_that_it_is_no_level() -> None:
    said = title_of(State.VALID, "completion")[1]
    assert "不代表职业技能等级" in said[0]
    assert "no skill level" in said[1]
    assert "不代表" not in title_of(State.VALID, "level")[1][0]
