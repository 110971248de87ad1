"""A class of lessons online alone: applied for, approved, learned, compared and paid without a room."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from skills.courses.actions import classes, enrolments
from skills.courses.queries import classes as shown
from skills.courses.queries import delivery
from skills.courses.queries.inspected import open_to_inspection
from skills.kernel.clock import shanghai_day
from skills.learning.actions import authoring
from skills.vouchers.queries import settling, uses
from tests.courses.stage import make_stage
from tests.courses.test_views import Visitors, api, press, text_of, visitors
from tests.courses.wallet import voucher_for
from tests.learning.stage import School
from tests.world import World

__all__ = ["api", "visitors"]
pytestmark = pytest.mark.row(18, 20)


class Online(School):
    """A school with a course of one class hour that is taught online: a lesson of thirty minutes and one of fifteen."""

    def __init__(self, world: World) -> None:
        self.world, self.stage, self.film = world, make_stage(world), b""
        self.stage.course = self.stage.publish(mode="online", hours=1)
        self.lessons = [self.text("什么是标注", 30), self.text("小结", 15)]
        self.publish(self.stage)

    def plan(self, **order: Any) -> str:
        self.stage.lecturer("李老师")
        first = self.world.today + timedelta(days=7)
        made = self.world.perform(
            classes.plan, actor=self.stage.clerk, **{
                "course_id": self.stage.course, "district": "500112", "address": "", "assessment_plan": "在线考核", "seats": 30,
                "starts_on": first, "ends_on": first, "sessions": (), "lecturer": "李老师", **order,
            },
        )  # fmt: skip
        return str(made.class_id)

    def submit(self, class_id: str) -> None:
        self.world.perform(classes.submit, actor=self.stage.clerk, class_id=class_id, promise=True)

    def approve(self) -> None:
        """Approved, and one learner with a voucher."""
        self.class_id = self.plan()
        self.submit(self.class_id)
        self.world.perform(classes.approve, actor=self.stage.bureau, class_id=self.class_id)
        self.person, self.number = self.stage.person("欧阳星河")
        placed = self.stage.enrol(self.class_id, self.person, voucher_for(self.world, self.person))
        self.place, self.use = str(placed.enrolment_id), str(placed.redemption_id)

    def begin(self) -> None:
        self.world.clock.forward(days=7)
        self.world.perform(classes.start, actor=self.stage.clerk, class_id=self.class_id)

    def finish(self) -> Any:
        self.world.perform(classes.finish, actor=self.stage.clerk, class_id=self.class_id)
        return self.world.ask(delivery.report_of, self.class_id)


def test_from_the_application_to_the_money_without_a_room(world: World) -> None:
    school = Online(world)
    school.approve()
    school.begin()
    today = world.today
    assert world.ask(open_to_inspection, today, today, None) == [], "nobody is sent to a room that there is not"
    school.learn(30)
    school.learn(15, lesson=1)
    report = school.finish()
    assert (report.state, report.planned, report.delivered, report.online) == ("clear", "1", "1", ("1", "1"))
    world.perform(
        enrolments.complete, enrolment_id=school.place, hours=Decimal(1), attendance=Decimal(100), score=Decimal(80),
        completed_on=shanghai_day(world.clock.now()), passed=True,
    )  # fmt: skip
    assert world.ask(settling.attended) == {school.use: (100, 100)}, "the ledger says what it is paid by"
    assert world.ask(uses.holds_of, "class:") == {}
    world.holds()


def test_a_lesson_that_is_taken_out_after_the_approval_is_a_deviation_and_holds_the_money(world: World) -> None:
    school = Online(world)
    school.approve()
    world.perform(authoring.withdraw, actor=school.author, lesson_id=school.lessons[1])
    school.begin()
    school.learn(30)
    report = school.finish()
    assert (report.state, report.online) == ("held", ("1", "0.6"))
    assert [(code, facts["missing"]) for code, facts in report.deviations] == [("delivery.hours_short", "0.4")]
    assert world.ask(uses.holds_of, "class:") == {f"class:{school.class_id}": {school.use}}
    world.holds()


def test_whoever_has_no_room_is_told_what_is_missing(world: World) -> None:
    school = Online(world)
    for order, code in (
        ({"lecturer": "没有此人"}, "class.lecturer_online"),
        ({"course_id": school.stage.publish(title="到校学习", hours=1)}, "class.rooms"),
    ):
        class_id = school.plan(**order)
        with world.refused("class.not_ready") as refused:
            school.submit(class_id)
        assert code in {f.code for f in refused[0].findings if not f.met}
    world.holds()


def test_the_pages_and_the_api_ask_for_no_room(lite: World, visitors: Visitors, api: Any) -> None:
    school = Online(lite)
    school.stage.lecturer("李老师")
    clerk = visitors.come(school.stage.clerk)
    page = f"/org/classes/new?course={school.stage.course}"
    first = lite.today + timedelta(days=7)
    fields = {
        "district": "500112", "address": "", "lecturer": "李老师", "admits": "at_once", "seats": "30", "starts_on": f"{first}",
        "ends_on": f"{first}", "timetable": "", "assessment_plan": "在线考核",
    }  # fmt: skip
    with_session = {**fields, "timetable": f"{first} 09:00-12:00 301室"}
    assert "请填写上课地址" in text_of(press(clerk, page, page, **with_session), 422)
    own = press(clerk, page, page, **fields).headers["Location"]
    assert "线上学习（渝北区办班）" in text_of(clerk.get(own))
    assert press(clerk, own, f"{own}/submit", promise="y").status_code == 303
    gov = visitors.come(school.stage.bureau)
    desk = own.replace("/org/", "/gov/")
    assert "只有线上课件，没有线下课次" in text_of(gov.get(desk))
    assert press(gov, desk, f"{desk}/approve").status_code == 303
    public = lite.client().get(f"/courses/{school.stage.course}")
    assert "线上学习" in text_of(public)
    [instance] = lite.client().get(f"/courses/{school.stage.course}.jsonld").json["hasCourseInstance"]
    assert instance["location"]["@type"] == "VirtualLocation"
    body = {
        "course_id": school.stage.course, "district": "500112", "lecturer": "李老师", "assessment_plan": "在线考核", "seats": 30,
        "starts_on": f"{first}", "ends_on": f"{first}",
    }  # fmt: skip
    made = api(school.stage.clerk, "POST", "/classes", body)
    assert made.status_code == 201
    assert api(school.stage.clerk, "POST", f"/classes/{made.json['class_id']}/submit", {"promise": True}).json["state"] == "submitted"
    assert lite.ask(shown.class_of, made.json["class_id"], [school.stage.school]).online
    lite.holds()
