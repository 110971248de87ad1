"""窗口代办: whoever has no phone enters the account for the own subsidy and applies for it at the counter; another hand verifies."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from skills.people.rules.counter import CounterReason
from skills.settlement.actions import counter, payees, statements
from skills.settlement.models import PayeeAccount, Statement
from skills.settlement.payee import Payee
from skills.settlement.queries import money
from tests.courses.test_at_the_counter import by_token, notes_of
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.settlement.stage import DISTRICT, PERIOD
from tests.settlement.test_payees import CARD, Payees
from tests.vouchers.stage import FACE
from tests.world import World

__all__ = ["visitors"]
WHY: dict[str, Any] = {"reason": CounterReason.NOT_SMART}


def earned(stage: Payees) -> str:
    """Somebody whose training is paid to themselves and done, in the quarter after it."""
    person = stage.vouchers.person()
    stage.done(stage.use(stage.own, person))
    stage.next_quarter()
    return str(person)


def test_the_counter_applies_and_who_did_it_neither_verifies_nor_checks(world: World) -> None:
    stage = Payees(world)
    person, other = earned(stage), str(stage.vouchers.person())
    # Whoever serves at the counter holds every right here: the refusals are of what they did themselves.
    clerk = world.actor("counter.serve", "payee.verify", "statement.check", account="counter", district=DISTRICT)
    with world.refused("payee_account.number"):
        world.perform(counter.enter_account_for, actor=clerk, person_id=person, bank="重庆银行", number="12", **WHY)
    made = world.perform(counter.enter_account_for, actor=clerk, person_id=person, bank="重庆银行", number=CARD, **WHY)
    with world.refused("statement.own_work"):
        world.perform(payees.verify, actor=clerk, account_id=made.account_id)
    world.perform(payees.verify, actor=stage.checker, account_id=made.account_id)
    with world.db() as db:
        row = db.get_one(PayeeAccount, made.account_id)
        assert (row.person_id, row.entered_by, row.state) == (person, "counter", "verified")

    drawn = world.perform(counter.draw_for, actor=clerk, person_id=person, district=DISTRICT, period=PERIOD, **WHY)
    world.run_jobs()
    with world.refused("statement.unknown"):
        world.perform(counter.submit_for, actor=clerk, person_id=other, statement_id=drawn.statement_id, **WHY)
    world.perform(counter.submit_for, actor=clerk, person_id=person, statement_id=drawn.statement_id, **WHY)
    world.run_jobs()
    with world.refused("statement.own_work"):
        world.perform(statements.check, actor=clerk, statement_id=drawn.statement_id)
    world.perform(statements.check, actor=stage.clerk, statement_id=drawn.statement_id)
    assert notes_of(world, "subsidy.submit_for") == [{"event": "subsidy.submit_for", "person": person, "reason": "not_smart"}]
    assert set(stage.told(person)) >= {
        "payee_account.told_entered", "subsidy.told_drawn_at_counter", "subsidy.told_submitted_at_counter",
    }  # fmt: skip
    world.holds()


def test_a_subsidy_by_pages_and_by_programs(visitors: Visitors) -> None:
    world = visitors.world
    stage = Payees(world)
    person = earned(stage)
    clerk = visitors.come(world.actor("counter.serve", account="counter", district=DISTRICT))
    desk = f"/gov/people/{person}/subsidies"
    why = {"reason": "no_phone"}
    assert press(clerk, desk, f"{desk}/account", bank="重庆银行", number="", **why).status_code == 409, "no number"
    assert press(clerk, desk, f"{desk}/account", bank="重庆银行渝北支行", number=CARD, **why).status_code == 303
    entered = world.ask(money.calendar, Payee(person_id=person), world.today).entered
    assert entered is not None
    page = text_of(clerk.get(desk))
    assert entered.masked in page
    assert CARD.replace(" ", "") not in page
    world.perform(payees.verify, actor=stage.checker, account_id=entered.id)

    assert press(clerk, desk, f"{desk}/draw", district=DISTRICT, period=PERIOD, **why).status_code == 303
    world.run_jobs()
    with world.db() as db:
        [statement] = db.scalars(select(Statement.id).where(Statement.person_id == person))
    here = f"{desk}/{statement}"
    assert press(clerk, here, f"{here}/drop", **why).status_code == 303

    def call(path: str, status: int, **body: Any) -> Any:
        headers = {"Idempotency-Key": path[-90:], **by_token(world, "counter")}
        answer = world.client().post(f"/api/v1/people/{person}/subsidies/{path}", json={"reason": "cannot", **body}, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    world.run_jobs()
    again = call("statements", 201, district=DISTRICT, period=PERIOD)["statement_id"]
    world.run_jobs()
    assert call(f"statements/{again}/look", 200)["state"] == "drawn"
    world.run_jobs()
    assert press(clerk, f"{desk}/{again}", f"{desk}/{again}/submit", **why).status_code == 303
    world.run_jobs()
    paper = text_of(clerk.get(f"/gov/people/{person}/receipt"))
    assert f"¥{FACE // 100:,}" in paper
    assert "审核时限" in paper
    told = world.client().get(f"/api/v1/people/{person}/subsidies", headers=by_token(world, "counter")).get_json()
    assert [x["statement"]["state"] for x in told["coming"]] == ["submitted"]
    assert visitors.come(world.actor("subsidy.apply", account="somebody", person=person)).get(desk).status_code == 403
    world.holds()
