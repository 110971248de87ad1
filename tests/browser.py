"""A real Chromium for the tests that look at pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Where the system's Chromium is; None means Playwright's own."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, once a worker."""
    with sync_playwright() as held:
        yield held


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium, once a worker."""
    own = Path.home() / ".cache/ms-playwright"
    if chromium() is None and not list(own.glob("chromium*")):
        from tests.conftest import missing

        missing("Chromium")
    held = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
    yield held
    held.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: once Playwright runs in a process, pyHanko finds the event loop taken there.

    Of each half the slow ones come first, so that at the end no worker waits for another's.
    """
    items.sort(key=lambda item: ("playwright" in getattr(item, "fixturenames", ()), item.get_closest_marker("slow") is None))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="Write the screenshots of the journeys into docs/pictures.")


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where screenshots go, if they are wanted."""
    wanted = request.config.getoption("--pictures") or os.environ.get("PICTURES") == "1"
    return Path(__file__).parents[1] / "docs" / "pictures" if wanted else None
