"""Crosswalks 贯通: what is listed shows the way to a title, what is not shows the reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from skills.accounts.rules import Role
from skills.kernel.sheets import write_csv
from skills.people.rules import turns
from skills.professional.kinds import CERTIFICATES
from skills.professional.queries import own
from skills.professional.rules.crosswalks import read_recognitions, recognised
from skills.records.actions import state_fact
from skills.records.rules import LevelHeld, to_json
from skills.records.rules.professional import OutsideCertificate
from skills.returns import actions as returns
from skills.returns.intake import order_of
from skills.standards.rules import Level
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import Someone, acting, someone
from tests.world import World

__all__ = ["visitors"]
AWS = {
    "code": "aws", "certificate": "Solutions Architect Professional", "issuer": "AWS", "country": "美国", "grade": "middle", "level": 4,
    "area": "两江新区和重庆高新区", "since": "2026-01-01", "until": "2027-12-31", "years": 3, "clause": "认可清单第1号",
}  # fmt: skip


def bring(world: World, who: Someone, *rows: tuple[str, str, str, str, str, str]) -> None:
    """Import certificates: kind, name, grade, number, issuer, day."""
    head = [c.zh for c in CERTIFICATES.columns]
    lines = [[who.name, "居民身份证", who.number, *row, "", ""] for row in rows]
    clerk = acting(Role.GOV_CLERK, "gov-list")
    order = order_of(write_csv([head, *lines]), "a.csv")
    made = world.perform(returns.upload, actor=clerk, kind="outside_certificates", organisation_id=None, **order)
    assert made.bad == 0
    world.perform(returns.accept, actor=clerk, return_id=made.return_id)
    world.run_jobs()


def listed_from_tomorrow(world: World) -> None:
    """The list of foreign certificates: proposed by one, released by another, and its first day has come."""
    world.policy("title.foreign", [AWS], world.today + timedelta(days=1))
    world.clock.forward(days=1)


def level(world: World, who: Someone, held: Level, on: date) -> None:
    fact = LevelHeld("4-04-05-01", held, on, f"Y{int(held):021d}", "旧机构")
    world.perform(state_fact, person_id=who.id, kind="level", source=f"list:{held}", body=to_json(fact), strength="compared")


@pytest.mark.row(40)
def test_listed_shows_the_way_unlisted_the_reason(world: World) -> None:
    who = someone(world)
    ruankao, abroad = "计算机技术与软件专业技术资格证书", "境外职业资格证书"
    bring(
        world, who,
        (ruankao, "软件设计师", "中级", "R1", "人力资源和社会保障部", "2025-11-30"),
        (ruankao, "程序员", "高级", "R2", "人力资源和社会保障部", "2025-11-30"),
        (ruankao, "大数据大师", "初级", "R3", "某公司", "2025-11-30"),
        (abroad, "solutions architect  Professional", "", "F1", "aws", "2025-05-01"),
        (abroad, "Solutions Architect Professional", "", "F2", "AWS", "2022-05-01"),
        (abroad, "Cloud Guru", "", "F3", "Nobody Ltd", "2025-05-01"),
        (abroad, "Chef", "", "F4", "AWS", "2025-05-01"),
    )
    level(world, who, Level.L4, date(2024, 1, 1))
    level(world, who, Level.L3, date(2024, 1, 1))

    before = world.ask(own.dossier, who.id, world.today)
    assert before.foreign == ()
    assert {n.number for n in before.nowhere if n.why.code == "crosswalk.foreign_not_listed"} == {"F1", "F2", "F3", "F4"}

    listed_from_tomorrow(world)
    found = world.ask(own.dossier, who.id, world.today)
    opened = {o.route.code: [h.by for h in o.held] for o in found.opened if o.open}
    assert opened == {"software_middle": [("R1",)]}, "with its name and grade listed, and by nothing else"
    assert [(r.number, r.by.area, r.until) for r in found.foreign] == [("F1", "两江新区和重庆高新区", date(2027, 12, 31))]
    assert {n.number: n.why.code for n in found.nowhere} == {
        "R2": "crosswalk.software_grade", "R3": "crosswalk.software_not_listed", "F2": "crosswalk.foreign_expired",
        "F3": "crosswalk.foreign_not_listed", "F4": "crosswalk.foreign_not_listed", f"Y{int(Level.L4):021d}": "crosswalk.level_not_listed",
    }  # fmt: skip
    assert [t.level for t in found.by_level] == [Level.L3], "what stood before stands"
    assert [e.name for e in found.editions] == list(own.LISTS)
    assert all(e.source for e in found.editions)
    later = world.ask(own.dossier, who.id, date(2028, 1, 1))
    assert later.foreign == ()
    assert "crosswalk.foreign_ended" in {n.why.code for n in later.nowhere if n.number == "F1"}
    world.holds()


@pytest.mark.row(40)
def test_a_recognition_counts_from_its_first_to_its_last_day() -> None:
    rows = read_recognitions([AWS])
    held = OutsideCertificate("foreign", AWS_NAME, "", "N", "AWS", date(2024, 2, 29))

    def counts(day: date) -> bool:
        return bool(recognised([held], rows, day))

    first, last = date(2026, 1, 1), turns(date(2024, 2, 29), 3)
    assert (counts(first - timedelta(days=1)), counts(first)) == (False, True)
    assert last == date(2027, 3, 1)
    assert (counts(last), counts(last + timedelta(days=1))) == (True, False)
    for_ever = read_recognitions([{**AWS, "years": 0, "until": None}])
    assert recognised([held], for_ever, date(2099, 1, 1))[0].until is None


AWS_NAME = str(AWS["certificate"])


def test_the_dossier_says_both_in_words(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world)
    bring(world, who, ("境外职业资格证书", AWS_NAME, "", "F1", "AWS", "2025-05-01"), ("境外职业资格证书", "Chef", "", "F2", "AWS", "2025-05-01"),
          ("计算机技术与软件专业技术资格证书", "系统分析师", "高级", "R1", "人社部", "2025-05-01"))  # fmt: skip
    listed_from_tomorrow(world)
    me = visitors.come(acting(Role.PERSON, "me", person=who.id))
    page = text_of(me.get("/me/title-dossier"))
    shown = ["以考代评", "有效区域：两江新区和重庆高新区", "AWS的“Chef”不在境外职业资格认可清单内", "国人部发〔2003〕39号"]
    assert [words for words in shown if words not in page] == []
    said = me.get("/api/v1/me/title-dossier").get_json()
    assert said["foreign"][0]["by"]["area"] == "两江新区和重庆高新区"
    assert said["nowhere"][0]["why"]["code"] == "crosswalk.foreign_not_listed"
