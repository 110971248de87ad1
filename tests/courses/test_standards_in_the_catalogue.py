"""A course that points at a training standard says so wherever it is read, and keeps it until another is chosen."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

from sqlalchemy import select

from skills.courses.actions import catalogue as acts
from skills.courses.actions import changes
from skills.courses.models import ClassSession
from skills.training_standards import actions as standard_acts
from tests.courses.stage import make_stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.training_standards.test_life import Office

__all__ = ["visitors"]


def test_bureau_institution_and_open_data_name_the_standard_and_a_replaced_one_is_not_dropped(visitors: Visitors) -> None:
    world = visitors.world
    office, stage = Office(world), make_stage(world)
    made = office.drafted()
    code = office.publish(made.version_id).code
    order = {
        "title": "训练师培训", "kind": "skill", "zone": "mantianxing", "occupation": "4-04-05-05", "level": 2, "hours": 12, "fee": 100_000,
        "standard": "自编讲义", "standard_version": made.version_id,
    }  # fmt: skip
    course = world.perform(acts.draft, actor=stage.clerk, institution_id=stage.school, **order).course_id
    clerk, city = visitors.come(stage.clerk), visitors.come(stage.city)
    assert f"{code} 人工智能训练师培训标准（第 1 版）" in text_of(clerk.get(f"/org/courses/{course}"))
    world.perform(acts.submit, actor=stage.clerk, course_id=course)
    assert f"{code} 人工智能训练师培训标准（第 1 版）" in text_of(city.get(f"/gov/courses/{course}"))
    world.perform(acts.publish, actor=stage.city, course_id=course)
    second = world.perform(standard_acts.next_version, actor=office.writer, standard_id=made.standard_id)
    office.name(second.version_id)
    world.perform(standard_acts.drop_task, actor=office.writer, version_id=second.version_id, position=0)
    office.publish(second.version_id)
    rows = list(csv.DictReader(io.StringIO(world.client().get("/courses.csv").data.decode("utf-8-sig"))))
    assert [r["培训标准"] for r in rows if r["课程名称"] == "训练师培训"] == [f"{code} 人工智能训练师培训标准（第 1 版，已有新版）"]
    page = f"/org/courses/{course}/revise"
    clerk = visitors.come(stage.clerk)  # signed in anew: days have passed
    shown = text_of(clerk.get(page))
    assert f'<option selected value="{made.version_id}">' in shown
    assert "第 1 版，已有新版" in shown
    again = {**order, "level": "2", "fee": "1200", "standard_version": made.version_id, "mode": "onsite", "leads_to": "completion", "section": ""}
    told = text_of(press(clerk, page, page, **{k: str(v) for k, v in again.items()}), 409)
    assert "培训标准要与课程的职业、等级一致" in told  # said, and not dropped
    world.holds()


def test_a_lesson_that_was_moved_elsewhere_says_its_own_address_to_machines(visitors: Visitors) -> None:
    world = visitors.world
    stage = make_stage(world)
    held = stage.open()
    with world.db() as db:
        first = db.scalars(select(ClassSession).where(ClassSession.class_id == held.class_id).order_by(ClassSession.starts_at)).first()
    assert first is not None
    world.perform(
        changes.move, actor=stage.clerk, session_id=first.id, starts_at=first.starts_at + timedelta(minutes=0), ends_at=first.ends_at,
        room="报告厅", address="滨江路9号", lecturers=(stage.pool["李老师"],), reason="教室检修",
    )  # fmt: skip
    told = json.loads(world.client().get(f"/courses/{stage.course}.jsonld").data)
    places = [e["location"]["address"] for e in told["hasCourseInstance"][0]["subEvent"]]
    assert [p.endswith("滨江路9号") for p in places] == [True, False, False]
    assert all(p.endswith("学府路1号") for p in places[1:])
    world.holds()
