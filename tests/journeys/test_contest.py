"""A competition in a real browser: entry, marks by two judges, ranking, a result that verifies, the promotion it opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from skills.certification.actions import filings
from skills.certification.rules.filings import ScopeItem
from skills.credentials import queries as certificates
from skills.standards.rules import Level
from tests.journeys.conftest import Live, Walker
from tests.journeys.town import Town, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("contest"), pytest.mark.slow]
JOB = "4-04-05-01"


@pytest.fixture
def size() -> str:
    """Judges and clerks sit at desks."""
    return "desk"


@pytest.mark.row(42)
@pytest.mark.row(50)
def test_from_entry_to_a_result_that_verifies_and_the_promotion_it_opens(
    live: Live, walker: Callable[[], Walker]
) -> None:
    town = settle(live, walker)
    walkers: list[Walker] = []
    page = plan(town, walkers)
    compete(town, walkers, page)
    number = publish(town, walkers, page)
    verify(town, walkers, number)
    promote(town, walkers)
    live.world.holds()
    assert [fault for one in walkers for fault in one.faults] == []


def plan(town: Town, seen: list[Walker]) -> str:
    """The bureau plans a competition; another colleague approves it; entries open."""
    clerk = town.staff("gov-clerk")
    seen.append(clerk)
    clerk.go("/gov/competitions/new")
    day = town.today + timedelta(days=10)
    clerk.fill(name="满天星软件技能大赛", series="满天星", tier="city", organiser=town.stage.bodies["centre"], venue="软件园",
               starts_on=f"{day}", ends_on=f"{day}", event="程序设计", occupation=JOB, paper_level="3",
               practical_weight="70")  # fmt: skip
    clerk.look("competition-new")
    clerk.press("保存计划")
    page = clerk.at()
    checker = town.staff("gov-checker")
    seen.append(checker)
    checker.go(page)
    checker.press("批准", exact=True)
    clerk.go(page)
    clerk.press("开放报名")
    clerk.see("报名中")
    return page


def compete(town: Town, seen: list[Walker], page: str) -> None:
    """Two people enter; the benches are drawn; two judges mark, each for themselves."""
    for index in (0, 1):
        person = town.person(index)
        seen.append(person)
        person.go("/competitions")
        person.press("满天星软件技能大赛")
        person.look("competition")
        person.press("报名")
        person.fill(delegation="软件园")
        person.press("确认报名")
        person.see("报名成功")
        person.look("my-competitions")
    clerk = town.staff("gov-clerk")
    seen.append(clerk)
    clerk.go(page)
    clerk.press("截止报名并抽签开赛")
    clerk.see("比赛中")
    for login in ("judge-1", "judge-2"):
        judge = town.staff(login)
        seen.append(judge)
        judge.look("exam-home")
        for section in ("实操", "理论"):
            judge.go("/exam/competitions")
            judge.press(f"程序设计 {section}")
            first, second = (judge.page.locator("input[name^=mark-]").nth(place) for place in (0, 1))
            first.fill("101")
            judge.press("保存成绩")
            judge.see("不是有效成绩")
            first.fill("91.5")
            second.fill("84")
            judge.look("marks")
            judge.press("保存成绩")
            judge.see("已录入 2 个成绩")


def publish(town: Town, seen: list[Walker], page: str) -> str:
    """Marking closed by one, ranking ratified by another, results published; the winner's certificate."""
    town.live.world.clock.set(datetime.now(UTC) - timedelta(minutes=30))
    clerk, checker = town.staff("gov-clerk"), town.staff("gov-checker")
    seen += [clerk, checker]
    clerk.go(page)
    clerk.press("结束评分")
    clerk.look("competition-marked")
    checker.go(page)
    checker.press("核准名次")
    clerk.go(page)
    clerk.press("公布结果并制证")
    clerk.look("competition-published")
    town.live.work()
    visitor = town.make()
    seen.append(visitor)
    visitor.go("/competitions")
    visitor.press("满天星软件技能大赛")
    visitor.see("一等奖")
    visitor.look("ranking")
    numbers = [
        line.number for index in (0, 1) for line in town.live.world.ask(certificates.of_person, town.ids[index])
    ]
    assert len(numbers) == 2
    return min(numbers)


def verify(town: Town, seen: list[Walker], number: str) -> None:
    """The result's code is genuine on anybody's phone."""
    address = town.live.world.ask(certificates.address_of, number, town.live.url)
    phone = town.make()
    seen.append(phone)
    phone.page.goto(address)
    expect(phone.page.locator("#verdict")).to_have_attribute("data-state", "VALID", timeout=20_000)
    phone.see("满天星软件技能大赛")
    phone.look("verify-result")


def promote(town: Town, seen: list[Walker]) -> None:
    """The winner applies for the level that the place opens; one examines, another grants."""
    stage, body = town.stage, town.stage.bodies["centre"]
    scope = (ScopeItem(JOB, "", Level.L3),)
    made = stage.act(filings.draft, "centre-admin", organisation_id=body, scope=scope, contact="王工")
    stage.act(filings.submit, "centre-admin", filing_id=made.filing_id)
    stage.act(filings.accept, "gov-clerk", filing_id=made.filing_id)
    winner = town.person(0)
    seen.append(winner)
    winner.go("/me/promotions")
    winner.look("promotions")
    winner.press("申请晋升")
    winner.see("已申请")
    clerk, checker = town.staff("gov-clerk"), town.staff("gov-checker")
    seen += [clerk, checker]
    clerk.go("/gov/promotions")
    clerk.look("gov-promotions")
    clerk.press("初审通过")
    checker.go("/gov/promotions")
    checker.press("准予晋升并发证")
    checker.see("已准予晋升")
    town.live.work()
    winner.go("/me")
    winner.see("三级/高级工")
    winner.look("me-promoted")
