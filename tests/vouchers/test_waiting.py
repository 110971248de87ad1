"""The waiting list of a batch: nobody meets a shut door, what comes free goes in order, nothing is promised twice."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from skills.kernel import jobs
from skills.kernel.db import writing
from skills.kernel.errors import Refusal
from skills.kernel.sessions import Sessions
from skills.messages.models import Message
from skills.vouchers import queries
from skills.vouchers.actions import batches, claims, issuing, waiting
from skills.vouchers.models import Batch, Voucher, Waiter
from skills.vouchers.rules import ScopeForm
from skills.vouchers.states import WaiterState
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.vouchers.crowd import crowd
from tests.vouchers.stage import FACE, Stage
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(1)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def small(lite: World) -> Stage:
    return Stage(lite)


def general(stage: Stage, money: int, count: int = 100) -> str:
    """An open batch for whoever comes, with money for so many vouchers."""
    return stage.open(scope_form=ScopeForm.GENERAL, count_ceiling=count, money_ceiling=money * FACE)


def join(stage: Stage, batch: str, person: str) -> int:
    return int(stage.world.perform(waiting.join, actor=stage.me(person), batch_id=batch).ahead)


def take_back(stage: Stage, voucher: str) -> None:
    stage.world.perform(issuing.void, actor=stage.checker, voucher_id=voucher, reason="测试")
    stage.world.run_jobs()


def states(stage: Stage, batch: str) -> list[str]:
    with stage.world.db() as db:
        return list(db.scalars(select(Waiter.state).where(Waiter.batch_id == batch).order_by(Waiter.place)))


def told(stage: Stage, person: str) -> list[str]:
    with stage.world.db() as db:
        return list(db.scalars(select(Message.code).where(Message.person_id == person).order_by(Message.sent_at)))


def test_what_comes_free_goes_to_the_first_in_order_and_to_nobody_quicker(stage: Stage) -> None:
    world = stage.world
    first, a, b, quick = crowd(world, 4)
    batch = general(stage, money=1)
    with world.refused("voucher_waiter.room_left"):
        join(stage, batch, a)
    voucher = stage.claim(batch, first)
    with world.refused("voucher_batch.money_reached"):
        stage.claim(batch, a)
    assert (join(stage, batch, a), join(stage, batch, b)) == (0, 1)
    for person, code in ((a, "voucher_waiter.already"), (first, "voucher_waiter.has_one")):
        with world.refused(code):
            join(stage, batch, person)
    assert [(p.ahead, p.state) for p in world.ask(queries.places_of, b)] == [(1, "waiting")]
    take_back(stage, voucher)
    assert states(stage, batch) == ["offered", "waiting"]
    assert told(stage, a) == ["voucher.told_offered"]
    for person, ahead in ((quick, 2), (b, 1)):
        with world.refused("voucher_batch.others_wait") as held:
            stage.claim(batch, person)
        assert held[0].facts == {"ahead": ahead, "policy": "若干措施第12条"}
    with world.refused("voucher_waiter.already"):
        join(stage, batch, b)
    stage.claim(batch, a)
    assert states(stage, batch) == ["claimed", "waiting"]
    line = world.ask(queries.line, batch, world.today)
    assert (line.waiting, line.kept, line.left, line.short) == (1, 0, 0, FACE)
    world.holds()


def test_an_offer_that_nobody_takes_goes_on_and_may_not_be_taken_late(small: Stage) -> None:
    world = small.world
    first, a, b = crowd(world, 3)
    batch = general(small, money=1)
    voucher = small.claim(batch, first)
    join(small, batch, a)
    join(small, batch, b)
    take_back(small, voucher)
    world.clock.forward(days=7)
    jobs.order_regular(world.office)
    world.run_jobs()
    assert states(small, batch) == ["offered", "waiting"], "the seventh day is still theirs"
    world.clock.forward(days=1)
    with world.refused("voucher_batch.others_wait"):
        small.claim(batch, b)
    world.clock.forward(hours=2)
    jobs.order_regular(world.office)
    world.run_jobs()
    assert states(small, batch) == ["missed", "offered"]
    assert told(small, a)[-1] == "voucher.told_missed"
    with world.refused("voucher_batch.others_wait"):
        small.claim(batch, a)
    assert join(small, batch, a) == 1
    small.claim(batch, b)
    world.perform(waiting.leave, actor=small.me(a), batch_id=batch)
    with world.refused("voucher_waiter.unknown"):
        world.perform(waiting.leave, actor=small.me(a), batch_id=batch)
    world.holds()


def test_a_lapse_is_booked_by_itself_and_its_money_given_on(small: Stage) -> None:
    world = small.world
    first, a = crowd(world, 2)
    batch = general(small, money=1)
    small.claim(batch, first)
    join(small, batch, a)
    world.clock.set(world.clock.now() + timedelta(days=39))  # graduates of this year: until 31 December
    jobs.order_regular(world.office)
    world.run_jobs()
    with world.db() as db:
        assert db.scalars(select(Voucher.state)).all() == ["lapsed"]
        assert db.get_one(Batch, batch).committed == 0
    assert states(small, batch) == ["dropped"], "in the new year a graduate of the last is no longer entitled"
    assert told(small, a)[-1] == "voucher.told_dropped"
    world.holds()


def test_what_is_kept_for_those_who_waited_is_not_issued_to_a_list(small: Stage) -> None:
    world = small.world
    first, a, other = crowd(world, 3)
    batch = general(small, money=1)
    voucher = small.claim(batch, first)
    join(small, batch, a)
    take_back(small, voucher)
    small.issue(batch, other)
    with world.db() as db:
        refused = queries.lines(db, batch, "refused")
    assert [f.code for f in refused[0].findings] == ["voucher_batch.kept"]
    small.claim(batch, a)
    world.holds()


@pytest.mark.parametrize("seed", [5, None], ids=["always", "fresh"])  # drawn inside: workers must collect the same tests
def test_a_walk_at_random_never_passes_anybody_by(lite: World, seed: int | None) -> None:
    """Whatever people do, offers are made in the order of joining, and the checks hold."""
    seed = random.randrange(10**6) if seed is None else seed
    print("seed", seed)
    stage, chance = Stage(lite), random.Random(seed)
    people = crowd(lite, 12)
    batch = general(stage, money=3)
    line: list[str] = []  # who waits or is offered, in order, by plain reckoning
    holding: dict[str, str] = {}
    noes: set[str] = set()
    for _ in range(70):
        person, deed = chance.choice(people), chance.choice(("claim", "claim", "join", "join", "leave", "void", "day"))
        before = list(line)
        try:
            match deed:
                case "claim":
                    holding[person] = stage.claim(batch, person)
                    # Whoever got one was not passed by: free places reach as far as they stand.
                    place = before.index(person) if person in before else len(before)
                    assert len(holding) + place <= 3
                    line = [p for p in line if p != person]
                case "join":
                    join(stage, batch, person)
                    line.append(person)
                case "leave":
                    lite.perform(waiting.leave, actor=stage.me(person), batch_id=batch)
                    line.remove(person)
                case "void" if holding:
                    gone = chance.choice(sorted(holding))
                    take_back(stage, holding.pop(gone))
                case "day":
                    lite.clock.forward(hours=5)
        except Refusal as refusal:
            noes.add(refusal.code)
        lite.run_jobs()
        with lite.db() as db:
            rows = db.execute(
                select(Waiter.person_id, Waiter.state).where(Waiter.state.in_(("waiting", "offered"))).order_by(Waiter.place)
            ).all()
        assert [p for p, _ in rows] == line
        offered = [state == WaiterState.OFFERED for _, state in rows]
        assert offered == sorted(offered, reverse=True), "offers are made from the head of the line"
        assert sum(offered) == min(len(line), 3 - len(holding)), "nothing lies idle while somebody waits"
    assert noes <= {
        "voucher.cannot_claim", "voucher.not_eligible", "voucher_batch.money_reached", "voucher_batch.others_wait",
        "voucher_waiter.already", "voucher_waiter.has_one", "voucher_waiter.room_left", "voucher_waiter.unknown",
    }  # fmt: skip
    lite.holds()


def test_an_offer_without_money_behind_it_is_found(small: Stage) -> None:
    world = small.world
    first, a = crowd(world, 2)
    batch = general(small, money=1)
    small.claim(batch, first)
    join(small, batch, a)
    with writing(world.engine) as db:
        db.execute(update(Waiter).values(state="offered", offered_until=date(2026, 12, 1)))
    assert "vouchers.waiting" in world.violations()


def claimed_by_many(world: World, places: int, clients: int, people: int) -> None:
    """So many clients claim of one batch at once; what is given is what there is, and the others may wait."""
    stage = Stage(world)
    batch = general(stage, money=people, count=places)
    crowded = crowd(world, people)

    def one(person: str) -> str:
        try:
            world.office.perform(claims.claim, actor=stage.me(person), key=f"claim-{person}", batch_id=batch)
        except Refusal as refusal:
            return refusal.code
        return "claimed"

    with ThreadPoolExecutor(clients) as pool:
        said = list(pool.map(one, crowded))
    assert said.count("claimed") == places
    assert set(said) == {"claimed", "voucher_batch.count_reached"}
    with world.db() as db:
        row = db.get_one(Batch, batch)
        assert (row.issued, row.committed) == (places, places * FACE)
    late = [p for p, word in zip(crowded, said, strict=True) if word != "claimed"][:clients]
    def wait(person: str) -> int:
        done = world.office.perform(waiting.join, actor=stage.me(person), key=f"join-{person}", batch_id=batch)
        return int(done.ahead)

    with ThreadPoolExecutor(clients) as pool:
        ahead = sorted(pool.map(wait, late))
    assert ahead == list(range(len(late)))
    world.holds()


def test_many_claim_at_once_and_nothing_is_given_twice(world: World) -> None:
    claimed_by_many(world, places=15, clients=8, people=24)


@pytest.mark.soak
def test_sixty_four_clients_claim_of_ten_thousand_and_nothing_is_given_twice(world: World) -> None:
    places = int(os.environ.get("SOAK_LIST", "10000"))
    claimed_by_many(world, places=places, clients=64, people=places + 200)


def test_waiting_by_pages_and_by_the_api(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    batch = stage.open(scope_form=ScopeForm.GENERAL, money_ceiling=FACE)
    first, person = crowd(world, 2)
    voucher = stage.claim(batch, first)
    learner = visitors.come(stage.me(person))
    page = text_of(learner.get("/me/vouchers"))
    assert "加入候补" in page
    assert "这一批暂时领完了" in text_of(learner.get(f"/me/vouchers/waiting/{batch}"))
    press(learner, f"/me/vouchers/waiting/{batch}", f"/me/vouchers/waiting/{batch}/join")
    assert "候补第 1 位" in text_of(learner.get(f"/me/vouchers/waiting/{batch}"))
    assert [p["ahead"] for p in learner.get("/api/v1/me/waiting").get_json()] == [0]
    world.perform(issuing.void, actor=stage.checker, voucher_id=voucher, reason="测试")
    world.run_jobs()
    assert "轮到您了" in text_of(learner.get("/me/vouchers"))
    press(learner, f"/me/vouchers/claim/{batch}", f"/me/vouchers/claim/{batch}")
    assert "候补第" not in text_of(learner.get("/me/vouchers"))
    world.holds()


def test_what_stands_in_the_way_is_said_to_programs_as_to_people_and_the_ledger_is_ones_own(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    batch = stage.open(scope_form=ScopeForm.GENERAL, money_ceiling=FACE)
    first, late = crowd(world, 2)
    voucher = stage.claim(batch, first)
    me, other = visitors.come(stage.me(first)), visitors.come(stage.me(late))
    (offer,) = other.get("/api/v1/me/vouchers").get_json()["offers"]
    assert not offer["claimable"]
    (missed,) = offer["missed"]
    assert (missed["code"], missed["facts"]["most"]) == ("voucher_batch.money_reached", FACE // 100)
    assert "资金" in missed["zh"]["detail"]
    assert all(missed[lang][part] for lang in ("zh", "en") for part in ("detail", "todo"))
    stage.open(scope_form=ScopeForm.GENERAL)
    reasons = {o["batch_id"]: o["missed"] for o in me.get("/api/v1/me/vouchers").get_json()["offers"]}
    assert [(m["code"], bool(m["clause"])) for ms in reasons.values() for m in ms] == [("voucher.one_at_a_time", True)]
    # The ledger by pages, newest first; somebody else's does not exist.
    answer = me.get(f"/api/v1/me/vouchers/{voucher}/ledger?limit=1")
    assert [(e["number"], e["event"], e["cents"]) for e in answer.get_json()] == [(2, "claim", FACE)]
    following = answer.headers["Link"].split(";")[0].strip("<>")
    assert [(e["number"], e["event"]) for e in me.get(following).get_json()] == [(1, "issue")]
    assert other.get(f"/api/v1/me/vouchers/{voucher}/ledger").status_code == 404
    # A draft is given up by a program, once.
    draft = world.perform(batches.draft, actor=stage.clerk, order=stage.order()).batch_id
    visitors.come(stage.clerk)
    token = world.tool(Sessions).begin("clerk", world.clock.now(), kind="token", stepped_up=True)
    head = {"Authorization": f"Bearer {token}", "Idempotency-Key": "drop-once"}
    for _ in range(2):
        assert world.client().post(f"/api/v1/batches/{draft}/drop", headers=head).get_json() == {"batch_id": draft, "state": "closed"}
    again = world.client().post(f"/api/v1/batches/{draft}/drop", headers={**head, "Idempotency-Key": "drop-twice"})
    assert (again.status_code, again.get_json()["code"]) == (409, "voucher_batch.cannot_drop")
