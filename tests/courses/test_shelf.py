"""Around the catalogue: versions that are reviewed, saved courses with their news, and the learner's voice."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from skills.courses.actions import catalogue as acts
from skills.courses.actions import classes, enrolments, ratings, saved, versions
from skills.courses.queries import catalogue
from skills.courses.queries import ratings as rated
from skills.courses.queries import saved as kept
from skills.courses.queries import versions as texts
from skills.courses.rules.catalogue import FIXED_BY_CLASSES, Change, may_replace
from skills.courses.rules.ratings import MARKS, Place, clean_words, may_rate, score
from skills.kernel import jobs
from skills.messages.models import Message
from tests.courses.stage import FEE, HOURS, Stage, make_stage
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.world import World

__all__ = ["visitors"]

SAID = {
    "title": "数据标注员入门", "kind": "skill", "zone": "mantianxing", "occupation": "4-04-05-05", "level": 2, "hours": HOURS, "fee": FEE,
}  # fmt: skip
FIVE = dict.fromkeys(MARKS, 5)


def revised(stage: Stage, **change: Any) -> str:
    made = stage.world.perform(versions.revise, actor=stage.clerk, course_id=stage.course, **{**SAID, **change})
    return str(made.version_id)


def public(stage: Stage) -> catalogue.CourseLine:
    return stage.world.ask(catalogue.public_course, stage.course, stage.world.today)  # type: ignore[no-any-return]


# Versions -------------------------------------------------------------------------------------------------------


def test_the_old_text_stays_public_until_another_hand_has_reviewed_the_new_one(world: World) -> None:
    stage = make_stage(world)
    version = revised(stage, title="数据标注员提高班", fee=200_000)
    world.perform(versions.submit, actor=stage.clerk, version_id=version)
    assert public(stage).title == "数据标注员入门"
    with world.refused("course_version.under_review"):
        revised(stage, title="再改")
    both = world.actor("course.publish", "course.manage", account="clerk", organisation=None)
    with world.refused("course.own_work"):
        world.perform(versions.publish, actor=both, version_id=version)
    with world.refused("course.reason_needed"):
        world.perform(versions.send_back, actor=stage.city, version_id=version, reason=" ")
    world.perform(versions.send_back, actor=stage.city, version_id=version, reason="费用依据不足")
    assert revised(stage, title="数据标注员提高班", fee=220_000) == version
    world.perform(versions.submit, actor=stage.clerk, version_id=version)
    world.perform(versions.publish, actor=stage.city, version_id=version)
    line = public(stage)
    assert (line.title, line.fee) == ("数据标注员提高班", 220_000)
    assert world.ask(catalogue.catalogue, catalogue.Filters(words="提高"), world.today).total == 1
    assert world.ask(catalogue.catalogue, catalogue.Filters(words="入门"), world.today).total == 0
    told = world.ask(texts.history, stage.course)
    assert [(v.number, v.state, [c.field for c in v.changes]) for v in told] == [(2, "published", ["title", "fee"]), (1, "replaced", [])]
    world.holds()


def test_a_version_that_changes_nothing_or_what_classes_rest_on_is_refused(world: World) -> None:
    stage = make_stage(world)
    with world.refused("course_version.not_publishable") as held:
        world.perform(versions.submit, actor=stage.clerk, version_id=revised(stage))
    assert [f.code for f in held[0].findings] == ["course_version.changes_something"]
    version = revised(stage, hours=HOURS + 2)
    world.perform(versions.submit, actor=stage.clerk, version_id=version)
    made = stage.open()
    with world.refused("course_version.not_publishable") as held:
        world.perform(versions.publish, actor=stage.city, version_id=version)
    assert [f.code for f in held[0].findings] == ["course_version.no_class_live"]
    world.perform(classes.cancel, actor=stage.clerk, class_id=made.class_id, reason="人数不够")
    world.perform(versions.publish, actor=stage.city, version_id=version)
    third = revised(stage, hours=HOURS + 4)
    world.perform(versions.drop, actor=stage.clerk, version_id=third)
    assert public(stage).hours == HOURS + 2
    world.holds()


@pytest.mark.parametrize("field", FIXED_BY_CLASSES)
def test_what_a_class_was_approved_and_chosen_by_stays_as_long_as_it_lives(field: str) -> None:
    change = [Change(field, "online", "onsite"), Change("title", "旧", "新")]
    assert not may_replace(change, 1)
    assert may_replace(change, 0)
    assert may_replace(change[1:], 1)


def test_a_withdrawn_course_comes_back_by_a_reviewed_version_alone(world: World) -> None:
    stage = make_stage(world)
    world.perform(acts.withdraw, actor=stage.city, course_id=stage.course, reason="内容过时")
    with world.refused("course.cannot_submit"):
        world.perform(acts.submit, actor=stage.clerk, course_id=stage.course)
    version = revised(stage, description="内容已更新")
    world.perform(versions.submit, actor=stage.clerk, version_id=version)
    world.perform(versions.publish, actor=stage.city, version_id=version)
    assert public(stage).description == "内容已更新"
    world.holds()


def test_versions_go_through_their_pages(visitors: Visitors) -> None:
    stage = make_stage(visitors.world)
    org, gov = visitors.come(stage.clerk), visitors.come(stage.city)
    page = f"/org/courses/{stage.course}/revise"
    fields = {
        "section": "", "mode": "onsite", "leads_to": "completion", "description": "新介绍", "standard": "", "standard_version": "", **SAID,
        "fee": "1800", "level": "2",
    }  # fmt: skip
    assert "请填写课程名称" in text_of(press(org, page, page, **{**fields, "title": ""}), 422)
    press(org, page, page, **fields)
    shown = text_of(org.get(page))
    assert "<del>¥2,400</del>" in shown
    assert "<ins>¥1,800</ins>" in shown
    version = stage.world.ask(texts.open_version, stage.course).id
    press(org, page, f"/org/course-versions/{version}/submit")
    assert "数据标注员入门" in text_of(gov.get("/gov/course-versions"))
    review = f"/gov/course-versions/{version}"
    press(gov, review, f"{review}/publish")
    shown = text_of(stage.world.client().get(f"/courses/{stage.course}"))
    assert "¥1,800" in shown
    assert "版本记录" in shown
    api = stage.world.client().get(f"/api/v1/courses/{stage.course}/versions").json
    assert [v["number"] for v in api] == [2, 1]
    stage.world.holds()


# Saved courses --------------------------------------------------------------------------------------------------


def told(world: World, person: str) -> list[str]:
    jobs.order_regular(world.office)
    world.run_jobs()
    with world.db() as db:
        return list(db.scalars(select(Message.code).where(Message.person_id == person, Message.code.startswith("saved.")).order_by(Message.id)))


def test_who_saved_a_course_hears_of_a_new_start_and_of_free_seats_once(world: World) -> None:
    stage = make_stage(world)
    person, _ = stage.person()
    me = stage.learner(person)
    for _ in range(2):
        world.perform(saved.save, actor=me, course_id=stage.course)
    assert [c.id for c in world.ask(kept.saved, person, world.today)] == [stage.course]
    assert told(world, person) == []
    first = stage.open(1, starts=7)
    world.clock.forward(minutes=31)
    assert told(world, person) == ["saved.told_start"]
    other, _ = stage.person()
    place = stage.enrol(first.class_id, other)
    world.clock.forward(minutes=31)
    assert told(world, person) == ["saved.told_start"], "that it filled up is no news"
    world.perform(enrolments.withdraw, actor=stage.learner(other), enrolment_id=place.enrolment_id)
    world.clock.forward(minutes=31)
    assert told(world, person) == ["saved.told_start", "saved.told_seats"]
    stage.open(5, starts=3)
    for _ in range(3):
        world.clock.forward(minutes=31)
        assert told(world, person) == ["saved.told_start", "saved.told_seats", "saved.told_start"]
    world.perform(saved.let_go, actor=me, course_id=stage.course)
    assert world.ask(kept.saved, person, world.today) == []
    world.holds()


def test_only_so_many_courses_are_saved_and_only_public_ones(world: World) -> None:
    stage = make_stage(world)
    me = stage.learner(stage.person()[0])
    world.policy("course.most_saved", 1, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    world.perform(saved.save, actor=me, course_id=stage.course)
    with world.refused("saved.too_many"):
        world.perform(saved.save, actor=me, course_id=stage.publish(title="第二门"))
    world.perform(acts.withdraw, actor=stage.city, course_id=stage.course, reason="停办")
    with world.refused("course.unknown"):
        world.perform(saved.save, actor=me, course_id=stage.course)


def test_saved_courses_have_a_page(visitors: Visitors) -> None:
    stage = make_stage(visitors.world)
    me = visitors.come(stage.learner(stage.person()[0]))
    assert "还没有收藏课程" in text_of(me.get("/me/saved"))
    press(me, f"/courses/{stage.course}", f"/me/saved/{stage.course}/save")
    assert "数据标注员入门" in text_of(me.get("/me/saved"))
    assert [c["id"] for c in me.get("/api/v1/me/saved").json] == [stage.course]
    assert me.get("/api/v1/me/prices").json[0]["why"] == "none"
    press(me, "/me/saved", f"/me/saved/{stage.course}/let-go")
    assert "还没有收藏课程" in text_of(me.get("/me/saved"))


# The learner's voice --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("老师讲得很好，第3讲最有用，考了95分。", True), ("2026-11-23 上课，9:00-12:15，301室", True), ("一共 12 学时，1200 元", True),
        ("加我微信 13812345678", False), ("138-1234-5678", False), ("１３８ １２３４ ５６７８", False), ("+86 138 1234 5678", False),
        ("身份证 50011220010115001X", False), ("500112 20010115 0016", False), ("023-68123456", False), ("400112010115001", False),
        ("订单号 20261123", True), ("", True),
    ],
)  # fmt: skip
def test_numbers_of_people_are_refused(text: str, clean: bool) -> None:
    assert bool(clean_words(text)) == clean


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.lists(st.sampled_from(["", " ", "-", ".", "·"]), min_size=10, max_size=10))
def test_a_phone_number_is_found_however_it_is_divided(number: str, gaps: list[str]) -> None:
    assert not clean_words("找我" + "".join(d + g for d, g in zip(number, [*gaps, ""], strict=True)) + "谢谢")


def test_who_may_rate() -> None:
    good = Place(completed=True, rated=False)
    assert may_rate(good, FIVE)
    assert [f.code for f in may_rate(replace(good, completed=False), FIVE).findings] == ["rating.completed"]
    assert [f.code for f in may_rate(replace(good, rated=True), FIVE).findings] == ["rating.once"]
    assert not may_rate(good, {**FIVE, "content": 6})
    assert not may_rate(good, {"content": 5})


@given(st.lists(st.tuples(*[st.integers(1, 5)] * 5), min_size=1, max_size=30), st.integers(1, 10))
def test_averages_are_those_of_the_marks(marks: list[tuple[int, ...]], least: int) -> None:
    made = score(len(marks), [sum(column) for column in zip(*marks, strict=True)], least)
    if len(marks) < least:
        assert made is None
        return
    assert made is not None
    exact = Decimal(sum(map(sum, marks))) / (5 * len(marks))
    assert abs(Decimal(made.overall) / 10 - exact) <= Decimal("0.05")
    for n, name in enumerate(MARKS):
        assert abs(Decimal(made.by_mark[name]) / 10 - Decimal(sum(m[n] for m in marks)) / len(marks)) <= Decimal("0.05")


def completed(stage: Stage, count: int) -> list[tuple[str, str]]:
    """People who completed the course, with their places."""
    held = stage.open()
    people = [stage.person()[0] for _ in range(count)]
    places = [stage.enrol(held.class_id, person).enrolment_id for person in people]
    stage.run(held.class_id)
    for place in places:
        stage.world.perform(
            enrolments.complete, enrolment_id=place, hours=Decimal(12), attendance=Decimal(100), score=Decimal(80),
            completed_on=stage.world.today, passed=True,
        )  # fmt: skip
    return list(zip(people, places, strict=True))


def test_ratings_come_from_completed_learners_once_and_are_shown_from_five_on(world: World) -> None:
    stage = make_stage(world)
    people = completed(stage, 5)
    for n, (person, place) in enumerate(people):
        with world.refused("enrolment.unknown"):
            world.perform(ratings.give, actor=stage.learner("somebody else"), enrolment_id=place, **FIVE)
        assert public(stage).score is None
        assert world.ask(rated.comments_of, [stage.school], world.today) == [], "the school knows who came first"
        assert world.ask(rated.voice, stage.course, world.today).comments == ()
        world.perform(
            ratings.give, actor=stage.learner(person), enrolment_id=place, **{**FIVE, "practice": 1 + n}, comment="设备旧" if n == 0 else ""
        )
    with world.refused("rating.not_possible"):
        world.perform(ratings.give, actor=stage.learner(people[0][0]), enrolment_id=people[0][1], **FIVE)
    voice = world.ask(rated.voice, stage.course, world.today)
    assert voice.score is not None
    assert (voice.score.count, voice.score.by_mark["practice"], voice.score.overall) == (5, 30, 46)
    [comment] = voice.comments
    assert world.ask(rated.comments_of, [stage.school], world.today) == [comment]
    with world.refused("rating.words_refused"):
        world.perform(ratings.answer, actor=stage.clerk, rating_id=comment.id, words="请打 13812345678")
    world.perform(ratings.answer, actor=stage.clerk, rating_id=comment.id, words="已更换设备")
    with world.refused("rating.answered"):
        world.perform(ratings.answer, actor=stage.clerk, rating_id=comment.id, words="再说一次")
    with world.refused("course.reason_needed"):
        world.perform(ratings.hide, actor=stage.city, rating_id=comment.id, reason="")
    world.perform(ratings.hide, actor=stage.city, rating_id=comment.id, reason="与课程无关")
    [hidden] = world.ask(rated.voice, stage.course, world.today).comments
    assert (hidden.words, hidden.answer, hidden.hidden_reason) == ("", "", "与课程无关")
    assert public(stage).rated == 5
    assert public(stage).score == 46
    world.holds()


def test_whoever_did_not_complete_cannot_rate_and_another_school_cannot_answer(world: World) -> None:
    stage = make_stage(world)
    held, (person, _) = stage.open(), stage.person()
    place = stage.enrol(held.class_id, person)
    with world.refused("rating.not_possible"):
        world.perform(ratings.give, actor=stage.learner(person), enrolment_id=place.enrolment_id, **FIVE)
    (other, mine), *_ = completed(stage, 1)
    made = world.perform(ratings.give, actor=stage.learner(other), enrolment_id=mine, **FIVE, comment="好")
    stranger = world.actor("course.manage", account="stranger", organisation="another")
    with world.refused("course.unknown"):
        world.perform(ratings.answer, actor=stranger, rating_id=made.rating_id, words="谢谢")
    world.holds()


def test_a_learner_rates_on_one_screen(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    world = visitors.world
    stage = make_stage(world)
    people = completed(stage, 5)
    for person, place in people:
        me = visitors.come(stage.learner(person))
        page = f"/me/courses/{place}/rate"
        assert "评价课程" in text_of(me.get(f"/me/courses/{place}"))
        assert "请选择一个分数" in text_of(press(me, page, page), 422)
        marks = dict.fromkeys(MARKS, "4")
        assert "电话号码" in text_of(press(me, page, page, **marks, comment="13812345678"), 422)
        assert press(me, page, page, **marks, comment="很好").status_code == 303
        assert "你已经评价过" in text_of(me.get(page))
    page = text_of(world.client().get(f"/courses/{stage.course}"))
    assert "5 位结业学员评价" in page
    assert page.count('<rect class="fill" width="40"') == 5
    assert "4.0" in text_of(world.client().get("/courses"))
    org, gov = visitors.come(stage.clerk), visitors.come(stage.city)
    monkeypatch.setattr(rated, "PAGE", 2)
    for client, path in ((org, "/org/ratings"), (gov, "/gov/ratings")):
        counts: list[int] = []
        url = path
        while url:
            shown = text_of(client.get(url))
            counts.append(shown.count('class="said"'))
            further = re.search(rf'href="({path}\?after=[^"]*)"', shown)
            url = further[1] if further else ""
        assert counts == [2, 2, 1], path
    first = world.ask(rated.comments_of, None, world.today)[0].id
    press(org, "/org/ratings", f"/org/ratings/{first}/answer", words="谢谢")
    press(gov, "/gov/ratings", f"/gov/ratings/{first}/hide", reason="测试")
    assert "已由人力社保局隐藏" in text_of(world.client().get(f"/courses/{stage.course}"))
    told_by = world.client().get(f"/api/v1/courses/{stage.course}/ratings").json
    assert told_by["score"]["overall"] == 40
    world.holds()


def test_an_erased_learner_leaves_marks_without_words(world: World) -> None:
    from skills.courses.models import CourseRating, SavedCourse
    from skills.courses.parts import forget_catalogue
    from skills.kernel.acts import ACTIONS, action

    stage = make_stage(world)
    [(person, place)] = completed(stage, 1)
    world.perform(saved.save, actor=stage.learner(person), course_id=stage.course)
    world.perform(ratings.give, actor=stage.learner(person), enrolment_id=place, **FIVE, comment="很好")
    if "test.forget_catalogue" not in ACTIONS:

        @action("test.forget_catalogue", may="test.forget")
        def forget(act: Any, person_id: str) -> None:
            forget_catalogue(act, person_id)

    world.perform(ACTIONS["test.forget_catalogue"], person_id=person)
    with world.db() as db:
        [row] = db.scalars(select(CourseRating)).all()
        assert (row.comment, row.teaching) == ("", 5)
        assert db.scalars(select(SavedCourse)).all() == []
    world.holds()
