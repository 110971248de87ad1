"""One person in two rooms from nine to ten: both are flagged, neither counts silently, the bureau says which one does."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, update

from skills.courses.actions import attendance, enrolments
from skills.courses.queries import attendance as shown
from skills.courses.queries import hours
from skills.courses.rules.attendance import Mark, Reason, Side
from skills.kernel.db import writing
from skills.kernel.errors import Forbidden, Refusal
from skills.kernel.keys import KeyRing
from skills.learning.actions import overlaps
from skills.learning.models import ClassHour, Overlap
from skills.learning.queries import overlaps as listed
from skills.learning.rules.places import Counts
from skills.messages import queries as inbox
from tests.learning.stage import School
from tests.world import World

pytestmark = pytest.mark.row(20)
SESSION = 270  # minutes


def both_rooms(world: World) -> School:
    school = School(world, other=True)
    school.scan()
    school.scan(school.other_class)
    return school


def test_one_person_in_two_rooms_both_are_flagged_and_neither_counts(world: World) -> None:
    school = both_rooms(world)
    [found] = school.overlaps()
    assert (found.state, found.minutes) == ("open", SESSION)
    assert {found.first_class, found.second_class} == {school.class_id, school.other_class}
    assert school.counts() == (0, SESSION)
    assert school.counts(school.other_class) == (0, SESSION)
    assert school.ledger() == [("room", SESSION)]  # it is on record, and held
    for class_id in (school.class_id, school.other_class):
        assert world.ask(shown.count_of, class_id, school.person).attended == 0
    for institution in (school.stage.school, school.next_door.school if school.next_door else ""):
        [line] = world.ask(listed.listed, institutions=[institution])
        assert line.id == found.id
    assert [o.id for o in world.ask(listed.listed, districts=["500112"])] == [found.id]
    assert world.ask(listed.listed, districts=["500101"]) == []
    world.holds()


@pytest.mark.parametrize(("counts", "here", "there"), [
    (Counts.FIRST, SESSION, 0), (Counts.SECOND, 0, SESSION), (Counts.NEITHER, 0, 0),
])  # fmt: skip
def test_the_bureau_says_which_one_counts(world: World, counts: Counts, here: int, there: int) -> None:
    school = both_rooms(world)
    [found] = school.overlaps()
    first, second = (school.class_id, school.other_class) if found.first_class == school.class_id else (school.other_class, school.class_id)
    for stranger in (world.actor("overlap.decide", organisation=school.stage.school), world.actor("overlap.decide", district="500101")):
        with pytest.raises(Forbidden):
            world.perform(overlaps.decide, actor=stranger, overlap_id=found.id, counts=counts, reason="照片")
    with world.refused("overlap.reason_needed"):
        world.perform(overlaps.decide, actor=school.bureau, overlap_id=found.id, counts=counts, reason=" ")
    with world.refused("overlap.own"):
        own = world.actor("overlap.decide", account="self", person=school.person)
        world.perform(overlaps.decide, actor=own, overlap_id=found.id, counts=counts, reason="是我")
    world.perform(overlaps.decide, actor=school.bureau, overlap_id=found.id, counts=counts, reason="教室照片和设备记录")
    assert school.counts(first) == (here, 0)
    assert school.counts(second) == (there, 0)
    assert world.ask(shown.count_of, first, school.person).attended == (100 if here else 0)
    with world.refused("overlap.cannot_decide"):
        world.perform(overlaps.decide, actor=school.bureau, overlap_id=found.id, counts=counts, reason="再来")
    world.holds()


def test_the_list_goes_on_behind_the_last_one_though_it_is_decided_meanwhile(world: World) -> None:
    school = both_rooms(world)
    school.scan(day=1)
    school.scan(school.other_class, day=1)
    later, first = [o.id for o in world.ask(listed.listed, districts=["500112"])]
    seen, after = [], None
    for _ in range(3):
        page = world.ask(listed.listed, districts=["500112"], after=after, most=1)
        if not page:
            break
        seen.append((page[0].id, page[0].state))
        after = (page[0].id, page[0].state)
        if after == (later, "open"):
            world.perform(overlaps.decide, actor=school.bureau, overlap_id=later, counts=Counts.FIRST, reason="照片")
    assert seen == [(later, "open"), (first, "open"), (later, "decided")], "what was decided meanwhile stands behind what waits"
    assert [o.id for o in world.ask(listed.listed, districts=["500112"])] == [first, later]


def test_a_correction_that_shows_one_place_lifts_it(world: World) -> None:
    school = both_rooms(world)
    session = school.sessions(school.other_class)[0][0]
    wish = world.perform(
        attendance.ask, actor=school.learner, session_id=session, side=Side.IN, mark=Mark.ABSENT, reason=Reason.NOT_THERE, words="同学误扫"
    )
    bureau = world.actor("attendance.correct", account="bureau", district="500112")
    world.perform(attendance.approve, actor=bureau, correction_id=wish.correction_id)
    assert [o.state for o in school.overlaps()] == ["lifted"]
    assert school.counts() == (SESSION, 0)
    assert school.counts(school.other_class) == (0, 0)
    assert school.ledger(school.other_place) == [("room", SESSION), ("room", -SESSION)]
    world.holds()


def test_online_and_a_room_at_once_are_flagged_and_the_room_waits(world: World) -> None:
    school = School(world)
    session, starts = school.sessions()[0]
    world.clock.set(starts - timedelta(minutes=10))
    held = school.sit(school.open(), 5)
    code = shown.code_of(world.tool(KeyRing), session, Side.IN, world.clock.now())
    world.perform(attendance.scan, actor=school.learner, code=code, session_id=session)
    school.leave(school.sit(held, 20))  # somebody else at home goes on
    [found] = school.overlaps()
    assert (found.first_kind, found.second_kind, found.minutes) == ("room", "online", 15)
    assert school.counts() == (10, SESSION)
    assert sorted(school.ledger()) == [("online", 10), ("room", SESSION)]
    world.perform(overlaps.decide, actor=school.bureau, overlap_id=found.id, counts=Counts.SECOND, reason="教室照片无此人")
    assert school.counts() == (25, 0)
    world.holds()


def test_a_lesson_that_is_still_open_on_the_way_into_the_room_is_no_matter(world: World) -> None:
    school = School(world)
    session, starts = school.sessions()[0]
    world.clock.set(starts - timedelta(minutes=10))
    held = school.sit(school.open(), 10)
    code = shown.code_of(world.tool(KeyRing), session, Side.IN, world.clock.now())
    world.perform(attendance.scan, actor=school.learner, code=code, session_id=session)
    school.leave(school.sit(held, 3))
    assert school.overlaps() == []
    assert school.counts() == (SESSION + 10, 0)
    world.holds()


def test_nothing_is_completed_while_it_waits(world: World) -> None:
    school = both_rooms(world)
    order: dict[str, Any] = {
        "enrolment_id": school.other_place, "hours": Decimal(12), "attendance": Decimal("33.3"), "score": Decimal(80),
        "completed_on": world.today, "passed": True,
    }  # fmt: skip
    with world.refused("completions.overlap_open"):
        world.perform(enrolments.complete, **order)
    world.holds()


def test_everybody_is_told(world: World) -> None:
    school = both_rooms(world)
    assert school.next_door is not None
    told = [m.code for m in world.ask(inbox.inbox, school.learner)]
    assert "overlap.told_open" in told
    for institution in (school.stage.school, school.next_door.school):
        clerk = world.actor("inbox.organisation", organisation=institution)
        assert "overlap.told_institution" in [m.code for m in world.ask(inbox.inbox, clerk)]
    world.holds()


def test_of_two_rooms_in_the_same_second_both_are_written_and_flagged_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    school = School(world, other=True)
    (here, starts), (there, _) = school.sessions()[0], school.sessions(school.other_class)[0]
    world.clock.set(starts)
    ring = world.tool(KeyRing)
    codes = {s: shown.code_of(ring, s, Side.IN, world.clock.now()) for s in (here, there)}
    looked = hours.marks

    def slow(*order: Any, **more: Any) -> Any:
        """Between looking and writing everybody else has time to look."""
        found = looked(*order, **more)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(hours, "marks", slow)
    gate = Barrier(8)

    def arrive(number: int) -> str:
        session = (here, there)[number % 2]
        gate.wait()
        try:
            world.office.perform(attendance.scan, actor=school.learner, key=f"arrive-{number}", code=codes[session], session_id=session)
        except Refusal as refusal:
            return refusal.code
        return "written"

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(arrive, range(8)))
    assert answers == {"written": 2, "attendance.already": 6}
    assert [o.state for o in school.overlaps()] == ["open"]
    assert school.counts() == (0, SESSION)
    world.holds()


@pytest.mark.parametrize("spoil", ["minutes", "balance", "gone", "unflagged", "nobody"])
def test_a_ledger_that_was_altered_is_found(lite: World, spoil: str) -> None:
    school = both_rooms(lite)
    lite.holds()
    with writing(lite.engine) as db:
        if spoil == "minutes":
            db.execute(update(ClassHour).values(minutes=ClassHour.minutes + 45, balance=ClassHour.balance + 45))
        elif spoil == "balance":
            db.execute(update(ClassHour).values(balance=ClassHour.balance + 1))
        elif spoil == "gone":
            db.execute(delete(ClassHour).where(ClassHour.enrolment_id == school.place))
        elif spoil == "unflagged":
            db.execute(delete(Overlap))
        else:
            db.execute(update(Overlap).values(state="decided", counts="first", closed_at=lite.clock.now()))
    found = lite.violations()
    assert {"learning.ledger", "learning.overlaps"} & set(found)
