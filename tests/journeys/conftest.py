"""A served world and people with browsers: every page they stop at is looked at by axe and by the policy."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import BaseWSGIServer, make_server

from tests.world import World, make_world

STORY = timedelta(days=120)
SIZES = {"phone": (360, 800), "desk": (1440, 900)}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# What can differ between the two sizes of one page: what is shown, how large and on which ground.
SIZED = {"runOnly": ["target-size", "color-contrast", "scrollable-region-focusable", "link-name", "button-name", "label"],
         "resultTypes": ["violations"]}  # fmt: skip


class Live:
    """A world behind a real address, which can be stopped."""

    def __init__(self, world: World, server: BaseWSGIServer, url: str) -> None:
        self.world = world
        self.url = url
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Switch the server off: from now on nothing answers."""
        self._server.shutdown()
        self._server.server_close()

    def work(self) -> None:
        """Let the worker do what is due and the sealer its work, in a thread of its own: the browser has this one."""
        with ThreadPoolExecutor(1) as worker:
            worker.submit(self._work).result()

    def _work(self) -> None:
        for _ in range(2):  # a paper waits until its certificate stands in the log
            self.world.seal()
            self.world.run_jobs()
            self.world.clock.forward(seconds=10)
        self.world.seal()


class Walker:
    """One person with one browser."""

    def __init__(self, context: BrowserContext, url: str, size: str, pictures: Path | None) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.url = url
        self.size = size
        self.faults: list[str] = []
        self.pictures = pictures
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        if "CSP" in text or "Content Security Policy" in text:
            self.faults.append(text)

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.url + path)

    def fill(self, **fields: str) -> None:
        """Fill the fields of these names; a choice is chosen by its value."""
        for name, text in fields.items():
            field = self.page.locator(f"main [name='{name}']").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)

    def tick(self, *labels: str) -> None:
        """Tick boxes by their words."""
        for label in labels:
            self.page.locator("main").get_by_text(label, exact=False).first.click()

    def at(self) -> str:
        """The path of the page."""
        return urlsplit(self.page.url).path

    def press(self, name: str, *, exact: bool = False) -> None:
        """Press the button or link with this name, and wait for the page it leads to."""
        page = self.page
        wanted = page.get_by_role("button", name=name, exact=exact).or_(page.get_by_role("link", name=name, exact=exact))
        wanted.first.wait_for()
        with page.expect_navigation():
            wanted.first.click()

    def see(self, text: str) -> None:
        """Insist that the page shows this text."""
        self.page.get_by_text(text).first.wait_for(state="visible", timeout=10_000)

    def look(self, name: str) -> None:
        """Check this page in both sizes: no accessibility fault, nothing wider than the screen, pictures if they are wanted."""
        other = next(size for size in SIZES if size != self.size)
        self._look(name, self.size, RULES)
        self._resize(other)
        self._look(name, other, SIZED)
        self._resize(self.size)

    def _look(self, name: str, size: str, rules: dict[str, list[str]]) -> None:
        for violation in self._violations(rules):
            where = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            self.faults.append(f"{name} ({size}): axe {violation['id']}: {where}")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.faults.append(f"{name} ({size}): {wide} px wider than the screen")
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            shot = Image.open(BytesIO(self.page.screenshot(full_page=True)))
            self.page.evaluate("window.scrollTo(0, 0)")
            shot.convert("RGB").quantize(96).save(self.pictures / f"{name}-{SIZES[size][0]}.png", optimize=True)

    def _violations(self, rules: dict[str, list[str]]) -> list[dict[str, Any]]:
        """What axe finds on this page: it is put into a page once, and only what is wrong comes back."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found: list[dict[str, Any]] = self.page.evaluate("rules => axe.run(rules).then(said => said.violations)", rules)
        return found

    def _resize(self, size: str) -> None:
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})

    def content(self) -> None:
        """Insist that nothing was wrong on the way."""
        assert self.faults == []


@pytest.fixture
def live(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A served world on SQLite."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    # The browser's own clock judges what is signed: the story ends now, so it begins some months before.
    now = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0)
    world = make_world(tmp_path / "data", sqlite_url, limits="off", public_base=url, now=now - STORY)
    server = make_server("127.0.0.1", port, world.app, threaded=True)
    made = Live(world, server, url)
    yield made
    made.stop()
    world.engine.dispose()


@pytest.fixture
def size() -> str:
    """In which size people walk; every page is looked at in both."""
    return "phone"


@pytest.fixture
def walker(browser: Browser, live: Live, size: str, pictures: Path | None) -> Iterator[Callable[[], Walker]]:
    """Makes people with browsers of their own."""
    made: list[Walker] = []

    def make() -> Walker:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        made.append(Walker(context, live.url, size, pictures))
        return made[-1]

    yield make
    for person in made:
        person.context.close()
