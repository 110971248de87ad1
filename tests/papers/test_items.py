"""Item banks: two people, sealed keys, versions, and a sheet whose faults are found at their cells."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from skills.accounts.rules import Role
from skills.kernel.box import Box
from skills.kernel.db import writing
from skills.kernel.sheets import read, write_csv
from skills.papers.actions import items
from skills.papers.models import ItemVersion
from skills.papers.queries import banks as queries
from skills.papers.rules import listed
from skills.papers.rules.items import Kind, may_hold, normal, sealed_at
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.papers.stage import POINTS, Stage, question
from tests.people_and_bodies import acting, body
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(30)


@pytest.mark.parametrize(("kind", "change", "fault"), [
    (Kind.SINGLE, {"answer": "AB"}, "answer"), (Kind.SINGLE, {"answer": "D"}, "answer"), (Kind.MULTIPLE, {"answer": "A"}, "answer"),
    (Kind.TRUE_FALSE, {"answer": "maybe"}, "answer"), (Kind.NUMERIC, {"answer": "NaN"}, "answer"), (Kind.NUMERIC, {"answer": "1e3"}, "answer"),
    (Kind.NUMERIC, {"tolerance": "-1"}, "tolerance"), (Kind.SINGLE, {"tolerance": "1"}, "tolerance"), (Kind.SINGLE, {"stem": " "}, "stem"),
    (Kind.SINGLE, {"options": ("甲", "甲", "乙")}, "options"), (Kind.TRUE_FALSE, {"options": ("对", "错")}, "options"),
    (Kind.SINGLE, {"options": ("甲", "", "乙")}, "options"), (Kind.SINGLE, {"stem": "甲\0乙"}, "printable"),
    (Kind.SINGLE, {"point": "别的"}, "point"),
])  # fmt: skip
def test_what_is_wrong_with_a_question_is_named(kind: Kind, change: dict[str, Any], fault: str) -> None:
    assert may_hold(normal(question(kind=kind)), POINTS)
    verdict = may_hold(normal(question(kind=kind, **change)), POINTS)
    assert [f.code for f in verdict.findings] == [f"paper_item.{fault}"]


def test_an_answer_has_one_form_however_it_was_typed() -> None:
    typed = {(Kind.MULTIPLE, "c，Ａ"): "AC", (Kind.NUMERIC, "０3.50"): "3.5", (Kind.NUMERIC, "-0.0"): "0", (Kind.TRUE_FALSE, "错"): "false"}
    assert {key: normal(question(kind=key[0], answer=key[1])).answer for key in typed} == typed


def test_one_writes_another_reviews_and_the_key_is_for_them_alone(world: World) -> None:
    s = Stage(world)
    made = s.drafted(question())
    both = world.actor("item.write", "item.review", account="writer", organisation=s.body)
    with world.refused("paper_item.own_work"):
        world.perform(items.review, actor=both, version_id=made.version_id, approved=True)
    with world.refused("paper_item.reason_needed"):
        world.perform(items.review, actor=s.reviewer, version_id=made.version_id, approved=False)
    stranger = acting(Role.BODY_CHECKER, "stranger", organisation=body(world, "enterprise", 2))
    with world.refused("paper_item.unknown"):
        world.perform(items.review, actor=stranger, version_id=made.version_id, approved=True)
    assert world.perform(items.review, actor=s.reviewer, version_id=made.version_id, approved=True).state == "reviewed"
    with world.refused("paper_item_version.cannot_approve"):
        world.perform(items.review, actor=s.reviewer, version_id=made.version_id, approved=True)

    def answer(actor: Any) -> Any:
        return world.ask(queries.item, world.tool(Box), actor, made.item_id).versions[0].answer

    assert [answer(a) for a in (s.writer, s.reviewer, s.chief, s.staff(Role.BODY_CLERK, "colleague"))] == ["B", "B", None, None]
    with world.refused("paper_item.unknown"):
        answer(stranger)
    with world.db() as db:
        row = db.scalars(select(ItemVersion)).one()
        assert b'"B"' not in row.answer
        assert row.digest not in (s.bank, "")
    world.holds()


def test_an_edited_item_is_a_new_version_that_replaces_the_old_one_once_it_is_reviewed(world: World) -> None:
    s = Stage(world)
    first = s.reviewed(question())
    second = world.perform(items.edit, actor=s.writer, item_id=first.item_id, question=question(stem="改过的题"))
    assert world.ask(queries.bank, s.writer, s.bank).ready == 1, "the reviewed version is used until another is reviewed"
    third = world.perform(items.edit, actor=s.writer, item_id=first.item_id, question=question(stem="又改过的题"))
    with world.refused("paper_item_version.cannot_approve"):
        world.perform(items.review, actor=s.reviewer, version_id=second.version_id, approved=True)
    world.perform(items.review, actor=s.reviewer, version_id=third.version_id, approved=True)
    page = world.ask(queries.item, world.tool(Box), s.writer, first.item_id)
    told = [(v.number, v.state, v.stem) for v in page.versions]
    assert told == [(3, "reviewed", "又改过的题"), (2, "retired", "改过的题"), (1, "retired", "第 1 题")]
    world.perform(items.retire, actor=s.reviewer, version_id=third.version_id, reason="答案有争议")
    assert world.ask(queries.bank, s.writer, s.bank).ready == 0
    world.holds()


def test_a_changed_text_and_a_changed_key_are_noticed(world: World) -> None:
    s = Stage(world)
    one, two = s.reviewed(question(1)), s.reviewed(question(2))
    other = world.tool(Box).seal('["C",""]', sealed_at(two.version_id))
    with writing(world.engine) as db:
        db.execute(update(ItemVersion).where(ItemVersion.id == one.version_id).values(stem="换过的题"))
        db.execute(update(ItemVersion).where(ItemVersion.id == two.version_id).values(answer=other))
    assert sorted(world.violations()["papers.texts"]) == sorted(
        f"version {v} says something else than it did" for v in (one.version_id, two.version_id)
    )


def test_a_sheet_comes_in_whole_or_is_refused_by_its_cells(world: World) -> None:
    s = Stage(world)
    head, *rows = (list(row) for row in listed.template())
    world.perform(items.add_points, actor=s.writer, bank_id=s.bank, points="质量检查")
    bad = [list(row) for row in rows]
    bad[0][10], bad[1][0], bad[2][12], bad[3][11] = "C", "多项", "别的", "-1"
    sheet = read(write_csv([head, *bad, bad[3]])).rows
    with world.refused("paper_items.refused") as held:
        world.perform(items.bring, actor=s.writer, bank_id=s.bank, rows=sheet)
    assert [(f.facts["place"], f.code) for f in held[0].findings] == [
        ("K2", "paper_item.answer"), ("A3", "paper_items.kind"), ("M4", "paper_item.point"), ("L5", "paper_item.tolerance"),
        ("L6", "paper_item.tolerance"), ("B6", "paper_items.twice"),
    ]  # fmt: skip
    assert world.ask(queries.items, s.bank) == []
    with world.refused("paper_items.refused"):
        world.perform(items.bring, actor=s.writer, bank_id=s.bank, rows=read(write_csv([head[1:], *rows])).rows)
    done = world.perform(items.bring, actor=s.writer, bank_id=s.bank, rows=read(write_csv([head, *rows])).rows)
    lines = world.ask(queries.items, s.bank)
    assert (done.items, [(i.code, i.kind, i.state) for i in lines]) == (4, [
        ("T0001", "single", "draft"), ("T0002", "multiple", "draft"), ("T0003", "true_false", "draft"), ("T0004", "numeric", "draft"),
    ])  # fmt: skip
    world.holds()


def test_the_pages_and_the_api(visitors: Visitors) -> None:
    world = visitors.world
    s = Stage(world)
    writer, reviewer, chief = (visitors.come(a) for a in (s.writer, s.reviewer, s.chief))
    home = f"/ent/items/{s.bank}"
    assert "数据标注理论" in text_of(writer.get("/ent/items"))
    fields = {"kind": "single", "stem": "哪一项是敏感个人信息？", "options": "单位名称\n身份证件号码", "answer": "b", "point": POINTS[0],
              "thinking": "recall"}  # fmt: skip
    assert "请填写题干" in text_of(press(writer, f"{home}/new", f"{home}/new", **{**fields, "stem": ""}), 422)
    assert "答案与题型相符" in text_of(press(writer, f"{home}/new", f"{home}/new", **{**fields, "answer": "对"}), 409)
    at = press(writer, f"{home}/new", f"{home}/new", **fields).location
    assert "审题结论" not in text_of(writer.get(at))
    assert "（密封）" in text_of(chief.get(at))
    version = world.ask(queries.items, s.bank)[0].version_id
    press(reviewer, at, f"{at}/{version}/review", outcome="approve")
    page = text_of(reviewer.get(home))
    assert "已审" in page
    assert "写一道题" not in page
    press(writer, at, at, **{**fields, "answer": "A"})
    assert [v["answer"] for v in reviewer.get(f"/api/v1/paper-items/{at.rsplit('/', 1)[1]}").json["versions"]] == ["A", "B"]
    assert [v["answer"] for v in chief.get(f"/api/v1/paper-items/{at.rsplit('/', 1)[1]}").json["versions"]] == [None, None]
    assert chief.get(f"/api/v1/item-banks/{s.bank}/items?limit=1").json[0]["code"] == "T0001"
    assert read(writer.get(f"{home}/template.xlsx").data).rows[0] == listed.template()[0]
    text_of(visitors.come(acting(Role.BODY_CLERK, "x", organisation=body(world, "enterprise", 2))).get(home), 404)
