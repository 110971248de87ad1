"""政策找人: who is entitled and has not claimed is found, all of them, told once, and what came of it is counted."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from skills.accounts.rules import Role
from skills.demo.cast import register_people
from skills.demo.synthetic import people
from skills.kernel import jobs
from skills.kernel.actors import Grant
from skills.kernel.db import writing
from skills.messages.models import Message
from skills.people.models import Person
from skills.people.queries import persons
from skills.records import queries as records
from skills.records.rules import Education, Standing
from skills.vouchers import queries
from skills.vouchers.actions import batches, reaching
from skills.vouchers.models import Reach, VoucherRefusal
from skills.vouchers.queries.verdicts import rejudge_refusals
from skills.vouchers.rules import ScopeForm
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.vouchers.stage import FACE, Stage
from tests.world import World

__all__ = ["visitors"]
pytestmark = [pytest.mark.row(3), pytest.mark.slow]
GRADUATE = {"college", "bachelor", "master", "doctor", "senior_technical", "technician_college"}
TOLD = "voucher.told_entitled"


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def small(lite: World) -> Stage:
    return Stage(lite)


def open_to_all(stage: Stage, **change: object) -> str:
    return stage.open(**{"scope_form": ScopeForm.GENERAL, "count_ceiling": 5000, "money_ceiling": 5000 * FACE, **change})


def find(stage: Stage, batch: str) -> None:
    stage.world.perform(reaching.find, actor=stage.clerk, batch_id=batch)
    stage.world.run_jobs()


def tell(stage: Stage, batch: str) -> None:
    stage.world.perform(reaching.tell, actor=stage.clerk, batch_id=batch)
    stage.world.run_jobs()


def in_state(stage: Stage, batch: str, state: str) -> set[str]:
    chosen = select(Reach.person_id).where(Reach.batch_id == batch, Reach.state == state)
    return stage.world.ask(lambda db: set(db.scalars(chosen)))


def told(stage: Stage) -> list[str]:
    return stage.world.ask(lambda db: list(db.scalars(select(Message.person_id).where(Message.code == TOLD))))


def plant(stage: Stage, count: int, chance: random.Random) -> list[str]:
    """People of every kind: this year's graduates and others', weak proofs, pensioners, minors in no group."""
    world, ids = stage.world, []
    crowd = [
        replace(who, graduates=date(world.today.year + chance.choice((-2, -1, 0, 0, 0, 1)), chance.choice((6, 12)), 30))
        for who in people(count, 11, world.today)
    ]
    for start in range(0, count, 250):
        known = world.perform(register_people, crowd=tuple(crowd[start : start + 250]), unemployed=False)
        ids += [person_id for person_id, _ in known.people]
    for person_id in chance.sample(ids, count // 20):
        since = world.today + timedelta(days=chance.choice((-400, -1, 0, 1)))
        until = None if chance.random() < 0.7 else since + timedelta(days=1)
        body = {"group": "retired", "since": since.isoformat(), "until": until.isoformat() if until else None}
        stage.fact(person_id, "standing", **body)
    for person_id in chance.sample(ids, count // 20):
        strength = chance.choice(("compared", "seen", "promised"))
        stage.fact(person_id, "education", strength, kind=chance.choice(("bachelor", "senior_secondary")), major="软件工程",
                   occupations=[], graduated_on=f"{world.today.year}-01-01", expected_on=None, school="示例大学")  # fmt: skip
    return ids


def by_hand(stage: Stage, ids: list[str], busy: set[str]) -> set[str]:
    """The list as somebody would draw it up who never saw our rules: from the facts alone."""
    day, chosen = stage.world.today, set()
    births = stage.world.ask(persons, ids)
    facts = stage.world.ask(records.facts_of, [(p, births[p].birth) for p in ids])
    for person_id, known in facts.items():
        graduated = retired = False
        for education in known.educations:
            assert isinstance(education, Education)
            when = education.graduated_on or education.expected_on
            if when and when.year == day.year and education.kind in GRADUATE and education.strength != "promised":
                graduated = True
        for standing in known.standings:
            assert isinstance(standing, Standing)
            if standing.group == "retired" and standing.since <= day and not (standing.until and standing.until < day):
                retired = True
        if graduated and not retired and person_id not in busy:
            chosen.add(person_id)
    return chosen


def test_of_a_thousand_everybody_entitled_is_found_and_told_once(stage: Stage) -> None:
    world, chance = stage.world, random.Random(3)
    ids = plant(stage, 1000, chance)
    batch = open_to_all(stage)
    free = sorted(by_hand(stage, ids, set()))
    busy = set(chance.sample(free, 6))
    for person in list(busy)[:3]:
        stage.claim(batch, person)
    other = open_to_all(stage, title="另一批")
    for person in list(busy)[3:]:
        stage.claim(other, person)  # one voucher at a time: not entitled to this one now
    find(stage, batch)
    wanted = by_hand(stage, ids, busy)
    assert 200 < len(wanted) < 700
    assert in_state(stage, batch, "found") == wanted
    assert told(stage) == []
    tell(stage, batch)
    assert sorted(told(stage)) == sorted(wanted)
    find(stage, batch)
    with world.refused("voucher_reach.nobody"):
        world.perform(reaching.tell, actor=stage.clerk, batch_id=batch)
    assert sorted(told(stage)) == sorted(wanted), "found again, told no second time"
    assert world.ask(lambda db: db.scalar(select(func.count()).select_from(Person))) == 1000
    world.holds()


def test_who_was_given_a_voucher_by_name_is_reminded_and_nobody_else(stage: Stage) -> None:
    named, claimed, stranger = stage.person(), stage.person(), stage.person()
    batch = stage.open()
    stage.issue(batch, named, claimed)
    stage.claim(batch, claimed)
    find(stage, batch)
    assert in_state(stage, batch, "found") == {named}
    tell(stage, batch)
    assert told(stage) == [named]
    assert stranger not in told(stage)
    stage.world.holds()


def test_who_claims_or_leaves_the_group_in_between_hears_nothing(small: Stage) -> None:
    world = small.world
    quick, retired, patient = small.person(), small.person(), small.person()
    batch = open_to_all(small)
    find(small, batch)
    small.claim(batch, quick)
    small.fact(retired, "standing", group="retired", since=world.today.isoformat(), until=None)
    tell(small, batch)
    assert told(small) == [patient]
    assert in_state(small, batch, "dropped") == {quick, retired}
    with small.world.db() as db:  # why the one is no longer entitled stays on record; the other has the voucher
        assert [(no.person_id, no.moment) for no in db.scalars(select(VoucherRefusal))] == [(retired, "claim")]
        assert [no.same for no in rejudge_refusals(db, person_id=retired)] == [True]
    world.holds()


def test_a_walk_that_was_cut_off_goes_on_and_tells_nobody_twice(small: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "TELL_IN_ONE_ACT", 2)
    monkeypatch.setattr(reaching, "FIND_IN_ONE_ACT", 2)
    world = small.world
    everybody = sorted(small.person() for _ in range(5))
    batch = open_to_all(small)
    find(small, batch)
    assert in_state(small, batch, "found") == set(everybody)
    job = world.perform(reaching.tell, actor=small.clerk, batch_id=batch).job_id
    world.perform(reaching.tell_some, key=f"job:{job}:", batch_id=batch, after="")  # the first part; then the worker died
    assert len(told(small)) == 2
    with world.refused("voucher_reach.under_way"):
        world.perform(reaching.tell, actor=small.clerk, batch_id=batch)
    world.run_jobs()
    assert sorted(told(small)) == everybody
    held = world.ask(lambda db: db.get_one(jobs.Job, job))
    assert (held.state, held.done) == ("done", 5)
    world.holds()


def test_what_was_claimed_and_used_after_a_notice_is_counted(small: Stage) -> None:
    world = small.world
    before, after, user, silent = (small.person() for _ in range(4))
    batch = open_to_all(small)
    find(small, batch)
    small.claim(batch, before)  # nobody had told them
    tell(small, batch)
    world.clock.forward(days=1)
    small.claim(batch, after)
    small.redeem(small.claim(batch, user), user)
    page = world.ask(queries.reach, batch, None)
    total, district = page.effects
    assert (total.found, total.told, total.claimed, total.used) == (4, 3, 2, 1)
    assert (district.district, district.found) == ("500112", 4)
    assert (page.waiting, page.left, page.kind) == (0, 5000 - 3, "vouchers.tell")
    assert world.ask(queries.reach, batch, {"500101"}).effects[0].found == 0, "another district sees nothing of it"
    [line] = [n for n in world.ask(queries.reach_lines, batch, "noticed", None) if n.person_id == silent]
    assert line.claimed_at is None
    assert "*" in line.masked_name
    world.holds(without=("courses",))


def test_nobody_is_sent_to_an_empty_till(small: Stage) -> None:
    world = small.world
    first, _ = small.person(), small.person()
    batch = open_to_all(small, count_ceiling=1, money_ceiling=FACE)
    find(small, batch)
    small.claim(batch, first)
    with world.refused("voucher_batch.count_reached"):
        world.perform(reaching.tell, actor=small.clerk, batch_id=batch)
    world.perform(batches.close, actor=small.clerk, batch_id=batch)
    for act in (reaching.find, reaching.tell):
        with world.refused("voucher_batch.not_open"):
            world.perform(act, actor=small.clerk, batch_id=batch)
    elsewhere = world.actor("batch.issue", account="far", district="500101")
    with world.refused("voucher_batch.unknown"):
        world.perform(reaching.find, actor=elsewhere, batch_id=batch)
    assert told(small) == []
    world.holds()


def test_telling_stops_when_the_till_is_empty(small: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "TELL_IN_ONE_ACT", 2)
    world = small.world
    people = sorted(small.person() for _ in range(5))
    batch = open_to_all(small, count_ceiling=1, money_ceiling=FACE)
    find(small, batch)
    first = world.perform(reaching.tell_some, batch_id=batch, after="")
    small.claim(batch, people[0])
    again = world.perform(reaching.tell_some, batch_id=batch, after=first.last)
    assert (again.people, again.last) == (0, None)
    assert sorted(told(small)) == people[:2]
    world.holds()


def test_a_clerk_elsewhere_sees_a_citys_batch_and_is_offered_nothing(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    stage.person()
    city = visitors.world.actor("batch.draft", "batch.issue", account="city")
    made = visitors.world.perform(batches.draft, actor=city, order=stage.order(district="500000", scope_form=ScopeForm.GENERAL))
    visitors.world.perform(batches.approve, actor=stage.checker, batch_id=made.batch_id)
    visitors.world.perform(batches.open_, actor=city, batch_id=made.batch_id)
    clerk = acting(Role.GOV_CLERK, "far")
    far = visitors.come(replace(clerk, grants=frozenset(Grant(g.right, None, "500101") for g in clerk.grants)))
    page = f"/gov/batches/{made.batch_id}/reach"
    assert "查找符合条件的人" not in text_of(far.get(page))
    assert "关闭批次" not in text_of(far.get(f"/gov/batches/{made.batch_id}"))
    assert "查找符合条件的人" in text_of(visitors.come(acting(Role.GOV_CLERK, "c1")).get(page))


@pytest.mark.parametrize(
    "edit",
    [
        "DELETE FROM message WHERE code = 'voucher.told_entitled'",
        "UPDATE voucher_reach SET state = 'found', noticed_at = NULL",
        "DELETE FROM voucher_reach",
    ],
)
def test_a_hand_in_the_tables_is_found(small: Stage, edit: str) -> None:
    small.person()
    batch = open_to_all(small)
    find(small, batch)
    tell(small, batch)
    with writing(small.world.engine) as db:
        db.execute(text(edit))
    assert "vouchers.told_once" in small.world.violations()


def test_found_told_and_claimed_by_pages(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    person = stage.person()
    batch = open_to_all(stage)
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1"))
    page = f"/gov/batches/{batch}/reach"
    assert page in text_of(clerk.get(f"/gov/batches/{batch}"))
    assert "通知 1 人" not in text_of(clerk.get(page))
    assert press(clerk, page, f"{page}/find").status_code == 303
    assert "正在进行" in text_of(clerk.get(page))
    world.run_jobs()
    assert "通知 1 人" in text_of(clerk.get(page))
    assert press(clerk, page, f"{page}/tell").status_code == 303
    world.run_jobs()
    shown = text_of(clerk.get(f"{page}?state=noticed"))
    assert "学*" in shown or "学" in shown
    learner = visitors.come(acting(Role.PERSON, "p1", person=person))
    claim = f"/me/vouchers/claim/{batch}"
    assert claim in text_of(learner.get("/inbox")), "one tap from the notice to the voucher"
    assert press(learner, claim, claim).status_code == 303
    assert learner.get(claim).status_code == 303, "the notice stays in the inbox and leads to the wallet now"
    assert "100%" in text_of(clerk.get(page)) or "100 %" in text_of(clerk.get(page))
    assert visitors.come(acting(Role.INSTITUTION_ADMIN, "i1", organisation=stage.school)).get(page).status_code == 403
    answer = clerk.get(f"/api/v1/batches/{batch}/reach").get_json()
    assert [e["claimed"] for e in answer["effects"]] == [1, 1]
    world.holds()
