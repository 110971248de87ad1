"""Completion exams: nobody of the trainer marks, two enter blind, and the return says what the exam said."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from skills.accounts.actions import create_staff, give_role
from skills.accounts.rules import Role
from skills.courses.actions import enrolments, exams
from skills.courses.actions.exams import SeatMark
from skills.courses.models import CourseClass, Enrolment
from skills.courses.models.exams import CompletionCandidate, CompletionExam
from skills.courses.queries import exams as queries
from skills.courses.rules.exams import Result, against_exam, may_mark, result, seats
from skills.kernel.actors import Actor
from skills.kernel.db import writing
from skills.kernel.errors import Forbidden, Missing
from skills.records.rules.marks import Mark
from tests.courses.stage import institution
from tests.courses.test_actions import HEAD, row
from tests.courses.test_attendance import Room
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(31)
WEIGHTS = {"theory": 40, "practice": 60}


# Rules -----------------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(list(WEIGHTS)), st.one_of(st.none(), st.integers(0, 10_000)), max_size=2))
def test_an_absence_is_never_zero_and_no_section_makes_up_for_another(given_: dict[str, int | None]) -> None:
    came = result({s: Mark(v) for s, v in given_.items()}, WEIGHTS, 6_000)
    values = [given_.get(s) for s in WEIGHTS]
    if None in values:
        assert came == Result("absent", None)
    else:
        assert came.outcome == ("passed" if min(v for v in values if v is not None) >= 6_000 else "failed")
        assert came.total is not None
        assert min(values) <= came.total <= max(values)  # type: ignore[type-var]


@pytest.mark.parametrize(("asked", "found", "score", "passed", "code"), [
    (False, None, "88", True, None), (True, None, "88", True, "completions.exam_missing"), (True, None, "20", False, None),
    (True, Result("passed", 7_550), "75.5", True, None), (True, Result("passed", 7_550), "75.50", True, None),
    (True, Result("passed", 7_550), "76", True, "completions.score_differs"),
    (True, Result("failed", 5_900), "59", True, "completions.exam_not_passed"),
    (True, Result("failed", 5_900), "60", False, "completions.score_differs"),
    (True, Result("absent", None), "0", True, "completions.exam_not_passed"), (True, Result("absent", None), "0", False, None),
])  # fmt: skip
def test_a_return_says_what_the_exam_said(asked: bool, found: Result | None, score: str, passed: bool, code: str | None) -> None:
    said = against_exam(asked, found, Decimal(score), passed)
    assert (said[0] if said else None) == code


def test_markers_are_enough_known_and_none_of_the_trainer() -> None:
    assert may_mark(["a", "b"], ["a", "b", "c"], [], "c", 2)
    assert not may_mark(["a", "a"], ["a", "c"], [], "c", 2)
    assert not may_mark(["a", "x"], ["a", "b", "c"], [], "c", 2)
    assert not may_mark(["a", "b"], ["a", "b", "c"], ["b"], "c", 2)
    assert not may_mark(["a", "b"], ["a", "b", "c"], ["c"], "c", 2)


@given(st.sets(st.uuids().map(str), max_size=20), st.text("ab", max_size=3))
def test_seats_are_one_to_n_whatever_the_order(enrolments_: set[str], exam: str) -> None:
    found = seats(exam, sorted(enrolments_))
    assert sorted(found.values()) == list(range(1, len(enrolments_) + 1))
    assert found == seats(exam, sorted(enrolments_, reverse=True))


# Acts ------------------------------------------------------------------------------------------------------------


class Exam:
    """A class of two learners that is to sit its exam; markers of another school, the bureau's two, its own clerk."""

    def __init__(self, world: World, learners: int = 2) -> None:
        self.world = world
        self.room = Room(world)
        self.school, self.class_id = self.room.stage.school, self.room.class_id
        self.others = institution(world, 2)
        self.markers = [self.staff(f"marker{n}", self.others) for n in range(3)]
        self.places = [self.room.place]
        self.clerk, self.checker = acting(Role.GOV_CLERK, "clerk-gov"), acting(Role.GOV_CHECKER, "checker-gov")
        self.owner = acting(Role.INSTITUTION_CLERK, "school-clerk", organisation=self.school)

    def staff(self, login: str, body: str) -> str:
        order = {"role": Role.INSTITUTION_CLERK, "organisation_id": body, "synthetic": True}
        made = self.world.perform(create_staff, login=login, name=f"评分{login[-1]}", **order)
        return str(made.id)

    def marker(self, n: int) -> Actor:
        return acting(Role.INSTITUTION_CLERK, self.markers[n], organisation=self.others)

    def planned(self, days: int = 1) -> str:
        at = self.world.clock.now() + timedelta(days=days)
        return str(self.world.perform(exams.plan, actor=self.owner, class_id=self.class_id, held_at=at, room="机房").exam_id)

    def named(self, days: int = 1) -> str:
        exam_id = self.planned(days)
        order = {"paper": "题库2026-03卷", "setter": self.markers[2], "markers": (self.markers[0], self.markers[1])}
        self.world.perform(exams.name, actor=self.clerk, exam_id=exam_id, **order)
        self.world.clock.forward(days=days, seconds=60)
        return exam_id

    def enter(self, exam_id: str, n: int, section: str, *texts: str) -> Any:
        marks = tuple(SeatMark(seat, text) for seat, text in enumerate(texts, start=1))
        return self.world.perform(exams.enter, actor=self.marker(n), exam_id=exam_id, section=section, marks=marks)

    def signed(self, *texts: tuple[str, str], days: int = 1) -> str:
        exam_id = self.named(days)
        for n in (0, 1):
            self.enter(exam_id, n, "theory", *[t for t, _ in texts])
            self.enter(exam_id, n, "practice", *[p for _, p in texts])
        self.world.perform(exams.sign, actor=self.checker, exam_id=exam_id)
        return exam_id

    def complete(self, score: str, passed: bool = True) -> Any:
        return self.world.perform(
            enrolments.complete, actor=self.world.actor("enrolment.complete", organisation=self.school), enrolment_id=self.room.place,
            hours=Decimal(12), attendance=Decimal(100), score=Decimal(score), completed_on=self.world.today, passed=passed,
        )  # fmt: skip


def test_nobody_of_the_trainer_sets_or_marks(world: World) -> None:
    e = Exam(world)
    exam_id = e.planned()
    own = e.staff("own9", e.school)
    near = e.staff("near8", e.others)
    world.perform(give_role, account_id=near, role=Role.INSTITUTION_CLERK, organisation_id=e.school)
    for markers, setter in (((e.markers[0], own), e.markers[1]), ((e.markers[0], near), e.markers[1]), (e.markers[:2], own), (e.markers[:1], near)):
        with world.refused("completion_exam.markers_refused"):
            world.perform(exams.name, actor=e.clerk, exam_id=exam_id, paper="卷", setter=setter, markers=tuple(markers))
    with pytest.raises(Forbidden):
        world.perform(exams.name, actor=e.owner, exam_id=exam_id, paper="卷", setter=e.markers[2], markers=tuple(e.markers[:2]))
    world.perform(exams.name, actor=e.clerk, exam_id=exam_id, paper="卷", setter=e.markers[2], markers=tuple(e.markers[:2]))
    with world.refused("completion_exam.cannot_plan"):
        e.planned(2)
    world.holds()


def test_two_enter_blind_and_a_difference_blocks_the_sign_off(world: World) -> None:
    e = Exam(world)
    exam_id = e.named()
    e.enter(exam_id, 0, "theory", "80")
    e.enter(exam_id, 0, "practice", "缺考")
    with pytest.raises(Missing):
        e.enter(exam_id, 2, "theory", "80")  # set the paper, was not named to mark
    with world.refused("score.cannot_sign"):
        world.perform(exams.sign, actor=e.checker, exam_id=exam_id)
    sheet = world.ask(queries.sheet, exam_id, "theory", e.markers[1])
    assert (sheet.turn, [s.own for s in sheet.seats]) == (2, [""])
    for text, code in (("101", "score.out_of_range"), ("80.3", "score.step"), ("６０", "score.not_a_number")):
        with world.refused(code):
            e.enter(exam_id, 1, "theory", text)
    e.enter(exam_id, 1, "theory", "70.5")
    e.enter(exam_id, 1, "practice", "0")
    assert [s.differs for s in world.ask(queries.sheet, exam_id, "theory", e.markers[1]).seats] == [True]
    with world.refused("score.cannot_sign"):
        world.perform(exams.sign, actor=e.checker, exam_id=exam_id)
    e.enter(exam_id, 0, "theory", "70.5")
    e.enter(exam_id, 1, "practice", "缺考")
    with world.refused("score.cannot_sign"):  # whoever entered does not sign
        world.perform(exams.sign, actor=acting(Role.GOV_CHECKER, e.markers[0]), exam_id=exam_id)
    done = world.perform(exams.sign, actor=e.checker, exam_id=exam_id)
    assert (done.passed, done.failed, done.absent) == (0, 0, 1)
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(CompletionCandidate).values(outcome="passed", total=7_000))
    assert "courses.completion_exams" in world.violations()


def test_the_reporter_cannot_set_the_score_nor_pass_who_did_not(world: World) -> None:
    e = Exam(world)
    e.planned()
    with world.refused("completions.exam_missing"):  # planned: nobody completes before it is signed off
        e.complete("88")
    with world.db() as db:
        exam_id = db.scalars(select(CompletionExam.id)).one()
    world.perform(exams.cancel, actor=e.clerk, exam_id=exam_id, reason="考场停电")
    e.signed(("80", "70"))
    with world.refused("completions.score_differs"):
        e.complete("95")
    assert e.complete("74").certificate_number
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(Enrolment).where(Enrolment.id == e.room.place).values(score="95"))
    assert "courses.examined" in world.violations()


def test_who_failed_sits_again_within_the_policy_and_the_last_sitting_counts(world: World) -> None:
    e = Exam(world)
    first = e.signed(("80", "59.5"))
    with world.refused("completions.exam_not_passed"):
        e.complete("67.7")
    assert [i for i, _ in world.ask(queries.waiting_classes, [e.school])] == [e.class_id]
    second = e.signed(("60", "60"), days=5)
    assert world.ask(queries.waiting_classes, [e.school]) == [], "everybody has passed"
    page = lambda after: world.ask(lambda db: queries.listing(db, institutions=[e.school], after=after, most=1))  # noqa: E731
    assert [[x.id for x in page(after)] for after in ("", second, first)] == [[second], [first], []]
    with world.refused("completion_exam.cannot_plan"):
        e.planned()
    assert e.complete("60").state == "completed"
    world.holds()


def test_an_absent_learner_ends_without_a_score(world: World) -> None:
    e = Exam(world)
    e.signed(("缺考", "缺考"))
    with world.refused("completions.exam_not_passed"):
        e.complete("0")
    e.complete("0", passed=False)
    with world.db() as db:
        assert db.get_one(Enrolment, e.room.place).score == ""
    world.holds()


def test_policy_asks_for_an_exam_by_kind_of_course(world: World) -> None:
    world.policy("completion_exam.kinds", ["skill"], world.today + timedelta(days=1))
    e = Exam(world)
    with world.refused("completions.exam_missing"):
        e.complete("88")
    e.signed(("90", "90"))
    assert e.complete("90").certificate_number


def test_the_return_marks_the_row(visitors: Visitors) -> None:
    world = visitors.world
    e = Exam(world)
    e.signed(("80", "70"))
    from skills.courses.kinds import COMPLETIONS
    from skills.kernel.box import Box
    from skills.returns.queries import Desk
    from skills.returns.rules import Line

    with world.db() as db:
        number = db.get_one(CourseClass, e.class_id).number
        desk = Desk(db, world.tool(Box), e.school, world.today)
        values = {"name": "欧阳星河", "document": e.room.number, "class": number, "score": Decimal(88), "outcome": "pass"}
        kind = next(c for c in COMPLETIONS.columns if c.name == "document_kind")
        values["document_kind"] = kind.read("居民身份证")
        line = Line(2, {}, values)
        found = {f.code: f.column for f in COMPLETIONS.judge([line], COMPLETIONS.look(desk, [line]))}
    assert found.get("completions.score_differs") == "score"
    assert HEAD
    assert row


def test_every_side_walks_its_pages(visitors: Visitors) -> None:
    world = visitors.world
    e = Exam(world)
    school = visitors.come(e.owner)
    day = (world.today + timedelta(days=1)).isoformat()
    made = press(school, "/org/completion-exams", "/org/completion-exams", **{"class": e.class_id, "day": day, "clock": "09:00", "room": "三号机房"})
    exam_id = made.headers["Location"].rsplit("/", 1)[1]
    assert "待确定评分人" in text_of(school.get("/org/completion-exams"))
    desk = visitors.come(e.clerk)
    one = f"/gov/completion-exams/{exam_id}"
    e.staff("own9", e.school)
    assert "须回避" in text_of(desk.get(one))
    press(desk, one, f"{one}/name", paper="市级题库03卷", setter=e.markers[2], markers=[e.markers[0], e.markers[1]])
    world.clock.forward(days=2)
    for n in (0, 1):
        marker = visitors.come(e.marker(n))
        assert "实操" in text_of(marker.get("/exam/completion"))
        for section, mark in (("theory", "85"), ("practice", "75")):
            sheet = f"/exam/completion/{exam_id}/{section}"
            assert press(marker, sheet, sheet, **{"mark-1": "200"}).status_code == 422
            press(marker, sheet, sheet, **{"mark-1": mark})
        assert "欧阳" not in text_of(marker.get(sheet))
        assert ("由第三人在这里签发" in text_of(visitors.come(e.checker).get(one))) == (n == 0), "nothing to sign before both are through"
    press(visitors.come(e.checker), one, f"{one}/sign")
    page = text_of(visitors.come(e.owner).get(f"/org/completion-exams/{exam_id}"))
    assert "79" in page
    assert "合格" in page
    assert "评分0" not in page  # the institution does not learn who marked
