"""What a phone shows before anybody scrolls: the first course, not the filters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.courses.stage import make_stage
from tests.journeys.conftest import SIZES, Live, Walker

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]


def test_the_first_course_stands_in_the_first_screen(live: Live, walker: Callable[[], Walker]) -> None:
    make_stage(live.world)
    visitor = walker()
    visitor.go("/courses")
    course = visitor.page.locator("h2 a").first
    box = course.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < SIZES["phone"][1]
    assert not visitor.page.locator("#q").is_visible()
    visitor.look("courses-folded")
    visitor.page.locator("main summary").first.click()
    visitor.fill(q="没有这种课")
    visitor.press("查询")
    assert visitor.page.locator("#q").is_visible(), "a filter that is set is shown"
    visitor.look("courses-filtered")
    visitor.content()


def test_the_filters_open_without_javascript(live: Live, browser: Browser) -> None:
    make_stage(live.world)
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(live.url + "/courses")
    page.locator("main summary").first.click()
    page.locator("#level").select_option("2")
    page.get_by_role("button", name="查询").click()
    page.wait_for_url("**level=2*")
    assert page.locator("#level").is_visible()
    assert page.locator("#level").input_value() == "2"
    context.close()
