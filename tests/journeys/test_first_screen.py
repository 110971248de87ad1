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
    assert visitor.page.locator("#q").is_visible(), "looking for words is at hand"
    visitor.look("courses-folded")
    visitor.fill(q="没有这种课")
    visitor.press("搜索")
    assert visitor.page.locator("#q").input_value() == "没有这种课"
    assert visitor.page.locator("article.course").count() == 0
    visitor.look("courses-filtered")
    visitor.content()


def test_the_filters_are_links_that_need_no_javascript(live: Live, browser: Browser) -> None:
    stage = make_stage(live.world)
    stage.publish(title="测试员提高班", level=4)
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(live.url + "/courses")
    assert page.locator("article.course").count() == 2
    page.locator(".to-sides a").click()
    page.locator("#filters a[href*='level=4']").click()
    page.wait_for_url("**level=4*")
    assert page.locator("article.course").count() == 1
    page.locator("ul.pills a[aria-current]").first.click()
    assert page.locator("article.course").count() == 2, "a condition that is taken away lets go"
    context.close()
