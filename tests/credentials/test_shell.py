"""The page at /v/<number> in a browser, with a server: what it shows, what it asks for, and the worker that keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from skills.credentials.statuslist import Status
from tests.credentials.site import Site, kept, settle, state, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell")]


@pytest.mark.row(51)
def test_the_page_shows_what_is_signed_and_sends_nothing_of_it(site: Site, page: Page) -> None:
    page.goto(site.url())
    state(page, "VALID")
    expect(page.locator("h1:visible")).to_have_text("有效")
    expect(page.locator("p.why")).to_have_text("由备案机构签发，未被撤销")
    expect(page.locator("#age")).to_contain_text("撤销状态截至")
    facts = page.locator("#facts")
    assert facts.locator("dt").all_inner_texts() == ["姓名", "职业", "等级", "证书编号", "发证日期"]
    expect(facts).to_contain_text("古丽·𠮷")
    expect(facts).to_contain_text("人工智能训练师 4-04-05-05")
    expect(facts).to_contain_text("三级/高级工")
    assert page.eval_on_selector_all("#ladder .held", "all => all.map((one) => one.id)") == ["step-4"]
    expect(page.locator("#steps li[data-passed=true]")).to_have_count(7)
    expect(page.locator("#steps")).to_contain_text("ES256")
    expect(page.locator("#lookup")).to_be_hidden()
    expect(page.locator("#finder")).to_be_hidden()
    expect(page.locator("#photo-ask button")).to_have_text("联网查看照片和机构备案信息")
    code = site.url().split("#")[1]
    assert not any(code[:40] in path for path in site.asked)


def test_a_list_on_its_way_when_the_worker_takes_over_is_kept_too(site: Site, page: Page) -> None:
    site.slow = {"/status/1.cwt"}
    page.goto(site.url())
    until(lambda: "GET /status/1.cwt" in site.asked and bool(page.evaluate("Boolean(navigator.serviceWorker.controller)")))
    site.free.set()
    state(page, "VALID")
    settle(page)
    site.stop()
    page.goto("about:blank")
    page.goto(site.url())
    state(page, "VALID")


def test_on_a_tap_the_code_is_posted_and_answered(site: Site, page: Page) -> None:
    page.goto(site.url())
    state(page, "VALID")
    with page.expect_navigation():
        page.locator("#photo-ask button").click()
    assert "POST /verify" in site.asked
    # The test's keys are not the server's own: it says so, and nothing better.
    expect(page.locator(".verdict")).to_have_attribute("data-state", "NOT_GENUINE")


@pytest.mark.parametrize(
    ("kind", "other", "shown", "vouched"),
    [
        ("completion", {"number": "PX-2026-0008812", "award": "软件测试工程实践"}, "软件测试工程实践",
         "培训合格证书，由培训机构核发，未被撤销；不代表职业技能等级"),
        ("competition", {"number": "JS-2026-312", "award": "技能大赛 一等奖"}, "技能大赛 一等奖", "由竞赛主办单位核发，未被撤销"),
    ],
)  # fmt: skip
def test_the_other_kinds_show_their_programme_or_award_and_who_vouches(
    site: Site, page: Page, kind: str, other: dict[str, str], shown: str, vouched: str
) -> None:
    message = site.message(kind=kind, level_rank=None, occupation_code="", **other)
    page.goto(site.url(message, other["number"]))
    state(page, "VALID")
    expect(page.locator("#facts")).to_contain_text(shown)
    expect(page.locator("p.why")).to_have_text(vouched)
    expect(page.locator("#ladder-box")).to_be_hidden()


def test_a_name_with_markup_is_only_a_name(site: Site, page: Page) -> None:
    name = "<img src=x onerror=alert(1)>{{7*7}}"
    page.goto(site.url(site.message(holder_name=name)))
    state(page, "VALID")
    expect(page.locator("#facts dd").first).to_have_text(name)
    assert page.locator("#facts img").count() == 0


def test_a_revocation_shows_at_the_next_look_online(site: Site, page: Page) -> None:
    """Keys and status are asked for on the network first: a phone that once saw VALID sees the revocation at once."""
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    site.say({4: Status.REVOKED})
    page.reload()
    state(page, "REVOKED")
    expect(page.locator("#todo")).to_contain_text("可向发证机构申请复核，对结果不服可向人力社保部门投诉")
    expect(page.locator("#facts")).to_contain_text("三级/高级工")


def test_without_keys_it_judges_nothing(site: Site, page: Page) -> None:
    page.route("**/keys.json", lambda route: route.abort())
    page.goto(site.url())
    state(page, "CANNOT_CHECK")
    expect(page.locator("#photo-ask button")).to_have_text("发送给服务器核验")


@pytest.mark.parametrize(
    "lacks",
    ["Object.defineProperty(self, 'isSecureContext', { value: false })",
     "Object.defineProperty(crypto, 'subtle', { value: undefined })"],
    ids=["plain http", "no subtle crypto"],
)  # fmt: skip
def test_without_secure_checking_it_says_so_and_offers_the_server(site: Site, context: BrowserContext, lacks: str) -> None:
    context.add_init_script(lacks)
    page = context.new_page()
    page.goto(site.url())
    state(page, "CANNOT_CHECK")
    expect(page.locator("p.why")).to_contain_text("发送给服务器")
    expect(page.locator("#lookup")).to_be_visible()
    assert page.locator("#photo-ask input").input_value() == site.url().split("#")[1]


def test_without_a_code_it_asks_for_number_and_name(site: Site, page: Page) -> None:
    page.goto(site.url().split("#")[0])
    state(page, "ASK")
    expect(page.locator("#lookup")).to_be_visible()
    assert page.locator("#number").input_value() == "S000050001862263000412"
    expect(page.locator("#facts")).to_be_hidden()


def test_without_javascript_the_forms_are_the_page(site: Site, context: BrowserContext) -> None:
    browser = context.browser
    assert browser
    bare = browser.new_context(java_script_enabled=False)
    page = bare.new_page()
    for path in ("/v/S000050001862263000412", "/scan"):
        page.goto(site.base + path)
        for form in ("#lookup", "#album"):
            expect(page.locator(form)).to_be_visible()
            expect(page.locator(f"{form} button")).to_be_visible()
        expect(page.locator("#photo")).to_be_visible()
        expect(page.locator("#finder")).to_be_hidden()
        expect(page.locator("h1:visible")).to_have_count(1)
    bare.close()


# ---- the worker that keeps it: each sentence that was promised of it


def test_the_worker_lies_at_a_fixed_address_is_never_kept_and_rules_the_whole_site(site: Site, page: Page) -> None:
    answer = site.world.client().get("/sw.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.mimetype == "text/javascript"
    page.goto(site.url())
    settle(page)
    assert page.evaluate("async () => (await navigator.serviceWorker.ready).scope") == site.base + "/"
    script = page.evaluate("() => navigator.serviceWorker.controller.scriptURL")
    assert script == site.base + "/sw.js"


def test_the_page_fetches_keys_and_status_itself_on_the_first_load(site: Site, context: BrowserContext) -> None:
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    page = context.new_page()
    page.goto(site.url())
    state(page, "VALID")
    assert {"GET /keys.json", "GET /status/1.cwt"} <= set(site.asked)
    assert "GET /sw.js" not in site.asked


def test_all_that_is_not_the_shells_passes_by(site: Site, page: Page) -> None:
    page.goto(site.url())
    settle(page)
    assert set(kept(page, "verify-proof")) == {"/keys.json", "/status/1.cwt"}
    others = ("/verify", "/", "/help", "/.well-known/did.json", "/v/-/x", "/scan/")
    for path in others:
        page.goto(site.base + path)
    page.goto(site.base + "/verify")
    fetched = ["/keys.json?x=1", "/livez", "/status/revocation/1", "/static/x/site/home.css"]
    page.evaluate("(paths) => Promise.all(paths.map((path) => fetch(path)))", fetched)
    shell = kept(page, "verify-shell")
    assert all(path == "/v/-" or path.startswith("/static/") for path in shell)
    assert not [path for path in shell if path.endswith(("home.css", "jsQR.js"))]
    assert set(kept(page, "verify-proof")) == {"/keys.json", "/status/1.cwt"}
    site.stop()
    for path in others:
        tab = page.context.new_page()
        with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
            tab.goto(site.base + path)
        tab.close()
    for path in ("/v/whatever", "/scan"):
        page.goto(site.base + path)
        expect(page.locator("#lookup")).to_be_visible()


def test_a_form_is_posted_to_the_server_even_below_the_shells_address(site: Site, page: Page) -> None:
    page.goto(site.url())
    settle(page)
    site.asked.clear()
    page.evaluate("() => fetch('/v/1', { method: 'POST' })")
    assert "POST /v/1" in site.asked


def test_a_server_that_hangs_is_not_waited_for(site: Site, page: Page) -> None:
    """The network is asked first, for a second and a half; then what was kept answers, with its age."""
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    site.slow = {"/keys.json", "/status/1.cwt", "/v/S000050001862263000412"}
    site.asked.clear()
    page.goto("about:blank")
    page.goto(site.url())
    state(page, "VALID")
    assert {f"GET {path}" for path in site.slow} <= set(site.asked)
    assert not site.free.is_set(), "the answer came from the hanging server"
    expect(page.locator("#age")).to_contain_text("离线核验")


def test_a_kept_copy_says_when_it_was_fetched(site: Site, page: Page) -> None:
    page.goto(site.url())
    settle(page)
    told = page.evaluate(
        "async () => Number((await (await caches.open('verify-proof')).match('/keys.json')).headers.get('X-Fetched-At'))"
    )
    assert 0 <= told - int(site.now.timestamp()) < 3600
    site.stop()
    assert page.evaluate("async () => (await fetch('/keys.json')).headers.get('X-Fetched-At')") == str(told)


@pytest.mark.parametrize(
    ("age", "wanted"), [(timedelta(days=6), "VALID"), (timedelta(days=8), "GENUINE_STATUS_UNKNOWN")]
)
def test_keys_older_than_seven_days_prove_no_status(site: Site, page: Page, age: timedelta, wanted: str) -> None:
    """The list is fresh; only the kept keys have aged."""
    page.goto(site.url())
    settle(page)
    page.evaluate(
        """async (age) => {
            const cache = await caches.open("verify-proof"), old = await cache.match("/keys.json");
            const headers = new Headers(old.headers);
            headers.set("X-Fetched-At", String(Number(headers.get("X-Fetched-At")) - age));
            await cache.put("/keys.json", new Response(await old.text(), { headers }));
        }""",
        int(age.total_seconds()),
    )
    site.stop()
    page.goto("about:blank")
    page.goto(site.url())
    state(page, wanted)


def test_a_new_edition_replaces_the_old_within_two_visits(site: Site, page: Page) -> None:
    """Version one is published and loaded, then version two; after two visits nothing of version one is left."""
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    old = site.assets.version
    site.publish("two")
    for _ in range(2):
        page.goto("about:blank")
        page.goto(site.url())
        state(page, "VALID")
    script = page.locator("script[src*=shell\\.js]")
    expect(script).to_have_attribute("src", f"/static/{site.assets.version}/credentials/shell.js")
    until(lambda: not [path for path in kept(page, "verify-shell") if f"/{old}/" in path])
    assert f"/static/{site.assets.version}/credentials/shell.js" in kept(page, "verify-shell")
    site.stop()
    page.goto("about:blank")
    page.goto(site.url())
    state(page, "VALID")
    expect(script).to_have_attribute("src", f"/static/{site.assets.version}/credentials/shell.js")


def test_a_new_worker_takes_over_at_the_next_visit(site: Site, page: Page) -> None:
    page.goto(site.url())
    settle(page)
    site.worker = "\nself.addEventListener('message', (event) => event.ports[0].postMessage('two'));\n"
    for _ in range(2):
        page.goto("about:blank")
        page.goto(site.url())
        state(page, "VALID")
    asked = """() => new Promise((resolve) => {
        const line = new MessageChannel();
        line.port1.onmessage = (event) => resolve(event.data);
        navigator.serviceWorker.controller.postMessage("?", [line.port2]);
        setTimeout(() => resolve("one"), 300);
    })"""
    until(lambda: page.evaluate(asked) == "two")
    site.stop()
    page.goto("about:blank")
    page.goto(site.url())
    state(page, "VALID")
