"""The public register of bases, master workshops, industry colleges and members of the alliance: by two people, with filters and CSV."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from skills.resources.actions import platforms
from skills.resources.queries import platforms as queries
from skills.resources.queries.platforms import Wanted
from tests.courses.test_views import Visitors, press, text_of, visitors  # noqa: F401
from tests.people_and_bodies import body
from tests.world import World


def propose(world: World, name: str = "软件人才实训基地", account: str = "gov-1", district: str | None = None, **change: Any) -> str:
    order = {"kind": "base", "name": name, "organisation": "渝江学校", "district": "500112", "address": "学府路1号",
             "occupations": ("4-04-05-05",), "recognised_by": "市人力社保局", "recognised_on": world.today, **change}  # fmt: skip
    actor = world.actor("platform.propose", account=account, district=district)
    return str(world.perform(platforms.propose, actor=actor, **order).platform_id)


def second(world: World, account: str = "gov-2", district: str | None = None) -> Any:
    return world.actor("platform.recognise", account=account, district=district)


def names(world: World, **wanted: Any) -> list[str]:
    return [p.name for p in world.ask(queries.register, Wanted(**wanted), world.today)]


def test_one_proposes_another_recognises_and_it_is_withdrawn_with_its_reason(world: World) -> None:
    firm = body(world)
    made = propose(world, organisation_id=firm)
    assert names(world) == []
    for actor, code in ((second(world, "gov-1"), "platform.own_work"), (second(world, district="500105"), "not_allowed")):
        with world.refused(code):
            world.perform(platforms.recognise, actor=actor, platform_id=made)
    world.perform(platforms.recognise, actor=second(world), platform_id=made)
    assert names(world) == ["软件人才实训基地"]
    with world.refused("platform.known"):
        propose(world)
    with world.refused("platform.reason_needed"):
        world.perform(platforms.withdraw, actor=second(world), platform_id=made, reason=" ")
    world.perform(platforms.withdraw, actor=second(world), platform_id=made, reason="不再具备条件")
    assert names(world) == []
    line = world.ask(queries.register, Wanted(over=True), world.today)[0]
    assert (line.state, line.reason, line.in_force) == ("withdrawn", "不再具备条件", False)
    propose(world)
    world.holds()


def test_what_an_entry_needs_and_a_refusal(world: World) -> None:
    with world.refused("platform.not_ready") as refused:
        propose(world, kind="castle", name=" ", recognised_on=world.today + timedelta(days=1))
    assert {f.code for f in refused[0].findings} == {"platform.kind", "platform.named", "platform.term"}
    with world.refused("not_allowed"):
        propose(world, district="500105")
    made = propose(world)
    world.perform(platforms.refuse, actor=second(world), platform_id=made, reason="材料不全")
    with world.refused("platform.cannot_recognise"):
        world.perform(platforms.recognise, actor=second(world), platform_id=made)
    world.holds()


def test_filters_and_terms(world: World) -> None:
    for name, change in (
        ("甲基地", {}), ("乙工作室", {"kind": "master_workshop"}),
        ("丙学院", {"kind": "industry_college", "occupations": ("4-04-05-01",)}),
        ("丁成员", {"kind": "alliance_member", "recognised_until": world.today + timedelta(days=5), "organisation": "星图公司"}),
    ):  # fmt: skip
        made = propose(world, name, **change)
        world.perform(platforms.recognise, actor=second(world), platform_id=made)
    assert names(world, kind="base") == ["甲基地"]
    assert names(world, occupation="4-04-05-01") == ["丙学院"]
    assert names(world, words="星图") == ["丁成员"]
    assert names(world, district="500105") == []
    assert dict(world.ask(queries.counts, world.today)) == {"base": 1, "master_workshop": 1, "industry_college": 1, "alliance_member": 1}
    world.clock.forward(days=6)
    assert "丁成员" not in names(world)
    assert names(world, over=True) == ["丁成员"]
    world.holds()


def test_the_pages_the_csv_and_the_desk(lite: World, visitors: Visitors) -> None:  # noqa: F811
    clerk = visitors.come(lite.actor("platform.propose", "gov.see", account="gov-1"))
    checker = visitors.come(lite.actor("platform.recognise", "gov.see", account="gov-2"))
    anyone = lite.client()
    page = "/gov/platforms"
    fields = {"kind": "base", "name": "=软件基地", "organisation": "渝江学校", "district": "500112", "address": "学府路1号",
              "occupation": "4-04-05-05", "second": "", "recognised_by": "市人力社保局", "recognised_on": lite.today.isoformat()}  # fmt: skip
    assert press(clerk, page, page, **{**fields, "name": ""}).status_code == 422
    assert press(clerk, page, page, **fields).status_code == 303
    assert "没有找到" in text_of(anyone.get("/platforms"))
    shown = text_of(checker.get(page))
    made = shown.split("/gov/platforms/")[1].split("/")[0]
    assert press(checker, page, f"{page}/{made}/recognise").status_code == 303
    shown = text_of(anyone.get("/platforms?kind=base&q=软件"))
    assert "=软件基地" in shown
    assert "实习实训基地" in shown
    written = anyone.get("/platforms.csv").data.decode("utf-8-sig")
    assert written.splitlines()[0].startswith("类别,名称,建设单位,区县")
    assert ",=软件基地" not in written, "an exported cell never runs as a formula"
    assert [p["name"] for p in anyone.get("/api/v1/platforms?kind=base").json] == ["=软件基地"]
    lite.holds()
