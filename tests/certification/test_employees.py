"""A firm's people: entered on its word, told to them, ended by it, and never twice at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.actions import approve_organisation, register_organisation
from skills.accounts.rules import Role, credit_check
from skills.certification.actions import employments
from skills.certification.queries.employees import employees
from skills.kernel.actors import Actor
from skills.kernel.errors import Forbidden, Missing
from skills.messages.models import Message
from skills.people import queries as people
from skills.records.actions import compare
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.vouchers.stage import Stage
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(12)
JOB = "4-04-05-05"


class Firm:
    """A firm, and somebody whose document it knows."""

    def __init__(self, world: World) -> None:
        self.world, self.vouchers = world, Stage(world)
        body = "91500112MA6F00002"
        made = world.perform(
            register_organisation, name="重庆渝软科技有限公司", kind="enterprise", credit_code=body + credit_check(body), district="500112"
        )
        world.perform(approve_organisation, organisation_id=made.id)
        self.id = str(made.id)
        self.person = self.vouchers.person()
        self.number = self.vouchers.document(self.vouchers.serial - 1)
        self.clerk = world.actor("application.enter", account="firm-clerk", organisation=self.id)

    def declare(self, since: date, actor: Actor | None = None, **change: Any) -> str:
        order = {"organisation_id": self.id, "kind": "resident", "number": self.number, "occupation_code": JOB, "since": since, **change}
        return str(self.world.perform(employments.declare, actor=actor or self.clerk, **order).entry_id)

    def end(self, entry: str, until: date, actor: Actor | None = None, organisation: str = "") -> str:
        return str(
            self.world.perform(
                employments.end, actor=actor or self.clerk, organisation_id=organisation or self.id, entry_id=entry, until=until
            ).entry_id
        )

    def told(self) -> list[str]:
        with self.world.db() as db:
            return sorted(db.scalars(select(Message.code).where(Message.person_id == self.person)))


@pytest.fixture
def firm(world: World) -> Firm:
    return Firm(world)


def test_somebody_is_entered_ended_and_comes_back(firm: Firm) -> None:
    today = firm.world.today
    first = firm.declare(date(2026, 1, 5))
    for again in (date(2026, 1, 5), date(2026, 6, 1)):
        with firm.world.refused("employment.known"):
            firm.declare(again)
    ended = firm.end(first, date(2026, 9, 30))
    with firm.world.refused("employment.known"):
        firm.declare(date(2026, 9, 30))
    firm.declare(date(2026, 11, 2))
    found = firm.world.ask(employees, firm.id)
    assert {(e.since, e.until) for e in found} == {(date(2026, 1, 5), date(2026, 9, 30)), (date(2026, 11, 2), None)}
    assert firm.told() == ["employment.told_ended", "exam.employed", "exam.employed"]
    with firm.world.refused("employment.over"):
        firm.end(ended, today)
    with pytest.raises(Missing):
        firm.end(first, today)
    firm.world.holds()


def test_what_was_compared_stays_compared_when_it_ends(firm: Firm) -> None:
    entry = firm.declare(date(2026, 1, 5))
    seen = firm.world.perform(compare, actor=firm.world.actor("fact.compare", account="gov"), entry_id=entry, strength="seen")
    firm.end(str(seen.entry_id), date(2026, 9, 30))
    [one] = firm.world.ask(employees, firm.id)
    assert (one.strength, one.until) == ("seen", date(2026, 9, 30))
    firm.world.holds()


def test_days_that_cannot_be_and_people_who_are_not_there(firm: Firm) -> None:
    today = firm.world.today
    with firm.world.refused("employment.dates"):
        firm.declare(today + timedelta(days=1))
    with pytest.raises(Missing):
        firm.declare(today, number="500112199001011234")
    entry = firm.declare(date(2026, 3, 1))
    for until in (date(2026, 2, 28), today + timedelta(days=1)):
        with firm.world.refused("employment.dates"):
            firm.end(entry, until)
    firm.world.holds()


def test_only_the_firm_itself_speaks_of_its_people(firm: Firm) -> None:
    entry = firm.declare(date(2026, 3, 1))
    other = firm.world.actor("application.enter", account="other", organisation=firm.vouchers.school)
    with pytest.raises(Forbidden):
        firm.declare(date(2026, 3, 1), actor=other)
    with pytest.raises(Forbidden):
        firm.end(entry, date(2026, 9, 30), actor=other)
    with pytest.raises(Missing):
        firm.end(entry, date(2026, 9, 30), actor=other, organisation=firm.vouchers.school)
    assert firm.world.ask(employees, firm.vouchers.school) == []
    firm.world.holds()


def test_the_page_enters_ends_and_says_what_is_wrong(visitors: Visitors) -> None:
    world = visitors.world
    firm = Firm(world)
    clerk = visitors.come(acting(Role.BODY_CLERK, "firm-clerk", organisation=firm.id))
    url = "/ent/employees"
    assert "还没有登记职工" in text_of(clerk.get(url))
    order = {"name": "学员1", "kind": "resident", "number": firm.number, "occupation": JOB}
    assert press(clerk, url, url, **{**order, "name": "别的人"}, since="2026-03-02").status_code == 404
    assert "请填写入职日期" in text_of(press(clerk, url, url, **order, since=""), 422)
    assert press(clerk, url, url, **order, since="2026-03-02").status_code == 303
    [one] = world.ask(employees, firm.id)
    page = text_of(clerk.get(url))
    assert "本单位承诺，待核验" in page
    with world.db() as db:
        assert people.person(db, firm.person).name in page
    end, name = f"{url}/{one.id}/end", f"e{one.id}"
    key = {"csrf_token": hidden(page, "csrf_token"), f"{name}-key": hidden(page, f"{name}-key")}
    assert clerk.post(end, data=key | {f"{name}-until": "32"}).status_code == 422
    assert clerk.post(end, data=key | {f"{name}-until": "2026-09-30"}).status_code == 303
    assert "已离职" in text_of(clerk.get(url))
    stranger = visitors.come(acting(Role.BODY_CLERK, "x", organisation=firm.vouchers.school))
    assert "还没有登记职工" in text_of(stranger.get(url))
    world.holds()
