"""A day of class: the room's screen, a phone without scripts, a correction by two people, and card with PIN at the terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from skills.accounts.rules import Role
from tests.courses.test_cards import PIN, Hall
from tests.journeys.conftest import Live, Walker
from tests.journeys.test_counter import SMALL, account_of, elsewhere, known, staff

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages"), pytest.mark.row(11)]
LEAVING = 265  # minutes after the start, five before the end


def send(page: Page, name: str, **fields: str) -> None:
    """Fill and press, as somebody does whose browser runs no scripts."""
    for field, text in fields.items():
        page.locator(f"main [name='{field}']").first.fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def stage(live: Live) -> Hall:
    """A class whose leaving is written too, with one learner who has no PIN yet."""
    live.world.policy("attendance.check_out", True, live.world.today + timedelta(days=1))
    return Hall(live.world, pin="")


def test_a_day_of_class_with_and_without_a_phone(live: Live, browser: Browser, walker: Callable[[], Walker]) -> None:
    hall = elsewhere(lambda: stage(live))
    session = hall.at(0, 0)
    clerk = walker()
    school = elsewhere(lambda: staff(live, Role.INSTITUTION_CLERK, hall.stage.school))
    context = browser.new_context(viewport=SMALL, locale="zh-CN", java_script_enabled=False)
    account = elsewhere(lambda: account_of(live, hall.person))
    phone = context.new_page()

    for minutes, said in ((0, "已签到"), (LEAVING, "已签退")):
        hall.at(0, minutes)
        known(live, clerk.context, school)  # hours lie between: both sign in again
        known(live, context, account)
        clerk.go(f"/org/classes/{hall.class_id}/sessions/{session}/screen")
        code = clerk.page.locator(".code-text").inner_text()
        phone.goto(f"{live.url}/me/attend")
        send(phone, "签到", code=code)
        phone.get_by_text(said).first.wait_for(state="visible")

    missed = hall.at(1, 300)
    known(live, context, account)
    phone.goto(f"{live.url}/me/courses/{hall.place}/attendance")
    phone.locator("summary").filter(has_text="申请更正").click()
    phone.locator("main [name='session']").select_option(missed)
    phone.locator("main [name='mark']").select_option("in:on_time")
    send(phone, "提交申请", words="教室屏幕坏了")
    bureau = walker()
    known(live, bureau.context, elsewhere(lambda: staff(live, Role.GOV_CHECKER)))
    bureau.go("/gov/attendance")
    bureau.see("教室屏幕坏了")
    bureau.press("同意更正")
    bureau.see("已更正")

    session = hall.at(2, 0)
    known(live, context, account)
    phone.goto(f"{live.url}/me/card")
    send(phone, "设置密码", pin=PIN, again=PIN)
    known(live, clerk.context, school)
    clerk.go(f"/org/cards/{hall.place}")
    clerk.look("card-learner")
    clerk.press("打印新卡")
    number = clerk.page.locator(".code-text").inner_text()
    clerk.go(f"/org/sessions/{session}/terminal")
    clerk.press("打开教室终端")
    clerk.look("card-terminal-of")
    address = clerk.page.get_by_role("link", name="在这台设备上打开终端").get_attribute("href") or ""
    device = walker()
    device.go("/terminal/" + address.partition("/terminal/")[2])
    device.look("card-terminal")
    plain = browser.new_context(viewport=SMALL, locale="zh-CN", java_script_enabled=False).new_page()
    plain.goto(device.page.url)
    send(plain, "我到了", card=number, pin="555111")
    plain.get_by_text("还可以试 4 次").wait_for(state="visible")
    send(plain, "我到了", card=number, pin=PIN)
    plain.get_by_text("已签到").first.wait_for(state="visible")
    assert [fault for one in (clerk, bureau, device) for fault in one.faults] == []
    context.close()
    plain.context.close()
    elsewhere(live.world.holds)
