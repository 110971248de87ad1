"""A training standard from draft to publication by its acts and its pages, and a course that points at it."""

from __future__ import annotations

import re
from typing import Any

from skills.accounts.actions import create_staff
from skills.accounts.rules import Role
from skills.courses.queries import catalogue
from skills.kernel.actors import Actor
from skills.training_standards import actions, queries
from tests.courses.stage import make_stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import body
from tests.world import World

__all__ = ["visitors"]

JOB = "4-04-05-05"
TASKS = (
    ("数据采集", "能按规范采集图像\n能采集语音", "采集规范", {"2": 8, "3": 12}),
    ("数据标注", "能标注图像", "标注规范\n质检方法", {"2": 16, "3": 20}),
)


class Office:
    """Who writes, who publishes, and three experts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.writer = world.actor("training_standard.draft", "gov.see", account="writer")
        self.chief = world.actor("training_standard.publish", "gov.see", account="chief")
        centre = body(world, "social_body", 7, "重庆星河技能评价中心")
        self.experts = [
            world.perform(create_staff, login=f"expert-{n}", name=f"专家{n}", role=Role.EXAMINER, organisation_id=centre).id for n in range(3)
        ]

    def expert(self, account: str) -> Actor:
        return self.world.actor("training_standard.review", account=account)

    def drafted(self) -> Any:
        made = self.world.perform(actions.draft, actor=self.writer, title="人工智能训练师培训标准", occupation=JOB, levels=(2, 3))
        for name, skills, knowledge, hours in TASKS:
            self.world.perform(
                actions.put_task, actor=self.writer, version_id=made.version_id, name=name, skills=skills, knowledge=knowledge, hours=hours
            )
        self.name(made.version_id)
        return made

    def name(self, version: str) -> None:
        for account in self.experts:
            self.world.perform(actions.name_expert, actor=self.writer, version_id=version, account_id=account)

    def publish(self, version: str) -> Any:
        self.world.perform(actions.submit, actor=self.writer, version_id=version)
        for account in self.experts:
            self.world.perform(actions.give_opinion, actor=self.expert(account), version_id=version, agrees=True, words="")
        self.world.perform(actions.give_notice, actor=self.chief, version_id=version)
        self.world.clock.forward(days=8)
        return self.world.perform(actions.publish, actor=self.chief, version_id=version)


def test_a_standard_is_drafted_reviewed_noticed_and_published_and_its_next_version_takes_its_place(world: World) -> None:
    office = Office(world)
    made = office.drafted()
    version = made.version_id
    assert world.ask(queries.count) == 0
    with world.refused("training_standard_version.cannot_give_notice"):
        world.perform(actions.give_notice, actor=office.chief, version_id=version)
    world.perform(actions.submit, actor=office.writer, version_id=version)
    with world.refused("training_standard.not_draft"):
        world.perform(actions.drop_task, actor=office.writer, version_id=version, position=0)
    with world.refused("training_standard.not_asked"):
        world.perform(actions.give_opinion, actor=office.expert("stranger"), version_id=version, agrees=True, words="")
    with world.refused("training_standard.words_needed"):
        world.perform(actions.give_opinion, actor=office.expert(office.experts[0]), version_id=version, agrees=False, words=" ")
    world.perform(actions.give_opinion, actor=office.expert(office.experts[0]), version_id=version, agrees=False, words="学时偏少")
    with world.refused("training_standard.not_agreed"):
        world.perform(actions.give_notice, actor=office.chief, version_id=version)
    world.perform(actions.send_back, actor=office.chief, version_id=version, reason="请增加学时")
    world.perform(
        actions.put_task, actor=office.writer, version_id=version, position=0, name="数据采集", skills="能采集", knowledge="规范",
        hours={"2": 12, "3": 16},
    )  # fmt: skip
    world.perform(actions.submit, actor=office.writer, version_id=version)
    for account in office.experts:
        world.perform(actions.give_opinion, actor=office.expert(account), version_id=version, agrees=True, words="同意")
    both = world.actor("training_standard.draft", "training_standard.publish", account="writer")
    with world.refused("training_standard.own_work"):
        world.perform(actions.give_notice, actor=both, version_id=version)
    world.perform(actions.give_notice, actor=office.chief, version_id=version)
    world.clock.forward(days=7)
    with world.refused("training_standard.not_publishable"):
        world.perform(actions.publish, actor=office.chief, version_id=version)
    world.clock.forward(days=1)
    done = world.perform(actions.publish, actor=office.chief, version_id=version)
    assert done.code == f"PXBZ-{world.today.year}-001"
    assert world.ask(queries.count) == 1
    told = world.ask(queries.page, version, public=True)
    assert sorted((e.name, e.account_id, e.agrees, e.words) for e in told.experts) == [(f"专家{n}", "", None, "") for n in range(3)]
    shown = world.client().get(f"/api/v1/training-standards/{version}").text + world.client().get(f"/training-standards/{version}").text
    assert "专家1" in shown
    assert not any(secret in shown for secret in (*office.experts, "writer")), "who voted how, and by which account, is not public"
    second = world.perform(actions.next_version, actor=office.writer, standard_id=made.standard_id)
    with world.refused("training_standard.open_already"):
        world.perform(actions.next_version, actor=office.writer, standard_id=made.standard_id)
    office.name(second.version_id)
    with world.refused("training_standard.not_ready"):
        world.perform(actions.submit, actor=office.writer, version_id=second.version_id)
    world.perform(actions.drop_task, actor=office.writer, version_id=second.version_id, position=0)
    again = office.publish(second.version_id)
    assert (again.code, again.number) == (done.code, 2)
    told = world.ask(queries.page, second.version_id, public=True)
    assert [(d.task, d.part) for d in told.differences] == [("数据采集", "task")]
    assert [v.state for v in told.versions] == ["published", "replaced"]
    assert world.ask(queries.count) == 1
    world.holds()


def test_a_course_points_at_a_version_in_force_of_its_occupation_and_level(world: World) -> None:
    office, stage = Office(world), make_stage(world)
    made = office.drafted()
    with world.refused("course.invalid") as held:
        stage.publish(standard_version=made.version_id)
    assert [f.code for f in held[0].findings] == ["course.standard_fits"]
    office.publish(made.version_id)
    for wrong in ({"level": 5}, {"occupation": "4-04-05-01"}, {"standard_version": "nothing"}):
        with world.refused("course.invalid"):
            stage.publish(**{"standard_version": made.version_id, **wrong})
    course = stage.publish(standard_version=made.version_id)
    line = world.ask(catalogue.public_course, course, world.today)
    assert line.standard_version == made.version_id
    page = text_of(world.client().get(f"/courses/{course}"))
    assert "人工智能训练师培训标准" in page
    assert "第 1 版" in page
    world.holds()


def test_a_standard_is_written_and_published_through_its_pages(visitors: Visitors) -> None:
    world = visitors.world
    office = Office(world)
    writer, chief = visitors.come(office.writer), visitors.come(office.chief)
    desk = "/gov/training-standards"
    assert "请填写标准名称" in text_of(press(writer, desk, desk, title="", occupation=JOB, levels=["2"]), 422)
    at = press(writer, desk, desk, title="数据标注培训标准", occupation=JOB, levels=["2", "3"]).location
    for name, skills, knowledge, hours in TASKS:
        task = {"name": name, "skills": skills, "knowledge": knowledge, "hours_2": hours["2"], "hours_3": hours["3"]}
        assert press(writer, at, f"{at}/tasks", **task).status_code == 303
    press(writer, f"{at}/tasks/0", f"{at}/tasks/0", name="数据采集", skills="能采集", knowledge="规范", hours_2="10", hours_3="14")
    for account in office.experts:
        press(writer, at, f"{at}/experts", account=account)
    press(writer, at, f"{at}/submit")
    version = at.rsplit("/", 1)[1]
    for account in office.experts:
        expert = visitors.come(office.expert(account))
        assert "数据标注培训标准" in text_of(expert.get("/exam/training-standards"))
        page = f"/exam/training-standards/{version}"
        press(expert, page, page, agrees="yes", words="")
        assert "没有要评审的标准" in text_of(expert.get("/exam/training-standards"))
    text_of(world.client().get(f"/training-standards/{version}"), 404)
    press(chief, at, f"{at}/notice")
    assert "正在公示" in text_of(world.client().get("/training-standards"))
    world.clock.forward(days=8)
    chief = visitors.come(office.chief)
    press(chief, at, f"{at}/publish")
    page = text_of(world.client().get("/training-standards"))
    assert re.search(r"PXBZ-\d{4}-001", page)
    page = text_of(world.client().get(f"/training-standards/{version}"))
    assert "能标注图像" in page
    assert page.count('<rect class="fill"') == 2
    assert world.client().get("/api/v1/training-standards").json[0]["hours"] == {"2": 26, "3": 34}
    world.holds()
