"""At an institution's counter: the code that changes, one use, misses that lock, and nothing else that finds a voucher."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.rules import GRANTS, Role
from skills.courses.actions import enrolments, scanning
from skills.courses.actions.scanning import Presented
from skills.kernel import steps
from skills.kernel.actors import Actor
from skills.kernel.audit import Attempt
from skills.kernel.errors import Forbidden, Refusal
from skills.kernel.keys import KeyRing
from skills.messages.models import Message
from skills.people.rules.counter import CounterReason
from skills.records.actions import state_fact
from skills.vouchers import queries
from skills.vouchers.actions import codes
from skills.vouchers.models import Redemption
from skills.vouchers.queries import codes as shown
from tests.courses.stage import institution, make_stage
from tests.courses.wallet import voucher_for
from tests.vouchers.stage import missed
from tests.world import World


class Counter:
    """A school's counter with a class that takes people, and somebody with a voucher in front of it."""

    def __init__(self, world: World) -> None:
        self.world, self.stage = world, make_stage(world)
        self.class_id = str(self.stage.open(3).class_id)
        self.person, self.number = self.stage.person("欧阳星河")
        self.voucher = voucher_for(world, self.person)

    def holder(self, *, fresh: bool = True) -> Actor:
        return self.world.actor(
            "voucher.claim", "enrolment.enrol", account=f"acc-{self.person}"[:26], person=self.person, stepped_up=fresh
        )

    def clerk(self, account: str = "desk", school: str = "") -> Actor:
        return self.world.actor("code.take", account=account, organisation=school or self.stage.school)

    def show(self) -> str:
        self.world.perform(codes.show, actor=self.holder(), voucher_id=self.voucher)
        return self.code()

    def code(self) -> str:
        """What the screen shows now."""
        with self.world.db() as db:
            held = shown.code_now(
                db, self.world.tool(KeyRing), self.voucher, self.holder().account, self.world.clock.now()
            )
        assert held is not None
        return held.code

    def read(self, code: str, actor: Actor | None = None, class_id: str = "") -> Presented:
        actor = actor or self.clerk()
        found: Presented = self.world.perform(
            scanning.present, actor=actor, organisation_id=next(iter(actor.organisations)),
            class_id=class_id or self.class_id, code=code,
        )
        return found

    def confirm(self, code_id: str, actor: Actor | None = None, key: str | None = None) -> Any:
        return self.world.perform(
            scanning.confirm, actor=actor or self.clerk(), key=key, organisation_id=self.stage.school, class_id=self.class_id,
            code_id=code_id,
        )

    def tomorrow(self, name: str, value: Any) -> None:
        """A policy has another value from the next day on, which is now."""
        self.world.policy(name, value, self.world.today + timedelta(days=1))
        self.world.clock.forward(days=1)

    def uses(self) -> int:
        with self.world.db() as db:
            return len(db.scalars(select(Redemption).where(Redemption.voucher_id == self.voucher)).all())

    def attempts(self) -> list[tuple[str, str]]:
        with self.world.db() as db:
            return [(a.code, a.subject) for a in db.scalars(select(Attempt).order_by(Attempt.id))]

    def told(self, **addressee: str) -> list[str]:
        with self.world.db() as db:
            return list(db.scalars(select(Message.code).filter_by(**addressee).order_by(Message.id)))


@pytest.fixture
def counter(world: World) -> Counter:
    return Counter(world)


@pytest.fixture
def desk(lite: World) -> Counter:
    return Counter(lite)


@pytest.mark.row(7)
def test_the_code_takes_the_place_and_the_voucher_in_the_holders_name(counter: Counter) -> None:
    found = counter.read(counter.show())
    assert (found.holder, found.course, found.cents, found.price) == ("欧***", "数据标注员入门", 120_000, 120_000)
    assert counter.uses() == 0, "reading takes nothing"
    done = counter.confirm(found.code_id)
    place = counter.world.perform(
        enrolments.withdraw, actor=counter.holder(), enrolment_id=done.enrolment_id, reason="仍可退课"
    )
    assert place.state == "withdrawn"
    assert "voucher.told_redeemed" in counter.told(person_id=counter.person), "the holder is told at once"
    counter.world.holds()


@pytest.mark.row(7)
def test_a_code_of_sixty_one_seconds_is_refused_and_the_new_one_counts(counter: Counter) -> None:
    old = counter.show()
    counter.world.clock.forward(seconds=61)
    with counter.world.refused("voucher_code.rotated_out"):
        counter.read(old)
    assert counter.attempts()[-1] == ("voucher_code.rotated_out", counter.stage.school)
    counter.confirm(counter.read(counter.code()).code_id)
    assert counter.uses() == 1
    counter.world.holds()


@pytest.mark.row(7)
def test_ten_wrong_codes_lock_the_institution_and_alert_the_authority(counter: Counter) -> None:
    good = counter.show()
    for n in range(10):
        with counter.world.refused("voucher_code.unknown"):
            counter.read("ABCDEFG" + steps.ALPHABET[n], counter.clerk(f"desk{n % 2}"))
    with counter.world.refused("voucher_code.locked"):
        counter.read(good)
    locked = counter.world.perform(codes.place_lock, actor=counter.clerk(), organisation_id=counter.stage.school)
    assert locked.until is not None
    again = counter.world.perform(codes.place_lock, actor=counter.clerk(), organisation_id=counter.stage.school)
    assert again.until == locked.until, "one lock, however often it is asked for"
    assert "scan_lock.told_locked" in counter.told(organisation_id=counter.stage.school)
    counter.world.clock.forward(hours=2)  # the misses have left the window, the lock stays
    with counter.world.refused("voucher_code.locked"):
        counter.read(good)
    bureau = counter.world.actor("scan.unlock", account="bureau", district="500112")
    with counter.world.db() as db:
        (line,) = shown.locks(db, frozenset({"500112"}), counter.world.clock.now())
        assert (line.misses, line.open) == (10, True)
        assert shown.locks(db, frozenset({"500103"}), counter.world.clock.now()) == []
    stranger = counter.world.actor("scan.unlock", account="other", district="500103")
    with counter.world.refused("scan_lock.unknown"):
        counter.world.perform(codes.lift_lock, actor=stranger, lock_id=line.id, reason="看过")
    with counter.world.refused("scan_lock.reason_needed"):
        counter.world.perform(codes.lift_lock, actor=bureau, lock_id=line.id, reason=" ")
    counter.world.perform(codes.lift_lock, actor=bureau, lock_id=line.id, reason="电话核实，新员工误输")
    counter.confirm(counter.read(counter.show()).code_id)
    counter.world.holds()


def test_the_misses_of_one_account_count_wherever_it_works_and_those_of_one_school_whoever_works_there(desk: Counter) -> None:
    other = institution(desk.world, 2)
    for n in range(10):
        with desk.world.refused("voucher_code.unknown"):
            desk.read("ABCDEFG" + steps.ALPHABET[n], desk.clerk("mole"))
    with desk.world.db() as db:
        now = desk.world.clock.now()
        assert shown.locked_until(db, other, "mole", now) is not None
        assert shown.locked_until(db, desk.stage.school, "honest", now) is not None
        assert shown.locked_until(db, other, "honest", now) is None
        desk.world.clock.forward(minutes=61)
        assert shown.locked_until(db, other, "mole", desk.world.clock.now()) is None


def test_a_miss_less_and_everything_that_is_no_miss_locks_nothing(desk: Counter) -> None:
    code = desk.show()
    for n in range(9):
        with desk.world.refused("voucher_code.unknown"):
            desk.read("ABCDEFG" + steps.ALPHABET[n])
    found = desk.read(code)
    desk.world.clock.forward(minutes=6)
    with desk.world.refused("voucher_code.not_presented"):
        desk.confirm(found.code_id)
    assert desk.world.perform(codes.place_lock, actor=desk.clerk(), organisation_id=desk.stage.school).until is None
    desk.confirm(desk.read(desk.code()).code_id)
    desk.world.holds()


def test_one_use_whatever_is_sent_again(counter: Counter) -> None:
    code = counter.show()
    found = counter.read(code)
    done = counter.confirm(found.code_id, key="lost")
    assert counter.confirm(found.code_id, key="lost") == done, "the reply was lost, the same key again: the same answer"
    with counter.world.refused("voucher_code.used"):
        counter.confirm(found.code_id)
    with counter.world.refused("voucher_code.used"):
        counter.read(code)
    with counter.world.refused("key_reused"):
        counter.world.perform(
            scanning.confirm, actor=counter.clerk(), key="lost", organisation_id=counter.stage.school, class_id=counter.class_id,
            code_id="another",
        )
    assert counter.uses() == 1
    counter.world.holds()


def test_many_confirm_at_once_and_one_place_is_taken(counter: Counter) -> None:
    found = counter.read(counter.show())

    def confirm(n: int) -> str:
        try:
            return str(counter.confirm(found.code_id, key=f"at-once-{n}").enrolment_id)
        except Refusal as no:
            return no.code

    with ThreadPoolExecutor(8) as clerks:
        said = list(clerks.map(confirm, range(8)))
    refused = [code for code in said if "." in code or code == "busy"]
    assert len(refused) == 7, said
    assert set(refused) <= {"voucher_code.used", "voucher_code.changed_meanwhile", "busy"}
    assert counter.uses() == 1
    counter.world.holds()


def test_only_the_clerk_who_read_it_confirms_and_only_for_that_class(desk: Counter) -> None:
    found = desk.read(desk.show())
    second = str(desk.stage.open(3).class_id)
    with desk.world.refused("voucher_code.unknown"):
        desk.confirm(found.code_id, desk.clerk("colleague"))
    with desk.world.refused("voucher_code.unknown"):
        desk.world.perform(
            scanning.confirm, actor=desk.clerk(), organisation_id=desk.stage.school, class_id=second, code_id=found.code_id
        )
    other = institution(desk.world, 2)
    with desk.world.refused("course_class.unknown"):
        desk.read(desk.code(), desk.clerk("x", other))
    with pytest.raises(Forbidden):
        desk.world.perform(
            scanning.present, actor=desk.clerk("x", other), organisation_id=desk.stage.school, class_id=desk.class_id,
            code=desk.code(),
        )
    assert desk.uses() == 0


def test_what_the_holder_stops_loses_or_shows_elsewhere_counts_no_more(desk: Counter) -> None:
    first = desk.show()
    found = desk.read(first)
    desk.world.perform(codes.stop, actor=desk.holder(), voucher_id=desk.voucher)
    with desk.world.refused("voucher_code.revoked"):
        desk.confirm(found.code_id)
    with desk.world.refused("voucher_code.revoked"):
        desk.read(first)
    second = desk.show()
    third = desk.show()
    with desk.world.refused("voucher_code.revoked"):
        desk.read(second)
    desk.read(third)


def test_showing_needs_a_fresh_sign_in_and_ones_own_voucher(desk: Counter) -> None:
    with desk.world.refused("step_up_needed"):
        desk.world.perform(codes.show, actor=desk.holder(fresh=False), voucher_id=desk.voucher)
    stranger, _ = desk.stage.person()
    actor = desk.world.actor("voucher.claim", account="stranger", person=stranger)
    for act in (codes.show, codes.stop):
        with desk.world.refused("voucher.unknown"):
            desk.world.perform(act, actor=actor, voucher_id=desk.voucher)
    with desk.world.db() as db:
        ring, now = desk.world.tool(KeyRing), desk.world.clock.now()
        desk.show()
        assert shown.code_now(db, ring, desk.voucher, "stranger", now) is None, "a screen shows what its own account began"


def test_a_lapsed_voucher_is_told_as_such(desk: Counter) -> None:
    desk.tomorrow("voucher.slip_days", 400)
    slip = desk.world.perform(
        codes.print_slip, actor=desk.world.actor("counter.serve"), person_id=desk.person, voucher_id=desk.voucher,
        reason=CounterReason.NO_PHONE,
    )
    desk.world.clock.forward(days=100)
    later = str(desk.stage.open(3).class_id)
    with desk.world.refused("voucher_code.voucher_lapsed"):
        desk.read(slip.code, class_id=later)
    with desk.world.refused("voucher_code.voucher_lapsed"):
        desk.show()


def test_a_voucher_that_does_not_fit_tells_the_institution_no_reason(desk: Counter) -> None:
    plain = desk.stage.publish(title="数据标注员提高", fee=100, level=1)
    desk.stage.enrol(desk.class_id, desk.person)  # a place without voucher: one of the person's own matters
    with desk.world.refused("enrolment.not_possible"):
        desk.read(desk.show())
    desk.tomorrow("voucher.trainings_a_year", 0)
    other = str(desk.stage.open(3, course=plain).class_id)
    desk.show()
    with desk.world.refused("voucher_code.does_not_fit") as held:
        desk.read(desk.code(), class_id=other)
    assert held[0].findings == ()
    assert held[0].facts == {}
    [no] = desk.world.ask(queries.refusals, desk.person)
    assert "voucher.once_a_year" in missed(no.findings), "the holder reads why"
    assert no.institution


def test_who_retired_after_the_code_was_read_is_refused_without_a_reason_and_reads_it_among_the_own_vouchers(desk: Counter) -> None:
    found = desk.read(desk.show())
    retired = {"group": "retired", "since": desk.world.today.isoformat(), "until": None}
    desk.world.perform(
        state_fact, person_id=desk.person, kind="standing", source="list:retired", strength="compared", body=retired
    )
    with desk.world.refused("voucher_code.does_not_fit") as held:
        desk.confirm(found.code_id)
    assert (held[0].findings, desk.uses()) == ((), 0)
    [no] = desk.world.ask(queries.refusals, desk.person)
    assert missed(no.findings) == {"voucher.not_retired"}
    desk.world.holds()


@pytest.mark.parametrize("role", [Role.INSTITUTION_ADMIN, Role.INSTITUTION_CLERK])
def test_the_institutions_roles_hold_the_scan_and_nothing_else_of_vouchers(role: Role) -> None:
    of_vouchers = {right for right in GRANTS[role] if re.match(r"(voucher|batch|dispute|code|scan|counter)\.", right)}
    assert of_vouchers == {"code.take"}
