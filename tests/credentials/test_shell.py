"""The page at /v/<number> in a browser: online, after the server has gone, and after a new version."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from skills.credentials import badge, cose, statuslist
from skills.credentials.claims import Claims
from skills.credentials.statuslist import Status
from skills.credentials.verdicts import PublishedKey
from skills.kernel.clock import shanghai_day
from tests.credentials.make_vectors import QR, STATUS
from tests.credentials.page import STATIC

SHELL = """<!doctype html><html lang="zh-CN"><head><title>v</title><link rel="icon" href="data:,"></head><body>
<main id="verdict" data-state="WAIT" data-occupations='{"4-04-05-05": "人工智能训练师"}'><h1></h1><p class="why"></p>
<dl id="facts"></dl><ol id="steps"></ol><p id="age"></p></main>
<div id="ladder-box" hidden><svg id="ladder">STEPS</svg></div>
<form id="lookup" hidden><input name="number"><input name="name"></form>
<form id="photo-ask" hidden><input name="code" type="hidden"><button></button></form><p id="edition">EDITION</p>
<script src="/static/verdict.1.js"></script><script src="/static/shell.1.js"></script></body></html>"""
STEPS = "".join(f'<g id="step-{rank}" class="step"></g>' for rank in range(1, 9))


class Site:
    """A server with the published files; counts what it is asked for."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.files: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.edition = "one"
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                kind, body = site.answer(self.path)
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Cache-Control", "no-cache")
                self.send_header("Content-Security-Policy", "default-src 'self'; img-src data:")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.claims = Claims(
            "level",
            "S000050001862263000412",
            "古丽·𠮷",
            "居民身份证",
            "***",
            "评价中心",
            shanghai_day(self.now),
            occupation_code="4-04-05-05",
            level_rank=4,
        )
        first = int((self.now - timedelta(days=30)).timestamp())
        keys = [PublishedKey("qr", QR.public_key(), first), PublishedKey("status", STATUS.public_key(), first)]
        self.keys = badge.keys_json(keys)
        self.say({})
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def say(self, states: dict[int, Status], age: timedelta = timedelta()) -> None:
        uri = statuslist.list_uri(self.base, 1)
        self.status = statuslist.phone_list(uri, states, STATUS, self.now - age)

    def answer(self, path: str) -> tuple[str, bytes]:
        import json

        script = "text/javascript"
        match path.split("?")[0].split("/")[1:]:
            case ["v", _] | ["scan"]:
                return "text/html; charset=utf-8", SHELL.replace("EDITION", self.edition).replace("STEPS", STEPS).encode()
            case ["static", name]:
                return script, Path(STATIC / name.replace(".1.", ".")).read_bytes()
            case ["sw.js"]:
                return script, (STATIC / "sw.js").read_bytes()
            case ["keys.json"]:
                return "application/json", json.dumps(self.keys).encode()
            case ["status", "1.cwt"]:
                return "application/cwt", self.status
        return "", b""

    def url(self, index: int = 4) -> str:
        message = cose.sign(cose.payload_of(self.claims, index, self.now), QR)
        return cose.qr_url(self.base, self.claims.number, message)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


def state(page: Page, wanted: str) -> None:
    expect(page.locator("#verdict")).to_have_attribute("data-state", wanted, timeout=20_000)


def settle(page: Page) -> None:
    expect(page.locator("#verdict")).to_have_attribute("data-offline", "ready", timeout=20_000)
    stored = "async () => (await (await caches.open('verify-proof')).keys()).map((k) => new URL(k.url).pathname).sort()"
    assert page.evaluate(stored) == ["/keys.json", "/status/1.cwt"]


def test_the_page_shows_what_is_signed_and_sends_nothing_of_it(site: Site, page: Page) -> None:
    page.goto(site.url())
    state(page, "VALID")
    expect(page.locator("h1")).to_have_text("有效")
    expect(page.locator("#facts")).to_contain_text("古丽·𠮷")
    expect(page.locator("#facts")).to_contain_text("人工智能训练师 4-04-05-05")
    expect(page.locator("#facts")).to_contain_text("三级/高级工")
    expect(page.locator("#steps li[data-passed=true]")).to_have_count(7)
    expect(page.locator("#lookup")).to_be_hidden()
    expect(page.locator("#photo-ask")).to_be_visible()
    code = site.url().split("#")[1]
    assert not any(code[:40] in path for path in site.asked)


def test_it_goes_on_working_when_the_server_has_gone(site: Site, page: Page) -> None:
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    site.stop()
    page.goto("about:blank")
    page.goto(site.url())
    state(page, "VALID")
    page.goto("about:blank")
    page.goto(site.url().replace("#", "#A", 1))
    state(page, "NOT_GENUINE")
    page.goto("about:blank")
    page.goto(site.url(7).replace("0412", "0413"))  # a number never seen before: the shell is one and the same
    state(page, "NOT_GENUINE")
    expect(page.locator("p.why")).to_contain_text("另一张证书")


def test_a_revocation_shows_at_the_next_look_online(site: Site, page: Page) -> None:
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    site.say({4: Status.REVOKED})
    page.reload()
    state(page, "REVOKED")


@pytest.mark.parametrize(
    ("age", "wanted"), [(timedelta(hours=13), "GENUINE_STATUS_OLD"), (timedelta(days=8), "GENUINE_STATUS_UNKNOWN")]
)
def test_an_old_list_is_never_valid(site: Site, page: Page, age: timedelta, wanted: str) -> None:
    site.say({}, age)
    page.goto(site.url())
    state(page, wanted)


def test_without_keys_it_judges_nothing(site: Site, page: Page) -> None:
    page.route("**/keys.json", lambda route: route.abort())
    page.goto(site.url())
    state(page, "CANNOT_CHECK")
    expect(page.locator("#photo-ask button")).to_have_text("发送给服务器核验")


def test_without_secure_checking_it_says_so_and_offers_the_server(site: Site, context: BrowserContext) -> None:
    context.add_init_script("Object.defineProperty(self, 'isSecureContext', { value: false })")
    page = context.new_page()
    page.goto(site.url())
    state(page, "CANNOT_CHECK")
    expect(page.locator("#lookup")).to_be_visible()
    assert page.locator("#photo-ask input").input_value() == site.url().split("#")[1]


def test_without_a_code_it_asks_for_number_and_name(site: Site, page: Page) -> None:
    page.goto(site.url().split("#")[0])
    state(page, "ASK")
    expect(page.locator("#lookup")).to_be_visible()


def test_a_new_edition_replaces_the_old_within_two_visits(site: Site, page: Page) -> None:
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    site.edition = "two"
    for _ in range(2):
        page.goto("about:blank")
        page.goto(site.url())
        state(page, "VALID")
    expect(page.locator("#edition")).to_have_text("two")
    assert "two" in page.evaluate("async () => (await caches.match('/v/-')).text()")
    site.stop()
    page.goto("about:blank")
    page.goto(site.url())
    state(page, "VALID")
    expect(page.locator("#edition")).to_have_text("two")


def test_who_vouches_depends_on_the_kind_and_the_ladder_marks_only_the_step_held(site: Site, page: Page) -> None:
    page.goto(site.url())
    state(page, "VALID")
    assert page.inner_text(".why") == "由备案机构签发，未被撤销。"
    assert page.eval_on_selector_all(".held", "all => all.map((one) => one.id)") == ["step-4"]
    assert not page.locator("#ladder-box").is_hidden()
    site.claims = replace(
        site.claims, kind="competition", number="JS-2026-0001-01-0001", level_rank=None, award="满天星软件人才技能大赛 一等奖"
    )
    page.goto("about:blank")
    page.goto(site.url())
    state(page, "VALID")
    assert page.inner_text(".why") == "由竞赛主办单位核发，未被撤销。"
    assert page.locator("#ladder-box").is_hidden()


def test_the_number_in_the_address_need_not_be_typed_again(site: Site, page: Page) -> None:
    page.goto(f"{site.base}/v/{site.claims.number}")
    state(page, "ASK")
    assert page.input_value("[name=number]") == site.claims.number
    page.goto(f"{site.base}/scan")
    state(page, "ASK")
    assert page.input_value("[name=number]") == ""
