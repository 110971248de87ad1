"""In front of a lesson: only the server's own moments count, once, in one place, with questions at random."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from skills.kernel.errors import Missing, Refusal
from skills.kernel.jobs import Bench
from skills.learning.actions import authoring, studying
from skills.learning.jobs import end_lapsed
from skills.learning.models import Study, StudyBeat
from skills.learning.queries import lessons
from tests.learning.stage import School
from tests.world import World

pytestmark = pytest.mark.row(20)


def test_what_the_learner_really_did_is_in_the_ledger_and_no_more(world: World) -> None:
    school = School(world)
    held = school.leave(school.sit(school.open(), 12))
    assert held.state == "left"
    assert school.ledger() == [("online", 12)]
    school.learn(30)  # of a lesson of thirty minutes
    assert sum(m for _, m in school.ledger()) == 30
    assert [(p.title, p.credited, p.done) for p in world.ask(lessons.own, school.place, school.person).lessons] == [
        ("什么是标注", 30, True), ("怎样标注", 0, False), ("小结", 0, False),
    ]  # fmt: skip
    world.holds()


def test_a_question_that_nobody_answers_costs_the_time_since_the_last_proof(world: World) -> None:
    school = School(world)
    held = school.sit(school.open(), 20, answers=False)
    assert school.questions() == 1
    assert held.asked is not None
    with world.refused("study.wrong_word"):
        school.answer(held, word=next(w for w in held.asked.choices if w != held.asked.word))
    world.clock.forward(minutes=1)
    held = school.answer(held)  # late: from now on it counts again
    held = school.sit(held, 5)
    school.leave(held)
    counted = sum(m for _, m in school.ledger())
    assert counted == 5
    world.holds()


def test_an_answer_in_time_keeps_everything(world: World) -> None:
    school = School(world)
    school.learn(20)
    assert school.questions() >= 1
    assert sum(m for _, m in school.ledger()) == 20
    world.holds()


def test_a_sign_of_life_counts_once_and_only_with_its_token(world: World) -> None:
    school = School(world)
    first = school.open()
    second = school.beat(first)
    with world.refused("study.replayed"):
        school.beat(first)
    with world.refused("study.forged"):
        world.perform(studying.beat, actor=school.learner, study_id=second.study_id, token="0" * 32, position=0)
    second = school.beat(second)
    with world.refused("study.too_soon"):
        school.beat(second, seconds=2)
    stranger = world.actor("lesson.study", account="else", person=school.stage.person()[0])
    with pytest.raises(Missing):
        world.perform(studying.beat, actor=stranger, study_id=second.study_id, token=second.token, position=0)
    world.clock.forward(seconds=60)
    again = world.perform(studying.beat, actor=school.learner, key="same", study_id=second.study_id, token=second.token, position=0)
    assert again == world.perform(studying.beat, actor=school.learner, key="same", study_id=second.study_id, token=second.token, position=0)
    world.holds()


def test_another_page_or_device_takes_over_and_the_first_stops(world: World) -> None:
    school = School(world)
    first = school.sit(school.open(), 4)
    second = school.open(2)
    with world.refused("study.goes_on_elsewhere"):
        school.beat(first)
    school.leave(school.sit(second, 3))
    assert sorted(m for _, m in school.ledger()) == [4, 4]  # the refused minute passed before the second lesson, too
    world.holds()


def test_time_offline_is_not_credited_and_what_broke_off_is_ended(world: World) -> None:
    school = School(world)
    held = school.sit(school.open(), 3)
    held = school.beat(held, seconds=200)
    held = school.beat(held)
    world.clock.forward(hours=1)
    end_lapsed(Bench("lapse", world.office))
    with world.refused("study.over"):
        school.beat(held)
    assert sum(m for _, m in school.ledger()) == 4
    world.holds()


def test_playing_too_fast_earns_nothing_and_where_one_stopped_is_kept(world: World) -> None:
    school = School(world)
    held = school.open(1)
    for n in range(1, 6):
        held = school.beat(held, position=n * 60, rate=100)
    for n in range(1, 4):
        held = school.beat(held, position=300 + n * 120, rate=200)
    school.leave(held)
    assert sum(m for _, m in school.ledger()) == 5
    assert school.open(1).position == 660
    own = world.ask(lessons.own, school.place, school.person)
    assert own.lost == [("speed", 3)]
    world.holds()


def test_steps_by_hand_count_without_any_script(world: World) -> None:
    school = School(world)
    held = school.open()
    for part in (1, 2):
        held = school.beat(held, seconds=300, position=part, way=studying.Way.STEP)
        held = school.answer(held) if held.asked else held
    school.leave(held)
    assert sum(m for _, m in school.ledger()) == 10
    world.holds()


def test_only_who_attends_a_running_class_learns_and_only_published_lessons(world: World) -> None:
    school = School(world)
    draft = school.text("草稿", 10)
    with pytest.raises(Missing):
        world.perform(studying.start, actor=school.learner, enrolment_id=school.place, lesson_id=draft)
    other = school.stage.person("另一人")[0]
    stranger = world.actor("lesson.study", account="x", person=other)
    with pytest.raises(Missing):
        world.perform(studying.start, actor=stranger, enrolment_id=school.place, lesson_id=school.lessons[0])
    waiting = str(school.stage.enrol(str(school.stage.open(10).class_id), other).enrolment_id)
    with world.refused("study.not_attending"):
        world.perform(studying.start, actor=stranger, enrolment_id=waiting, lesson_id=school.lessons[0])
    world.perform(authoring.withdraw, actor=school.author, lesson_id=school.lessons[2])
    with pytest.raises(Missing):
        school.open(2)
    world.holds()


def test_whoever_sits_in_a_classroom_learns_online_afterwards(world: World) -> None:
    school = School(world)
    school.scan()
    with world.refused("study.in_class") as told:
        school.open()
    assert told[0].facts["until"] == school.sessions()[0][1] + timedelta(hours=4, minutes=30)
    world.clock.forward(hours=5)
    school.learn(10)
    assert school.counts() == (270 + 10, 0)
    world.holds()


def test_of_many_devices_at_once_one_is_open_and_every_sign_of_life_is_written_once(world: World) -> None:
    school = School(world)
    gate = Barrier(6)

    def arrive(number: int) -> str:
        gate.wait()
        try:
            return str(world.office.perform(
                studying.start, actor=school.learner, key=f"open-{number}", enrolment_id=school.place, lesson_id=school.lessons[number % 3]
            ).study_id)
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(arrive, range(6)))
    with world.db() as db:
        [open_now] = db.scalars(select(Study).where(Study.state == "open"))
        held = open_now.id
    token = world.perform(studying.start, actor=school.learner, enrolment_id=school.place, lesson_id=school.lessons[0])
    assert token.study_id != held
    world.clock.forward(seconds=60)

    def beat(number: int) -> str:
        gate.wait()
        try:
            world.office.perform(studying.beat, actor=school.learner, key=f"beat-{number}", study_id=token.study_id, token=token.token, position=0)
        except Refusal as refusal:
            return refusal.code
        return "written"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(beat, range(6)))
    assert sorted(set(answers)) == ["study.replayed", "written"]
    assert answers.count("written") == 1
    with world.db() as db:
        assert len(db.scalars(select(StudyBeat.id).where(StudyBeat.study_id == token.study_id)).all()) == 2
    world.holds()
