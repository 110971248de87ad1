"""追加额度: more for a batch that runs out, by two people; whoever waits moves up, and nothing is given beyond it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from skills.kernel.actors import Actor
from skills.kernel.db import writing
from skills.kernel.errors import Missing, Refusal
from skills.standards.rules import CITY
from skills.vouchers import queries
from skills.vouchers.actions import batches, ceilings, claims, waiting
from skills.vouchers.models import Batch, CeilingRaise, Waiter
from skills.vouchers.rules import ScopeForm
from skills.vouchers.rules.ceilings import Ceilings, may_raise
from tests.courses.test_views import Visitors, hidden, press, text_of, visitors
from tests.vouchers.crowd import crowd
from tests.vouchers.stage import FACE, Stage, missed
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(1)

WHY = {"reason": "候补 20 人", "policy_source": "渝人社发〔2026〕31号"}
NOW = Ceilings(10, 10 * FACE)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def general(stage: Stage, places: int) -> str:
    return stage.open(scope_form=ScopeForm.GENERAL, count_ceiling=places, money_ceiling=places * FACE)


def propose(stage: Stage, batch: str, places: int, **change: Any) -> str:
    order = {"batch_id": batch, "count": places, "money": places * FACE, **WHY, **change}
    return str(stage.world.perform(ceilings.propose, actor=stage.clerk, **order).raise_id)


@pytest.mark.parametrize(
    ("wanted", "live", "change", "code"),
    [
        (Ceilings(11, 11 * FACE), True, {}, ""),
        (Ceilings(10, 11 * FACE), True, {}, ""),
        (Ceilings(11, 10 * FACE), True, {}, ""),
        (NOW, True, {}, "voucher_ceiling.more"),
        (Ceilings(9, 11 * FACE), True, {}, "voucher_ceiling.count"),
        (Ceilings(11, 10 * FACE - 1), True, {}, "voucher_ceiling.money"),
        (Ceilings(11, 11 * FACE), False, {}, "voucher_ceiling.live"),
        (Ceilings(11, 11 * FACE), True, {"reason": " "}, "voucher_ceiling.reason"),
        (Ceilings(11, 11 * FACE), True, {"source": ""}, "voucher_ceiling.source"),
    ],
)
def test_what_may_be_raised(wanted: Ceilings, live: bool, change: dict[str, str], code: str) -> None:
    verdict = may_raise(NOW, wanted, live, **{"reason": "候补", "source": "文件", **change})
    assert missed(verdict.findings) == ({code} if code else set())
    assert verdict.yes == (not code)


def test_two_people_raise_it_and_whoever_waits_moves_up_in_order(stage: Stage) -> None:
    world = stage.world
    first, a, b, c = crowd(world, 4)
    batch = general(stage, 1)
    stage.claim(batch, first)
    for person in (a, b, c):
        world.perform(waiting.join, actor=stage.me(person), batch_id=batch)
    made = propose(stage, batch, 3)
    with world.refused("voucher_ceiling.own_work"):
        world.perform(ceilings.approve, actor=world.actor("batch.approve", account="clerk"), raise_id=made)
    assert world.ask(queries.raises_waiting, None) == 1
    assert [world.ask(queries.raises_waiting, {d}) for d in ("500112", "500103")] == [1, 0]
    city = propose(stage, stage.open(district=CITY), 101)
    assert world.ask(queries.raises_waiting, {"500112"}) == 1  # what a district cannot decide does not wait for it
    world.perform(ceilings.withdraw, actor=stage.clerk, raise_id=city)
    world.perform(ceilings.approve, actor=stage.checker, raise_id=made)
    world.run_jobs()
    with world.db() as db:
        row = db.get_one(Batch, batch)
        assert (row.count_ceiling, row.money_ceiling) == (3, 3 * FACE)
        places = dict(db.execute(select(Waiter.person_id, Waiter.state)).all())
    assert places == {a: "offered", b: "offered", c: "waiting"}
    stage.claim(batch, a), stage.claim(batch, b)
    with world.refused("voucher_batch.count_reached"):
        stage.claim(batch, c)
    [told] = world.ask(queries.raises, batch)
    assert (told.count_before, told.money_before, told.count_ceiling, told.money_ceiling) == (1, FACE, 3, 3 * FACE)
    assert (told.reason, told.policy_source, told.proposed_by, told.decider, told.state) == (*WHY.values(), "clerk", "checker", "approved")
    assert world.ask(queries.raises_waiting, None) == 0
    with world.refused("voucher_ceiling.cannot_approve"):
        world.perform(ceilings.approve, actor=stage.checker, raise_id=made)
    world.perform(ceilings.approve, actor=stage.checker, raise_id=propose(stage, batch, 3, money=5 * FACE))
    world.holds()


def test_what_is_not_right_changes_nothing_and_says_why(stage: Stage) -> None:
    world = stage.world
    batch = general(stage, 5)
    for change, code in (
        ({"count": 4}, "count"), ({"money": 4 * FACE}, "money"), ({"count": 5, "money": 5 * FACE}, "more"), ({"reason": " "}, "reason"),
    ):  # fmt: skip
        with world.refused("voucher_ceiling.not_right") as held:
            propose(stage, batch, 6, **change)
        assert missed(held[0].findings) == {f"voucher_ceiling.{code}"}
    made = propose(stage, batch, 6)
    with world.refused("voucher_ceiling.under_way"):
        propose(stage, batch, 7)
    elsewhere = world.actor("batch.draft", "batch.approve", account="other", district="500103")
    for does, order in ((ceilings.approve, {}), (ceilings.refuse, {"decision": "无资金"}), (ceilings.withdraw, {})):
        with pytest.raises(Missing):
            world.perform(does, actor=elsewhere, raise_id=made, **order)
    with pytest.raises(Missing):
        world.perform(ceilings.approve, actor=stage.checker, raise_id="0")
    with world.refused("voucher_ceiling.not_own"):
        world.perform(ceilings.withdraw, actor=world.actor("batch.draft", account="another"), raise_id=made)
    with world.refused("voucher_ceiling.decision_needed"):
        world.perform(ceilings.refuse, actor=stage.checker, raise_id=made, decision=" ")
    world.perform(ceilings.refuse, actor=stage.checker, raise_id=made, decision="年度资金已用完")
    world.perform(ceilings.withdraw, actor=stage.clerk, raise_id=(second := propose(stage, batch, 7)))
    third = propose(stage, batch, 8)
    world.perform(batches.close, actor=stage.clerk, batch_id=batch)
    with world.refused("voucher_ceiling.not_right") as held:
        world.perform(ceilings.approve, actor=stage.checker, raise_id=third)
    assert missed(held[0].findings) == {"voucher_ceiling.live"}
    with world.db() as db:
        row = db.get_one(Batch, batch)
        assert (row.count_ceiling, row.money_ceiling) == (5, 5 * FACE)
        assert db.get_one(CeilingRaise, second).state == "withdrawn"
    world.holds()


def test_approved_twice_at_once_while_people_claim(stage: Stage) -> None:
    """One of the two wins; what is given is what the raised ceilings allow, and the last who waits comes last."""
    world, people = stage.world, crowd(stage.world, 16)
    batch = general(stage, 4)
    made = propose(stage, batch, 12)

    def approve(who: str) -> str:
        actor = world.actor("batch.approve", account=who)
        try:
            world.office.perform(ceilings.approve, actor=actor, key=f"approve-{who}", raise_id=made)
        except Refusal as refusal:
            return refusal.code
        return "approved"

    def claim(person: str) -> str:
        try:
            world.office.perform(claims.claim, actor=stage.me(person), key=f"claim-{person}", batch_id=batch)
        except Refusal as refusal:
            return refusal.code
        return "claimed"

    with ThreadPoolExecutor(8) as pool:
        claimed = [pool.submit(claim, p) for p in people[:8]]
        approved = [pool.submit(approve, who) for who in ("checker", "second")]
        claimed += [pool.submit(claim, p) for p in people[8:]]
        words = sorted(f.result() for f in approved)
    assert words[0] == "approved"
    assert words[1] == "voucher_ceiling.cannot_approve"
    given = sum(f.result() == "claimed" for f in claimed)
    assert 4 <= given <= 12
    with world.db() as db:
        row = db.get_one(Batch, batch)
        assert (row.count_ceiling, row.issued, row.committed) == (12, given, given * FACE)
    world.holds()


def test_ceilings_that_were_changed_past_it_are_found(stage: Stage) -> None:
    world = stage.world
    batch = general(stage, 1)
    world.perform(ceilings.approve, actor=stage.checker, raise_id=propose(stage, batch, 2))
    assert not world.violations()
    with writing(world.engine) as db:
        db.execute(update(Batch).values(count_ceiling=99))
    assert "vouchers.raises" in world.violations()


def test_raising_by_pages_and_by_the_api(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    batch = general(stage, 1)
    page = f"/gov/batches/{batch}"
    clerk = visitors.come(gov("clerk", "batch.draft"))
    fields = {"count": "20", "money": "30000", "reason": "候补多", "policy_source": "渝人社发〔2026〕31号"}
    answer = press(clerk, page, f"{page}/ceilings", **{**fields, "money": "30000.005"})
    assert "错误：" in text_of(answer, 422)
    assert press(clerk, page, f"{page}/ceilings", **fields).status_code == 303
    [waits] = clerk.get(f"/api/v1/batches/{batch}/ceilings").get_json()
    assert (waits["state"], waits["money_ceiling"], waits["count_before"]) == ("proposed", 3_000_000, None)
    text = text_of(clerk.get(page))
    assert "1 → 20" in text
    assert "撤回申请" in text
    assert "同意追加" not in text
    checker = visitors.come(gov("checker", "batch.approve"))
    assert press(checker, page, f"/gov/ceilings/{waits['id']}/approve").status_code == 303
    text = text_of(checker.get(page))
    assert "0 / 20" in text
    assert "已追加" in text
    call = {"json": {"count": 30, "money": 4_000_000, "reason": "更多", "policy_source": "同上"}}
    token = {"X-CSRFToken": hidden(text, "csrf_token")}
    made = checker.post(f"/api/v1/batches/{batch}/ceilings", headers={**token, "Idempotency-Key": "more-0"}, **call)
    assert made.status_code == 403
    token = {"X-CSRFToken": hidden(text_of(clerk.get(page)), "csrf_token")}
    made = clerk.post(f"/api/v1/batches/{batch}/ceilings", headers={**token, "Idempotency-Key": "more-1"}, **call)
    assert made.status_code == 201, made.get_json()
    refused = checker.post(
        f"/api/v1/ceilings/{made.get_json()['raise_id']}/refuse", json={"decision": "明年再议"},
        headers={"X-CSRFToken": hidden(text_of(checker.get(page)), "csrf_token"), "Idempotency-Key": "no-1"},
    )  # fmt: skip
    assert refused.get_json()["state"] == "refused"
    assert "明年再议" in text_of(clerk.get(page))
    first = clerk.get(f"/api/v1/batches/{batch}/ceilings?limit=1")
    rest = clerk.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert {r["id"] for answer in (first, rest) for r in answer.get_json()} == {waits["id"], refused.get_json()["raise_id"]}
    assert "Link" not in rest.headers
    world.holds()


def gov(account: str, right: str) -> Actor:
    return World.actor(right, "gov.see", account=account)
