"""The ledger of class hours: minutes by source, sums that agree, and what a return may say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from skills.courses.actions import attendance, classes, enrolments
from skills.courses.models import Enrolment
from skills.courses.queries import hours
from skills.courses.rules.attendance import Count, Mark, Reason, Side
from skills.courses.rules.hours import NO_LEDGER, Ledger, units_of
from skills.kernel.db import writing
from skills.kernel.jobs import Bench
from skills.learning.jobs import write_what_is_missing
from skills.learning.models import ClassHour
from skills.learning.queries import ledger
from skills.returns.rules import Severity
from skills.vouchers.models import Redemption
from tests.courses.test_filing import cells, judged, known
from tests.learning.stage import School
from tests.world import World

pytestmark = pytest.mark.row(20)


def test_rooms_and_lessons_add_up_by_class_year_and_month(world: World) -> None:
    school = School(world)
    school.scan(day=0)
    school.scan(day=1, minutes=20)  # late: half of it
    world.clock.forward(hours=6)
    school.learn(12)
    assert sorted(school.ledger()) == [("online", 12), ("room", 135), ("room", 270)]
    own = world.ask(ledger.own, school.person, world.today)
    [place] = own.places
    assert (place.room, place.online, place.held, place.counts) == (405, 12, 0, 417)
    assert (own.hours, own.minutes) == (Decimal("9.26"), 417)
    assert sum(minutes for _, minutes, _ in own.years) == 417
    assert sum(a + b for _, a, b in own.months) == 417
    lines = world.ask(ledger.lines, class_id=school.class_id)
    assert [line.balance for line in lines] == [417, 405, 270]
    assert {line.what for line in lines} == {"301室", "什么是标注"}
    world.holds()


def test_a_correction_writes_a_line_and_takes_none_away(world: World) -> None:
    school = School(world)
    school.scan(minutes=20)
    session = school.sessions()[0][0]
    wish = world.perform(
        attendance.ask, actor=school.learner, session_id=session, side=Side.IN, mark=Mark.ON_TIME, reason=Reason.PHONE, words="早到了，手机没电"
    )
    bureau = world.actor("attendance.correct", account="bureau", district="500112")
    world.perform(attendance.approve, actor=bureau, correction_id=wish.correction_id)
    assert school.ledger() == [("room", 135), ("room", 135)]
    world.holds()


def test_attendance_that_is_older_than_the_ledger_is_written_into_it_once(world: World) -> None:
    school = School(world)
    school.scan()
    with writing(world.engine) as db:
        db.execute(delete(ClassHour))
    assert "learning.ledger" in world.violations()
    write_what_is_missing(Bench("catch-up", world.office))
    assert school.ledger() == [("room", 270)]
    write_what_is_missing(Bench("again", world.office))
    assert school.ledger() == [("room", 270)]


# Returns -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("filed", "ledger", "says"), [
    ("96", Ledger(True, 96 * 45), []),
    ("96.5", Ledger(True, 96 * 45), [("completions.beyond_ledger", Severity.ERROR)]),
    ("96.5", Ledger(True, 96 * 45, strict=False), [("completions.beyond_ledger", Severity.WARNING)]),
    ("96.5", Ledger(False, 0), []),
    ("96", Ledger(False, 0, 270, 1), [("completions.overlap_open", Severity.ERROR)]),
    ("96", Ledger(True, 96 * 45, 270, 2, strict=False), [("completions.overlap_open", Severity.WARNING)]),
])  # fmt: skip
def test_hours_beyond_the_ledger_and_open_matters_are_marked_at_their_cell(filed: str, ledger: Ledger, says: list[tuple[str, Severity]]) -> None:
    facts = known(1)
    facts = replace(facts, places={key: replace(place, ledger=ledger) for key, place in facts.places.items()})
    found = judged([{**cells(0), "hours": filed}], facts)
    assert [(f.code, f.severity) for f in found] == says
    assert all(f.column == "hours" for f in found)


def test_money_of_a_course_with_lessons_online_rests_on_the_ledger() -> None:
    online = Ledger(True, 495, 0, 0, 45, True)
    assert online.hours(12) == Decimal("11.00")
    assert units_of(Count(1, 0, 0, 100), online, 12) == (1100, 1200)
    assert units_of(Count(1, 0, 1, 100), NO_LEDGER, 12) == (100, 200)
    assert units_of(None, NO_LEDGER, 12) is None
    assert Ledger(True, 9999, 0, 0, 45, True).hours(12) == 12


def test_a_result_of_an_online_course_is_the_ledgers(world: World) -> None:
    school = School(world)
    school.scan(day=0)
    school.scan(day=1)
    world.clock.forward(hours=6)
    order = {"enrolment_id": school.place, "attendance": Decimal(100), "score": Decimal(80), "completed_on": world.today, "passed": True}
    with world.refused("completions.beyond_ledger") as told:
        world.perform(enrolments.complete, hours=Decimal("12.01"), **order)
    assert told[0].facts["kept"] == Decimal("12")
    world.perform(enrolments.complete, hours=Decimal(12), **order)
    with world.db() as db:
        assert db.scalars(select(Enrolment.state)).all() == ["completed"]
        assert db.scalars(select(Redemption.attended)).all() == []
    world.holds()


def test_the_timetable_and_the_lessons_cover_the_course_together(world: World) -> None:
    school = School(world)
    with world.db() as db:
        assert hours.online_minutes(db, school.stage.course) == 60
    school.stage.open(days=2)  # nine hours in the room and one online: of twelve class hours enough
    bare = school.stage.publish(title="没有课件的课", hours=14)
    made = school.stage.plan(days=2, course=bare)
    with world.refused("class.not_ready"):
        world.perform(classes.submit, actor=school.stage.clerk, class_id=made.class_id, promise=True)
    world.holds()
