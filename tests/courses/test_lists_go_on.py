"""No list ends silently: what does not fit on a page stands on the next one, whatever is decided meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from skills.courses.actions import catalogue as course_acts
from skills.courses.actions import classes, versions
from skills.courses.queries import catalogue
from skills.courses.queries import classes as lists
from skills.courses.queries import statements as platforms
from skills.courses.queries import versions as texts
from skills.courses.rules.statements import REASON, Verb
from skills.courses.states import ClassState
from skills.kernel.box import Box
from tests.courses.filed import enrolled
from tests.courses.stage import Stage, make_stage
from tests.courses.test_shelf import revised
from tests.courses.test_views import Visitors, api, text_of, visitors
from tests.courses.test_xapi import send, statement
from tests.world import World

__all__ = ["api", "visitors"]


def walk(page: Callable[[str], list[Any]], meanwhile: Callable[[str], None] = lambda _: None) -> list[str]:
    """Ids of all pages, one after the other; `meanwhile` is done with the last row of each before the next is asked for."""
    found: list[str] = []
    while rows := page(found[-1] if found else ""):
        found += [row.id for row in rows]
        assert len(found) < 50, "it goes round"
        meanwhile(found[-1])
    return found


def drafts(stage: Stage, count: int) -> list[str]:
    order = {"kind": "skill", "zone": "", "occupation": "4-04-05-05", "level": 2, "hours": 6, "fee": 0}
    found = []
    for n in range(count):
        stage.world.clock.forward(seconds=1)
        made = stage.world.perform(course_acts.draft, actor=stage.clerk, institution_id=stage.school, title=f"课程{n}", **order)
        found.append(str(made.course_id))
    return found


def applied(stage: Stage, count: int) -> list[str]:
    """Classes of a day each, planned one after the other and applied for at the same moment."""
    stage.world.clock.forward(seconds=1)
    stage.course = stage.publish(hours=6)
    found = []
    for day in range(count):
        stage.world.clock.forward(seconds=1)
        found.append(str(stage.plan(starts=7 + day, days=1, lecturer="李老师", room="301室").class_id))
    for class_id in found:
        stage.world.perform(classes.submit, actor=stage.clerk, class_id=class_id, promise=True)
    return found


def test_courses_and_classes_go_on_behind_the_last_row(world: World) -> None:
    stage = make_stage(world)
    first, held = stage.course, applied(stage, 5)
    assert walk(lambda after: world.ask(lists.classes_of, [stage.school], after, 2)) == held[::-1]
    assert world.ask(lists.submitted, ["500112"]) == 5
    assert world.ask(lists.submitted, ["500105"]) == 0

    def approve(class_id: str) -> None:
        world.perform(classes.approve, actor=stage.bureau, class_id=class_id)

    found = walk(lambda after: world.ask(lists.classes_to_decide, ["500112"], ClassState.SUBMITTED, after, 2), meanwhile=approve)
    assert found == held, "the oldest application first, though the last of each page is decided by now"
    left = walk(lambda after: world.ask(lists.classes_to_decide, None, ClassState.APPROVED, after, 1))
    assert left == [held[4], held[3], held[1]]
    assert [c.id for c in world.ask(lists.filling, [stage.school], world.today)] == left[::-1]
    courses = [*drafts(stage, 3)[::-1], stage.course, first]
    assert walk(lambda after: world.ask(catalogue.courses_of, [stage.school], world.today, "", after, 2)) == courses
    assert walk(lambda after: world.ask(catalogue.courses_of, None, world.today, "draft", after, 2)) == courses[:3]
    world.holds()


def test_what_waits_for_an_institution_is_counted_however_many_there_are(world: World) -> None:
    stage = make_stage(world)
    held = applied(stage, 3)
    world.perform(classes.send_back, actor=stage.bureau, class_id=held[0], reason="请补充课表")
    for class_id in held[1:]:
        world.perform(classes.approve, actor=stage.bureau, class_id=class_id)
    todo = world.ask(lists.to_do, [stage.school], world.today)
    assert (todo.returned, todo.to_start, todo.to_finish) == (1, 0, 0)
    world.clock.forward(days=9)
    world.perform(classes.start, actor=stage.clerk, class_id=held[1])
    todo = world.ask(lists.to_do, [stage.school], world.today)
    assert (todo.returned, todo.to_start, todo.to_finish) == (1, 1, 1)
    assert world.ask(lists.to_do, ["elsewhere"], world.today) == lists.ToDo(0, 0, 0)


def test_versions_go_on_though_the_last_one_is_decided(world: World) -> None:
    stage = make_stage(world)
    found = []
    for n in range(3):
        stage.course = stage.publish(title=f"课程{n}")
        world.clock.forward(seconds=1)
        found.append(revised(stage, title=f"课程{n}（新）"))
        world.perform(versions.submit, actor=stage.clerk, version_id=found[-1])

    def publish(version_id: str) -> None:
        world.perform(versions.publish, actor=stage.city, version_id=version_id)

    assert walk(lambda after: world.ask(texts.to_review, after, 1), meanwhile=publish) == found
    world.holds()


def test_waivers_and_outcomes_go_on(world: World) -> None:
    filed = enrolled(world, 3, vouchers=False)
    for n in range(3):
        send(filed, statement(filed, Verb.WAIVED, n, result={"extensions": {REASON: "持有同等证书"}}))
    box = world.tool(Box)
    whole = [w.id for w in world.ask(platforms.waivers, box, None)]
    assert len(whole) == 3
    assert walk(lambda after: world.ask(platforms.waivers, box, ["500112"], after, 2)) == whole
    assert world.ask(platforms.waivers, box, ["500105"]) == []
    assert walk(lambda after: world.ask(platforms.statements, box, [filed.stage.school], after, 1)) == whole[::-1]


def test_the_api_leads_on(lite: World, visitors: Visitors, api: Any) -> None:
    filed = enrolled(lite, 3, vouchers=False)
    for n in range(3):
        send(filed, statement(filed, Verb.WAIVED, n, result={"extensions": {REASON: "持有同等证书"}}))
    gov = lite.actor("waiver.decide", account="gov", district="500112")
    for actor, url in ((gov, "/waivers?limit=2"), (filed.clerk, "/xapi/outcomes?limit=2")):
        one = api(actor, "GET", url)
        two = api(actor, "GET", one.headers["Link"].split("<")[1].split(">")[0].removeprefix("/api/v1"))
        assert (len(one.json), len(two.json), "Link" in two.headers) == (2, 1, False), url


def test_the_pages_lead_on(lite: World, visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "LISTED", 2)
    stage = make_stage(lite)
    held = applied(stage, 3)
    numbers = [lite.ask(lists.class_of, i, [stage.school]).number for i in held]
    drafts(stage, 3)
    school, gov = visitors.come(stage.clerk), visitors.come(stage.bureau)
    for client, start, seen in (
        (school, "/org/classes", numbers), (gov, "/gov/classes", numbers), (school, "/org/courses", ["课程0", "课程1", "课程2"]),
        (gov, "/gov/courses?state=published", ["数据标注员入门"]),
    ):  # fmt: skip
        pages, url = "", start
        for _ in range(4):
            page = text_of(client.get(url))
            pages += page
            further = re.search(rf'href="({re.escape(start.split("?")[0])}\?[^"]*after=[^"]*)"', page)
            if further is None:
                break
            url = further[1].replace("&amp;", "&")
        assert [one for one in seen if one not in pages] == [], start
        assert further is None, f"{start}: the last page leads nowhere"
