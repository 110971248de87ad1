"""The counter: register, find by the whole number, slip once, reveal on record."""

from __future__ import annotations

import re

import pytest

from skills.accounts import actions
from skills.accounts.rules import Role
from skills.desk.queries import trail
from skills.kernel.sessions import Sessions
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, resident, someone

__all__ = ["visitors"]
FIND, NEW = "/gov/people", "/gov/people/new"


def test_a_clerk_registers_somebody_once_and_finds_them_by_the_whole_number(visitors: Visitors) -> None:
    number = resident(8)
    order = {"name": "梅兰", "document_kind": "resident", "document_number": number, "birth": "2003-01-01", "sex": "F",
             "district": "500112", "phone": "13800000001"}  # fmt: skip
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    assert "已登记" in text_of(press(clerk, NEW, NEW, **order))
    assert "没有重复建档" in text_of(press(clerk, NEW, NEW, **order))
    found = text_of(press(clerk, FIND, FIND, document_kind="resident", document_number=number.lower()))
    assert "梅兰" in found
    assert number not in found.split("<main")[1], "the number is masked"
    text_of(press(clerk, FIND, FIND, document_kind="resident", document_number=resident(10)), 404)
    text_of(press(clerk, FIND, FIND, document_kind="resident", document_number=number[:10]), 404)
    text_of(press(clerk, FIND, FIND, document_kind="resident", document_number=""), 422)
    visitors.world.holds()


def test_a_wrong_check_digit_is_explained_and_nobody_is_put_on_record(visitors: Visitors) -> None:
    number = resident(8)
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    order = {"name": "梅兰", "document_kind": "resident", "document_number": wrong, "birth": "2003-01-01", "sex": "F",
             "district": "500112", "phone": ""}  # fmt: skip
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    told = press(clerk, NEW, NEW, **order)
    assert told.status_code == 409
    page = told.get_data(as_text=True)
    assert "末位校验码不符" in page
    assert "不是省级行政区划代码" not in page, "what is right is not called a fault"
    clerk.set_cookie("lang", "en", domain="localhost")
    assert "check" in press(clerk, NEW, NEW, **order).get_data(as_text=True).lower()
    text_of(press(clerk, FIND, FIND, document_kind="resident", document_number=wrong), 404)
    visitors.world.holds()


def test_another_phone_number_ends_every_session_and_code(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world, 8, "梅兰", phone="13800000001")
    account = world.perform(actions.open_for_person, person_id=who.id).id
    session = world.tool(Sessions).begin(account, world.clock.now())
    code = world.perform(actions.make_sms_code, account_id=account).code
    counter = visitors.come(acting(Role.GOV_COUNTER, "counter"))
    page = text_of(press(counter, FIND, FIND, document_kind="resident", document_number=who.number))
    assert "138****0001" in page
    token, key = (re.search(rf'name="{n}" value="([^"]+)"', page) for n in ("csrf_token", "key"))
    assert token
    assert key
    order = {"csrf_token": token[1], "key": key[1], "phone": "12345"}
    address = f"/gov/people/{who.id}/phone"
    assert counter.post(address, data=order).status_code == 409
    assert world.ask(world.tool(Sessions).find, session, world.clock.now()) is not None, "a refusal changes nothing"
    page = text_of(counter.post(address, data={**order, "phone": "139 0000 0002"}))
    assert "139****0002" in page
    assert world.ask(world.tool(Sessions).find, session, world.clock.now()) is None
    with world.refused("one_time_code.refused"):
        world.perform(actions.sign_in_by_code, purpose="sms", code=code, account_id=account)
    page = text_of(counter.post(address, data={**order, "key": "lost-1", "phone": ""}))
    assert "已挂失" in page
    assert "未登记" in page
    world.holds()


def test_a_slip_signs_its_person_in_once(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    world = visitors.world
    who = someone(world, 8, "梅兰")
    counter = visitors.come(acting(Role.GOV_COUNTER, "counter"))
    found = press(counter, FIND, FIND, document_kind="resident", document_number=who.number)
    page = text_of(found)
    key = re.search(r'name="key" value="([^"]+)"', page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert key
    assert token
    slip = f"/gov/people/{who.id}/slip"
    printed = text_of(counter.post(slip, data={"csrf_token": token[1], "key": key[1]}))
    code = re.search(r'class="no">([^<]+)<', printed)
    assert code
    order = {"name": "梅兰", "document_kind": "resident", "document_number": who.number, "code": code[1]}
    guest = world.client()
    door = "/sign-in/slip"
    assert press(guest, door, door, **{**order, "code": "WRONG"}).status_code != 303
    assert press(guest, door, door, **order).status_code == 303
    assert press(world.client(), door, door, **order).status_code != 303, "a slip works once"
    world.holds()


def test_the_whole_number_opens_for_a_reason_that_goes_on_record(visitors: Visitors) -> None:
    world = visitors.world
    who = someone(world, 8, "梅兰")
    checker = visitors.come(acting(Role.GOV_CHECKER, "checker"))
    page = text_of(press(checker, FIND, FIND, document_kind="resident", document_number=who.number))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    reveal = f"/gov/people/{who.id}/reveal"
    assert checker.post(reveal, data={"csrf_token": token[1], "key": "k-1", "reason": " "}).status_code == 409
    order = {"csrf_token": token[1], "key": "k-2", "reason": "law", "detail": "（2026）第3号"}
    opened = text_of(checker.post(reveal, data=order))
    assert who.number in opened
    assert "依法调取" in opened
    assert "（2026）第3号" in opened
    assert len(world.ask(trail.search, trail.Asked(action="person.reveal", about=who.id))) == 1
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    assert "查看完整证件号码" not in text_of(press(clerk, FIND, FIND, document_kind="resident", document_number=who.number))
    world.holds()


def test_institutions_and_finance_find_nobody(visitors: Visitors) -> None:
    for role in (Role.INSTITUTION_ADMIN, Role.FINANCE, Role.AUDITOR, Role.BODY_CLERK):
        assert visitors.come(acting(role, f"x-{role}", organisation="o")).get(FIND).status_code == 403
