"""A cheap phone claims in three taps; a code on a phone without scripts is read by a clerk's camera; paper does the same."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import segno
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from skills.accounts import actions as accounts
from skills.accounts.rules import Role
from skills.accounts.secrets import totp_now
from skills.kernel import steps
from skills.kernel.actors import Actor
from skills.kernel.sessions import Sessions
from tests.courses.test_scanning import Counter
from tests.courses.wallet import open_batch
from tests.journeys.conftest import Live, Walker

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]
SMALL = {"width": 360, "height": 640}
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
USABLE, GENEROUS = 3, 10  # seconds of the row, and how many times that a shared machine may take


def elsewhere(work: Callable[[], Any]) -> Any:
    """In a thread of its own: the browser's loop has this one."""
    with ThreadPoolExecutor(1) as worker:
        return worker.submit(work).result()


def known(live: Live, context: BrowserContext, account: str) -> None:
    """This browser belongs to somebody who signed in just now."""
    token = live.world.tool(Sessions).begin(account, live.world.clock.now(), stepped_up=True)
    context.add_cookies([{"name": "skills", "value": token, "url": live.url}])


def account_of(live: Live, person: str) -> str:
    made = str(live.world.perform(accounts.open_for_person, person_id=person).id)
    live.world.perform(accounts.note_sign_in, account_id=made, method="stand_in")
    return made


def staff(live: Live, role: Role, organisation: str | None = None) -> str:
    """A colleague with a second factor."""
    world = live.world
    made = world.perform(
        accounts.create_staff, login=f"the-{role}", name="何同事", role=role, organisation_id=organisation,
        password="满天星的密码-2026", synthetic=True,
    )  # fmt: skip
    me = Actor(made.id, "何同事")
    secret = world.perform(accounts.begin_second_factor, actor=me).secret
    world.perform(accounts.confirm_second_factor, actor=me, code=totp_now(secret, world.clock.now()))
    return str(made.id)


def shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


@pytest.mark.row(4)
def test_three_taps_on_a_cheap_phone(live: Live, browser: Browser) -> None:
    counter = elsewhere(lambda: Counter(live.world))
    for text in (100, 200):
        claim_in_three_taps(live, browser, counter, text)


def claim_in_three_taps(live: Live, browser: Browser, counter: Counter, text: int) -> None:
    """Somebody fresh, on slow 3G, with letters of so many per cent."""
    person, _ = elsewhere(counter.stage.person)
    elsewhere(lambda: open_batch(live.world, person))
    context = browser.new_context(viewport=SMALL, locale="zh-CN", has_touch=True, is_mobile=True, device_scale_factor=2)
    known(live, context, elsewhere(lambda: account_of(live, person)))
    context.add_init_script(
        f"document.addEventListener('DOMContentLoaded', () => {{ document.documentElement.style.fontSize = '{text}%'; }})"
    )
    page = context.new_page()
    page.goto(live.url + "/livez")
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_3G)
    began = time.monotonic()
    page.goto(live.url + "/")
    taps = 0
    for name in ("券包", "领取", "确认领取"):
        where = "nav" if name == "券包" else "main"
        target = page.locator(f"{where} a, {where} button").filter(has_text=re.compile(f"^\\s*{name}\\s*$")).first
        target.wait_for(state="visible", timeout=USABLE * GENEROUS * 1000)
        if taps == 0:
            assert time.monotonic() - began < USABLE * GENEROUS
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, f"{name} can be hit by a thumb"
        with page.expect_navigation():
            target.tap()
        taps += 1
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"after {name} at {text} % the page is {over} px too wide"
    assert taps <= 3
    page.get_by_text("已领取").first.wait_for(state="visible")
    assert urlsplit(page.url).path.startswith("/me/vouchers/")
    context.close()


@pytest.mark.row(7)
def test_a_phone_without_scripts_shows_and_a_clerks_camera_reads(
    live: Live, browser: Browser, walker: Callable[[], Walker]
) -> None:
    world = live.world
    counter = elsewhere(lambda: Counter(world))
    context = browser.new_context(viewport=SMALL, locale="zh-CN", java_script_enabled=False)
    known(live, context, elsewhere(lambda: account_of(live, counter.person)))
    phone = context.new_page()
    step = steps.STEP_SECONDS - 1 - int(world.clock.now().timestamp()) % steps.STEP_SECONDS
    world.clock.forward(seconds=step + steps.STEP_SECONDS)  # the last second of a step: the page asks again after one
    phone.goto(f"{live.url}/me/vouchers/{counter.voucher}/code")
    with phone.expect_navigation():
        phone.get_by_role("button", name="出示券码").click()
    first = phone.locator(".code-text").inner_text()
    world.clock.forward(seconds=1)
    phone.locator(f".code-text:not(:text('{first}'))").wait_for(timeout=20_000)
    now = phone.locator(".code-text").inner_text()
    assert now != first
    [found] = zxingcpp.read_barcodes(shot(phone))
    assert found.text == f"{live.url}/org/scan#{steps.read(now)}", "the QR code and the eight characters are one code"
    assert set(steps.read(now)) <= set(steps.ALPHABET)

    clerk = walker()
    known(live, clerk.context, elsewhere(lambda: staff(live, Role.INSTITUTION_CLERK, counter.stage.school)))
    dark = [list(map(bool, row)) for row in segno.make(found.text, error="m", micro=False).matrix]
    clerk.context.add_init_script(
        f"const dark = {json.dumps(dark)};"
        """navigator.mediaDevices.getUserMedia = async () => {
          const canvas = document.createElement('canvas'), brush = canvas.getContext('2d'), cell = 10, edge = 60;
          canvas.width = canvas.height = dark.length * cell + 2 * edge;
          setInterval(() => {
            brush.fillStyle = '#fff';
            brush.fillRect(0, 0, canvas.width, canvas.height);
            brush.fillStyle = '#000';
            dark.forEach((row, y) => row.forEach((on, x) => on && brush.fillRect(edge + x * cell, edge + y * cell, cell, cell)));
          }, 50);
          return canvas.captureStream(20);
        };"""
    )
    clerk.go("/org/scan")
    clerk.look("scan-code")
    with clerk.page.expect_navigation():
        clerk.page.get_by_role("button", name="打开相机扫码").click()
    clerk.see("欧***")
    clerk.see("¥1,200")
    assert "欧阳星河" not in clerk.page.content()
    clerk.look("scan-confirm")
    clerk.press("持券人同意，确认报名用券")
    clerk.see("已报名并用券")
    clerk.look("scan-done")
    clerk.content()
    phone.goto(f"{live.url}/me/vouchers/{counter.voucher}/code")
    assert "券码已经用上" in phone.content()
    context.close()


@pytest.mark.row(7)
def test_the_pages_of_holder_counter_family_and_bureau(live: Live, walker: Callable[[], Walker]) -> None:
    world = live.world
    counter = elsewhere(lambda: Counter(world))
    own = elsewhere(lambda: account_of(live, counter.person))
    helper, _ = elsewhere(lambda: counter.stage.person("欧阳小北"))
    helpers = elsewhere(lambda: account_of(live, helper))
    give = Actor(own, "", counter.person, world.actor("helper.name").grants)
    elsewhere(lambda: world.perform(accounts.delegate, actor=give, helper_person_id=helper))

    holder = walker()
    known(live, holder.context, own)
    holder.go(f"/me/vouchers/{counter.voucher}/code")
    holder.press("出示券码")
    holder.look("code")
    before = holder.page.locator(".code-text").inner_text()
    world.clock.forward(seconds=steps.STEP_SECONDS)
    holder.page.locator(f".code-text:not(:text('{before}'))").wait_for(timeout=30_000)
    assert holder.page.evaluate("performance.getEntriesByType('navigation').length") == 1
    holder.press("停止出示")
    holder.see("券码已收回")
    holder.go("/me/family")

    relative = walker()
    known(live, relative.context, helpers)
    relative.go("/me/family")
    relative.press("为 欧阳星河 代办")
    relative.see("您正在为 欧阳星河 代办")
    relative.look("family-helping")
    relative.press("结束代办")

    window = walker()
    known(live, window.context, elsewhere(lambda: staff(live, Role.GOV_COUNTER)))
    window.go(f"/gov/people/{counter.person}/vouchers")
    window.look("counter-vouchers")
    for desk in ("exams", "certificates", "subsidies", "promotions", "competitions", "facts", "complaints", "receipt"):
        window.go(f"/gov/people/{counter.person}/{desk}")
        window.look(f"counter-{desk}")
    window.go(f"/gov/people/{counter.person}/vouchers")
    window.fill(reason="no_phone")
    window.press("打印一次性纸质券码")
    window.see("限用一次")
    paper = steps.read(window.page.locator(".code-text").inner_text())
    window.look("voucher-slip")

    official = elsewhere(lambda: staff(live, Role.GOV_CLERK))
    clerk = walker()
    known(live, clerk.context, elsewhere(lambda: staff(live, Role.INSTITUTION_ADMIN, counter.stage.school)))
    clerk.go("/org/scan")
    for n in range(10):
        clerk.fill(code="ABCDEFG" + steps.ALPHABET[n])
        clerk.press("核对")
        clerk.see("没有这个券码" if n < 9 else "扫码已锁定")
    clerk.fill(code=paper)
    clerk.press("核对")
    clerk.see("扫码已锁定")

    bureau = walker()
    known(live, bureau.context, official)
    bureau.go("/inbox")
    bureau.see("扫码已自动锁定")
    bureau.go("/gov")
    bureau.see("机构扫码被锁定待核实")
    bureau.go("/gov/scan-locks")
    bureau.look("scan-locks")
    bureau.fill(reason="电话核实，新员工误输")
    bureau.press("已核实，解锁")
    clerk.go("/org/scan")
    clerk.fill(code=paper)
    clerk.press("核对")
    clerk.see("请核对")
    for person in (holder, relative, window, clerk, bureau):
        person.content()
