"""Applying a row looks for the same place that judging it found, by few statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from skills.courses.actions import enrolments
from skills.courses.kinds import COMPLETIONS
from skills.courses.models import CourseClass
from skills.courses.queries import filing
from skills.kernel.box import Box
from skills.returns.queries import Desk
from skills.returns.rules import Line
from tests.courses.stage import make_stage
from tests.world import World

KIND = next(c for c in COMPLETIONS.columns if c.name == "document_kind")


def test_judging_and_applying_mean_the_same_place(world: World) -> None:
    stage = make_stage(world)
    stage.publish()
    class_id = stage.open().class_id
    (again, again_number), (gone, gone_number), (_, other_number) = (stage.person() for _ in range(3))
    for person in (again, gone):
        made = stage.enrol(class_id, person)
        world.clock.forward(minutes=1)
        world.perform(enrolments.withdraw, actor=stage.learner(person), enrolment_id=made.enrolment_id)
    world.clock.forward(minutes=1)
    live = stage.enrol(class_id, again).enrolment_id
    with world.db() as db:
        number = db.get_one(CourseClass, class_id).number
        for school in (stage.school, "another"):
            desk = Desk(db, world.tool(Box), school, world.today)
            for document, at in ((again_number, number), (gone_number, number), (other_number, number), (again_number, "B2020-00001")):
                line = Line(2, {}, {"document_kind": KIND.read("居民身份证"), "document": document, "class": at})
                place = filing.look(desk, [line]).place_of(line)
                assert filing.place_of(desk, line) == ((place.enrolment_id, place.person_id) if place else None)
                if (document, at, school) == (again_number, number, stage.school):
                    assert place
                    assert place.enrolment_id == live
        assert filing.place_of(desk, Line(2, {}, {"class": number})) is None


def test_three_statements_find_the_place(world: World) -> None:
    stage = make_stage(world)
    stage.publish()
    class_id = stage.open().class_id
    person, document = stage.person()
    made, said = stage.enrol(class_id, person), list[str]()
    with world.db() as db:
        number = db.get_one(CourseClass, class_id).number
        line = Line(2, {}, {"document_kind": KIND.read("居民身份证"), "document": document, "class": number})

        def note(*told: Any) -> None:
            said.append(told[2])

        event.listen(world.engine, "before_cursor_execute", note)
        assert filing.place_of(Desk(db, world.tool(Box), stage.school, world.today), line) == (made.enrolment_id, person)
        event.remove(world.engine, "before_cursor_execute", note)
    assert len(said) == 3, said
