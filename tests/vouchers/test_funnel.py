"""The way of vouchers, counted in every direction; holders are reminded once, in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from skills.accounts.rules import Role
from skills.kernel import jobs
from skills.kernel.clock import start_of
from skills.messages.models import Message
from skills.vouchers import queries
from skills.vouchers.actions import nudging, redemptions
from skills.vouchers.models import LedgerEntry, Nudge, Voucher
from skills.vouchers.rules import ScopeForm, forecast
from skills.vouchers.rules.forecast import LEAST, Outlook
from tests.courses.test_views import Visitors, text_of, visitors
from tests.people_and_bodies import acting
from tests.vouchers.stage import FACE, Stage
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(14)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def small(lite: World) -> Stage:
    return Stage(lite)


def reminded(stage: Stage) -> list[tuple[str, int]]:
    chosen = select(Message.person_id, Message.facts).where(Message.code == "voucher.told_lapsing").order_by(Message.id)
    return stage.world.ask(lambda db: [(p, f["left"]) for p, f in db.execute(chosen)])


def a_day_of_work(stage: Stage) -> None:
    jobs.order_regular(stage.world.office)
    stage.world.run_jobs()


def in_march(stage: Stage) -> None:
    """A year with room: a graduate's voucher ends with the year of graduation at the latest."""
    stage.world.clock.set(start_of(date(2027, 3, 1)) + timedelta(hours=12))


def graduate(stage: Stage) -> str:
    return stage.person(graduated=date(2027, 6, 30))


def lived(stage: Stage) -> dict[str, str]:
    """Two months of vouchers: one never claimed, one lapsed, one used and earned, one used and given back, one held."""
    world = stage.world
    in_march(stage)
    batch = stage.open()
    people = {name: graduate(stage) for name in ("idle", "lapsed", "earned", "back")}
    stage.issue(batch, *people.values())
    for name in ("lapsed", "earned", "back"):
        stage.claim(batch, people[name])
    wallet = {n: world.ask(queries.usable, people[n], world.today)[0].id for n in ("earned", "back")}
    used = stage.redeem(wallet["earned"], people["earned"], "enrolment:1")
    other = stage.redeem(wallet["back"], people["back"], "enrolment:2")
    world.clock.forward(days=33)
    world.perform(redemptions.earn, redemption_id=used.redemption_id, proof="certificate:1")
    world.perform(redemptions.release, redemption_id=other.redemption_id, reason="cancel")
    late = graduate(stage)
    stage.issue(batch, late)
    stage.claim(batch, late)
    world.clock.forward(days=65)  # the first claims are over, the last one and the one that came back are not
    return people | {"late": late}


def test_every_way_of_counting_gives_the_ledgers_figures(stage: Stage) -> None:
    world = stage.world
    lived(stage)
    first, day = date(2027, 3, 1), world.today
    total, district = world.ask(queries.funnel, None)
    assert (total.issued, total.claimed, total.redeemed, total.earned, total.settled) == (5, 4, 1, 1, 0)
    assert (district.district, district.issued) == ("500112", 5)
    old, new = world.ask(queries.cohorts, None, day)
    assert (old.month, old.issued, old.claimed, old.redeemed, old.earned, old.lapsed) == (f"{first:%Y-%m}", 4, 3, 1, 1, 1)
    assert (new.issued, new.claimed, new.lapsed) == (1, 1, 0)
    rows = {m.month: m for m in world.ask(queries.months, None, day)}
    assert len(rows) == 12
    told = world.ask(lambda db: list(db.scalars(select(LedgerEntry.event))))
    for event, field in (("issue", "issued"), ("claim", "claimed"), ("redeem", "redeemed"), ("earn", "earned")):
        assert sum(getattr(m, field) for m in rows.values()) == told.count(event)
    assert rows[f"{first:%Y-%m}"].redeemed == 2, "what happened stays, though one was undone later"
    [school] = world.ask(queries.institutions, None)
    assert (school.redeemed, school.earned, school.released, school.cents) == (1, 1, 1, FACE)
    for ask in (queries.funnel, queries.institutions):
        found = world.ask(ask, {"500101"})
        assert not [row for row in found if getattr(row, "issued", 0) or getattr(row, "redeemed", 0)]
    assert world.ask(queries.cohorts, {"500101"}, day) == []
    world.holds(without=("courses",))


def test_a_month_ends_at_midnight_in_shanghai(small: Stage) -> None:
    world = small.world
    batch, person = small.open(), small.person()
    following = (world.today.replace(day=1) + timedelta(days=32)).replace(day=1)
    world.clock.set(start_of(following) - timedelta(seconds=1))
    small.issue(batch, person)
    world.clock.set(start_of(following))
    small.claim(batch, person)
    rows = {m.month: m for m in world.ask(queries.months, None, world.today)}
    before = (following - timedelta(days=1)).strftime("%Y-%m")
    assert (rows[before].issued, rows[before].claimed) == (1, 0)
    assert (rows[f"{following:%Y-%m}"].issued, rows[f"{following:%Y-%m}"].claimed) == (0, 1)


def test_the_forecast_learns_from_vouchers_that_ended(small: Stage) -> None:
    world = small.world
    in_march(small)
    ended = [graduate(small) for _ in range(2 * LEAST + 4)]
    batch = small.open(scope_form=ScopeForm.GENERAL)
    for number, person in enumerate(ended):
        voucher = small.claim(batch, person)
        if number % 2:
            small.redeem(voucher, person, f"enrolment:{number}")
    assert all(w.lapsing is None for w in world.ask(queries.lapsing, None, world.today) if w.count), "many are used, but no term is over"
    world.clock.forward(days=100)
    fresh = graduate(small)
    small.claim(batch, fresh)
    weeks = [w for w in world.ask(queries.lapsing, None, world.today) if w.count]
    assert [(w.count, w.cents) for w in weeks] == [(1, FACE)]
    assert weeks[0].cents_back == FACE // 2, "of those who still held one as long as this, half let it lapse"
    world.holds(without=("courses",))


def test_a_holder_is_reminded_at_each_threshold_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudging, "MOST_IN_ONE_ACT", 2)
    world = stage.world
    people = [stage.person() for _ in range(3)]
    batch = stage.open(scope_form=ScopeForm.GENERAL)
    vouchers = [stage.claim(batch, p) for p in people]
    until = world.ask(lambda db: db.get_one(Voucher, vouchers[0]).valid_until)
    a_day_of_work(stage)
    assert reminded(stage) == []
    world.clock.forward(days=(until - world.today).days - 30)
    a_day_of_work(stage)
    for part in world.perform(nudging.plan_nudges).batches:
        world.perform(nudging.nudge_some, batch_id=part.batch_id, days=part.days, after="")
    assert sorted(reminded(stage)) == sorted((p, 30) for p in people)
    stage.redeem(vouchers[0], people[0])
    world.clock.forward(days=25)
    a_day_of_work(stage)
    a_day_of_work(stage)
    assert sorted(reminded(stage)[3:]) == sorted((p, 5) for p in people[1:]), "who used it hears no more"
    world.clock.forward(days=6)
    a_day_of_work(stage)
    assert len(reminded(stage)) == 5, "after the last day there is nothing to save"
    assert world.ask(queries.nudges, None) == queries.Nudges(3, 1)
    assert world.ask(lambda db: len(db.scalars(select(Nudge)).all())) == 5
    world.holds(without=("courses",))


def test_while_many_lapse_holders_are_reminded_on_more_days(small: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "LEAST", 2)
    monkeypatch.setattr(nudging, "MOST_IN_ONE_ACT", 2)
    world = small.world
    in_march(small)
    batch = small.open(scope_form=ScopeForm.GENERAL)
    for _ in range(2):  # two who let it lapse: whoever holds one with sixty days to go will too, says the forecast
        small.claim(batch, graduate(small))
    world.clock.forward(days=100)
    people = [graduate(small) for _ in range(3)]
    vouchers = [small.claim(batch, p) for p in people]
    until = world.ask(lambda db: db.get_one(Voucher, vouchers[0]).valid_until)
    before = len(reminded(small))
    world.clock.forward(days=(until - world.today).days - 60)
    a_day_of_work(small)
    a_day_of_work(small)
    assert sorted(reminded(small)[before:]) == sorted((p, 60) for p in people), "each once, by the days of the walk's first act"
    world.policy("voucher.nudge_forecast", {"days": [58], "percent": 101}, world.today + timedelta(days=1))
    world.clock.forward(days=1)
    a_day_of_work(small)
    assert len(reminded(small)) == before + 3, "so high a share is never reached"
    world.holds(without=("courses",))


def test_the_forecast_is_that_of_ones_own_batch_and_groups_while_they_tell(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two batches of one city: the vouchers of one lapse and those of the other are used; each reminds by its own."""
    monkeypatch.setattr(forecast, "LEAST", 2)
    world = stage.world
    in_march(stage)
    lapses = stage.open(scope_form=ScopeForm.GENERAL)
    used = stage.open(scope_form=ScopeForm.GENERAL, groups=("graduate_of_year", "veteran"))
    people = [graduate(stage) for _ in range(3)]
    late = [(stage.claim(used, person), person) for person in people]
    for _ in range(3):
        stage.claim(lapses, graduate(stage))
    world.clock.forward(days=80)
    for voucher, person in late:
        stage.redeem(voucher, person, f"enrolment:{voucher}")
    world.clock.forward(days=20)
    fresh = stage.open(scope_form=ScopeForm.GENERAL)  # none of its own has ended: those of the same groups tell for it
    elsewhere = stage.open(scope_form=ScopeForm.GENERAL, groups=("graduate_of_year", "disabled"))  # the city tells
    for batch in (lapses, used, fresh, elsewhere):
        voucher = stage.claim(batch, graduate(stage))
    until = world.ask(lambda db: db.get_one(Voucher, voucher).valid_until)
    world.clock.forward(days=(until - world.today).days - 60)
    plan = {p.batch_id: dict(p.days)["500112"] for p in world.perform(nudging.plan_nudges).batches}
    assert plan == {lapses: (60, 30, 14, 7), used: (30, 7), fresh: (60, 30, 14, 7), elsewhere: (60, 30, 14, 7)}
    coming = {b: sum(w.cents_back for w in world.ask(queries.lapsing, None, world.today, b)) for b in plan}
    assert coming == {lapses: FACE, used: 0, fresh: FACE, elsewhere: FACE // 2}, "what its page forecasts is told by the same vouchers"
    assert sum(w.cents_back for w in world.ask(queries.lapsing, None, world.today)) == sum(coming.values())
    told_by = {b: world.ask(queries.line, b, world.today).told_by for b in plan}
    assert told_by == {lapses: "batch", used: "batch", fresh: "groups", elsewhere: "city"}
    before = len(reminded(stage))
    a_day_of_work(stage)
    assert len(reminded(stage)) == before + 3, "whose vouchers are used as a rule are not reminded more often"
    world.holds(without=("courses",))


def test_a_batch_says_in_time_that_it_will_run_out(small: Stage) -> None:
    world = small.world
    batch = small.open(scope_form=ScopeForm.GENERAL, count_ceiling=10, claim_until=world.today + timedelta(days=60))

    def ahead() -> Outlook | None:
        return world.ask(queries.batch, batch, None, world.today).outlook

    assert ahead() == Outlook(10, 0, 1, None, 10)
    for _ in range(7):
        small.claim(batch, small.person())
    assert ahead() == Outlook(3, 7, 1, world.today + timedelta(days=1), 0), "seven on its first day"
    world.clock.forward(days=27)
    assert ahead() == Outlook(3, 7, 28, world.today + timedelta(days=12), 0)
    world.clock.forward(days=2)
    assert ahead() == Outlook(3, 0, 28, None, 3), "a pace is that of the last four weeks"
    world.clock.forward(days=40)
    assert ahead() is None
    assert world.ask(queries.batch, small.open(), None, world.today).outlook is None, "everybody on a list has a voucher set aside"


def test_the_page_shows_where_people_are_lost(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1"))
    assert "还没有发放" in text_of(clerk.get("/gov/funnel"))
    lived(stage)
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1"))  # the first session is long over
    page = text_of(clerk.get("/gov/funnel"))
    assert "不足 30 张" in page
    assert "星河职业培训学校1" in page
    for table in ("districts", "months", "cohorts", "institutions", "lapsing"):
        answer = clerk.get(f"/gov/funnel/{table}.csv")
        assert answer.status_code == 200
        assert answer.text.count("\r\n") > 1
    assert clerk.get("/gov/funnel/people.csv").status_code == 404
    assert visitors.come(acting(Role.INSTITUTION_ADMIN, "i", organisation=stage.school)).get("/gov/funnel").status_code == 403
    answer = clerk.get("/api/v1/funnel").get_json()
    assert answer["cohorts"][0]["issued"] == 4
    assert len(answer["months"]) == 12
