"""Vouchers as acts: two hands for a batch, ceilings that hold, one use at a time, money that returns to the fen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from skills.kernel.checks import CHECKS
from skills.kernel.db import writing
from skills.kernel.errors import Refusal
from skills.records.actions import state_fact
from skills.standards.rules import Level
from skills.vouchers import queries
from skills.vouchers.actions import batches, issuing, redemptions
from skills.vouchers.models import Batch, LedgerEntry, Redemption, Voucher, VoucherVerdict
from skills.vouchers.rules import ScopeForm, ValueForm
from skills.web.i18n import tell_findings, tell_refusal
from tests.vouchers.stage import FACE, FEE, Stage, missed
from tests.world import World

pytestmark = pytest.mark.row(2)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def small(lite: World) -> Stage:
    return Stage(lite)


def batch_row(stage: Stage, batch: str) -> Batch:
    return stage.world.ask(lambda db: db.get_one(Batch, batch))


def states(stage: Stage) -> list[str]:
    return stage.world.ask(lambda db: list(db.scalars(select(Voucher.state).order_by(Voucher.state))))


def events(stage: Stage, voucher: str) -> list[tuple[str, int]]:
    chosen = select(LedgerEntry.event, LedgerEntry.cents).where(LedgerEntry.voucher_id == voucher)
    return stage.world.ask(lambda db: [tuple(r) for r in db.execute(chosen.order_by(LedgerEntry.number))])


def test_a_batch_needs_two_people(small: Stage) -> None:
    world = small.world
    both = world.actor("batch.draft", "batch.approve", account="both")
    made = world.perform(batches.draft, actor=both, order=small.order())
    with world.refused("voucher_batch.cannot_open"):
        world.perform(batches.open_, actor=small.clerk, batch_id=made.batch_id)
    with world.refused("voucher_batch.own_work"):
        world.perform(batches.approve, actor=both, batch_id=made.batch_id)
    world.perform(batches.approve, actor=small.checker, batch_id=made.batch_id)
    with world.refused("voucher_batch.not_open"):
        world.perform(issuing.issue, actor=small.clerk, batch_id=made.batch_id)
    world.perform(batches.open_, actor=small.clerk, batch_id=made.batch_id)
    world.perform(batches.close, actor=small.clerk, batch_id=made.batch_id)
    with world.refused("voucher_batch.not_listable"):
        world.perform(issuing.list_people, actor=small.clerk, batch_id=made.batch_id, person_ids=())
    world.holds()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "voucher_batch.title"),
        ({"groups": ()}, "voucher_batch.groups"),
        ({"groups": ("lords",)}, "voucher_batch.groups"),
        ({"claim_until": date(2026, 1, 1)}, "voucher_batch.window"),
        ({"life_months": 4}, "voucher_batch.life"),
        ({"life_months": 0}, "voucher_batch.life"),
        ({"face": 0}, "voucher_batch.face"),
        ({"face": 1, "value_form": ValueForm.CHECK_IN}, "voucher_batch.face"),
        ({"percent": 101}, "voucher_batch.percent"),
        ({"count_ceiling": 0}, "voucher_batch.count"),
        ({"money_ceiling": FACE - 1}, "voucher_batch.money"),
    ],
)
def test_a_wrong_draft_names_its_fault(small: Stage, change: dict[str, object], code: str) -> None:
    with small.world.refused("voucher_batch.not_right") as told:
        small.world.perform(batches.draft, actor=small.clerk, order=small.order(**change))
    assert missed(told[0].findings) == {code}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"programme": "x"}, "voucher_batch.programme_unknown"),
        ({"training_type": "x"}, "voucher_batch.type_unknown"),
        ({"levels": (9,)}, "voucher_batch.level_unknown"),
        ({"occupations": ("9-99",)}, "occupation.unknown"),
        ({"district": "110101"}, "district.unknown"),
        ({"institutions": ("nobody",)}, "organisation.unknown"),
    ],
)
def test_unknown_codes_are_refused(small: Stage, change: dict[str, object], code: str) -> None:
    with small.world.refused(code):
        small.world.perform(batches.draft, actor=small.clerk, order=small.order(**change))


def test_another_districts_batch_does_not_exist(small: Stage) -> None:
    batch = small.open()
    elsewhere = small.world.actor("batch.issue", "batch.draft", account="far", district="500101")
    with small.world.refused("voucher_batch.unknown"):
        small.world.perform(issuing.issue, actor=elsewhere, batch_id=batch)
    with small.world.refused("not_allowed"):
        small.world.perform(batches.draft, actor=elsewhere, order=small.order())


@pytest.mark.row(1)
def test_both_ceilings_hold_each_with_its_reason(stage: Stage) -> None:
    people = [stage.person() for _ in range(4)]
    by_count = stage.open(count_ceiling=2)
    by_money = stage.open(money_ceiling=3 * FACE + FACE - 1)
    stage.issue(by_count, *people)
    stage.issue(by_money, *people)
    for batch, issued, code in ((by_count, 2, "voucher_batch.count_reached"), (by_money, 3, "voucher_batch.money_reached")):
        row = batch_row(stage, batch)
        assert (row.issued, row.committed) == (issued, issued * FACE)
        refused = stage.world.ask(queries.lines, batch, "refused")
        assert {(f.code, f.clause) for line in refused for f in line.findings} == {(code, "若干措施第12条")}
        assert len(refused) == len(people) - issued
    stage.world.holds()


@pytest.mark.row(1)
def test_the_last_general_voucher_is_given_once(stage: Stage) -> None:
    first, second = stage.person(), stage.person()
    batch = stage.open(scope_form=ScopeForm.GENERAL, count_ceiling=1)
    stage.claim(batch, first)
    with stage.world.refused("voucher_batch.count_reached") as told:
        stage.claim(batch, second)
    assert tell_refusal(told[0], "zh").clause == "若干措施第12条"
    assert tell_refusal(Refusal("voucher_batch.count_reached", most=1), "zh").clause == "", "an older one does not say"
    [offer] = stage.world.ask(queries.offers, second, stage.world.today)
    assert (offer.verdict.code, offer.verdict.facts["policy"]) == ("voucher_batch.count_reached", "若干措施第12条")
    stage.world.holds()


def test_listing_twice_doubles_nobody(stage: Stage) -> None:
    world, person = stage.world, stage.person()
    batch = stage.open()
    order = {"batch_id": batch, "person_ids": (person, person, "nobody")}
    first = world.perform(issuing.list_people, actor=stage.clerk, **order)
    again = world.perform(issuing.list_people, actor=stage.clerk, **order)
    assert (first.added, first.already, first.unknown) == (1, 0, 1)
    assert (again.added, again.already) == (0, 1)
    number = stage.document(1)
    by_number = world.perform(
        issuing.list_documents, actor=stage.clerk, batch_id=batch,
        documents=(("resident", number), ("resident", stage.document(99))),
    )
    assert (by_number.added, by_number.already, by_number.unknown) == (0, 1, 1)
    stage.issue(batch)
    with world.refused("voucher_batch.nobody_waits"):
        world.perform(issuing.issue, actor=stage.clerk, batch_id=batch)
    assert states(stage) == ["issued"]
    world.holds()


def test_only_eligible_people_are_issued_and_the_others_know_why(stage: Stage) -> None:
    good, late, unknown, promised = (
        stage.person(), stage.person(date(2025, 12, 31)), stage.person(None), stage.person(strength="promised")
    )
    batch = stage.open()
    stage.issue(batch, good, late, unknown, promised)
    found = [line.findings[0].code for line in stage.world.ask(queries.lines, batch, "refused")]
    assert found == ["voucher.graduation_year", "voucher.no_group", "voucher.weak_proof"]
    stage.fact(unknown, "education", kind="college", major="", occupations=[], graduated_on=None,
               expected_on="2026-12-31", school="示例学院")
    stage.issue(batch)
    assert [line.findings[0].code for line in stage.world.ask(queries.lines, batch, "refused")] == [
        "voucher.graduation_year", "voucher.weak_proof"
    ]
    stage.world.holds()


def test_a_directed_voucher_is_for_those_on_the_list(small: Stage) -> None:
    batch, person = small.open(), small.person()
    with small.world.refused("voucher.not_named"):
        small.claim(batch, person)
    small.issue(batch, person)
    voucher = small.claim(batch, person)
    with small.world.refused("voucher.cannot_claim"):
        small.claim(batch, person)
    line = small.world.ask(queries.wallet, person, small.world.today)[0]
    assert (line.id, line.state, line.valid_until) == (voucher, "claimed", date(2026, 12, 31))
    small.world.holds()


@pytest.mark.row(4)
def test_one_live_voucher_at_a_time_until_it_lapses(stage: Stage) -> None:
    world, person = stage.world, stage.person(None)
    stage.fact(person, "standing", group="registered_unemployed", since="2026-01-01", until=None)
    first, second = (stage.open(groups=("registered_unemployed",)) for _ in range(2))
    stage.issue(first, person)
    stage.issue(second, person)
    held = stage.claim(first, person)
    assert world.ask(queries.usable, person, world.today)[0].valid_until == date(2027, 2, 23)
    with world.refused("voucher.not_eligible") as told:
        stage.claim(second, person)
    assert missed(told[0].findings) == {"voucher.one_at_a_time"}
    world.clock.forward(days=92)  # 23 February, its last day
    assert [v.state for v in world.ask(queries.wallet, person, world.today)] == ["claimed"]
    world.clock.forward(days=1)
    assert [v.state for v in world.ask(queries.wallet, person, world.today)] == ["lapsed"]
    with world.refused("voucher.does_not_fit") as told:
        stage.redeem(held, person)
    assert missed(told[0].findings) == {"voucher.in_term"}
    stage.claim(second, person)
    assert events(stage, held)[-1] == ("lapse", FACE)
    assert batch_row(stage, first).committed == 0
    world.holds()


def test_a_check_in_voucher_is_not_counted(small: Stage) -> None:
    person = small.person()
    small.held(person)
    checkin = small.open(face=0, value_form=ValueForm.CHECK_IN, money_ceiling=0, scope_form=ScopeForm.GENERAL)
    voucher = small.claim(checkin, person)
    assert small.redeem(voucher, person).cents == 0
    small.world.holds()


def test_the_whole_life_of_the_money(stage: Stage) -> None:
    world, person = stage.world, stage.person()
    voucher = stage.held(person)
    used = stage.redeem(voucher, person)
    assert used.cents == FACE
    world.holds()
    world.perform(redemptions.release, redemption_id=used.redemption_id, reason="withdraw")
    world.holds()
    again = stage.redeem(voucher, person, "enrolment:2", cents=100_000)
    assert again.cents == 100_000
    world.holds()
    world.perform(redemptions.earn, redemption_id=again.redemption_id, proof="certificate:X1")
    world.holds()
    assert events(stage, voucher) == [
        ("issue", FACE), ("claim", FACE), ("redeem", FACE), ("release", FACE), ("redeem", 100_000), ("earn", 100_000),
        ("unused", FACE - 100_000),
    ]
    assert world.ask(lambda db: db.scalars(select(Batch.committed)).all()) == [100_000]
    with world.refused("redemption.cannot_release"):
        world.perform(redemptions.release, redemption_id=again.redemption_id, reason="withdraw")
    with world.refused("redemption.cannot_earn"):
        world.perform(redemptions.earn, redemption_id=again.redemption_id, proof="certificate:X1")
    found = world.ask(queries.states_of, [used.redemption_id, again.redemption_id])
    assert found == {used.redemption_id: "released", again.redemption_id: "earned"}
    world.holds()


def test_one_subsidised_training_a_year(stage: Stage) -> None:
    world, person = stage.world, stage.person(None)
    stage.fact(person, "standing", group="veteran", since="2020-01-01", until=None)
    used = stage.redeem(stage.held(person, groups=("veteran",)), person)
    world.perform(redemptions.earn, redemption_id=used.redemption_id, proof="certificate:X1")
    # The same training in the record counts once, not twice.
    world.perform(
        state_fact, person_id=person, kind="training", source="enrolment:1", strength="compared",
        body={"occupation": "4-04-05-05", "level": None, "hours": 12, "completed_on": "2027-01-20",
              "certificate_number": "X1", "institution_id": stage.school, "subsidised": True},
    )  # fmt: skip
    second = stage.open(groups=("veteran",), scope_form=ScopeForm.GENERAL)
    with world.refused("voucher.not_eligible") as told:
        stage.claim(second, person)
    assert missed(told[0].findings) == {"voucher.once_a_year"}
    assert told[0].findings[-1].facts["next"] == date(2027, 1, 1)
    world.clock.forward(days=39)  # 1 January
    voucher = stage.claim(second, person)
    # A new year, but this occupation was paid for at this level already.
    with world.refused("voucher.does_not_fit") as told:
        stage.redeem(voucher, person, "enrolment:2")
    assert missed(told[0].findings) == {"voucher.level_once"}
    assert told[0].findings[-1].facts["spent_on"] == date(2026, 11, 23)
    stage.redeem(voucher, person, "enrolment:2", level=Level.L4)
    world.holds()


def test_one_level_twice_where_policy_allows_it(small: Stage) -> None:
    world, person = small.world, small.person(None)
    small.fact(person, "standing", group="veteran", since="2020-01-01", until=None)
    used = small.redeem(small.held(person, groups=("veteran",)), person)
    world.perform(redemptions.earn, redemption_id=used.redemption_id, proof="certificate:X1")
    world.policy("voucher.level_once", False, since=date(2027, 1, 1))
    world.clock.forward(days=39)
    batch = small.open(groups=("veteran",), scope_form=ScopeForm.GENERAL)
    small.redeem(small.claim(batch, person), person, "enrolment:2")
    world.holds()


@pytest.mark.parametrize(
    ("terms", "purpose", "code"),
    [
        ({"occupations": ("4-04-05-01",)}, {}, "voucher.occupation"),
        ({"levels": (3,)}, {}, "voucher.level"),
        ({"levels": (2,)}, {"level": None}, "voucher.level"),
        ({"zone": "mantianxing"}, {"zone": ""}, "voucher.zone"),
        ({}, {"institution_id": "nobody"}, "voucher.institution_approved"),
        ({}, {"cents": 0}, "voucher.price"),
        ({}, {"cents": -5}, "voucher.price"),
    ],
)
def test_a_voucher_pays_only_for_what_its_terms_say(
    small: Stage, terms: dict[str, object], purpose: dict[str, object], code: str
) -> None:
    person = small.person()
    voucher = small.held(person, **terms)
    with small.world.refused("voucher.does_not_fit") as told:
        small.redeem(voucher, person, **purpose)
    assert missed(told[0].findings) == {code}
    assert all(f.clause for f in tell_findings(told[0].findings, "zh") if not f.met), "a no names its clause"
    assert states(small) == ["claimed"]
    small.world.holds()


def test_a_voucher_bound_to_schools_is_good_there_alone(small: Stage) -> None:
    person, other = small.person(), small.institution(2)
    voucher = small.held(person, institutions=(other,))
    with small.world.refused("voucher.does_not_fit") as told:
        small.redeem(voucher, person)
    (no,) = [f for f in told[0].findings if not f.met]
    assert (no.code, no.clause) == ("voucher.institution_named", "若干措施第12条")
    assert tell_findings([no], "zh")[0].text == "星河职业培训学校1在券面列出的1家机构内（星河职业培训学校2）"
    [quote] = small.world.ask(queries.quotes, person, [small.purpose()], small.world.today)["enrolment:1"]
    assert no in quote.verdict.findings, "and so before it is tried"
    assert small.redeem(voucher, person, institution_id=other).cents == FACE


def test_a_standing_that_ended_since_the_claim_stops_the_redemption(small: Stage) -> None:
    person = small.person(None)
    small.fact(person, "standing", group="hard_to_employ", since="2026-01-01", until="2026-12-01")
    voucher = small.held(person, groups=("hard_to_employ",))
    small.world.clock.forward(days=9)
    with small.world.refused("voucher.does_not_fit") as told:
        small.redeem(voucher, person)
    assert missed(told[0].findings) == {"voucher.group_ended"}
    small.world.holds()


def test_who_retired_since_the_claim_cannot_redeem(small: Stage) -> None:
    person = small.person()
    voucher = small.held(person)
    small.fact(person, "standing", group="retired", since="2026-11-01", until=None)
    with small.world.refused("voucher.does_not_fit") as told:
        small.redeem(voucher, person)
    assert missed(told[0].findings) == {"voucher.not_retired"}


def test_somebody_elses_voucher_does_not_exist(small: Stage) -> None:
    owner, thief = small.person(), small.person()
    voucher = small.held(owner)
    with small.world.refused("voucher.unknown"):
        small.redeem(voucher, thief)
    with small.world.refused("voucher.unknown"):
        small.world.ask(queries.ticket, voucher, thief, small.world.today)
    with small.world.refused("voucher.unknown"):
        small.redeem("no-such-voucher", owner)
    small.world.holds()


def test_a_class_taken_away_gives_the_life_back(small: Stage) -> None:
    world, person = small.world, small.person(None)
    small.fact(person, "standing", group="veteran", since="2020-01-01", until=None)
    voucher = small.held(person, groups=("veteran",))
    used = small.redeem(voucher, person)
    world.clock.forward(days=60)
    world.perform(redemptions.release, redemption_id=used.redemption_id, reason="cancel")
    [line] = world.ask(queries.usable, person, world.today)
    assert line.days_left(world.today) == 92
    used = small.redeem(voucher, person, "enrolment:2")
    world.clock.forward(days=10)
    world.perform(redemptions.release, redemption_id=used.redemption_id, reason="withdraw")
    [line] = world.ask(queries.usable, person, world.today)
    assert line.days_left(world.today) == 82
    world.holds()


def test_a_voucher_taken_back_frees_its_money_and_can_be_given_again(small: Stage) -> None:
    world, person = small.world, small.person()
    batch = small.open()
    small.issue(batch, person)
    voucher = small.world.ask(lambda db: db.scalars(select(Voucher.id)).one())
    with world.refused("voucher.reason_needed"):
        world.perform(issuing.void, actor=small.checker, voucher_id=voucher, reason="  ")
    world.perform(issuing.void, actor=small.checker, voucher_id=voucher, reason="重复发放")
    assert (batch_row(small, batch).committed, batch_row(small, batch).issued) == (0, 1)
    world.holds()


def test_the_same_key_is_answered_once(stage: Stage) -> None:
    person = stage.person()
    voucher = stage.held(person)
    first = stage.redeem(voucher, person, key="k-1")
    assert stage.redeem(voucher, person, key="k-1") == first
    assert stage.world.ask(lambda db: len(db.scalars(select(Redemption)).all())) == 1
    with stage.world.refused("key_reused"):
        stage.redeem(voucher, person, "enrolment:other", key="k-1")
    stage.world.holds()


def test_what_verdicts_were_decided_on_is_kept(small: Stage) -> None:
    person = small.person()
    small.redeem(small.held(person), person)
    rows = small.world.ask(lambda db: db.scalars(select(VoucherVerdict)).all())
    assert {r.moment for r in rows} == {"issue", "claim", "redeem"}
    redeem = next(r for r in rows if r.moment == "redeem")
    assert redeem.question["limits"]["trainings_a_year"] == 1
    assert "渝人社〔2022〕189号" in redeem.question["limits"]["clauses"]["year"]
    assert redeem.question["holder"]["graduations"][0]["on"] == "2026-06-30"
    assert redeem.question["purpose"]["source"] == "enrolment:1"


@pytest.mark.parametrize(
    ("model", "values", "check"),
    [
        (Voucher, {"state": "settled"}, "vouchers.ledger"),
        (Voucher, {"state": "claimed"}, "vouchers.redeemed_once"),
        (LedgerEntry, {"number": 9}, "vouchers.ledger"),
        (LedgerEntry, {"cents": 5}, "vouchers.ceilings"),
        (Batch, {"committed": 0}, "vouchers.ceilings"),
        (Batch, {"issued": 0}, "vouchers.ceilings"),
        (Redemption, {"state": "released"}, "vouchers.redeemed_once"),
        (Redemption, {"cents": 5}, "vouchers.ledger"),
        (VoucherVerdict, {"moment": "x"}, "vouchers.verdicts"),
        (VoucherVerdict, {"findings": []}, "vouchers.verdicts"),
    ],
)
def test_a_forged_row_is_found(small: Stage, model: type, values: dict[str, object], check: str) -> None:
    person = small.person()
    small.redeem(small.held(person), person)
    small.world.holds()
    with writing(small.world.engine) as db:
        row = select(model.id)  # type: ignore[attr-defined]
        if model is LedgerEntry:
            row = row.where(LedgerEntry.event == "issue")
        db.execute(update(model).where(model.id == db.scalars(row).first()).values(**values))  # type: ignore[attr-defined]
    assert check in small.world.violations()
    assert check in CHECKS


def test_offers_say_why_not_yet(small: Stage) -> None:
    world, person = small.world, small.person()
    later = small.open(claim_from=world.today + timedelta(days=5))
    small.issue(later, person)
    [offer] = world.ask(queries.offers, person, world.today)
    assert missed(offer.verdict.findings) == {"voucher.claim_not_yet"}
    with world.refused("voucher.not_eligible"):
        small.claim(later, person)
    world.clock.forward(days=5)
    [offer] = world.ask(queries.offers, person, world.today)
    assert offer.verdict.yes
    assert world.ask(queries.offers, small.person(None), world.today) == []


def test_quotes_are_what_is_paid(small: Stage) -> None:
    world, person = small.world, small.person()
    voucher = small.held(person, value_form=ValueForm.OFFSET, percent=33)
    purposes = [small.purpose("a", 100_001), small.purpose("b", FEE * 4), small.purpose("c", 0)]
    found = world.ask(queries.quotes, person, purposes, world.today)
    assert {k: q[0].cents for k, q in found.items()} == {"a": 33_000, "b": FACE, "c": 0}
    assert not found["c"][0].verdict
    assert small.redeem(voucher, person, "a", cents=100_001).cents == 33_000
    assert world.ask(queries.quotes, person, purposes, world.today)["b"] == []


@pytest.mark.row(14)
def test_the_funnel_counts_what_the_ledger_says(small: Stage) -> None:
    world = small.world
    people = [small.person() for _ in range(4)]
    batch = small.open()
    small.issue(batch, *people)
    held = [small.claim(batch, p) for p in people[:3]]
    used = [small.redeem(v, p, f"enrolment:{v}") for v, p in zip(held[:2], people[:2], strict=True)]
    world.perform(redemptions.earn, redemption_id=used[0].redemption_id, proof="certificate:1")
    total, district = world.ask(queries.funnel, None)
    assert (total.issued, total.claimed, total.redeemed, total.earned, total.settled) == (4, 3, 2, 1, 0)
    assert (district.district, district.issued) == ("500112", 4)
    world.holds()
