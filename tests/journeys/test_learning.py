"""The learner's day on a phone: a lesson by heart-beats and by hand, a question, the scan in the room, hours, a second place at once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from skills.accounts.rules import Role
from tests.journeys.conftest import Live, Walker
from tests.journeys.test_counter import SMALL, account_of, elsewhere, known, staff
from tests.learning.stage import School

# Twenty minutes at one picture in ten seconds, VP9 in MP4, drawn by PyAV with libvpx: a bar that grows from left to right.
FILM = Path(__file__).parents[1] / "learning" / "film.mp4"
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages"), pytest.mark.row(20), pytest.mark.slow]


class Day:
    """A learner with a phone in a world whose clock and whose browser's clock move together."""

    def __init__(self, live: Live, school: School, phone: Walker, account: str) -> None:
        self.live, self.school, self.phone, self.account = live, school, phone, account
        self.begin()
        phone.page.clock.install()

    def begin(self) -> None:
        """Sign in anew: hours may lie between."""
        known(self.live, self.phone.context, self.account)

    def minutes(self, count: int) -> None:
        """Up to so many minutes pass with the page open, until a question is asked: its script beats, the server answers."""
        page = self.phone.page
        token, question = page.locator("#leave input[name=token]"), page.locator("#ask")
        for _ in range(count):
            before = token.input_value()
            self.live.world.clock.forward(seconds=61)
            page.clock.run_for(61_000)
            # A question comes with a reload, which may still be under way when the answer's token is there: the next minute then finds the question.
            for _ in range(200):
                if question.count():
                    return
                if token.input_value() != before:
                    break
                page.wait_for_timeout(50)
            else:
                pytest.fail("the sign of life was not answered")

    def code(self, walker: Walker, class_id: str, session: str) -> str:
        """What the room's screen shows."""
        walker.go(f"/org/classes/{class_id}/sessions/{session}/screen")
        return walker.page.locator(".code-text").inner_text()


def asked(page: Page) -> None:
    """Answer the question by the word that it names."""
    title = page.locator("#ask-title").inner_text()
    word = re.search("“(.+?)”", title)
    assert word
    with page.expect_navigation():
        page.locator("#ask").get_by_role("button", name=word[1], exact=True).click()


def test_a_learners_day_on_a_phone(live: Live, browser: Browser, walker: Callable[[], Walker]) -> None:
    school = elsewhere(lambda: School(live.world, other=True, film=FILM.read_bytes()))
    day = Day(live, school, walker(), elsewhere(lambda: account_of(live, school.person)))
    a_lesson_with_scripts(day)
    a_film(day)
    a_lesson_by_hand(day, browser)
    clerks = elsewhere(lambda: staff(live, Role.INSTITUTION_CLERK, school.stage.school))
    two_rooms_at_once(day, walker, clerks)
    at_the_desks(day, walker, clerks)
    day.phone.content()
    elsewhere(live.world.holds)


def a_lesson_with_scripts(day: Day) -> None:
    phone = day.phone
    phone.go("/me/lessons")
    phone.look("lessons")
    phone.press("数据标注员入门")
    phone.look("lessons-of-course")
    phone.press("开始学")
    phone.see("什么是标注")
    phone.look("lesson-text")
    day.minutes(16)  # a question comes within the first fifteen
    phone.see("还在学吗")
    phone.look("lesson-question")
    asked(phone.page)
    assert phone.page.locator("#ask").count() == 0
    phone.press("下一步：第 2 节")
    phone.see("做三道题")
    phone.press("学到这里")
    phone.see("上次停在")
    credited = phone.page.get_by_text(re.compile(r"已计 \d+ / 30 分钟")).first.inner_text()
    assert int(re.findall(r"\d+", credited)[0]) >= 5


def a_film(day: Day) -> None:
    """A film plays, a pause tells the server where it stands, and the next time it goes on from there."""
    phone, page = day.phone, day.phone.page

    def place() -> float:
        return float(page.locator("#film").evaluate("film => film.currentTime"))

    def playing_until(second: float) -> None:
        end = time.monotonic() + 30
        while place() < second:
            assert time.monotonic() < end, f"the film stands at {place()}"
            page.wait_for_timeout(100)

    phone.go(f"/me/lessons/{day.school.place}")
    begin = page.locator(".card").filter(has_text="怎样标注").get_by_role("button", name="开始学")
    with page.expect_navigation():
        begin.click()
    phone.look("lesson-film")
    token = page.locator("#leave input[name=token]")
    page.locator("#film").evaluate("film => film.play()")
    playing_until(2.5)
    before = token.input_value()
    day.live.world.clock.forward(seconds=61)
    page.locator("#film").evaluate("film => film.pause()")
    expect(token).not_to_have_value(before)
    stood = int(page.locator("#leave input[name=position]").input_value())
    assert 2 <= stood <= place()
    phone.press("学到这里")
    phone.see("上次停在")
    with page.expect_navigation():
        page.locator(".card").filter(has_text="怎样标注").get_by_role("button", name="继续学").click()
    playing_until(stood)
    assert place() < stood + 2, "it goes on from where it was left, without being played"
    phone.press("学到这里")


def a_lesson_by_hand(day: Day, browser: Browser) -> None:
    """The same on a phone whose browser runs no scripts: every step counts."""
    context = browser.new_context(viewport=SMALL, locale="zh-CN", java_script_enabled=False)
    known(day.live, context, day.account)
    page = context.new_page()
    page.goto(f"{day.live.url}/me/lessons/{day.school.place}")
    for name in ("开始学", "下一步：第 2 节", "下一步：第 3 节", "学到这里"):
        begins = page.locator(".card").filter(has_text="小结").get_by_role("button", name=name)
        with page.expect_navigation():
            (begins if name == "开始学" else page.get_by_role("button", name=name)).first.click()
        day.live.world.clock.forward(seconds=100)
    page.get_by_text("已计 5 / 10 分钟").first.wait_for(state="visible")
    context.close()


def two_rooms_at_once(day: Day, walker: Callable[[], Walker], clerks: str) -> None:
    """The learner's own scan in the room, and another one next door in the same hour: both are written, and it is said."""
    school, phone = day.school, day.phone
    assert school.next_door
    next_door = school.next_door.school
    session, starts = school.sessions()[1]
    other, _ = school.sessions(school.other_class)[1]
    neighbour = elsewhere(lambda: staff(day.live, Role.INSTITUTION_ADMIN, next_door))
    for minutes, account, class_id, held in ((1, clerks, school.class_id, session), (3, neighbour, school.other_class, other)):
        day.live.world.clock.set(starts + timedelta(minutes=minutes))
        clerk = walker()
        known(day.live, clerk.context, account)
        day.begin()
        code = day.code(clerk, class_id, held)
        phone.go("/me/attend")
        phone.fill(code=code)
        phone.press("签到", exact=True)
        phone.see("已签到")
    phone.go("/me/hours")
    phone.see("同一时间两处学习")
    phone.look("hours")


def at_the_desks(day: Day, walker: Callable[[], Walker], clerks: str) -> None:
    """What institution and bureau see of it, and the bureau's word."""
    school, live = day.school, day.live
    clerk, bureau = walker(), walker()
    known(live, clerk.context, clerks)
    for path, name in (
        (f"/org/lessons/{school.stage.course}", "lessons-written"), (f"/org/classes/{school.class_id}/hours", "class-hours"),
        ("/org/overlaps", "overlaps"),
    ):  # fmt: skip
        clerk.go(path)
        clerk.look(name)
    known(live, bureau.context, elsewhere(lambda: staff(live, Role.GOV_CHECKER)))
    bureau.go(f"/gov/lessons/{school.stage.course}")
    bureau.look("lessons-reviewed")
    bureau.go("/gov/overlaps")
    bureau.look("overlaps-to-decide")
    bureau.page.locator("summary").filter(has_text="认定哪一处有效").click()
    bureau.look("overlap-decision")
    bureau.tick("第一处有效")
    bureau.fill(reason="监控录像显示人在第一间教室")
    bureau.press("认定", exact=True)
    bureau.press("全部", exact=True)
    bureau.see("监控录像")
    day.begin()
    day.phone.go("/me/hours")
    day.phone.see("监控录像")
    clerk.content()
    bureau.content()
