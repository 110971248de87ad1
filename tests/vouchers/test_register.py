"""The register of eligible people: an authority's list puts people and their groups on record, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from skills.kernel import sheets
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.people.queries import by_document, person, phone_of
from skills.records.queries import facts
from skills.returns import actions as returns
from skills.returns import queries as filed
from skills.returns.intake import order_of
from skills.vouchers.actions import issuing
from skills.vouchers.kinds import REGISTER
from skills.vouchers.rules import ScopeForm
from tests.vouchers.stage import Stage
from tests.world import World

HEAD = ["姓名", "证件类型", "证件号码", "区县", "手机号码", "性别", "出生日期", "群体", "起始日期", "截止日期", "学历",
        "专业", "毕业院校", "毕业日期"]  # fmt: skip


@pytest.fixture
def small(lite: World) -> Stage:
    return Stage(lite)


def clerk(world: World) -> Actor:
    return world.actor("person.register", "return.handle", account="registrar")


def row(stage: Stage, serial: int, **change: str) -> list[str]:
    cells = {
        "姓名": f"学员{serial}", "证件类型": "居民身份证", "证件号码": stage.document(serial), "区县": "渝北区",
        "手机号码": f"138{serial:08}", "群体": "毕业年度高校毕业生", "学历": "本科", "专业": "软件工程",
        "毕业院校": "示例大学", "毕业日期": "2026-06-30", **change,
    }  # fmt: skip
    return [cells.get(name, "") for name in HEAD]


def upload(world: World, rows: list[list[str]], who: Actor | None = None) -> Any:
    order = order_of(sheets.write_xlsx([HEAD, *rows]), "名单.xlsx")
    return world.perform(returns.upload, actor=who or clerk(world), kind="register", organisation_id=None, **order)


def hand_in(world: World, return_id: str) -> Any:
    done = world.perform(returns.accept, actor=clerk(world), return_id=return_id)
    world.run_jobs()
    return done


def found(world: World, return_id: str) -> list[tuple[int, str, str]]:
    return [(f.row, f.column, f.code) for f in world.ask(filed.findings_of, return_id, [None])]


def test_a_list_puts_people_on_record_who_then_get_vouchers(small: Stage) -> None:
    world = small.world
    other = {"群体": "残疾人", "起始日期": "2020-05-01", "学历": "", "毕业日期": ""}
    made = upload(world, [row(small, 1), row(small, 2, **other)])
    assert (made.good, made.bad) == (2, 0)
    assert by(world, small.document(1)) is None, "checking writes nothing"
    hand_in(world, made.return_id)
    graduate, second = by(world, small.document(1)), by(world, small.document(2))
    assert graduate is not None
    assert second is not None
    line = world.ask(person, graduate)
    assert (line.name, line.birth, line.sex) == ("学员1", date(2001, 1, 15), "M")
    assert world.ask(lambda db: phone_of(db, world.tool(Box), graduate)) == "13800000001"
    [school] = world.ask(facts, graduate, line.birth).educations
    assert (school.kind, school.graduated_on, school.strength) == ("bachelor", date(2026, 6, 30), "compared")
    [standing] = world.ask(facts, second, line.birth).standings
    assert (standing.group, standing.since) == ("disabled", date(2020, 5, 1))
    batch = small.open(groups=("graduate_of_year", "disabled"), scope_form=ScopeForm.GENERAL)
    documents = tuple(("resident", small.document(n)) for n in (1, 2, 3))
    listed = world.perform(issuing.list_documents, actor=small.clerk, batch_id=batch, documents=documents)
    assert (listed.added, listed.unknown) == (2, 1)
    for who in (graduate, second):
        small.claim(batch, who)
    world.holds()


def test_the_same_list_again_changes_nothing_and_a_second_group_is_added(small: Stage) -> None:
    world = small.world
    hand_in(world, upload(world, [row(small, 1)]).return_id)
    again = upload(world, [row(small, 1)])
    assert hand_in(world, again.return_id).same_as is not None
    veteran = row(small, 1, 群体="退役军人", 起始日期="2025-12-01", 学历="", 毕业日期="")
    more = upload(world, [veteran, row(small, 1, 专业="软件技术")])
    assert (2, "document", "register.already_on_record") in found(world, more.return_id)
    hand_in(world, more.return_id)
    held = by(world, small.document(1))
    assert held is not None
    known = world.ask(facts, held, date(2001, 1, 15))
    assert [s.group for s in known.standings] == ["veteran"]
    assert len(known.educations) == 1, "the same schooling is not written twice"
    world.holds()


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"姓名": "<b>张</b>"}, "name", "register.name_invalid"),
        ({"证件号码": "11010119900307663X"}, "document", "register.document_invalid"),
        ({"证件号码": "5.00112E+17"}, "document", "returns.mangled_number"),
        ({"区县": "火星区"}, "district", "register.district_unknown"),
        ({"手机号码": "12345"}, "phone", "register.phone_invalid"),
        ({"出生日期": "1990-01-01"}, "birth", "register.birth_differs"),
        ({"性别": "女"}, "sex", "register.sex_differs"),
        ({"群体": "亲友"}, "group", "register.group_unknown"),
        ({"群体": "残疾人"}, "since", "register.since_needed"),
        ({"群体": "残疾人", "起始日期": "2025-05-01", "截止日期": "2025-04-30"}, "until", "register.until_before_since"),
        ({"毕业日期": ""}, "graduated_on", "register.graduation_needed"),
        ({"学历": ""}, "schooling", "register.graduation_needed"),
        ({"学历": "", "毕业日期": ""}, "graduated_on", "register.graduation_needed"),
        ({"证件类型": "护照", "证件号码": "E12345678"}, "birth", "register.birth_needed"),
        ({"证件类型": "护照", "证件号码": "E12345678", "出生日期": "2999-01-01"}, "birth", "register.birth_in_future"),
        ({"证件类型": "护照", "证件号码": "E12345678"}, "sex", "register.sex_needed"),
    ],
)
def test_a_fault_is_named_at_its_cell(small: Stage, change: dict[str, str], column: str, code: str) -> None:
    made = upload(small.world, [row(small, 2), row(small, 1, **change)])
    assert (3, column, code) in found(small.world, made.return_id)
    assert (made.good, made.bad) == (1, 1)
    small.world.holds()


def test_twice_in_a_list_and_another_name_are_refused(small: Stage) -> None:
    world = small.world
    hand_in(world, upload(world, [row(small, 1)]).return_id)
    made = upload(world, [row(small, 1, 姓名="别人"), row(small, 2), row(small, 2, 专业="数学")])
    codes = found(world, made.return_id)
    assert (2, "name", "register.other_name") in codes
    assert (4, "document", "register.repeated") in codes


def test_a_list_is_the_authoritys_alone(small: Stage) -> None:
    world = small.world
    school_clerk = world.actor("return.file", "return.handle", account="s", organisation=small.school)
    bound = world.actor("person.register", "return.handle", account="b", organisation=small.school)
    for who in (school_clerk, bound):
        with world.refused("not_allowed"):
            upload(world, [row(small, 1)], who)
    made = upload(world, [row(small, 1)])
    for who in (school_clerk, bound):
        with world.refused("filed_return.unknown"):
            world.perform(returns.accept, actor=who, return_id=made.return_id)
    order = order_of(sheets.write_xlsx([HEAD, row(small, 1)]), "名单.xlsx")
    with world.refused("not_allowed"):
        world.perform(
            returns.upload, actor=clerk(world), kind="completions", organisation_id=small.school, **order
        )


def test_every_rule_has_its_sentence() -> None:
    from skills.web.i18n import catalogue

    for rule in REGISTER.rules:
        entry = catalogue()[rule.code]
        assert entry["zh"]
        assert entry["en"]
        assert entry["zh_do"]
        assert entry["en_do"]


def by(world: World, number: str) -> str | None:
    return world.ask(lambda db: by_document(db, world.tool(Box), "resident", number))
