"""The pages of lecturers, sessions, changes and order classes: who sees and presses what, from the plan to the release."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from skills.courses.actions import classes
from skills.courses.models import ClassSession
from skills.kernel.clock import SHANGHAI
from skills.records.actions import state_fact
from skills.records.rules import Work, to_json
from tests.courses.stage import make_stage
from tests.courses.test_orders import Order
from tests.courses.test_views import Visitors, press, text_of, visitors  # noqa: F401
from tests.world import World


@pytest.mark.row(19)
def test_a_lecturer_from_the_proposal_to_the_public_page(lite: World, visitors: Visitors) -> None:  # noqa: F811
    stage = make_stage(lite)
    person, number = stage.person("李敏")
    school, gov = visitors.come(stage.clerk), visitors.come(lite.actor("lecturer.confirm", account="gov"))
    page = "/org/lecturers"
    fields = {"name": "李敏", "document_kind": "resident", "document_number": number, "occupation": "4-04-05-05", "kind": "title",
              "title": "高级讲师", "level": "", "issuer": "市职称改革办公室", "number": "渝职称17", "valid_until": ""}  # fmt: skip
    assert "请填写姓名" in text_of(press(school, page, page, **{**fields, "name": ""}), 422)
    assert press(school, page, page, **fields).status_code == 303
    assert "待确认" in text_of(school.get(page))
    listed = text_of(gov.get("/gov/lecturers"))
    case = "/gov/lecturers/" + listed.split("/gov/lecturers/")[1].split('"')[0]
    assert "渝职称17" in text_of(gov.get(case))
    assert press(gov, case, f"{case}/confirm", strength="seen", source="窗口").status_code == 303
    shown = text_of(lite.client().get("/lecturers?q=李&occupation=4-04-05-05"))
    assert "高级讲师" in shown
    assert "渝职称17" not in shown
    own = visitors.come(lite.actor("fact.add", account="self", person=person))
    assert "已入库" in text_of(own.get("/me/lecturer"))
    assert press(own, "/me/lecturer", "/me/lecturer/leave").status_code == 303
    assert "没有找到教师" in text_of(lite.client().get("/lecturers"))
    lite.holds()


@pytest.mark.row(18)
def test_sessions_recorded_explained_and_released_by_page(lite: World, visitors: Visitors) -> None:  # noqa: F811
    stage = make_stage(lite)
    class_id = stage.open().class_id
    lite.clock.forward(days=7)
    lite.perform(classes.start, actor=stage.clerk, class_id=class_id)
    lite.clock.forward(days=3)
    school = visitors.come(stage.clerk)
    page = f"/org/classes/{class_id}/sessions"
    with lite.db() as db:
        rows = db.scalars(select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.starts_at)).all()
        ids, last = [s.id for s in rows], rows[-1]
    for session_id in ids[:2]:
        assert press(school, page, f"{page}/{session_id}/record").status_code == 303
    starts, ends = last.starts_at.astimezone(SHANGHAI), last.ends_at.astimezone(SHANGHAI) - timedelta(minutes=90)
    how = {"held": "yes", "when": f"{starts:%Y-%m-%d %H:%M}-{ends:%H:%M}", "lecturers": "赵代课", "room": last.room, "address": "学府路1号"}
    assert press(school, page, f"{page}/{ids[2]}/record", **how).status_code == 303
    lite.perform(classes.finish, actor=stage.clerk, class_id=class_id)
    shown = text_of(school.get(page))
    assert "批准 18 学时，实际 16 学时，少 2 学时" in shown
    assert "赵代课不在批准的教师之列" in shown
    assert "查看数据表" in shown
    assert "开班名册（0 人）" in shown
    assert press(school, page, f"/org/classes/{class_id}/report/explain", reason="原任课教师生病").status_code == 303
    clerk = visitors.come(lite.actor("delivery.examine", account="gov-1", district="500112"))
    checker = visitors.come(lite.actor("delivery.release", account="gov-2", district="500112"))
    listed = text_of(clerk.get("/gov/deliveries"))
    report = listed.split("/gov/deliveries/")[1].split('"')[0]
    one = f"/gov/deliveries/{report}"
    assert "原任课教师生病" in text_of(clerk.get(one))
    assert press(clerk, one, f"{one}/decline", reason="请补病假条").status_code == 303
    assert press(clerk, one, f"{one}/propose", reason="已电话核实").status_code == 303
    two = f"/gov/releases/{report}"
    assert press(checker, two, f"{two}/release", reason="同意").status_code == 303
    assert "已放行" in text_of(school.get(page))
    assert "没有暂缓结算的班" in text_of(checker.get("/gov/releases"))
    lite.holds()


def test_a_change_by_page_in_time_and_late(lite: World, visitors: Visitors) -> None:  # noqa: F811
    stage = make_stage(lite)
    class_id = stage.open().class_id
    school = visitors.come(stage.clerk)
    page = f"/org/classes/{class_id}/sessions"
    with lite.db() as db:
        rows = db.scalars(select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.starts_at)).all()
        first, starts, ends = rows[0].id, rows[0].starts_at, rows[0].ends_at
    when = f"{starts.astimezone(SHANGHAI):%Y-%m-%d %H:%M}-{ends.astimezone(SHANGHAI):%H:%M} 402室"
    move = f"{page}/{first}/move"
    order = {"when": when, "lecturers": "李老师", "address": "学府路1号", "reason": "机房检修"}
    assert "师资库里没有" in text_of(press(school, move, move, **{**order, "lecturers": "别人"}), 422)
    assert press(school, move, move, **order).status_code == 303
    shown = text_of(school.get(page))
    assert "变更记录" in shown
    assert "402室" in shown
    lite.clock.set(starts - timedelta(hours=2))
    school, gov = visitors.come(stage.clerk), visitors.come(stage.bureau)
    order["when"] = order["when"].replace("402室", "403室")
    assert press(school, move, move, **order).status_code == 303
    desk = text_of(gov.get("/gov/changes"))
    change = desk.split("/gov/changes/")[1].split("/")[0]
    assert press(gov, "/gov/changes", f"/gov/changes/{change}/grant").status_code == 303
    assert "变更记录" in text_of(gov.get(f"/gov/classes/{class_id}"))
    assert "403室" in text_of(school.get(page))
    lite.holds()


@pytest.mark.row(17)
def test_an_order_class_by_page_for_institution_learner_and_employer(lite: World, visitors: Visitors) -> None:  # noqa: F811
    held = Order(lite, seats=2, kept=2)
    stage = held.stage
    school = visitors.come(stage.clerk)
    firm = visitors.come(lite.actor("order.see", account="boss", organisation=held.firm))
    assert "HT-2026-08" in text_of(school.get(f"/org/classes/{held.class_id}/order"))
    course = text_of(lite.client().get(f"/courses/{stage.course}"))
    assert "其中 2 个名额为重庆星图软件有限公司职工预留" in course
    stranger = held.stranger()
    visitor = visitors.come(stage.learner(stranger))
    refused = text_of(press(visitor, f"/me/enrol/{held.class_id}", f"/me/enrol/{held.class_id}"), 409)
    assert "只供该单位职工" in refused
    assert "请单位先在“职工”里登记你" in refused
    fact = Work("4-04-05-05", False, lite.today - timedelta(days=9), None, "重庆星图软件有限公司", held.firm)
    lite.perform(state_fact, person_id=stranger, kind="work", source="list:1", body=to_json(fact), strength="compared")
    assert press(visitor, f"/me/enrol/{held.class_id}", f"/me/enrol/{held.class_id}").status_code == 303
    listed = text_of(firm.get("/ent/order-classes"))
    assert "1 / 2" in listed
    one = f"/ent/order-classes/{held.order_id}"
    assert "学员" in text_of(firm.get(one))
    assert press(firm, one, f"{one}/decline", reason="没有签过").status_code == 303
    assert "单位否认" in text_of(firm.get(one))
    lite.holds()
