"""The script of a lesson: a sign of life whose answer was lost is sent again as it was; one from a page that closes is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

import skills

pytestmark = pytest.mark.row(20)
SCRIPT = Path(skills.__file__).parent.parent / "static/learning/lesson.js"
PAGE = """<!doctype html><title>x</title><div id="lesson" data-study="S" data-token="t1" data-beat="1" data-csrf="c" data-kind="text" data-at="0"
 data-most="30" data-gone="gone" data-ended="ended" data-paused="paused" data-runs="runs"></div><p id="said"></p>"""
# The server: it writes down what comes; the answer to the first sign of life is lost, the second time it is busy.
FETCH = """
window.sent = []; let seen = 0;
window.fetch = async (url, order) => {
  window.sent.push({ url, keep: order.keepalive, key: order.headers["Idempotency-Key"], body: JSON.parse(order.body) });
  seen += 1;
  if (seen === 1) throw new TypeError("Failed to fetch");
  if (seen === 2) return new Response("<html>busy</html>", { status: 503 });
  return new Response(JSON.stringify({ token: "t" + seen, position: 0, asked: null }), { status: 200 });
};
"""


def test_a_sign_of_life_without_an_answer_is_sent_again_as_it_was(browser: Browser) -> None:
    page = browser.new_page()
    try:
        page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.goto("http://lesson.test/")
        page.add_script_tag(content=FETCH)
        page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
        page.wait_for_function("window.sent.length >= 4", timeout=60_000)
        first, second, third, fourth = page.evaluate("window.sent")[:4]
        assert first == second == third
        assert (third["body"]["token"], fourth["body"]["token"]) == ("t1", "t3")
        assert fourth["key"] != third["key"]
        assert page.inner_text("#said") == "runs"
        assert not any(one["keep"] for one in (first, second, third, fourth))
        count = page.evaluate(
            """() => { const before = window.sent.length;
            Object.defineProperty(document, "hidden", { get: () => true });
            document.dispatchEvent(new Event("visibilitychange")); return before; }"""
        )
        page.wait_for_function("n => window.sent.length > n", arg=count, timeout=60_000)
        assert page.evaluate("window.sent.at(-1).keep") is True
    finally:
        page.close()
