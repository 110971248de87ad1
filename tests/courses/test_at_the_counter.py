"""窗口代办 and 亲情代办: whoever has no phone can do at the counter what the others do alone, and a relative may wait for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.rules import HELPER_RIGHTS
from skills.courses.models import Enrolment, Reservation
from skills.courses.states import Admission
from skills.kernel.audit import AuditEntry
from skills.kernel.sessions import Sessions
from skills.people.rules.counter import CounterReason
from skills.vouchers import queries
from skills.vouchers.actions import claims, counter, disputes, waiting
from skills.vouchers.models import Hold
from skills.vouchers.rules import ScopeForm
from tests.courses.stage import Stage
from tests.courses.test_hands import Family
from tests.courses.test_scanning import Counter
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.vouchers.stage import FACE
from tests.vouchers.stage import Stage as Batches
from tests.world import World

__all__ = ["visitors"]


class Beside(Batches):
    """The vouchers' stage with the school of the courses' stage, and people of other documents."""

    def __init__(self, world: World, school: str) -> None:
        self.first_school = school
        super().__init__(world)
        self.serial = 500

    def institution(self, serial: int) -> str:
        return self.first_school


def used_up(world: World, stage: Stage) -> tuple[str, str]:
    """A general batch that somebody took the last voucher of, and a graduate who comes too late."""
    batches = Beside(world, stage.school)
    batch = batches.open(scope_form=ScopeForm.GENERAL, money_ceiling=FACE)
    first, late = batches.person(), batches.person()
    batches.claim(batch, first)
    return batch, late


def by_token(world: World, account: str) -> dict[str, str]:
    """The header by which a program of this account is known."""
    token = world.tool(Sessions).begin(account, world.clock.now(), kind="token", stepped_up=True)
    return {"Authorization": f"Bearer {token}"}


def notes_of(world: World, act: str) -> list[Any]:
    with world.db() as db:
        return [n for entry in db.scalars(select(AuditEntry).where(AuditEntry.action == act)) for n in entry.notes if n["event"] == act]


def test_the_counter_waits_denies_and_takes_a_place_for_who_has_no_phone(visitors: Visitors) -> None:
    world = visitors.world
    hall = Counter(world)
    clerk = visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    person, desk = hall.person, f"/gov/people/{hall.person}"
    why = {"reason": "no_phone"}

    # A place, with the person's own voucher.
    assert "数据标注员入门" in text_of(clerk.get(f"{desk}/classes?q=标注"))
    where = f"{desk}/classes/{hall.class_id}"
    assert press(clerk, where, f"{where}/enrol", voucher_id=hall.voucher).status_code == 409, "no reason was chosen"
    press(clerk, where, f"{where}/enrol", voucher_id=hall.voucher, **why)
    with world.db() as db:
        place = db.scalars(select(Enrolment).where(Enrolment.person_id == person)).one()
        ticket = queries.ticket(db, hall.voucher, person, world.today)
    assert place.redemption_id
    assert [(e.event, e.hand) for e in ticket.entries][:1] == [("redeem", "counter")]
    assert notes_of(world, "enrolment.enrol_for") == [{"event": "enrolment.enrol_for", "person": person, "reason": "no_phone"}]

    # The denial: one step, the money is frozen at once; taken back in one step too.
    press(clerk, f"{desk}/vouchers", f"{desk}/vouchers/{hall.voucher}/dispute", **why)
    denied = world.ask(queries.latest_dispute, hall.voucher)
    assert denied is not None
    with world.db() as db:
        assert db.scalars(select(Hold.state)).all() == ["placed"]
    paper = text_of(clerk.get(f"{desk}/receipt"))
    assert denied.id in paper.replace(" ", "")
    assert "数据标注员入门" in paper
    press(clerk, f"{desk}/vouchers", f"{desk}/disputes/{denied.id}/withdraw", **why)
    with world.db() as db:
        assert db.scalars(select(Hold.state)).all() == ["lifted"]

    # The place is given back, the voucher is the person's again.
    press(clerk, f"{desk}/classes", f"{desk}/places/{place.id}/withdraw", code="illness", **why)
    with world.db() as db:
        ticket = queries.ticket(db, hall.voucher, person, world.today)
    assert (ticket.line.state, [(e.event, e.hand) for e in ticket.entries][:1]) == ("claimed", [("release", "counter")])

    # A waiting list.
    batch, late = used_up(world, hall.stage)
    there = f"/gov/people/{late}/vouchers"
    press(clerk, there, f"{there}/waiting/{batch}/join", **why)
    assert "候补第 1 位" in text_of(clerk.get(there))
    assert "候补" in text_of(clerk.get(f"/gov/people/{late}/receipt"))
    press(clerk, there, f"{there}/waiting/{batch}/leave", **why)
    assert world.ask(queries.places_of, late) == []
    assert sorted(hall.told(person_id=late)) == ["voucher_waiter.told_joined_at_counter", "voucher_waiter.told_left_at_counter"]
    assert {
        "enrolment.told_enrolled_at_counter", "dispute.told_open", "dispute.told_withdrawn_at_counter", "enrolment.told_left_at_counter",
    } <= set(hall.told(person_id=person))  # fmt: skip
    world.holds()


def test_the_counter_asks_queues_takes_and_gives_up_seats_by_the_api(visitors: Visitors) -> None:
    world = visitors.world
    hall = Counter(world)
    visitors.come(world.actor("counter.serve", account="counter", district="500112"))
    other, _ = hall.stage.person()

    def call(path: str, status: int = 200, key: str = "", **body: str) -> Any:
        headers = {"Idempotency-Key": key or f"{path}-{len(body)}"[-90:], **by_token(world, "counter")}
        answer = world.client().post(f"/api/v1/people/{path}", json={"reason": "not_smart", **body}, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    small = str(hall.stage.open(1).class_id)
    taken = call(f"{other}/enrolments", 201, class_id=small)
    asked = call(f"{hall.person}/reservations", 201, key="once", class_id=small)
    assert asked == call(f"{hall.person}/reservations", 201, key="once", class_id=small), "a retry asks no second time"
    assert asked["state"] == "waiting"
    call(f"{hall.person}/reservations/{asked['reservation_id']}/take", 409, voucher_id=hall.voucher)
    call(f"{hall.person}/enrolments/{taken['enrolment_id']}/withdraw", 404)  # somebody else's place
    call(f"{other}/enrolments/{taken['enrolment_id']}/withdraw", code="moved")
    done = call(f"{hall.person}/reservations/{asked['reservation_id']}/take", voucher_id=hall.voucher, code="")
    assert done["enrolment_id"]
    confirming = str(hall.stage.open(2, admits=Admission.CONFIRMED).class_id)
    held = call(f"{other}/reservations", 201, key="held", class_id=confirming)
    assert (held["state"], call(f"{other}/reservations/{held['reservation_id']}/cancel")["state"]) == ("held", "cancelled")
    with world.db() as db:
        assert len(db.scalars(select(Reservation)).all()) == 2
    assert "reservation.told_cancelled_at_counter" in hall.told(person_id=other)
    visitors.come(world.actor("voucher.claim", "enrolment.enrol", account="somebody", person=other))
    answer = world.client().post(
        f"/api/v1/people/{hall.person}/enrolments", json={"reason": "no_phone", "class_id": small},
        headers={"Idempotency-Key": "x", **by_token(world, "somebody")},
    )  # fmt: skip
    assert answer.status_code == 403
    world.holds()


def test_a_relative_waits_and_leaves_and_the_holder_is_told_but_never_denies(lite: World) -> None:
    family = Family(lite)
    batch, late = used_up(lite, family.stage)
    # The holder has a voucher just now: with that one nobody waits for another.
    helping = replace(lite.actor(*HELPER_RIGHTS, account=family.account, person=family.person), on_behalf_of=family.own)
    with lite.refused("voucher.not_eligible"):
        lite.perform(waiting.join, actor=helping, batch_id=batch)
    helping = replace(helping, person=late)
    lite.perform(waiting.join, actor=helping, batch_id=batch)
    assert [p.ahead for p in lite.ask(queries.places_of, late)] == [0]
    lite.perform(waiting.leave, actor=helping, batch_id=batch)
    assert sorted(family.told(person_id=late)) == ["voucher_waiter.told_joined_for", "voucher_waiter.told_left_for"]
    with pytest.raises(Exception, match="not_for_helpers"):
        lite.office.perform(disputes.open_, actor=helping, voucher_id=family.voucher)
    lite.holds()


def test_the_counter_refuses_by_the_persons_own_rules(lite: World) -> None:
    hall = Counter(lite)
    clerk = lite.actor("counter.serve", account="counter")
    batch, late = used_up(lite, hall.stage)
    order: dict[str, Any] = {"batch_id": batch, "reason": CounterReason.CANNOT}
    with lite.refused("person.unknown"):
        lite.perform(counter.join_for, actor=clerk, person_id="nobody", **order)
    lite.perform(counter.join_for, actor=clerk, person_id=late, **order)
    with lite.refused("voucher_waiter.already"):
        lite.perform(counter.join_for, actor=clerk, person_id=late, **order)
    with lite.refused("voucher_batch.money_reached"):
        lite.perform(claims.claim, actor=lite.actor("voucher.claim", account="late", person=late), batch_id=batch)
    with lite.refused("voucher.unknown"):
        lite.perform(counter.deny_for, actor=clerk, person_id=late, voucher_id=hall.voucher, reason=CounterReason.CANNOT)
    with lite.refused("dispute.not_possible"):
        lite.perform(counter.deny_for, actor=clerk, person_id=hall.person, voucher_id=hall.voucher, reason=CounterReason.CANNOT)
