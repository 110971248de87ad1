"""A batch that ends leaves nobody waiting: each is told, and where the bureau opens another, the list goes on in its order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, select, update

from skills import migrations
from skills.kernel import jobs
from skills.kernel.acts import Act
from skills.kernel.audit import AuditEntry
from skills.kernel.db import make_engine, writing
from skills.kernel.errors import Missing, Refusal
from skills.messages.models import Message
from skills.people.models import Person
from skills.vouchers import queries
from skills.vouchers.actions import batches, carrying, issuing, waiting
from skills.vouchers.actions.ending import tell_ended
from skills.vouchers.models import Batch, BatchLine, Voucher, Waiter
from skills.vouchers.rules import ScopeForm
from skills.vouchers.rules.carrying import Side, may_carry
from skills.web import i18n
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.vouchers.crowd import crowd
from tests.vouchers.stage import FACE, Stage, missed
from tests.vouchers.test_waiting import general, join, states, take_back, told
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(1)
WHY = "年度资金用完"


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def small(lite: World) -> Stage:
    return Stage(lite)


def close(stage: Stage, batch: str, reason: str = WHY) -> None:
    stage.world.perform(batches.close, actor=stage.clerk, batch_id=batch, reason=reason)


def propose(stage: Stage, batch: str, to: str, reason: str = "下一批次接续") -> str:
    return str(stage.world.perform(carrying.propose, actor=stage.clerk, batch_id=batch, to_batch_id=to, reason=reason).carry_id)


def carry(stage: Stage, batch: str, to: str) -> int:
    done = stage.world.perform(carrying.approve, actor=stage.checker, carry_id=propose(stage, batch, to))
    stage.world.run_jobs()
    return int(done.people)


def line_of(stage: Stage, batch: str) -> list[tuple[str, str]]:
    """Who waits for a batch and in which state, in order."""
    with stage.world.db() as db:
        rows = select(Waiter.person_id, Waiter.state).where(Waiter.batch_id == batch).order_by(Waiter.place)
        return [(p, s) for p, s in db.execute(rows)]


def said(stage: Stage, person: str, code: str) -> Any:
    """The facts of the one message of a kind that somebody had."""
    with stage.world.db() as db:
        return db.scalars(select(Message.facts).where(Message.person_id == person, Message.code == code)).one()


def test_whoever_waits_for_a_batch_that_is_closed_is_told_why_and_what_else_is_open(stage: Stage) -> None:
    world = stage.world
    first, a, b, other = crowd(world, 4)
    batch = general(stage, money=1)
    voucher = stage.claim(batch, first)
    join(stage, batch, a)
    join(stage, batch, b)
    take_back(stage, voucher)
    assert states(stage, batch) == ["offered", "waiting"]
    with world.refused("voucher_batch.close_reason") as held:
        close(stage, batch, " ")
    assert held[0].facts == {"people": 2}
    stage.open(scope_form=ScopeForm.GENERAL, title="第二批")
    stage.open(title="定向批")  # for those on its list, not for them
    close(stage, batch)
    assert states(stage, batch) == ["ended", "ended"], "in the act itself"
    assert world.ask(queries.places_of, a) == []
    world.run_jobs()
    for person in (a, b):
        facts = said(stage, person, "voucher.told_line_closed_others")
        assert (facts["reason"], facts["others"]) == (WHY, ["第二批"])
    assert "voucher.told_line_closed_others" not in told(stage, other)
    with world.refused("voucher_waiter.unknown"):
        world.perform(waiting.leave, actor=stage.me(a), batch_id=batch)
    with world.refused("voucher_batch.cannot_close"):
        close(stage, batch)
    world.holds()


def test_a_worker_that_takes_over_tells_nobody_twice(small: Stage) -> None:
    world = small.world
    first, *line = crowd(world, 4)
    batch = general(small, money=1)
    small.claim(batch, first)
    for person in line:
        join(small, batch, person)
    close(small, batch)
    for _ in range(2):
        assert world.perform(tell_ended, key="the-job:", batch_id=batch, after="").count == 3
    assert [told(small, p).count("voucher.told_line_closed") for p in line] == [1, 1, 1], "nothing else is open to them"


def test_the_waiting_ends_when_the_days_of_claiming_are_over(small: Stage) -> None:
    world = small.world
    first, a = crowd(world, 2)
    until = world.today + timedelta(days=3)
    batch = small.open(scope_form=ScopeForm.GENERAL, money_ceiling=FACE, claim_until=until)
    small.claim(batch, first)
    join(small, batch, a)
    world.clock.forward(days=3)
    jobs.order_regular(world.office)
    world.run_jobs()
    assert states(small, batch) == ["waiting"], "the last day is theirs"
    world.clock.forward(days=1)
    jobs.order_regular(world.office)
    world.run_jobs()
    assert states(small, batch) == ["ended"]
    assert said(small, a, "voucher.told_line_over")["until"] == until.isoformat()
    close(small, batch, "")  # nobody waits any more: no reason is asked
    world.holds()


def test_a_list_goes_on_in_the_next_batch_by_two_people_and_everybody_keeps_the_place(stage: Stage) -> None:
    world = stage.world
    first, a, b, c, d, gone = crowd(world, 6)
    batch, following = general(stage, money=1), general(stage, money=1)
    stage.claim(batch, first)
    holder = stage.claim(following, d)
    for person, where in ((a, batch), (c, following), (gone, batch), (b, batch)):
        join(stage, where, person)
    world.perform(waiting.leave, actor=stage.me(gone), batch_id=batch)
    close(stage, batch)
    world.run_jobs()
    made = propose(stage, batch, following)
    with world.refused("voucher_carry.under_way"):
        propose(stage, batch, following)
    with world.refused("voucher_carry.own_work"):
        world.perform(carrying.approve, actor=world.actor("batch.approve", account="clerk"), carry_id=made)
    assert [world.ask(queries.carries_waiting, d) for d in (None, {"500112"}, {"500103"})] == [1, 1, 0]
    assert world.perform(carrying.approve, actor=stage.checker, carry_id=made).people == 2
    world.run_jobs()
    assert line_of(stage, following) == [(a, "waiting"), (c, "waiting"), (b, "waiting")], "by the day on which each joined, wherever"
    assert line_of(stage, batch) == [(a, "carried"), (gone, "left"), (b, "carried")]
    assert [p.ahead for p in world.ask(queries.places_of, b)] == [2]
    assert said(stage, a, "voucher.told_carried")["batch"] == following
    assert "voucher.told_carried" not in told(stage, c) + told(stage, gone)
    with world.refused("voucher_carry.cannot_approve"):
        world.perform(carrying.approve, actor=stage.checker, carry_id=made)
    with world.refused("voucher_carry.not_right") as held:  # nobody is left to go on
        propose(stage, batch, following)
    assert missed(held[0].findings) == {"voucher_carry.somebody"}
    # Each is judged when the turn comes: what does not fit the new batch is told then.
    stage.fact(a, "standing", group="retired", since=world.today.isoformat(), until=None)
    take_back(stage, holder)
    assert line_of(stage, following) == [(a, "dropped"), (c, "offered"), (b, "waiting")]
    assert said(stage, a, "voucher.told_dropped")
    [seen] = world.ask(queries.carries, batch)
    assert (seen.people, seen.state, seen.proposed_by, seen.decider) == (2, "approved", "clerk", "checker")
    world.holds()


def test_a_directed_list_without_money_goes_on_in_its_order(stage: Stage) -> None:
    world = stage.world
    people = crowd(world, 7)
    batch = stage.open(money_ceiling=2 * FACE)
    stage.issue(batch, *people[:5])
    world.perform(issuing.list_people, actor=stage.clerk, batch_id=batch, person_ids=(people[5],))  # nobody decided on this one
    following = stage.open(money_ceiling=2 * FACE)
    world.perform(issuing.list_people, actor=stage.clerk, batch_id=following, person_ids=(people[6],))
    close(stage, batch)
    assert world.ask(queries.left_behind, batch) == 4
    made = propose(stage, batch, following)
    assert world.perform(carrying.approve, actor=stage.checker, carry_id=made).people == 4
    world.run_jobs(but=frozenset({"vouchers.tell_carried"}))
    for _ in range(2):
        assert world.perform(carrying.tell, key="the-job:", carry_id=made, after="").count == 4
    with world.db() as db:
        assert {"lines": 4, "fresh": 4, "again": 0}.items() <= next(
            n for notes in db.scalars(select(AuditEntry.notes).where(AuditEntry.action == "carry.approve"))
            for n in notes if n["event"] == "voucher_line.carry"
        ).items()
    codes = [[c for c in told(stage, p) if "carried" in c] for p in people[4:]]
    assert codes == [["voucher.told_carried"], ["voucher.told_carried_listed"], []]
    assert line_of(stage, following) == [(people[2], "issued"), (people[3], "issued"), (people[4], "waiting")]
    world.perform(issuing.issue, actor=stage.clerk, batch_id=following)
    world.run_jobs()
    with world.db() as db:
        given = set(db.scalars(select(Voucher.person_id).where(Voucher.batch_id == following)))
        lines = db.execute(select(BatchLine.person_id, BatchLine.state).where(BatchLine.batch_id == following).order_by(BatchLine.position))
        assert given == {people[2], people[3]}
        assert list(lines.all()) == [
            (people[6], "refused"), (people[2], "issued"), (people[3], "issued"), (people[4], "refused"), (people[5], "refused"),
        ]  # fmt: skip
        assert db.scalars(select(BatchLine.state).where(BatchLine.batch_id == batch).order_by(BatchLine.position)).all() == [
            "issued", "issued", "carried", "carried", "carried", "carried",
        ]  # fmt: skip
    assert [p for p, _ in line_of(stage, following)[2:]] == [people[4], people[6], people[5]], "the list itself goes behind them"
    world.holds()


def listed(stage: Stage, batch: str) -> list[str]:
    """In which states the lines of a batch's list are, in order."""
    with stage.world.db() as db:
        return list(db.scalars(select(BatchLine.state).where(BatchLine.batch_id == batch).order_by(BatchLine.position)))


def voucher_in(stage: Stage, batch: str, person: str) -> str:
    with stage.world.db() as db:
        return db.scalars(select(Voucher.id).where(Voucher.batch_id == batch, Voucher.person_id == person, Voucher.voided_at.is_(None))).one()


def test_a_list_that_went_on_by_mistake_comes_back_and_whoever_had_lost_a_voucher_is_listed_anew(stage: Stage) -> None:
    world = stage.world
    a, b, c, other, third = crowd(world, 5)
    batch, wrong, earlier = (stage.open(money_ceiling=FACE) for _ in range(3))
    stage.issue(batch, a, b, c)
    stage.issue(wrong, other)
    stage.issue(earlier, third, a)
    assert carry(stage, batch, wrong) == 2
    world.clock.forward(minutes=5)
    assert carry(stage, wrong, batch) == 2
    assert (listed(stage, batch), listed(stage, wrong)) == (["issued", "waiting", "waiting"], ["issued", "carried", "carried"])
    world.holds()
    take_back(stage, voucher_in(stage, batch, a))
    assert listed(stage, batch) == ["issued", "issued", "waiting"], "the next in order is given it, no act is stuck"
    world.perform(issuing.issue, actor=stage.clerk, batch_id=earlier)  # who gave the voucher back waits in the other batch now
    world.run_jobs()
    world.clock.forward(minutes=5)
    assert carry(stage, earlier, batch) == 1
    assert listed(stage, batch) == ["waiting", "issued", "waiting"]
    for person in (b, c):
        take_back(stage, voucher_in(stage, batch, person))
    assert voucher_in(stage, batch, a)
    world.holds()
    with writing(world.engine) as db:
        db.execute(update(BatchLine).where(BatchLine.batch_id == batch, BatchLine.person_id == a).values(state="carried"))
    assert "vouchers.lines_carried" in world.violations()


def test_whoever_is_put_on_a_list_again_whose_line_went_on_is_told_where_it_stands(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    b, number = stage.person(), stage.document(1)
    a, other, third = crowd(world, 3)
    batch, second = stage.open(money_ceiling=FACE), stage.open(money_ceiling=FACE)
    last = stage.open(money_ceiling=FACE, title="第三批培训券")
    stage.issue(batch, a, b)
    for each, holder in ((second, other), (last, third)):
        stage.issue(each, holder)
    for source, to in ((batch, second), (second, last)):
        world.clock.forward(days=1)
        assert carry(stage, source, to) == 1
    went = world.today
    world.clock.forward(days=1)
    for order in ((a, b), (b, a)):
        done = world.perform(issuing.list_people, actor=stage.clerk, batch_id=batch, person_ids=order)
        assert done == issuing.Listed(0, 1, 0, (queries.WentOn(last, "第三批培训券", went, 1),))
    assert listed(stage, batch) == ["issued", "carried"]
    assert world.perform(issuing.list_people, actor=stage.clerk, batch_id=last, person_ids=(b,)) == issuing.Listed(0, 1, 0)
    clerk = visitors.come(world.actor("gov.see", "batch.issue", account="clerk"))
    here = f"/gov/batches/{batch}"
    assert press(clerk, here, f"{here}/list", numbers=number).status_code == 303
    page = text_of(clerk.get(here))
    assert "已在名单 0 人" in page
    assert f"其中 1 人的名单已于 {i18n.day(went, 'zh')} 转到「第三批培训券」" in page
    world.holds()


def test_whoever_left_a_list_for_another_and_joins_the_line_again_is_offered_a_voucher(stage: Stage) -> None:
    world = stage.world
    first, a, other = crowd(world, 3)
    batch, following = general(stage, money=1), general(stage, money=1)
    stage.issue(batch, first, a)
    stage.claim(following, other)
    carry(stage, batch, following)
    world.perform(waiting.leave, actor=stage.me(a), batch_id=following)
    join(stage, batch, a)
    assert [p.listed for p in world.ask(queries.places_of, a)] == [False], "the line went on; this is of their own will"
    take_back(stage, voucher_in(stage, batch, first))
    assert line_of(stage, batch) == [(a, "carried"), (a, "offered")]
    world.holds()


def test_a_batch_that_refuses_does_not_stop_those_behind_it(small: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    world = small.world
    [a] = crowd(world, 1)
    until = world.today + timedelta(days=3)
    made = sorted(small.open(scope_form=ScopeForm.GENERAL, money_ceiling=FACE, claim_until=until) for _ in range(2))
    for batch in made:
        small.claim(batch, crowd(world, 1, first=10 + made.index(batch))[0])
        join(small, batch, a)
    ending = waiting.end_line

    def refusing(act: Act, batch: Batch) -> int:
        if batch.id == made[0]:
            raise Refusal("voucher_batch.changed_meanwhile")
        return ending(act, batch)

    world.clock.forward(days=4)
    jobs.order_regular(world.office)
    with monkeypatch.context() as broken:
        broken.setattr(waiting, "end_line", refusing)
        world.run_jobs(but=frozenset({"vouchers.move_on"}))
    assert [states(small, batch) for batch in made] == [["waiting"], ["ended"]]
    with world.db() as db:
        [notes] = db.scalars(select(AuditEntry.notes).where(AuditEntry.action == "waiting.skip"))
    assert made[0] in str(notes)
    world.run_jobs()
    assert states(small, made[0]) == ["ended"], "it is tried once more, by a job that a person sees if it fails"
    world.holds()


def test_of_two_entries_of_one_person_both_go_on_in_one_place_and_nobody_erased_does(stage: Stage) -> None:
    world = stage.world
    a, twin, gone = crowd(world, 3)
    batch, following, third = (general(stage, money=1) for _ in range(3))
    for where, holder in zip((batch, following, third), crowd(world, 3, first=20), strict=True):
        stage.claim(where, holder)
    for person in (a, twin, gone):
        join(stage, batch, person)
    close(stage, batch)
    world.run_jobs()
    with writing(world.engine) as db:  # as joining the two records, and erasing a person, leave it
        db.execute(update(Waiter).where(Waiter.person_id == twin).values(person_id=a))
        db.execute(update(Person).where(Person.id == twin).values(merged_into=a))
        db.execute(update(Person).where(Person.id == gone).values(erased_at=world.clock.now()))
    assert world.ask(queries.left_behind, batch) == 1
    assert carry(stage, batch, following) == 1
    assert line_of(stage, following) == [(a, "waiting")]
    assert world.ask(queries.left_behind, batch) == 0
    assert "vouchers.carried" not in world.violations()
    with world.refused("voucher_carry.not_right"):
        propose(stage, batch, third)
    with writing(world.engine) as db:
        db.execute(update(Waiter).where(Waiter.batch_id == following).values(state="waiting", carry_id=None))
    assert "vouchers.carried" in world.violations()


def test_what_went_on_reads_as_before_it_could_when_the_revision_is_taken_back(database_url: str) -> None:
    engine = make_engine(database_url)
    migrations.upgrade(engine, "0051")
    with migrations._without_foreign_keys(engine) as connection:
        old = MetaData()
        old.reflect(connection, only=["voucher_waiter", "voucher_line"])
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        connection.execute(old.tables["voucher_waiter"].insert(), [
            {"id": s, "batch_id": "x", "person_id": "x", "place": 1, "state": s, "joined_at": moment, "ended_at": moment}
            for s in ("ended", "carried", "left")
        ])  # fmt: skip
        connection.execute(old.tables["voucher_line"].insert(), [
            {"id": s, "batch_id": "x", "position": n, "person_id": s, "state": s, "code": "", "findings": [], "listed_at": moment}
            for n, s in enumerate(("carried", "waiting"))
        ])  # fmt: skip
        command.downgrade(migrations._config(connection), "0050")
        said = connection.exec_driver_sql("SELECT id, state FROM voucher_waiter").all()
        lines = connection.exec_driver_sql("SELECT id, state, code FROM voucher_line").all()
        for table in ("voucher_waiter", "voucher_line"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    engine.dispose()
    assert dict(map(tuple, said)) == {"ended": "dropped", "carried": "dropped", "left": "left"}
    assert {tuple(row) for row in lines} == {("carried", "refused", "voucher_batch.not_open"), ("waiting", "waiting", "")}


SOURCE = Side("a", "mantianxing", "general", open=False, claim_until=date(2026, 1, 1), district="500112")
TARGET = Side("b", "mantianxing", "general", open=True, claim_until=date(2026, 12, 1), district="500112")


@pytest.mark.parametrize(
    ("target", "people", "reason", "day", "code"),
    [
        (TARGET, 1, "接续", date(2026, 12, 1), ""),
        (SOURCE, 1, "接续", date(2025, 12, 1), "another open"),
        (Side("b", "other", "general", True, TARGET.claim_until, "500112"), 1, "接续", date(2026, 11, 1), "programme"),
        (Side("b", "mantianxing", "directed", True, TARGET.claim_until, "500112"), 1, "接续", date(2026, 11, 1), "form"),
        (Side("b", "mantianxing", "general", False, TARGET.claim_until, "500112"), 1, "接续", date(2026, 11, 1), "open"),
        (replace(TARGET, district="500103"), 1, "接续", date(2026, 11, 1), "district"),
        (TARGET, 1, "接续", date(2026, 12, 2), "open"),
        (TARGET, 0, " ", date(2026, 11, 1), "somebody reason"),
    ],
)
def test_in_which_batch_a_list_may_go_on(target: Side, people: int, reason: str, day: date, code: str) -> None:
    assert missed(may_carry(SOURCE, target, people, reason, day).findings) == {f"voucher_carry.{c}" for c in code.split()}


def test_whose_proposal_it_is(small: Stage) -> None:
    world = small.world
    first, a = crowd(world, 2)
    batch, following = general(small, money=1), general(small, money=1)
    small.claim(batch, first)
    join(small, batch, a)
    made = propose(small, batch, following)
    elsewhere = world.actor("batch.issue", "batch.approve", account="other", district="500103")
    for does, order in ((carrying.approve, {}), (carrying.refuse, {"decision": "不同意"}), (carrying.withdraw, {})):
        with pytest.raises(Missing):
            world.perform(does, actor=elsewhere, carry_id=made, **order)
    with world.refused("voucher_carry.not_own"):
        world.perform(carrying.withdraw, actor=world.actor("batch.issue", account="another"), carry_id=made)
    with world.refused("voucher_carry.decision_needed"):
        world.perform(carrying.refuse, actor=small.checker, carry_id=made, decision=" ")
    world.perform(carrying.refuse, actor=small.checker, carry_id=made, decision="另有安排")
    second = propose(small, batch, following)
    world.perform(carrying.withdraw, actor=small.clerk, carry_id=second)
    third = propose(small, batch, following)
    close(small, following)
    with world.refused("voucher_carry.not_right") as held:
        world.perform(carrying.approve, actor=small.checker, carry_id=third)
    assert missed(held[0].findings) == {"voucher_carry.open"}
    assert line_of(small, batch) == [(a, "waiting")], "a no changes nothing"
    world.holds()


def test_nobody_joins_while_a_batch_is_closed(world: World) -> None:
    stage = Stage(world)
    first, *many = crowd(world, 13)
    batch = general(stage, money=1)
    stage.claim(batch, first)

    def wait(person: str) -> str:
        try:
            world.office.perform(waiting.join, actor=stage.me(person), key=f"join-{person}", batch_id=batch)
        except Refusal as refusal:
            return refusal.code
        return "joined"

    with ThreadPoolExecutor(8) as pool:
        joins = [pool.submit(wait, p) for p in many[:8]]
        closes = pool.submit(close, stage, batch)
        joins += [pool.submit(wait, p) for p in many[8:]]
        closes.result()
    assert {f.result() for f in joins} <= {"joined", "voucher.not_eligible"}
    assert set(states(stage, batch)) <= {"ended"}
    world.run_jobs()
    world.holds()


def test_whoever_waits_behind_a_closed_door_or_is_lost_on_the_way_is_found(small: Stage) -> None:
    world = small.world
    first, a = crowd(world, 2)
    batch, following = general(small, money=1), general(small, money=1)
    small.claim(batch, first)
    join(small, batch, a)
    close(small, batch)
    carry(small, batch, following)
    with writing(world.engine) as db:
        db.execute(update(Waiter).where(Waiter.batch_id == following).values(place=99))
    assert "vouchers.carried" in world.violations()
    with writing(world.engine) as db:
        db.execute(update(Waiter).where(Waiter.batch_id == batch).values(state="waiting", ended_at=None))
    assert "vouchers.lines_end" in world.violations()


def test_a_list_that_ends_and_goes_on_by_pages_and_by_the_api(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    first, person = crowd(world, 2)
    batch = general(stage, money=1)
    stage.claim(batch, first)
    join(stage, batch, person)
    clerk = visitors.come(world.actor("gov.see", "batch.issue", "batch.draft", account="clerk"))
    here = f"/gov/batches/{batch}"
    press(clerk, here, f"{here}/close", reason=WHY)
    world.run_jobs()
    page = text_of(clerk.get(here))
    assert WHY in page
    assert "没有同一项目" in page
    learner = visitors.come(stage.me(person))
    assert WHY in text_of(learner.get(f"/me/vouchers/waiting/{batch}"))
    following = general(stage, money=1)
    stage.claim(following, crowd(world, 1, first=50)[0])
    clerk = visitors.come(world.actor("gov.see", "batch.issue", "batch.draft", account="clerk"))
    assert press(clerk, here, f"{here}/carries", to=following, reason="接续").status_code == 303
    [proposed] = clerk.get(f"/api/v1/batches/{batch}/carries").get_json()
    assert (proposed["state"], proposed["to_batch_id"], proposed["people"]) == ("proposed", following, None)
    checker = visitors.come(world.actor("gov.see", "batch.approve", account="checker"))
    assert press(checker, here, f"/gov/carries/{proposed['id']}/approve").status_code == 303
    world.run_jobs()
    assert "已转入" in text_of(checker.get(here))
    learner = visitors.come(stage.me(person))
    assert learner.get(f"/me/vouchers/waiting/{batch}").headers["Location"].endswith(following)
    assert "候补第 1 位" in text_of(learner.get(f"/me/vouchers/waiting/{following}"))
    world.holds()
