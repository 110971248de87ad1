"""What leaving and coming back proves (nothing), by which day's policy a sitting counts, and what the ledger hears of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.courses.actions import attendance, changes, enrolments, leaving
from skills.courses.models import ClassSession, CourseClass
from skills.courses.queries import attendance as counted
from skills.courses.queries import hours
from skills.courses.rules.attendance import Mark, Reason, Side
from skills.kernel.acts import Act, action
from skills.kernel.db import writing
from skills.kernel.jobs import Bench
from skills.learning import parts
from skills.learning.actions import overlaps
from skills.learning.jobs import write_what_is_missing
from skills.learning.models import ClassHour, Lesson, Overlap, Study, StudyBeat
from skills.learning.queries import ledger
from skills.learning.queries import overlaps as listed
from skills.learning.rules.credit import Limits, Question, credit
from skills.learning.rules.places import Counts
from skills.messages.actions import send
from skills.messages.models import Message
from tests.learning.stage import School
from tests.learning.test_credit import LIMITS, at, sitting
from tests.learning.test_overlaps import SESSION, both_rooms
from tests.world import World

pytestmark = pytest.mark.row(20)


# Questions ----------------------------------------------------------------------------------------------------------


def test_a_question_that_was_left_is_asked_again_at_once(world: World) -> None:
    school = School(world)
    held = school.sit(school.open(), 16, answers=False)
    assert held.asked
    school.leave(held)
    held = school.open()
    assert held.asked, "it stays asked"
    held = school.leave(school.sit(held, 5, answers=False))
    assert school.ledger() == [], "nothing was proved in either"
    held = school.open(2)
    assert held.asked, "in another lesson, too: it is the person who is asked"
    held = school.answer(held)
    assert held.asked is None
    school.leave(school.sit(held, 5))
    assert [m for _, m in school.ledger()] == [5]
    assert school.open().asked is None
    world.holds()


def test_who_leaves_before_the_question_comes_is_asked_all_the_same(world: World) -> None:
    school = School(world)
    for _ in range(4):
        held = school.sit(school.open(), 7, answers=False)
        asked = held.asked
        held = school.leave(held)
        if asked:
            break
    assert school.questions() >= 1, "seven minutes four times are twenty-eight without a proof"
    world.holds()


def test_an_answer_is_proof_for_the_next_sitting(world: World) -> None:
    school = School(world)
    held = school.open()
    while not held.asked:
        held = school.beat(held)
    school.leave(school.answer(held))
    asked = school.questions()
    school.leave(school.sit(school.open(), 7, answers=False))
    assert school.questions() == asked, "eight minutes at least from one proof to the next question"
    world.holds()


# Policy -------------------------------------------------------------------------------------------------------------


def test_a_sitting_counts_by_the_policy_of_its_class_throughout(world: World) -> None:
    school = School(world)
    world.policy("learning.question", {"least": 1, "most": 2, "seconds": 600}, world.today + timedelta(days=1))
    world.policy("learning.beat", {"seconds": 60, "most": 150, "step_most": 600, "least": 55}, world.today + timedelta(days=1))
    world.clock.forward(days=2)
    held = school.open()
    held = school.beat(held, seconds=30)
    for _ in range(7):
        held = school.beat(held)
        assert held.asked is None, "eight minutes at least, as when the class began"
    while not held.asked:
        held = school.beat(held)
    assert held.asked.answer_by - world.clock.now() == timedelta(seconds=90)
    world.holds()


def test_each_study_has_its_own_limits_and_each_question_its_own_time() -> None:
    wide = Limits(most=300, step_most=600, rate=150, answer=90)
    slow = replace(sitting(0, 0, "a", "x"), beats=[replace(b, at=at(4 * b.number), number=b.number) for b in sitting(0, 3).beats])
    other = replace(slow, id="b", lesson="y", beats=[replace(b, at=b.at + timedelta(hours=1)) for b in slow.beats])
    found = credit([slow, other], {"x": 60, "y": 60}, {"a": LIMITS, "b": wide})
    assert (found.of("x"), found.of("y")) == (0, 12)
    late = at(10) + timedelta(seconds=100)
    for by, counts in ((None, 8), (at(10) + timedelta(seconds=120), 20)):
        one = sitting(0, 20, questions=(Question(at(10), late, by),))
        assert credit([one], {"l": 60}, LIMITS).of("l") == counts


def test_a_result_is_written_after_the_ledger_is_locked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    school = both_rooms(world)
    seen: list[str] = []

    def seeing(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def look(*order: Any, **more: Any) -> Any:
            seen.append(name)
            return work(*order, **more)

        return look

    monkeypatch.setattr(enrolments.told, "lock", seeing("lock", enrolments.told.lock))
    monkeypatch.setattr(enrolments.ledgers, "ledger_of", seeing("read", enrolments.ledgers.ledger_of))
    with world.refused("completions.overlap_open"):
        world.perform(enrolments.complete, enrolment_id=school.other_place, hours=Decimal(12), attendance=Decimal(0), score=Decimal(80),
                      completed_on=world.today, passed=True)  # fmt: skip
    assert seen == ["lock", "read"]


# Two places at once ---------------------------------------------------------------------------------------------------


def give_back(school: School, place: str) -> None:
    asked = school.world.perform(leaving.ask, actor=school.learner, enrolment_id=place, code="illness")
    bureau = school.world.actor("leave.decide", account="leaver", district="500112")
    school.world.perform(leaving.grant, actor=bureau, request_id=asked.request_id, reason="有病假条")


def test_an_overlap_with_a_place_that_was_given_back_is_none(world: World) -> None:
    school = both_rooms(world)
    own = world.ask(ledger.own, school.person, world.today)
    assert (own.minutes, own.held) == (0, 2 * SESSION)
    give_back(school, school.other_place)
    assert [o.state for o in school.overlaps()] == ["lifted"]
    assert school.counts() == (SESSION, 0)
    own = world.ask(ledger.own, school.person, world.today)
    assert (own.minutes, own.held, [p.counts for p in own.places]) == (SESSION, 0, [SESSION])
    assert sum(minutes for _, minutes, _ in own.years) == SESSION
    world.holds()


def test_one_that_stayed_open_when_nobody_told_the_ledger_is_lifted_by_night(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    school = both_rooms(lite)
    monkeypatch.setattr(enrolments.told, "attended", lambda *_: None)
    give_back(school, school.other_place)
    monkeypatch.undo()
    assert lite.violations().keys() == {"learning.overlaps_live"}
    write_what_is_missing(Bench("night", lite.office))
    assert [o.state for o in school.overlaps()] == ["lifted"]
    lite.holds()


def test_a_bureaus_list_holds_what_is_theirs_however_much_others_have(world: World) -> None:
    school = both_rooms(world)
    [found] = world.ask(listed.listed, districts=["500112"], most=1)
    with writing(world.engine) as db:  # a later one of another district
        row = db.get_one(Overlap, found.id)
        values = {c.name: getattr(row, c.name) for c in Overlap.__table__.columns}
        later = {"id": "01M00000000000000000000000", "opened_at": found.opened_at + timedelta(days=1), "first_class": school.class_id}
        db.add(Overlap(**{**values, **later, "second_class": school.class_id, "second_source": school.sessions()[1][0]}))
        db.execute(update(CourseClass).where(CourseClass.id == school.class_id).values(district="500101"))
    assert [o.id for o in world.ask(listed.listed, districts=["500112"], most=1)] == [found.id]
    assert school.next_door
    assert [o.id for o in world.ask(listed.listed, institutions=[school.next_door.school], most=1)] == [found.id]
    assert "audit.rows_on_record" in world.violations()  # put there by hand


def test_a_result_stands_on_the_ledger_as_it_was_even_if_the_overlap_was_lifted_later(world: World) -> None:
    world.policy("learning.strict_ledger", False, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    school = both_rooms(world)
    kept = world.ask(counted.count_of, school.other_class, school.person)
    world.perform(enrolments.complete, enrolment_id=school.other_place, hours=Decimal(0), attendance=kept.percent, score=Decimal(0),
                  completed_on=world.today, passed=False)  # fmt: skip
    before = world.ask(hours.ledger_of, school.other_class, school.person), world.ask(hours.excluded, [school.other_class])
    assert (before[0].open, len(before[1])) == (1, 1)
    world.clock.forward(minutes=1)
    session = school.sessions()[0][0]
    wish = world.perform(attendance.ask, actor=school.learner, session_id=session, side=Side.IN, mark=Mark.ABSENT, reason=Reason.NOT_THERE,
                         words="同学误扫")  # fmt: skip
    bureau = world.actor("attendance.correct", account="bureau", district="500112")
    world.perform(attendance.approve, actor=bureau, correction_id=wish.correction_id)
    assert [o.state for o in school.overlaps()] == ["lifted"]
    after = world.ask(hours.ledger_of, school.other_class, school.person), world.ask(hours.excluded, [school.other_class])
    assert after == before
    world.holds()


def moved(school: School, session: str, **by: timedelta) -> Any:
    """The late change of a session, which the bureau grants."""
    with school.world.db() as db:
        s = db.get_one(ClassSession, session)
        order = {"room": s.room, "starts_at": s.starts_at + by["starts"], "ends_at": s.ends_at + by["ends"]}
    teacher = (school.stage.pool["李老师"],)
    made = school.world.perform(changes.move, actor=school.stage.clerk, session_id=session, lecturers=teacher, reason="停电", **order)
    assert made.or_refuse().state == "asked"
    return school.world.perform(changes.grant, actor=school.stage.bureau, change_id=made.change_id)


def test_a_session_that_is_moved_under_who_has_signed_in_is_moved_in_the_ledger(world: World) -> None:
    world.policy("class.change_hours", {"file": 24, "ask": 0}, world.today + timedelta(days=1))
    school = School(world)
    session, _ = school.sessions()[0]
    school.scan(minutes=-20)
    with world.refused("session_change.not_possible") as refused:  # nobody signs in days before
        moved(school, session, starts=timedelta(days=5), ends=timedelta(days=5))
    assert [f.code for f in refused[0].findings if not f.met] == ["session_change.signed_in"]
    assert school.ledger() == [("room", SESSION)]
    assert moved(school, session, starts=timedelta(minutes=5), ends=timedelta(minutes=15)).state == "granted"
    assert school.ledger() == [("room", SESSION), ("room", 10)]
    world.holds()


# Who is forgotten -----------------------------------------------------------------------------------------------------


def test_why_the_bureau_decided_goes_with_the_person(world: World) -> None:
    school = both_rooms(world)
    [found] = school.overlaps()
    world.perform(overlaps.decide, actor=school.bureau, overlap_id=found.id, counts=Counts.FIRST, reason="欧阳星河本人说在滨江路")
    with world.db() as db:
        told = [m for m in db.scalars(select(Message).where(Message.organisation_id.is_not(None))) if "欧阳" in str(m.facts)]
    assert told == [], "no institution keeps it in its inbox"
    with writing(world.engine) as db:
        held = parts.stays(db, school.person)
    assert held == {"class_hours": 3, "studies": 0, "overlaps": 1}


@action("test.tell_as_before", may="system.jobs")
def tell_as_before(act: Act, organisation_id: str, reason: str) -> None:
    """What institutions were told before the reason was left out."""
    send(act, code="overlap.told_institution_decided", organisation_id=organisation_id, reason=reason)


@action("test.forget_learner", may="system.jobs")
def forget_learner(act: Act, person_id: str) -> None:
    parts.forget(act, person_id)


def test_what_institutions_were_told_of_it_before_goes_too(world: World) -> None:
    school = both_rooms(world)
    [found] = school.overlaps()
    reason = "欧阳星河本人说在滨江路"
    world.perform(overlaps.decide, actor=school.bureau, overlap_id=found.id, counts=Counts.FIRST, reason=reason)
    for said in (reason, "另一个人的事"):
        world.perform(tell_as_before, organisation_id=school.stage.school, reason=said)
    world.perform(forget_learner, person_id=school.person)
    with world.db() as db:
        told = [m.facts.get("reason") for m in db.scalars(select(Message).where(Message.code == "overlap.told_institution_decided"))]
    assert sorted(filter(None, told)) == ["另一个人的事"]
    assert school.overlaps()[0].reason == "—"
    world.holds()


# What the checks find -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoil", ["beside", "cap", "open", "unasked"])
def test_time_that_counts_twice_is_found(lite: World, spoil: str) -> None:
    school = School(lite)
    school.learn(10)
    school.learn(8, 2)
    lite.holds()
    with writing(lite.engine) as db:
        one, other = db.scalars(select(Study).order_by(Study.started_at)).all()
        by = other.started_at - one.started_at
        if spoil == "beside":  # the second sitting at the time of the first, and the ledger as it was
            for b in db.scalars(select(StudyBeat).where(StudyBeat.study_id == other.id)):
                b.at -= by
            other.started_at, other.last_at, other.ended_at = other.started_at - by, other.last_at - by, (other.ended_at or other.last_at) - by
        elif spoil == "cap":
            db.execute(update(Lesson).where(Lesson.id == school.lessons[0]).values(minutes=5))
        elif spoil == "open":
            one.ended_at = other.last_at
        else:
            db.execute(update(ClassHour).where(ClassHour.source == school.lessons[2]).values(minutes=9, balance=19))
    found = lite.violations()
    assert ("learning.studies" if spoil == "open" else "learning.once") in found
    assert "learning.studies" in found or spoil not in ("beside", "open")
