"""What money rests on is judged by the hours that were approved for the class, whatever its course says later."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from skills.courses.actions import classes, enrolments
from skills.courses.models import Course
from skills.kernel.db import writing
from skills.vouchers.queries import settling
from tests.courses.wallet import voucher_for
from tests.learning.stage import School
from tests.world import World


@pytest.mark.row(20)
def test_a_course_that_changes_its_hours_does_not_change_what_was_earned_online(world: World) -> None:
    school = School(world)
    stage = school.stage
    school.class_id = str(stage.open(10, days=3).class_id)
    school.person, school.number = stage.person("欧阳满天")
    school.place = str(stage.enrol(school.class_id, school.person, voucher_for(world, school.person)).enrolment_id)
    world.clock.forward(days=7)
    world.perform(classes.start, actor=stage.clerk, class_id=school.class_id)
    for day in range(3):
        school.scan(day=day)
    world.clock.forward(days=1)
    world.run_jobs()
    world.perform(
        enrolments.complete, enrolment_id=school.place, hours=Decimal(12), attendance=Decimal(100), score=Decimal(80),
        completed_on=world.today - timedelta(days=1), passed=True,
    )  # fmt: skip
    assert list(world.ask(settling.attended).values()) == [(1200, 1200)]
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(Course).values(hours=40))
    assert "courses.attended" not in world.violations()
