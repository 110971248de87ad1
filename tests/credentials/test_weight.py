"""The verification page weighs little, asks nobody else, is open to everybody, and shows what matters first."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from skills.credentials import statuslist
from skills.credentials.statuslist import Status
from tests.browser import FLAGS, chromium
from tests.conftest import missing
from tests.credentials import camera
from tests.credentials.site import DAY, Lasting, Site, settle, state

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell")]
ROOT = Path(__file__).parents[2]
LIGHTHOUSE = ROOT / "tests" / "outside" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
ROUNDS = 6
MOST = 60 * 1024
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Everything that the page asks for on its first visit, its worker's requests included.
ASKED = {
    "/v/S000050001862263000412", "/v/-", "/sw.js", "/keys.json", "/status/1.cwt", "site/favicon.svg", "site/site.css",
    "site/verify.css", "site/shell-switch.js", "credentials/words.js", "credentials/verdict.js",
    "credentials/shell.js", "credentials/scan.js", "credentials/scan-worker.js",
}  # fmt: skip
NO_CAMERA = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }"


def part(address: str) -> str:
    """An address without the version of the static files."""
    pieces = address.split("/", 3)
    return pieces[3] if pieces[1] == "static" else address


def test_it_weighs_at_most_sixty_kilobytes_and_asks_nobody_else(
    site: Site, page: Page, record_property: Callable[[str, object], None]
) -> None:
    """Counted at the server: heads and bodies of all answers until the page could do without it."""
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    seen = page.evaluate(
        "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".reduce((sum, entry) => sum + entry.transferSize, 0)"
    )
    record_property("bytes of the page", seen)
    record_property("bytes with its worker", site.sent)
    print(f"\n/v/<number> weighs {seen / 1024:.1f} KiB, {site.sent / 1024:.1f} KiB with what its worker keeps")
    assert 10_000 < seen <= MOST
    assert 10_000 < site.sent <= MOST
    assert hosts == {urlsplit(site.base).netloc}
    assert {part(line.split(" ")[1]) for line in site.asked} == ASKED
    assert {line.split(" ")[0] for line in site.asked} == {"GET"}


def test_the_next_look_costs_next_to_nothing(site: Site, page: Page) -> None:
    page.goto(site.url())
    state(page, "VALID")
    settle(page)
    before, site.asked = site.sent, []
    page.goto("about:blank")
    page.goto(site.url())
    state(page, "VALID")
    assert {part(line.split(" ")[1]) for line in site.asked} <= {
        "/v/S000050001862263000412", "/v/-", "/keys.json", "/status/1.cwt", "/sw.js",
    }  # fmt: skip
    assert site.sent - before < 30 * 1024


def test_no_cookie_is_set_and_no_page_may_be_indexed(site: Site, page: Page) -> None:
    page.goto(site.url())
    settle(page)
    page.goto(site.base + "/scan")
    expect(page.locator("#finder")).to_be_visible()
    assert page.context.cookies() == []
    expect(page.locator("meta[name=robots]")).to_have_attribute("content", "noindex")
    expect(page.locator("meta[name=referrer]")).to_have_attribute("content", "no-referrer")


# ---- every state, looked at


@pytest.fixture
def states(site: Site) -> dict[str, tuple[str, str]]:
    """State and address of every verdict."""
    site.say({5: Status.REVOKED, 6: Status.SUSPENDED, 7: Status.SUPERSEDED})
    site.say({}, 2, timedelta(hours=13))
    return {
        "valid": ("VALID", site.url()),
        "expired": ("EXPIRED", site.url(site.message(issued=site.now - 300 * DAY, until=(site.now - 10 * DAY).date()))),
        "revoked": ("REVOKED", site.url(site.message(5))),
        "suspended": ("SUSPENDED", site.url(site.message(6))),
        "superseded": ("SUPERSEDED", site.url(site.message(7))),
        "early": ("NOT_YET_VALID", site.url(site.message(issued=site.now + DAY))),
        "old": ("GENUINE_STATUS_OLD", site.url(site.message(statuslist.SIZE))),
        "unknown": ("GENUINE_STATUS_UNKNOWN", site.url(site.message(8 * statuslist.SIZE))),
        "false": ("NOT_GENUINE", site.url("AAAA")),
        "ask": ("ASK", site.url("").rstrip("#")),
    }


LOOKS = [(360, 640, "light", ""), (1440, 900, "dark", "?lang=en"), (320, 640, "light", "?elder=1")]


def faults(page: Page, name: str) -> list[str]:
    """What axe says, and whether anything is wider than the screen."""
    results = Axe().run(page, options=RULES)
    found = [f"{name}: {v['id']}: {v['nodes'][0]['html'][:120]}" for v in results.response["violations"]]
    if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{name}: wider than the screen")
    return found


@pytest.fixture
def looking(browser: Browser) -> Iterator[Callable[[tuple[int, int, str, str]], BrowserContext]]:
    made: list[BrowserContext] = []

    def make(look: tuple[int, int, str, str]) -> BrowserContext:
        width, height, scheme, _ = look
        made.append(
            browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", locale="zh-CN"
            )
        )
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk, dark, English", "narrow, large type"])
def test_no_state_has_a_fault_for_axe(
    site: Site, states: dict[str, tuple[str, str]], look: tuple[int, int, str, str],
    looking: Callable[[tuple[int, int, str, str]], BrowserContext], tmp_path: Path,
) -> None:  # fmt: skip
    context = looking(look)
    context.add_init_script(NO_CAMERA)
    page = context.new_page()
    found: list[str] = []
    for name, (wanted, address) in states.items():
        if look is not LOOKS[0] and name not in ("valid", "false", "ask"):
            continue  # colours and shapes of the other states are those of the first look
        page.goto("about:blank")
        page.goto(address.replace("#", look[3] + "#") if "#" in address else address + look[3])
        state(page, wanted)
        if page.locator("details").is_visible():
            page.locator("summary").click()
        found += faults(page, name)
    page.goto(site.base + "/scan" + look[3])
    expect(page.locator("#finder")).to_have_attribute("data-state", "denied")
    found += faults(page, "no camera")
    if site.assets.has("vendor/jsQR.js"):
        page.locator("#photo").set_input_files(camera.saved(camera.code("https://evil.example/"), tmp_path / "x.png"))
        expect(page.locator("#heard")).to_be_visible()
        found += faults(page, "not a certificate")
    context.add_init_script(camera.easel(camera.Image.new("RGB", (9, 9))))
    context.add_init_script("MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });")
    page = context.new_page()
    page.goto(site.base + "/scan" + look[3])
    if site.assets.has("vendor/jsQR.js"):
        expect(page.locator("#torch")).to_be_visible()
    found += faults(page, "camera")
    assert found == []


def test_the_verdict_comes_first_and_the_rest_of_what_one_compares_on_the_same_screen(
    site: Site, states: dict[str, tuple[str, str]], looking: Callable[[tuple[int, int, str, str]], BrowserContext]
) -> None:
    """At 360 by 640: the verdict takes at most three tenths, and name, occupation and level need no scrolling."""
    page = looking(LOOKS[0]).new_page()
    for wanted, address in states.values():
        page.goto("about:blank")
        page.goto(address)
        state(page, wanted)
        box = page.locator("#verdict").bounding_box()
        assert box is not None
        assert box["y"] < 70, wanted
        assert box["height"] <= 0.3 * 640, wanted
        for line in page.locator("#facts .lead").all():
            at = line.bounding_box()
            assert at is not None
            assert at["y"] + at["height"] <= 640, wanted
        assert page.locator("#facts .lead").count() == (0 if wanted in ("NOT_GENUINE", "ASK") else 3)


# ---- measured by a program that is not ours


def report(address: str, chrome: str) -> dict[str, Any]:
    """Lighthouse's marks for a page as a slow phone sees it, 0 to 100 by category."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        flags = f"--headless=new {' '.join(FLAGS)} --user-data-dir={folder}/profile"
        command = [
            "sh", str(ROOT / "scripts" / "with-node.sh"), "node", str(LIGHTHOUSE), address, "--quiet", "--output=json",
            f"--output-path={out}", "--only-categories=performance,accessibility", f"--chrome-flags={flags}",
        ]  # fmt: skip
        done = subprocess.run(
            command, env=os.environ | {"CHROME_PATH": chrome}, timeout=300, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        whole = json.loads(out.read_text("utf-8"))
    assert "runtimeError" not in whole, whole.get("runtimeError")
    return {name: round(100 * held["score"]) for name, held in whole["categories"].items()}


@pytest.mark.soak
def test_lighthouse_gives_full_marks(site: Site, playwright: Playwright) -> None:
    """Mobile preset, median of five: 100 for performance and for accessibility.

    Other work on the machine lowers a mark and never raises one, so a round that was disturbed is measured again.
    """
    if not LIGHTHOUSE.exists():
        missing("lighthouse in tests/outside/lighthouse")
    site.stop()
    site.start(Lasting)
    for _ in range(ROUNDS):
        marks = [report(site.url(), chromium() or playwright.chromium.executable_path) for _ in range(5)]
        middle = {name: statistics.median(one[name] for one in marks) for name in ("performance", "accessibility")}
        print(f"\nlighthouse: {marks}, load {os.getloadavg()[0]:.1f}")
        assert middle["accessibility"] == 100
        if middle["performance"] == 100:
            break
    site.stop()
    assert middle == {"performance": 100, "accessibility": 100}
