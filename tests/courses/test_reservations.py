"""Seats that are asked for: kept for an answer in working days, queues in their order, cooling-off and leaving later."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.actions import suspend_organisation
from skills.courses import parts
from skills.courses.actions import classes, enrolments, leaving, reservations
from skills.courses.models import CourseClass, Enrolment, Reservation
from skills.courses.queries import reservations as asked
from skills.courses.states import Admission
from skills.kernel import jobs
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.messages.models import Message
from skills.vouchers.models import Voucher
from tests.courses.stage import Stage, make_stage
from tests.courses.wallet import voucher_for
from tests.world import World


def seat(stage: Stage, class_id: str, person: str, voucher: str | None = None) -> Any:
    return stage.world.perform(reservations.ask, actor=stage.learner(person), class_id=class_id, voucher_id=voucher)


def voucher_of(world: World, voucher: str) -> tuple[str, date]:
    with world.db() as db:
        row = db.get_one(Voucher, voucher)
        return row.state, row.valid_until


def told(world: World, person: str) -> list[str]:
    with world.db() as db:
        return list(db.scalars(select(Message.code).where(Message.person_id == person).order_by(Message.id)))


def _work(world: World) -> None:
    """What the worker does by itself."""
    jobs.order_regular(world.office)
    world.run_jobs()


def confirming(stage: Stage, seats: int = 2, **order: Any) -> str:
    return str(stage.open(seats, admits=Admission.CONFIRMED, **order).class_id)


@pytest.mark.row(9)
def test_the_institution_confirms_and_only_then_the_voucher_is_used(world: World) -> None:
    stage = make_stage(world)
    class_id, (person, _) = confirming(stage), stage.person()
    voucher = voucher_for(world, person)
    with world.refused("enrolment.not_possible"):
        stage.enrol(class_id, person, voucher)
    done = seat(stage, class_id, person, voucher)
    assert done.state == "held"
    assert voucher_of(world, voucher)[0] == "reserved"
    other = stage.open(5)
    with world.refused("voucher.kept_for_a_seat"):
        stage.enrol(other.class_id, person, voucher)
    world.holds()
    with world.refused("reservation.unknown"):
        world.perform(reservations.confirm, actor=world.actor("class.manage", organisation="another"), reservation_id=done.reservation_id)
    placed = world.perform(reservations.confirm, actor=stage.clerk, reservation_id=done.reservation_id)
    assert placed.redemption_id
    assert voucher_of(world, voucher)[0] == "redeemed"
    assert "reservation.told_confirmed" in told(world, person)
    with world.refused("reservation.cannot_cancel"):
        world.perform(reservations.cancel, actor=stage.learner(person), reservation_id=done.reservation_id)
    world.holds()


@pytest.mark.row(9)
def test_without_an_answer_in_four_working_days_over_a_holiday_it_ends_on_the_right_day(world: World) -> None:
    world.clock.set(datetime(2026, 9, 28, 4, tzinfo=UTC))
    world.policy("course.confirm_days", 4, since=date(2026, 9, 29))
    stage = make_stage(world)
    class_id, (person, _) = confirming(stage, 1, starts=40), stage.person()
    voucher = voucher_for(world, person)
    life = voucher_of(world, voucher)[1]
    world.clock.set(datetime(2026, 9, 29, 4, tzinfo=UTC))
    left = (life - world.today).days
    done = seat(stage, class_id, person, voucher)
    # 30 September, 8 and 9 October, and Saturday the 10th, which makes up for the National Day week.
    assert done.answer_by == date(2026, 10, 10)
    world.clock.set(datetime(2026, 10, 10, 15, 59, tzinfo=UTC))  # a minute before midnight in Shanghai
    _work(world)
    assert world.ask(asked.mine, person, world.clock.now())[0].state == "held"
    world.clock.set(datetime(2026, 10, 10, 16, 1, tzinfo=UTC))
    assert world.ask(asked.mine, person, world.clock.now())[0].state == "expired", "as it is read, before any job has run"
    with world.refused("reservation.over"):
        world.perform(reservations.confirm, actor=stage.clerk, reservation_id=done.reservation_id)
    world.clock.forward(minutes=30)
    _work(world)
    assert voucher_of(world, voucher) == ("claimed", world.today + timedelta(days=left)), "no day of its life was lost"
    assert "reservation.told_unanswered" in told(world, person)
    seat(stage, class_id, person, voucher)  # and the seat is free again
    world.holds()


def test_a_seat_that_was_kept_too_long_never_stands_against_the_next_even_if_no_job_has_run(world: World) -> None:
    stage = make_stage(world)
    class_id = confirming(stage, 1, starts=30)
    (first, _), (second, _) = stage.person(), stage.person()
    seat(stage, class_id, first)
    world.clock.forward(days=7)
    assert seat(stage, class_id, second).state == "held"
    assert "reservation.told_unanswered" in told(world, first)
    world.holds()


def test_declined_with_a_reason_or_taken_back_everything_is_free(world: World) -> None:
    stage = make_stage(world)
    class_id, (person, _) = confirming(stage, 1), stage.person()
    voucher = voucher_for(world, person)
    before = voucher_of(world, voucher)
    done = seat(stage, class_id, person, voucher)
    with world.refused("course.reason_needed"):
        world.perform(reservations.decline, actor=stage.clerk, reservation_id=done.reservation_id, reason=" ")
    world.perform(reservations.decline, actor=stage.clerk, reservation_id=done.reservation_id, reason="基础不符合要求")
    assert voucher_of(world, voucher) == before
    world.clock.forward(days=1)
    again = seat(stage, class_id, person, voucher)
    world.perform(reservations.cancel, actor=stage.learner(person), reservation_id=again.reservation_id)
    assert voucher_of(world, voucher) == before, "asking and taking it back wins no day"
    world.holds()


@pytest.mark.row(8)
def test_of_ten_seats_and_eleven_holders_the_first_in_the_queue_gets_the_one_that_expires(world: World) -> None:
    stage = make_stage(world)
    class_id = confirming(stage, 10, starts=30)
    people = [stage.person()[0] for _ in range(12)]
    held = [seat(stage, class_id, p) for p in people[:10]]
    assert {h.state for h in held} == {"held"}
    for h in held[1:]:
        world.perform(reservations.confirm, actor=stage.clerk, reservation_id=h.reservation_id)
    waiting = seat(stage, class_id, people[10])
    assert waiting.state == "waiting"
    world.clock.forward(days=7)  # the first was never answered
    # Now somebody who never waited clicks as fast as a machine can, from several threads, while the job runs.
    start, got = threading.Barrier(4), []

    def click() -> None:
        start.wait()
        try:
            got.append(seat(stage, class_id, people[11]).state)
        except Refusal as no:
            got.append(no.code)

    def tidy() -> None:
        start.wait()
        world.perform(reservations.expire, class_id=class_id)

    threads = [threading.Thread(target=click) for _ in range(3)] + [threading.Thread(target=tidy)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert "held" not in got
    assert world.ask(asked.mine, people[10], world.clock.now())[0].state == "offered"
    assert "reservation.told_offered" in told(world, people[10])
    done = world.perform(reservations.take, actor=stage.learner(people[10]), reservation_id=waiting.reservation_id)
    assert done.state == "held"
    world.holds()


@pytest.mark.row(8)
def test_an_offer_that_nobody_takes_goes_to_the_next_in_order(world: World) -> None:
    stage = make_stage(world)
    class_id = stage.open(1, starts=30).class_id
    people = [stage.person()[0] for _ in range(4)]
    with world.refused("reservation.not_possible"):  # a free seat needs no asking
        seat(stage, class_id, people[0])
    placed = stage.enrol(class_id, people[0])
    queue = [seat(stage, class_id, p) for p in people[1:]]
    assert [world.ask(asked.mine, p, world.clock.now())[0].ahead for p in people[1:]] == [0, 1, 2]
    world.perform(enrolments.withdraw, actor=stage.learner(people[0]), enrolment_id=placed.enrolment_id, code="moved")
    with world.refused("enrolment.not_possible"):  # the fastest finger finds no free seat
        stage.enrol(class_id, people[0])
    world.perform(reservations.cancel, actor=stage.learner(people[2]), reservation_id=queue[1].reservation_id)
    world.clock.forward(hours=25)
    _work(world)
    states = [world.ask(asked.mine, p, world.clock.now())[0].state for p in people[1:]]
    assert states == ["expired", "cancelled", "offered"]
    voucher = voucher_for(world, people[3])
    done = world.perform(reservations.take, actor=stage.learner(people[3]), reservation_id=queue[2].reservation_id, voucher_id=voucher)
    assert done.state == "confirmed"
    assert done.enrolment_id
    assert voucher_of(world, voucher)[0] == "redeemed"
    world.holds()


def test_when_the_class_begins_or_is_cancelled_nobody_waits_any_longer(world: World) -> None:
    stage = make_stage(world)
    begun, cancelled = confirming(stage, 1), confirming(stage, 1)
    people = [stage.person()[0] for _ in range(4)]
    voucher = voucher_for(world, people[0])
    before = voucher_of(world, voucher)
    seat(stage, cancelled, people[0], voucher)
    seat(stage, cancelled, people[1])
    world.perform(classes.cancel, actor=stage.clerk, class_id=cancelled, reason="教师生病")
    assert voucher_of(world, voucher) == before
    seat(stage, begun, people[2])
    seat(stage, begun, people[3])
    world.clock.forward(days=7)
    world.perform(classes.start, actor=stage.clerk, class_id=begun)
    with world.db() as db:
        assert set(db.scalars(select(Reservation.state))) == {"cancelled", "expired"}
        assert set(db.scalars(select(CourseClass.taken))) == {0}
    assert "reservation.told_class_cancelled" in told(world, people[1])
    assert {"reservation.told_begun", "reservation.told_unanswered"} & set(told(world, people[3]))
    world.holds()


@pytest.mark.row(10)
def test_on_the_eleventh_working_day_one_leaves_freely_on_the_twelfth_it_is_examined(world: World) -> None:
    world.policy("course.cooling_off_days", 11, since=world.today + timedelta(days=1))
    world.clock.forward(days=1)
    stage = make_stage(world)
    class_id = stage.open(3, starts=60).class_id
    (early, _), (late, _) = stage.person(), stage.person()
    first = stage.enrol(class_id, early)
    voucher = voucher_for(world, late)
    second = stage.enrol(class_id, late, voucher)
    world.clock.set(datetime(2026, 12, 9, 4, tzinfo=UTC))  # the eleventh working day after Tuesday, 24 November
    with world.refused("leave_request.not_possible"):
        world.perform(leaving.ask, actor=stage.learner(late), enrolment_id=second.enrolment_id, code="illness")
    with world.refused("enrolment.reason_unknown"):
        world.perform(enrolments.withdraw, actor=stage.learner(early), enrolment_id=first.enrolment_id, code="whim")
    world.perform(enrolments.withdraw, actor=stage.learner(early), enrolment_id=first.enrolment_id, code="work")
    world.clock.forward(days=1)
    with world.refused("enrolment.too_late") as no:
        world.perform(enrolments.withdraw, actor=stage.learner(late), enrolment_id=second.enrolment_id)
    assert no[0].facts["until"] == date(2026, 12, 9)
    request = world.perform(leaving.ask, actor=stage.learner(late), enrolment_id=second.enrolment_id, code="illness", words="住院")
    bureau = world.actor("leave.decide", account="bureau", district="500112")
    elsewhere = world.actor("leave.decide", account="far", district="500101")
    with world.refused("leave_request.unknown"):
        world.perform(leaving.grant, actor=elsewhere, request_id=request.request_id, reason="同意")
    world.perform(leaving.grant, actor=bureau, request_id=request.request_id, reason="有住院证明")
    assert voucher_of(world, voucher)[0] == "claimed"
    with world.db() as db:
        assert set(db.scalars(select(Enrolment.left_code))) == {"work", "illness"}
    assert "leave_request.told_granted" in told(world, late)
    world.holds()


@pytest.mark.row(10)
def test_a_refused_request_leaves_the_place_and_what_ends_otherwise_needs_none(world: World) -> None:
    stage = make_stage(world)
    class_id = stage.open(3).class_id
    (a, _), (b, _) = stage.person(), stage.person()
    placed, other = stage.enrol(class_id, a), stage.enrol(class_id, b)
    world.clock.forward(days=7)
    world.perform(classes.start, actor=stage.clerk, class_id=class_id)
    bureau = world.actor("leave.decide", account="bureau")
    request = world.perform(leaving.ask, actor=stage.learner(a), enrolment_id=placed.enrolment_id, code="other")
    with world.refused("leave_request.not_possible"):
        world.perform(leaving.ask, actor=stage.learner(a), enrolment_id=placed.enrolment_id, code="other")
    world.perform(leaving.refuse, actor=bureau, request_id=request.request_id, reason="理由不充分")
    with world.refused("leave_request.cannot_grant"):
        world.perform(leaving.grant, actor=bureau, request_id=request.request_id, reason="再想想")
    mine = world.perform(leaving.ask, actor=stage.learner(b), enrolment_id=other.enrolment_id, code="family")
    world.perform(classes.cancel, actor=stage.clerk, class_id=class_id, reason="场地停电")
    with world.refused("leave_request.cannot_grant"):
        world.perform(leaving.grant, actor=bureau, request_id=mine.request_id, reason="同意")
    world.holds()



@pytest.mark.row(8)
def test_whoever_asks_while_the_last_seat_is_given_back_never_waits_beside_it(world: World) -> None:
    """The two meet at the class again and again: a queue that read too early would keep somebody waiting for ever."""
    stage = make_stage(world)
    class_id = confirming(stage, 1, starts=30)
    (first, _), (second, _) = stage.person(), stage.person()
    for _ in range(4):
        held = seat(stage, class_id, first)
        assert held.state == "held"
        leave = partial(world.perform, reservations.cancel, actor=stage.learner(first), reservation_id=held.reservation_id)
        asked_for, _ = together(partial(seat, stage, class_id, second), leave)
        state = world.ask(asked.one, asked_for.reservation_id, second, world.clock.now()).state
        assert state in ("held", "offered"), state
        world.perform(reservations.cancel, actor=stage.learner(second), reservation_id=asked_for.reservation_id)
    world.holds()


@pytest.mark.row(8)
def test_two_workers_book_the_same_lapsed_seats_once_and_the_queue_moves_in_order(world: World) -> None:
    stage = make_stage(world)
    class_id = confirming(stage, 3, starts=30)
    people = [stage.person()[0] for _ in range(8)]
    for person in people:
        seat(stage, class_id, person)
    world.clock.forward(days=7)
    together(*[partial(world.perform, reservations.expire, class_id=class_id) for _ in range(2)])
    world.holds()
    with world.db() as db:
        rows = db.scalars(select(Reservation).where(Reservation.class_id == class_id).order_by(Reservation.number)).all()
        assert [r.state for r in rows] == ["expired"] * 3 + ["offered"] * 3 + ["waiting"] * 2
        assert db.get_one(CourseClass, class_id).taken == 3
    for person, count in zip(people, (1, 1, 1, 1, 1, 1, 0, 0), strict=True):
        assert len([c for c in told(world, person) if c in ("reservation.told_unanswered", "reservation.told_offered")]) == count


def together(*doing: Any) -> list[Any]:
    """What these calls answer when they begin at the same moment, each in a thread of its own; their errors are raised."""
    start = threading.Barrier(len(doing))
    with ThreadPoolExecutor(len(doing)) as pool:
        found = [pool.submit(lambda call: (start.wait(), call())[1], call) for call in doing]
        return [f.result() for f in found]


def test_how_a_class_takes_people_in_is_settled_before_anybody_can_wait_for_it(lite: World) -> None:
    stage = make_stage(lite)
    planned = stage.plan(1, admits=Admission.CONFIRMED)
    (first, _), (second, _) = stage.person(), stage.person()
    with lite.refused("course_class.unknown"):  # it is not public yet
        seat(stage, planned.class_id, first)
    lite.perform(classes.submit, actor=stage.clerk, class_id=planned.class_id, promise=True)
    lite.perform(classes.approve, actor=stage.bureau, class_id=planned.class_id)
    assert [seat(stage, planned.class_id, p).state for p in (first, second)] == ["held", "waiting"]
    with lite.refused("class.not_open"):
        stage.plan(5, class_id=planned.class_id, admits=Admission.AT_ONCE)
    lite.holds()


def test_an_offer_of_ones_own_that_is_over_stands_in_nobodys_way_before_it_is_booked(lite: World) -> None:
    stage = make_stage(lite)
    class_id = stage.open(2, starts=30).class_id
    people = [stage.person()[0] for _ in range(4)]
    places = [stage.enrol(class_id, p).enrolment_id for p in people[:2]]
    for person in people[2:]:
        seat(stage, class_id, person)
    lite.perform(enrolments.withdraw, actor=stage.learner(people[0]), enrolment_id=places[0], code="work")
    lite.perform(reservations.cancel, actor=stage.learner(people[3]), reservation_id=lite.ask(asked.mine, people[3], lite.clock.now())[0].id)
    lite.perform(enrolments.withdraw, actor=stage.learner(people[1]), enrolment_id=places[1], code="moved")
    lite.clock.forward(hours=25)  # one seat is free, the other was offered and nobody has booked that this is over
    assert lite.ask(asked.live_in, class_id, people[2], lite.clock.now()) is None
    assert stage.enrol(class_id, people[2]).enrolment_id
    assert "reservation.told_not_taken" in told(lite, people[2])
    lite.holds()


def test_who_has_asked_for_a_seat_is_not_erased_and_afterwards_no_reason_stays(lite: World) -> None:
    stage = make_stage(lite)
    class_id, (person, _) = confirming(stage, 1), stage.person()
    done = seat(stage, class_id, person)

    def in_the_way() -> list[str]:
        return [f.code for f in lite.ask(parts.against, person, lite.today) if not f.met]

    assert in_the_way() == ["erasure.classes"]
    lite.perform(reservations.decline, actor=stage.clerk, reservation_id=done.reservation_id, reason="她说怀孕了")
    assert in_the_way() == []

    @action("test.forget", may="test.forget")
    def forget(act: Act) -> None:
        parts.forget(act, person)

    lite.perform(forget)
    with lite.db() as db:
        assert db.get_one(Reservation, done.reservation_id).reason == ""
    lite.holds()


def test_an_institution_that_was_suspended_meanwhile_takes_no_voucher(lite: World) -> None:
    stage = make_stage(lite)
    class_id, (person, _) = confirming(stage, 1), stage.person()
    voucher = voucher_for(lite, person)
    done = seat(stage, class_id, person, voucher)
    lite.perform(suspend_organisation, organisation_id=stage.school)
    with lite.refused("voucher.does_not_fit"):
        lite.perform(reservations.confirm, actor=stage.clerk, reservation_id=done.reservation_id)
    assert voucher_of(lite, voucher)[0] == "reserved"
    lite.clock.forward(days=7)
    lite.perform(reservations.expire, class_id=class_id)
    assert voucher_of(lite, voucher)[0] == "claimed"
    lite.holds()
