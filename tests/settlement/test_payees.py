"""Who is paid is named by the programme: the institution, the firm whose people learn, or the learner."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from skills.accounts.actions import approve_organisation, register_organisation, suspend_organisation
from skills.accounts.rules import GRANTS, Role, credit_check
from skills.kernel.actors import Actor
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.datakeys import DataKeys
from skills.kernel.errors import Forbidden, Missing
from skills.kernel.findings import all_of
from skills.messages.models import Message
from skills.people import queries as people
from skills.people.parts import PARTS
from skills.people.queries import GONE
from skills.records.actions import compare
from skills.records.models import RecordEntry
from skills.settlement.actions import advances, payees, statements, subsidies
from skills.settlement.models import ClawBack, PayeeAccount, Statement, StatementLine
from skills.settlement.payee import Payee
from skills.settlement.queries import files, money
from skills.settlement.queries import payees as payee_queries
from skills.settlement.queries.statements import of_payee, own
from skills.standards.rules import Level
from skills.vouchers.actions import redemptions
from skills.vouchers.models import Batch, Redemption, VoucherVerdict
from skills.vouchers.queries.people import terms_of
from skills.vouchers.queries.settling import redeemed_by_district
from skills.vouchers.rules import Payee as Kind
from skills.vouchers.rules import ScopeForm, own_share, worth
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.settlement.stage import DISTRICT, PERIOD, Stage, missed
from tests.vouchers.stage import FACE, FEE
from tests.world import World

__all__ = ["visitors"]
pytestmark = pytest.mark.row(12)
CARD, DIGITS = "6217 0012 3000 4567 890", "6217001230004567890"
FIRM_ACCOUNT = "5000 1234 0000 5678"


class Payees(Stage):
    """The stage with a firm, and batches that pay firms and people."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        body = "91500112MA6F00001"
        made = world.perform(
            register_organisation, name="重庆渝软科技有限公司", kind="enterprise", credit_code=body + credit_check(body), district=DISTRICT
        )
        world.perform(approve_organisation, organisation_id=made.id)
        self.firm = str(made.id)
        self.manager = world.actor("payee.enter", "statement.submit", account="firm-admin", organisation=self.firm)
        self.firms = self.vouchers.open(scope_form=ScopeForm.GENERAL, training_type="on_the_job", payee=Kind.FIRM)
        self.own = self.vouchers.open(scope_form=ScopeForm.GENERAL, payee=Kind.PERSON)

    def employ(self, person: str, since: date = date(2026, 3, 1), until: date | None = None, strength: str = "compared") -> None:
        self.vouchers.fact(
            person, "work", strength, occupation="4-04-05-05", related=False, since=since.isoformat(),
            until=until.isoformat() if until else None, employer="重庆渝软科技有限公司", employer_id=self.firm,
        )  # fmt: skip

    def use(self, batch: str, person: str, **change: Any) -> str:
        """Claimed and used."""
        self.serial += 1
        voucher = self.vouchers.claim(batch, person)
        return str(self.vouchers.redeem(voucher, person, f"enrolment:{self.serial}", **change).redemption_id)

    def done(self, redemption: str) -> str:
        """Attended in full, completed and certified."""
        self.world.perform(redemptions.earn, redemption_id=redemption, proof=f"certificate:{redemption}", attended=1000, planned=1000)
        return redemption

    def firm_account(self) -> None:
        made = self.world.perform(
            payees.enter, actor=self.manager, organisation_id=self.firm, holder="重庆渝软科技有限公司", bank="重庆银行", number=FIRM_ACCOUNT
        )
        self.world.perform(payees.verify, actor=self.checker, account_id=made.account_id)

    def myself(self, person: str) -> Actor:
        return self.world.actor("subsidy.apply", account=f"acc-{person}"[:26], person=person)

    def card(self, person: str, number: str = CARD) -> str:
        """A person's own account, entered and verified."""
        made = self.world.perform(subsidies.enter_account, actor=self.myself(person), bank="重庆农商行渝北支行", number=number)
        self.world.perform(payees.verify, actor=self.checker, account_id=made.account_id)
        return str(made.account_id)

    def drawn_by(self, actor: Actor, **whose: str) -> str:
        work = statements.draw if whose else subsidies.draw
        made = self.world.perform(work, actor=actor, district=DISTRICT, period=PERIOD, **whose)
        self.world.run_jobs()
        return str(made.statement_id)

    def told(self, person: str) -> list[str]:
        """The codes of a person's messages."""
        with self.world.db() as db:
            return list(db.scalars(select(Message.code).where(Message.person_id == person).order_by(Message.id)))


@pytest.fixture
def stage(world: World) -> Payees:
    return Payees(world)


@pytest.fixture
def small(lite: World) -> Payees:
    return Payees(lite)


def test_a_firm_is_paid_for_its_own_people_and_the_institution_is_not(stage: Payees) -> None:
    world = stage.world
    person = stage.vouchers.person()
    stage.employ(person)
    used = stage.use(stage.firms, person)
    with world.db() as db:
        row = db.get_one(Redemption, used)
        assert (row.payee, row.employer_id, row.cents) == ("firm", stage.firm, FACE)
    stage.done(used)
    stage.account()
    stage.next_quarter()
    assert world.ask(money.calendar, Payee(stage.school), world.today).drawable == ()
    [waiting] = world.ask(money.calendar, Payee(stage.firm), world.today).drawable
    assert (waiting.count, waiting.cents, waiting.open) == (1, FACE, True)
    assert stage.lines(stage.drawn()) == []
    statement = stage.drawn_by(stage.manager, organisation_id=stage.firm)
    [line] = stage.lines(statement)
    assert (line.redemption_id, line.state, missed(line)) == (used, "held", {"statement_line.account"})
    stage.firm_account()
    world.perform(statements.look_again, actor=stage.manager, statement_id=statement)
    world.run_jobs()
    world.perform(statements.submit, actor=stage.manager, statement_id=statement)
    world.run_jobs()
    stage.pay(stage.handed_over(stage.noticed(statement)))
    assert stage.states(used) == ("settled", "settled")
    with world.db() as db:
        assert db.get_one(Redemption, used).paid == FACE
        account = db.get_one(PayeeAccount, stage.row(statement).account_id)
        assert account.organisation_id == stage.firm
        settled = db.scalars(select(Message).where(Message.person_id == person, Message.code == "voucher.told_settled_firm")).one()
        assert settled.facts["institution"] == "重庆渝软科技有限公司"
    assert not world.violations()


def test_without_an_employment_on_the_day_a_firms_voucher_is_not_used(stage: Payees) -> None:
    world = stage.world
    person = stage.vouchers.person()
    for since, until in ((date(2026, 1, 1), date(2026, 6, 30)), (world.today + timedelta(days=1), None)):
        stage.employ(person, since, until)
    voucher = stage.vouchers.claim(stage.firms, person)
    with world.refused("voucher.does_not_fit") as held:
        stage.vouchers.redeem(voucher, person)
    [finding] = [f for f in held[0].findings if not f.met]
    assert (finding.code, finding.facts["day"]) == ("voucher.employed", world.today)
    assert "在职" in finding.clause or "社保" in finding.clause
    stage.employ(person, world.today)
    assert stage.vouchers.redeem(voucher, person).payee == Kind.FIRM
    assert not world.violations()


def test_the_firms_own_word_is_enough_to_begin_and_not_to_be_paid(stage: Payees) -> None:
    world = stage.world
    person = stage.vouchers.person()
    stage.employ(person, strength="promised")
    used = stage.done(stage.use(stage.firms, person))
    stage.firm_account()
    stage.next_quarter()
    statement = stage.drawn_by(stage.manager, organisation_id=stage.firm)
    [line] = stage.lines(statement)
    assert missed(line) == {"statement_line.eligible", "voucher.employment_unproven"}
    with world.db() as db:
        entry = db.scalars(select(RecordEntry.id).where(RecordEntry.person_id == person, RecordEntry.kind == "work")).one()
        kept = db.scalars(select(VoucherVerdict.yes).where(VoucherVerdict.redemption_id == used).order_by(VoucherVerdict.id)).all()
        assert kept == [True, False]
    world.perform(compare, actor=world.actor("fact.compare", account="comparer"), entry_id=entry, strength="compared")
    world.perform(statements.look_again, actor=stage.manager, statement_id=statement)
    world.run_jobs()
    [line] = stage.lines(statement)
    assert (line.state, line.cents) == ("due", FACE)
    assert not world.violations()


def test_whose_employee_it_was_does_not_change_with_a_new_job(small: Payees) -> None:
    """The firm of the day of use is paid, whatever employer the record names later."""
    person = small.vouchers.person()
    small.employ(person)
    used = small.done(small.use(small.firms, person))
    other = small.vouchers.institution(7)
    small.vouchers.fact(
        person, "work", occupation="4-04-05-05", related=False, since=small.world.today.isoformat(), until=None, employer="别的单位",
        employer_id=other,
    )  # fmt: skip
    small.firm_account()
    small.next_quarter()
    [line] = small.lines(small.drawn_by(small.manager, organisation_id=small.firm))
    assert (line.redemption_id, line.state) == (used, "due")
    [employed] = [f for f in line.findings if f["code"] == "statement_line.eligible"]
    assert employed["met"]
    assert not small.world.violations()


def test_a_person_pays_first_and_is_paid_to_the_own_account(stage: Payees) -> None:
    world = stage.world
    person, other = stage.vouchers.person(), stage.vouchers.person()
    used = stage.done(stage.use(stage.own, person))
    stage.done(stage.use(stage.own, other))
    stage.next_quarter()
    me = stage.myself(person)
    assert [d.cents for d in world.ask(money.calendar, Payee(person_id=person), world.today).drawable] == [FACE]
    statement = stage.drawn_by(me)
    [line] = stage.lines(statement)
    assert (line.redemption_id, missed(line)) == (used, {"statement_line.account"})
    with world.refused("statement.not_submittable"):
        world.perform(subsidies.submit, actor=me, statement_id=statement)
    stage.card(person)
    world.perform(subsidies.look_again, actor=me, statement_id=statement)
    world.run_jobs()
    world.perform(subsidies.submit, actor=me, statement_id=statement)
    world.run_jobs()
    stage.handed_over(stage.noticed(statement))
    number, rows = world.ask(files.rows, world.tool(Box), statement, None)
    [paid] = [r for r in rows if r[0] == number]
    with world.db() as db:
        assert (paid[-3], paid[-1]) == (people.person(db, person).name, DIGITS)
    stage.pay(statement)
    assert stage.states(used) == ("settled", "settled")
    assert {"voucher.told_redeemed_person", "statement.told_paid", "voucher.told_settled_person"} <= set(stage.told(person))
    assert [s.of_person for s in world.ask(of_payee, Payee(person_id=person))] == [True]
    assert world.ask(of_payee, Payee(person_id=other)) == []
    assert not world.violations()


def test_nobody_touches_another_persons_subsidy(small: Payees) -> None:
    world = small.world
    person, other = small.vouchers.person(), small.vouchers.person()
    small.done(small.use(small.own, person))
    small.next_quarter()
    statement = small.drawn_by(small.myself(person))
    for work in (subsidies.submit, subsidies.look_again, subsidies.drop):
        with pytest.raises(Missing):
            world.perform(work, actor=small.myself(other), statement_id=statement)
    with pytest.raises(Missing):
        world.ask(own, statement, [other])
    staff = world.actor("statement.submit", account="clerk-of-all")
    with pytest.raises(Missing):
        world.perform(statements.submit, actor=staff, statement_id=statement)
    helper = Actor("helper", "亲属", person, small.myself(person).grants, on_behalf_of=person)
    with pytest.raises(Forbidden):
        world.perform(subsidies.enter_account, actor=helper, bank="重庆银行", number=CARD)
    with world.refused("no_person"):
        world.perform(subsidies.draw, actor=world.actor("subsidy.apply"), district=DISTRICT, period=PERIOD)
    assert not world.violations()


def test_what_a_person_owes_is_set_off_against_the_next_subsidy(small: Payees) -> None:
    world = small.world
    person = small.vouchers.person()
    small.vouchers.fact(person, "standing", group="registered_unemployed", since="2026-01-01", until=None)
    used = small.done(small.use(small.own, person, cents=30_000))
    small.card(person)
    small.next_quarter()
    statement = small.drawn_by(small.myself(person))
    world.perform(subsidies.submit, actor=small.myself(person), statement_id=statement)
    world.run_jobs()
    small.pay(small.handed_over(small.noticed(statement)))
    owed = small.owed(used, 30_000)
    with world.db() as db:
        assert db.get_one(ClawBack, owed).person_id == person
    assert [d.cents for d in world.ask(money.calendar, Payee(person_id=person), world.today).debts] == [30_000]
    assert world.ask(money.calendar, Payee(small.school), world.today).debts == ()
    assert "claw_back.told_owed" in small.told(person)
    second = small.vouchers.open(groups=("registered_unemployed",), scope_form=ScopeForm.GENERAL, payee=Kind.PERSON)
    small.done(small.use(second, person, level=Level.L4))
    small.world.clock.set(small.world.clock.now() + timedelta(days=90))
    made = world.perform(subsidies.draw, actor=small.myself(person), district=DISTRICT, period="2027Q1")
    world.run_jobs()
    assert sorted((line.kind, line.cents) for line in small.lines(str(made.statement_id))) == [("claw_back", -30_000), ("pay", FACE)]
    assert not world.violations()


def test_the_account_goes_with_the_person(small: Payees) -> None:
    world = small.world
    person = small.vouchers.person()
    small.done(small.use(small.own, person))
    account = small.card(person)
    small.next_quarter()
    small.drawn_by(small.myself(person))
    part = PARTS["settlement"]
    assert not all_of("x", world.ask(part.against, person, world.today))
    with world.db() as db:
        assert db.get_one(PayeeAccount, account).holder == ""
    world.perform(forget_account, person_id=person)
    with world.db() as db:
        row = db.get_one(PayeeAccount, account)
        assert (row.state, row.bank, row.masked, row.blind, row.reason) == ("replaced", "", "", "", "")
        assert not any(line.findings for line in db.scalars(select(StatementLine)))


def test_a_payment_of_somebody_erased_can_still_be_handed_to_an_auditor(small: Payees) -> None:
    world = small.world
    person = small.vouchers.person()
    small.done(small.use(small.own, person))
    small.card(person)
    small.next_quarter()
    statement = small.drawn_by(small.myself(person))
    world.perform(subsidies.submit, actor=small.myself(person), statement_id=statement)
    world.run_jobs()
    small.pay(small.handed_over(small.noticed(statement)))
    world.tool(DataKeys).destroy(person, world.clock.now())
    number, rows = world.ask(files.rows, world.tool(Box), statement, None)
    [paid] = [r for r in rows if r[0] == number]
    assert paid[-1] == GONE
    world.asked = True  # the key went without the request that goes before it


def test_a_firm_is_advanced_nothing(small: Payees) -> None:
    person = small.vouchers.person()
    small.employ(person, strength="promised")
    small.use(small.firms, person)
    small.use(small.own, small.vouchers.person())
    assert small.world.ask(redeemed_by_district, small.firm) == {}
    assert small.world.ask(redeemed_by_district, small.school) == {}
    for role in (Role.BODY_ADMIN, Role.BODY_CLERK, Role.PERSON):
        assert "advance.ask" not in GRANTS[role]
    with pytest.raises(Forbidden):
        small.world.perform(advances.ask, actor=small.manager, organisation_id=small.firm, district=DISTRICT, cents=1)


def test_a_proven_job_counts_before_any_word_and_two_words_against_each_other_count_for_nothing(small: Payees) -> None:
    world, person = small.world, small.vouchers.person()
    stranger = small.vouchers.institution(7)

    def claimed(employer: str, since: date, strength: str) -> None:
        small.vouchers.fact(
            person, "work", strength, occupation="4-04-05-05", related=False, since=since.isoformat(), until=None, employer="某公司",
            employer_id=employer,
        )  # fmt: skip

    claimed(small.firm, date(2026, 3, 1), "promised")
    claimed(stranger, world.today, "promised")
    voucher = small.vouchers.claim(small.firms, person)
    with world.refused("voucher.does_not_fit") as held:
        small.vouchers.redeem(voucher, person)
    assert {f.code for f in held[0].findings if not f.met} == {"voucher.one_employer"}
    small.employ(person, date(2026, 3, 1))
    used = small.vouchers.redeem(voucher, person)
    with world.db() as db:
        assert db.get_one(Redemption, used.redemption_id).employer_id == small.firm
    assert not world.violations()


def test_a_suspended_firm_is_neither_chosen_nor_paid(small: Payees) -> None:
    world = small.world
    person, late = small.vouchers.person(), small.vouchers.person()
    for who in (person, late):
        small.employ(who)
    used = small.done(small.use(small.firms, person))
    small.firm_account()
    small.next_quarter()
    statement = small.drawn_by(small.manager, organisation_id=small.firm)
    world.perform(suspend_organisation, organisation_id=small.firm)
    world.perform(statements.look_again, actor=small.manager, statement_id=statement)
    world.run_jobs()
    assert missed(small.by_use(statement)[used]) == {"statement_line.eligible", "voucher.employer_approved"}
    assert not world.violations()


def test_the_employer_hears_whom_it_pays_for_and_that_it_is_undone(small: Payees) -> None:
    world, person = small.world, small.vouchers.person()
    small.employ(person)
    used = small.use(small.firms, person)
    world.perform(redemptions.release, redemption_id=used, reason="withdraw")
    with world.db() as db:
        told = {m.code: m.facts for m in db.scalars(select(Message).where(Message.organisation_id == small.firm))}
    assert set(told) == {"voucher.told_employer", "voucher.told_employer_released"}
    assert (told["voucher.told_employer"]["name"], told["voucher.told_employer"]["fee"]) == ("学**", "2400.00")


@action("test.forget_account", may="system.jobs")
def forget_account(act: Act, person_id: str) -> None:
    """What erasing a person does here."""
    PARTS["settlement"].forget(act, person_id)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"training_type": "on_the_job", "payee": Kind.INSTITUTION}, "voucher_batch.payee"),
        ({"training_type": "on_the_job", "payee": Kind.PERSON}, "voucher_batch.payee"),
    ],
)
def test_a_type_that_pays_firms_pays_nobody_else(small: Payees, change: dict[str, Any], code: str) -> None:
    with small.world.refused("voucher_batch.not_right") as held:
        small.vouchers.open(**change)
    assert [f.code for f in held[0].findings if not f.met] == [code]


def test_money_that_goes_to_the_wrong_payee_is_found(small: Payees) -> None:
    person = small.vouchers.person()
    small.done(small.use(small.own, person))
    small.earned()
    small.account()
    small.next_quarter()
    statement = small.drawn_by(small.myself(person))
    small.drawn()
    with small.world.engine.execution_options(writes=True).begin() as connection:
        connection.execute(
            Statement.__table__.update().where(Statement.id == statement).values(person_id=None, organisation_id=small.firm)  # type: ignore[attr-defined]
        )
    found = small.world.violations()
    assert "settlement.payees" in found
    assert len(found["settlement.payees"]) == 1


def test_the_way_of_a_persons_subsidy_by_pages(visitors: Visitors) -> None:
    world = visitors.world
    stage = Payees(world)
    person = stage.vouchers.person()
    stage.done(stage.use(stage.own, person))
    me = visitors.come(acting(Role.PERSON, f"acc-{person}"[:26], person=person))
    checker = visitors.come(acting(Role.GOV_CHECKER, "c2", district=DISTRICT))
    assert "2027年1月1日起可以申请" in text_of(me.get("/me/subsidies"))
    form = "/me/subsidies/account"
    assert press(me, form, form, bank="重庆农商行渝北支行", number="1.1E+17").status_code in (409, 422)
    assert press(me, form, form, bank="重庆农商行渝北支行", number=CARD).status_code == 303
    page = text_of(me.get("/me/subsidies"))
    assert "**** 7890" in page
    assert DIGITS not in page
    with world.db() as db:
        account = db.scalars(select(PayeeAccount.id)).one()
    payee = f"/gov/payees/{account}"
    told = text_of(checker.get(payee))
    assert DIGITS in told
    assert "学员1" in told
    assert press(checker, payee, f"{payee}/verify").status_code == 303
    stage.next_quarter()
    me = visitors.come(acting(Role.PERSON, f"acc-{person}"[:26], person=person))
    assert press(me, "/me/subsidies", "/me/subsidies/statements", district=DISTRICT, period=PERIOD).status_code == 303
    world.run_jobs()
    [statement] = [s.id for s in world.ask(of_payee, Payee(person_id=person))]
    address = f"/me/subsidies/statements/{statement}"
    assert "¥1,200" in text_of(me.get(address))
    assert press(me, address, f"{address}/look").status_code == 303
    world.run_jobs()
    assert press(me, address, f"{address}/submit").status_code == 303
    world.run_jobs()
    assert "审核时限" in text_of(me.get(address))
    stage.noticed(statement)
    [public_notice] = world.client().get("/api/v1/notices/statements").get_json()
    assert (public_notice["statement"]["payee_id"], public_notice["statement"]["payee"]) == ("", "学**")
    public = text_of(world.client().get(f"/notices/statements/{statement}"))
    assert "学*" in public
    assert "学员1" not in public
    stage.pay(stage.handed_over(statement))
    me = visitors.come(acting(Role.PERSON, f"acc-{person}"[:26], person=person))
    assert "20270120-0001" in text_of(me.get(address))
    stranger = visitors.come(acting(Role.PERSON, "stranger", person=stage.vouchers.person()))
    assert stranger.get(address).status_code == 404
    assert world.ask(payee_queries.to_verify, None) == []
    assert not world.violations()


def test_the_price_at_the_institution_follows_the_payee(small: Payees) -> None:
    with small.world.db() as db:
        for batch, own_pays in ((small.batch, FEE - FACE), (small.firms, 0), (small.own, FEE)):
            terms = terms_of(db.get_one(Batch, batch))
            assert own_share(terms, FEE, worth(terms, FEE)) == own_pays
