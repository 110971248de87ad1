"""From the rows that acts write to what the rules are asked on, and an assessment body that is told of a case without money."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from skills.accounts.rules import Role
from skills.certification.models import Score
from skills.courses.actions import classes
from skills.kernel.db import writing
from skills.messages.models import Message
from skills.oversight.actions import cases
from skills.oversight.jobs import look
from skills.oversight.queries.facts import gather
from skills.oversight.rules.facts import Facts
from tests.certification.stage import Stage as Exams
from tests.certification.stage_results import unguarded
from tests.courses.test_attendance import Room
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.oversight.stage import Stage
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(15)


def facts_of(world: World) -> Facts:
    return world.ask(gather, world.clock.now())


def test_lessons_and_seats_are_read_as_they_are_now(world: World) -> None:
    stage = Stage(world, learners=3)
    called_off = stage.courses.open().class_id
    assert facts_of(world).lessons == (), "what is yet to come did not take place"
    stage.complete()
    world.clock.forward(days=5)
    world.perform(
        classes.cancel, actor=stage.courses.clerk, class_id=called_off, reason="人数不足"
    )
    found = facts_of(world)
    assert {lesson.klass for lesson in found.lessons} == {stage.klass}, "a class that was called off is in nobody's way"
    assert {(s.person, s.institution, s.missed) for s in found.seats} == {(p, stage.school, 0) for p in stage.people}
    [place] = {lesson.room for lesson in found.lessons}
    assert " " in place, "an address and a room"


def test_a_scan_is_read_with_the_end_of_its_window(world: World) -> None:
    room = Room(world)
    session = room.at(0, -5)
    room.scan(session)
    world.clock.forward(hours=3)
    [came] = facts_of(world).comings
    assert (came.lesson, came.person, came.there, came.corrected) == (session, room.person, True, False)
    assert came.closes - came.at == timedelta(minutes=65)


def test_a_result_that_was_changed_past_the_office_is_found_and_its_body_told(visitors: Visitors) -> None:
    world = visitors.world
    exams = Exams(world)
    exams.file()
    sitting = exams.open()
    people = [exams.graduate() for _ in range(3)]
    places = [exams.apply(sitting, person) for person in people]
    exams.hold(sitting)
    exams.score(sitting, dict.fromkeys(places, ("48", "52")))
    assert [c.passed for c in facts_of(world).candidates] == [False] * 3
    assert [s for s in look(world.office) if s.rule == "F13"] == []
    with writing(world.engine) as db:
        unguarded(db.connection())
        db.execute(update(Score).where(Score.application_id.in_(places)).values(hundredths=7000))
    [found] = [s for s in look(world.office) if s.rule == "F13"]
    assert (found.subject, found.strength, set(found.rows)) == (f"organisation:{exams.body}", 3, set(places))
    made = world.perform(cases.report, suspicion=found)
    assert made.held == 0

    clerk, checker = visitors.come(acting(Role.GOV_CLERK, "c1")), visitors.come(acting(Role.GOV_CHECKER, "c2"))
    body = visitors.come(acting(Role.BODY_ADMIN, "b1", organisation=exams.body))
    here = f"/gov/cases/{made.case_id}"
    assert "没有已认定的案件" in text_of(body.get("/ent/cases"))
    page = text_of(clerk.get(here))
    assert "3 人的签发成绩与两次录入都不同" in page
    assert "涉及的用券" not in page
    assert clerk.get(f"/gov/cases/scores/{exams.body}").status_code == 200, "its score can be opened from the case"
    press(clerk, here, f"{here}/assign")
    assert "排除并解冻" not in text_of(clerk.get(here))
    press(clerk, here, f"{here}/propose", reason="纸质成绩单均为不及格")
    assert "不涉及用券" in text_of(checker.get(here))
    press(checker, here, f"{here}/confirm")
    told = text_of(body.get("/ent/cases"))
    assert "与两次录入都不同" in told
    assert "冻结" not in told
    with world.db() as db:
        codes = {m.code for m in db.query(Message).where(Message.organisation_id == exams.body, Message.code.startswith("case."))}
    assert codes == {"case.told_true"}, "nothing is said of money that is not there"
    assert body.get(here).status_code == 403
    with writing(world.engine) as db:  # back to what the office wrote: everything holds again
        for section, hundredths in (("theory", 4800), ("practical", 5200)):
            db.execute(update(Score).where(Score.application_id.in_(places), Score.section == section).values(hundredths=hundredths))
