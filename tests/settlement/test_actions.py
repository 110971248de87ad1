"""Money from proof to bank through several hands: row 13, and what keeps each line from being paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from skills.accounts.actions import suspend_organisation
from skills.kernel.acts import Act
from skills.kernel.box import Box
from skills.kernel.errors import Forbidden, Missing
from skills.messages.models import Message
from skills.oversight.actions import register
from skills.oversight.jobs import look
from skills.settlement.actions import claw_backs, lines, objections, payees, statements
from skills.settlement.models import PayeeAccount, StatementObjection
from skills.settlement.queries.objections import case
from skills.vouchers.actions import disputes, redemptions
from skills.vouchers.models import Batch, LedgerEntry, VoucherVerdict
from skills.vouchers.queries import holder
from skills.vouchers.queries.funnel import funnel
from tests.objectors import named_after
from tests.settlement.stage import DISTRICT, PERIOD, Stage, missed
from tests.vouchers.stage import FACE
from tests.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def committed(stage: Stage) -> int:
    with stage.world.db() as db:
        return db.get_one(Batch, stage.batch).committed


@pytest.mark.row(13)
def test_from_proof_to_the_bank_through_four_hands(stage: Stage) -> None:
    world = stage.world
    first, second = stage.earned(), stage.earned(cents=100_000)
    stage.account()
    stage.next_quarter()
    statement = stage.drawn()
    assert {u: (line.state, line.cents) for u, line in stage.by_use(statement).items()} == {
        first[2]: ("due", FACE), second[2]: ("due", 100_000)
    }  # fmt: skip
    stage.submitted(statement)
    assert stage.row(statement).check_by == date(2027, 1, 25)
    assert not world.violations()
    stage.noticed(statement)
    assert not world.violations()
    stage.handed_over(statement)
    row = stage.row(statement)
    assert (row.state, row.count, row.cents) == ("handed_over", 2, FACE + 100_000)
    assert stage.states(first[2]) == ("ordered", "earned")
    assert not world.violations()
    stage.pay(statement)
    assert [stage.states(r) for r in (first[2], second[2])] == [("settled", "settled")] * 2
    with world.db() as db:
        paid = dict(
            db.execute(select(LedgerEntry.redemption_id, LedgerEntry.cents).where(LedgerEntry.event == "settle")).all()
        )
        told = [m.code for m in db.scalars(select(Message).where(Message.organisation_id == stage.school))]
    assert paid == {first[2]: FACE, second[2]: 100_000}
    assert sum(paid.values()) == row.cents == sum(line.cents for line in stage.lines(statement))
    assert [c for c in told if c.startswith("statement")] == ["statement.told_noticed", "statement.told_paid"]
    assert world.ask(funnel, None)[0].settled == 2
    assert not world.violations()


@pytest.mark.row(13)
def test_nobody_decides_on_what_passed_through_their_hands(stage: Stage) -> None:
    world = stage.world
    stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.submitted(stage.drawn())
    everything = replace(stage.admin, grants=frozenset({*stage.admin.grants, *stage.clerk.grants, *stage.checker.grants}))
    with world.refused("statement.own_work"):
        world.perform(statements.check, actor=everything, statement_id=statement)
    world.perform(statements.check, actor=stage.clerk, statement_id=statement)
    for hand in (stage.clerk, stage.admin):
        both = replace(hand, grants=frozenset({*hand.grants, *stage.checker.grants}))
        with world.refused("statement.own_work"):
            world.perform(statements.notice, actor=both, statement_id=statement)
    world.perform(statements.notice, actor=stage.checker, statement_id=statement)
    stage.after_notice()
    with world.refused("statement.own_work"):
        world.perform(statements.close, actor=replace(stage.checker, account="gov-clerk"), statement_id=statement)
    with pytest.raises(Forbidden):
        world.perform(statements.pay, actor=stage.checker, statement_id=statement, cents=1, paid_on=world.today, reference="x")


@pytest.mark.row(13)
def test_rows_wait_until_the_account_is_verified(stage: Stage) -> None:
    world = stage.world
    stage.earned()
    entered = world.perform(
        payees.enter, actor=stage.admin, organisation_id=stage.school, holder="星河职业培训学校1", bank="重庆银行", number="6222020000012345"
    )
    stage.next_quarter()
    statement = stage.drawn()
    (line,) = stage.lines(statement)
    assert (line.state, line.cents, missed(line)) == ("held", 0, {"statement_line.account"})
    with world.refused("statement.not_submittable") as held:
        world.perform(statements.submit, actor=stage.admin, statement_id=statement)
    assert {f.code for f in held[0].findings if not f.met} == {"statement.something", "statement.account"}
    own = replace(stage.checker, account="school-admin")
    with world.refused("statement.own_work"):
        world.perform(payees.verify, actor=own, account_id=entered.account_id)
    world.perform(payees.verify, actor=stage.checker, account_id=entered.account_id)
    world.perform(statements.look_again, actor=stage.admin, statement_id=statement)
    world.run_jobs()
    assert stage.lines(statement)[0].state == "due"
    stage.submitted(statement)
    assert not world.violations()


@pytest.mark.row(2)
def test_who_is_retired_by_the_time_of_settlement_is_held_with_both_snapshots(stage: Stage) -> None:
    world = stage.world
    person, _, redemption = stage.earned()
    other = stage.earned()
    stage.account()
    stage.vouchers.fact(person, "standing", group="retired", since="2026-12-01", until=None)
    stage.next_quarter()
    statement = stage.drawn()
    found = stage.by_use(statement)
    held, due = found[redemption], found[other[2]]
    assert (held.state, due.state) == ("held", "due")
    assert missed(held) == {"statement_line.eligible", "voucher.not_retired"}
    with world.db() as db:
        kept = list(
            db.scalars(select(VoucherVerdict).where(VoucherVerdict.redemption_id == redemption).order_by(VoucherVerdict.at))
        )
    assert [(v.moment, v.yes) for v in kept] == [("redeem", True), ("settle", False)]
    assert [[f["met"] for f in v.findings if f["code"] == "voucher.not_retired"] for v in kept] == [[True], [False]]
    assert not world.violations()
    # The retirement began after the training: somebody of the authority says so, and another one hands it over.
    stage.submitted(statement)
    with world.refused("statement.reason_needed"):
        world.perform(statements.admit, actor=stage.clerk, line_id=held.id, reason=" ")
    with world.refused("statement_line.not_admissible"):
        world.perform(statements.admit, actor=stage.clerk, line_id=due.id, reason="x")
    world.perform(statements.admit, actor=stage.clerk, line_id=held.id, reason="退休在完训之后")
    assert stage.by_use(statement)[redemption].state == "due"
    stage.pay(stage.handed_over(stage.noticed(statement)))
    assert stage.states(redemption) == ("settled", "settled")
    assert not world.violations()


@pytest.mark.row(12)
@pytest.mark.parametrize(
    ("attended", "paid"), [(1500, 0), (1600, FACE), (1400 + 4 * 50, FACE), (1300 + 5 * 50, 0), (None, 0)],
    ids=["15 of 20", "16 of 20", "14 and 4 late", "13 and 5 late", "not written"],
)  # fmt: skip
def test_below_the_threshold_of_policy_nothing_is_paid(stage: Stage, attended: int | None, paid: int) -> None:
    stage.rule("statement.attendance_percent", 80)
    stage.earned(attended, 2000 if attended is not None else None)
    stage.account()
    stage.next_quarter()
    (line,) = stage.lines(stage.drawn())
    assert line.cents == paid
    code = "statement_line.attendance" if attended is not None else "statement_line.attendance_known"
    assert missed(line) == (set() if paid else {code})


@pytest.mark.row(11)
def test_a_class_in_which_nobody_ever_scanned_is_paid_only_after_two_people_let_it_through(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stage.world
    as_it_is, first_day = lines.pay_terms, world.today + timedelta(days=1)
    assert [world.ask(as_it_is, day, world.today).kept for day in (date(2026, 12, 31), date(2027, 1, 1))] == [False, True]
    monkeypatch.setattr(lines, "pay_terms", lambda db, day, today: replace(as_it_is(db, day, today), kept=day >= first_day))  # some weeks earlier
    _, _, before = stage.earned()
    world.clock.forward(days=1)
    _, _, unseen = stage.earned()
    _, _, seen = stage.earned(100, 2000)  # no threshold is set: that it was kept is enough
    stage.account()
    stage.next_quarter()
    statement = stage.drawn()
    found = stage.by_use(statement)
    assert {r: found[r].state for r in (before, unseen, seen)} == {before: "due", unseen: "held", seen: "due"}
    assert missed(found[unseen]) == {"statement_line.attendance_known"}
    assert stage.states(unseen)[0] == "earned", "the training is completed; its money waits"
    stage.submitted(statement)
    with world.refused("statement_line.not_admissible"):
        world.perform(statements.admit, actor=stage.clerk, line_id=found[seen].id, reason="x")
    world.perform(statements.admit, actor=stage.clerk, line_id=found[unseen].id, reason="教室断网，有纸质签到表和现场照片")
    line = stage.by_use(statement)[unseen]
    assert (line.state, line.cents, line.admit_reason) == ("due", FACE, "教室断网，有纸质签到表和现场照片")
    stage.pay(stage.handed_over(stage.noticed(statement)))
    assert stage.states(unseen) == ("settled", "settled")
    assert not world.violations()


@pytest.mark.row(12)
def test_what_is_paid_by_share_is_rounded_down_and_the_rest_is_budget_again(stage: Stage) -> None:
    world = stage.world
    stage.rule("statement.pro_rata", True)
    _, _, redemption = stage.earned(1, 3, cents=100_000)
    stage.account()
    before = committed(stage)
    stage.paid()
    with world.db() as db:
        entries = [
            (e.event, e.source, e.target, e.cents)
            for e in db.scalars(select(LedgerEntry).where(LedgerEntry.redemption_id == redemption).order_by(LedgerEntry.number))
        ]
    assert entries[-2:] == [("unused", "payable", "budget", 66_667), ("settle", "payable", "paid", 33_333)]
    assert committed(stage) == before - 66_667
    assert not world.violations()


def test_a_frozen_use_waits_for_the_next_statement_and_nothing_else_does(stage: Stage) -> None:
    world = stage.world
    person, voucher, denied = stage.earned()
    _, _, other = stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.noticed(stage.submitted(stage.drawn()))
    case = world.perform(disputes.open_, actor=stage.vouchers.me(person), voucher_id=voucher)
    stage.handed_over(statement)
    assert {line.redemption_id: line.state for line in stage.lines(statement)} == {denied: "dropped", other: "ordered"}
    assert stage.row(statement).cents == FACE
    assert not world.violations()
    stage.pay(statement)
    checker = world.actor("dispute.decide", account="d", district=DISTRICT)
    world.perform(disputes.dismiss, actor=checker, dispute_id=case.dispute_id, reason="本人签到")
    world.clock.set(world.clock.now() + timedelta(days=90))
    later = stage.drawn("2027Q1")
    assert [(line.redemption_id, line.state) for line in stage.lines(later)] == [(denied, "due")]
    assert not world.violations()


def test_once_it_is_handed_over_nothing_freezes_it_any_more(stage: Stage) -> None:
    world = stage.world
    person, voucher, redemption = stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.handed_over(stage.noticed(stage.submitted(stage.drawn())))
    with world.refused("dispute.not_possible") as held:
        world.perform(disputes.open_, actor=stage.vouchers.me(person), voucher_id=voucher)
    assert {f.code for f in held[0].findings if not f.met} == {"dispute.unpaid"}
    assert stage.row(statement).state == "handed_over"
    assert stage.states(redemption)[0] == "ordered"
    assert not world.violations()


@pytest.mark.parametrize("upheld", [False, True])
def test_an_objection_that_nobody_decided_keeps_no_other_row_waiting(stage: Stage, upheld: bool) -> None:
    world = stage.world
    first, *_ = stage.earned(), stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.noticed(stage.submitted(stage.drawn()))
    stage.object(next(line.id for line in stage.lines(statement) if line.redemption_id == first[2]))
    stage.handed_over(statement)
    assert sorted(line.state for line in stage.lines(statement)) == ["dropped", "ordered"]
    assert (stage.row(statement).state, stage.row(statement).cents) == ("handed_over", FACE)
    assert stage.states(first[2])[0] == "earned"
    assert not world.violations()
    stage.pay(statement)
    with world.db() as db:
        objection = db.scalar(select(StatementObjection.id))
    world.perform(objections.decide, actor=stage.checker, objection_id=objection, upheld=upheld, reply="已核对签到")
    world.clock.forward(days=90)
    again = stage.drawn("2027Q1")
    assert [(line.redemption_id, line.state) for line in stage.lines(again)] == [(first[2], "held" if upheld else "due")]
    assert not world.violations()


@pytest.mark.parametrize("upheld", [False, True])
def test_an_objection_holds_its_row_alone(stage: Stage, upheld: bool) -> None:
    world = stage.world
    stage.earned(), stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.noticed(stage.submitted(stage.drawn()))
    first, second = stage.lines(statement)
    stage.object(first.id)
    assert [line.state for line in stage.lines(statement)] == ["held", "due"]
    assert not world.violations()
    stage.after_notice()
    with world.db() as db:
        objection = db.scalar(select(StatementObjection.id))
    world.perform(objections.decide, actor=stage.checker, objection_id=objection, upheld=upheld, reply="已核对签到")
    assert [line.state for line in stage.lines(statement)] == ["held" if upheld else "due", "due"]
    assert not world.violations()
    world.perform(statements.close, actor=stage.checker, statement_id=statement)
    world.run_jobs()
    assert stage.row(statement).cents == (FACE if upheld else 2 * FACE)
    assert [line.state for line in stage.lines(statement)] == ["dropped" if upheld else "ordered", "ordered"]
    with world.refused("statement_objection.cannot_uphold"):
        world.perform(objections.decide, actor=stage.checker, objection_id=objection, upheld=True, reply="再看")
    assert not world.violations()
    with pytest.raises(Missing):
        stage.object(second.id)
    assert named_after(world, "settlement.forget_objectors", StatementObjection, 366) == {objection: False}
    assert world.ask(case, world.tool(Box), objection, None).contact == ""
    assert "settlement.objections" not in world.violations(), "its row stays as it was decided"


def test_a_bounced_payment_wants_another_account_and_goes_there(stage: Stage) -> None:
    world = stage.world
    stage.earned()
    old = stage.account()
    stage.next_quarter()
    statement = stage.handed_over(stage.noticed(stage.submitted(stage.drawn())))
    digest = stage.row(statement).digest
    world.perform(statements.bounce, actor=stage.finance, statement_id=statement, reason="账号已销户")
    with world.refused("statement.account_needed"):
        world.perform(statements.resend, actor=stage.checker, statement_id=statement)
    with world.db() as db:
        assert db.get_one(PayeeAccount, old).state == "refused"
    assert not world.violations()
    stage.account("6222020000099999")
    world.perform(statements.resend, actor=stage.checker, statement_id=statement)
    assert stage.row(statement).digest != digest
    stage.pay(statement)
    assert stage.row(statement).state == "paid"
    assert not world.violations()


def test_what_bounced_can_be_called_back_and_is_payable_again(stage: Stage) -> None:
    world = stage.world
    _, _, redemption = stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.handed_over(stage.noticed(stage.submitted(stage.drawn())))
    world.perform(statements.bounce, actor=stage.finance, statement_id=statement, reason="账号已销户")
    world.perform(statements.recall, actor=stage.checker, statement_id=statement)
    with world.refused("statement.lines_not_free"):
        world.perform(statements.draw, actor=stage.admin, organisation_id=stage.school, district=DISTRICT, period=PERIOD)
    assert not world.violations()
    world.run_jobs()
    assert stage.states(redemption) == ("earned", "earned")
    stage.account("6222020000099999")
    assert [line.state for line in stage.lines(stage.drawn())] == ["due"]
    assert not world.violations()


@pytest.mark.row(13)
def test_what_is_clawed_back_is_a_negative_row_of_the_next_statement(stage: Stage) -> None:
    world = stage.world
    _, _, first = stage.earned()
    stage.account()
    stage.paid()
    bound = committed(stage)
    stage.owed(first, 50_000)
    with world.refused("claw_back.there_already"):
        world.perform(claw_backs.propose, actor=stage.clerk, redemption_id=first, cents=1, reason="x")
    _, _, second = stage.earned(100, 100, graduated=date(2027, 1, 5))
    world.clock.set(world.clock.now() + timedelta(days=90))
    statement = stage.drawn("2027Q1")
    assert [(line.kind, line.cents) for line in stage.lines(statement)] == [("pay", FACE), ("claw_back", -50_000)]
    stage.handed_over(stage.noticed(stage.submitted(statement)))
    assert stage.row(statement).cents == FACE - 50_000
    assert not world.violations()
    stage.pay(statement)
    assert [stage.states(r) for r in (first, second)] == [("clawed_back", "clawed_back"), ("settled", "settled")]
    assert committed(stage) == bound + FACE - 50_000  # the second voucher was issued, the money of the first came back
    assert not world.violations()


def test_a_debt_that_the_payment_does_not_carry_waits(stage: Stage) -> None:
    world = stage.world
    _, _, first = stage.earned()
    stage.account()
    stage.paid()
    stage.owed(first, FACE)
    stage.earned(100, 100, graduated=date(2027, 1, 5), cents=50_000)
    world.clock.set(world.clock.now() + timedelta(days=90))
    statement = stage.drawn("2027Q1")
    assert [line.kind for line in stage.lines(statement)] == ["pay"]


def test_what_is_paid_back_is_reported_to_the_fen_and_frees_the_year(stage: Stage) -> None:
    world = stage.world
    person, _, redemption = stage.earned()
    stage.account()
    stage.paid()
    debt = stage.owed(redemption, FACE)
    with world.refused("claw_back.total"):
        world.perform(claw_backs.repaid, actor=stage.finance, claw_back_id=debt, cents=FACE - 1, reference="R1")
    world.perform(claw_backs.repaid, actor=stage.finance, claw_back_id=debt, cents=FACE, reference="R1")
    assert stage.states(redemption) == ("clawed_back", "clawed_back")
    assert not world.violations()
    with world.refused("claw_back.cannot_recover"):
        world.perform(claw_backs.repaid, actor=stage.finance, claw_back_id=debt, cents=FACE, reference="R1")
    assert world.ask(funnel, None)[0].settled == 1  # it had been settled
    assert not world.ask(holder, person, world.today).spent  # the person may be trained again this year


def test_released_used_again_earned_settled_and_clawed_back(stage: Stage) -> None:
    """Once means once at a time: every check after every step (corrections.md 1)."""
    world = stage.world
    person, voucher, redemption = stage.used()
    steps: list[Any] = [
        lambda: world.perform(redemptions.release, redemption_id=redemption, reason="cancelled"),
        lambda: stage.vouchers.redeem(voucher, person, "enrolment:again"),
    ]
    for step in steps:
        again = step()
        assert not world.violations()
    world.perform(redemptions.earn, redemption_id=again.redemption_id, proof="certificate:1")
    stage.account()
    assert not world.violations()
    stage.paid()
    assert not world.violations()
    debt = stage.owed(again.redemption_id, FACE)
    assert not world.violations()
    world.perform(claw_backs.repaid, actor=stage.finance, claw_back_id=debt, cents=FACE, reference="R1")
    assert not world.violations()


def test_a_report_that_does_not_agree_changes_nothing(stage: Stage) -> None:
    world = stage.world
    stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.handed_over(stage.noticed(stage.submitted(stage.drawn())))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"cents": FACE - 1}, "statement.not_payable"), ({"cents": FACE + 1}, "statement.not_payable"),
        ({"paid_on": date(2027, 1, 1)}, "statement.not_payable"), ({"paid_on": date(2027, 3, 1)}, "statement.not_payable"),
        ({"reference": " "}, "statement.reference_needed"),
    ]  # fmt: skip
    for change, code in wrong:
        order = {"cents": FACE, "paid_on": world.today, "reference": "R", **change}
        with world.refused(code):
            world.perform(statements.pay, actor=stage.finance, statement_id=statement, **order)
        assert stage.row(statement).state == "handed_over", change
    assert not world.violations()


def test_what_is_elsewhere_does_not_exist(stage: Stage) -> None:
    world = stage.world
    _, _, redemption = stage.earned()
    account = stage.account()
    stage.next_quarter()
    statement = stage.submitted(stage.drawn())
    away = world.actor("statement.check", "payee.verify", "claw_back.propose", account="away", district="500103")
    for work, order in (
        (statements.check, {"statement_id": statement}), (payees.refuse, {"account_id": account, "reason": "x"}),
        (claw_backs.propose, {"redemption_id": redemption, "cents": 1, "reason": "x"}),
    ):  # fmt: skip
        with pytest.raises(Missing):
            world.perform(work, actor=away, **order)
    other = stage.vouchers.institution(2)
    stranger = world.actor("statement.submit", "payee.enter", account="stranger", organisation=other)
    with pytest.raises(Missing):
        world.perform(statements.drop, actor=stranger, statement_id=statement)
    with pytest.raises(Forbidden):
        world.perform(statements.draw, actor=stranger, organisation_id=stage.school, district=DISTRICT, period=PERIOD)
    with pytest.raises(Forbidden):
        world.perform(payees.enter, actor=stranger, organisation_id=stage.school, holder="x", bank="y", number="12345678")


def test_an_account_that_cannot_be_right_is_refused(stage: Stage) -> None:
    for name, bank, number, code in (
        ("张三", "重庆银行", "6222020000012345", "payee_account.not_own_name"),
        ("星河职业培训学校1", "", "6222020000012345", "payee_account.incomplete"),
        ("星河职业培训学校1", "重庆银行", "1.10105E+17", "payee_account.number"),
        ("星河职业培训学校1", "重庆银行", "1234567", "payee_account.number"),
    ):
        with stage.world.refused(code):
            stage.world.perform(payees.enter, actor=stage.admin, organisation_id=stage.school, holder=name, bank=bank, number=number)


def test_a_statement_is_drawn_once_for_a_quarter_that_is_over(stage: Stage) -> None:
    world = stage.world
    stage.earned()
    stage.account()
    order = {"actor": stage.admin, "organisation_id": stage.school, "district": DISTRICT}
    with world.refused("statement.not_drawable"):
        world.perform(statements.draw, **order, period=PERIOD)
    with world.refused("statement.period_unknown"):
        world.perform(statements.draw, **order, period="2026Q5")
    stage.next_quarter()
    first = stage.drawn()
    with world.refused("statement.there_already"):
        world.perform(statements.draw, **order, period=PERIOD)
    world.perform(statements.drop, actor=stage.admin, statement_id=first)
    assert not world.violations()
    world.run_jobs()
    assert [line.state for line in stage.lines(stage.drawn())] == ["due"]
    assert not world.violations()


def test_a_statement_sent_back_is_mended_and_applied_for_again(stage: Stage) -> None:
    world = stage.world
    stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.submitted(stage.drawn())
    with world.refused("statement.reason_needed"):
        world.perform(statements.send_back, actor=stage.clerk, statement_id=statement, reason="")
    world.perform(statements.send_back, actor=stage.clerk, statement_id=statement, reason="第1行缺签到")
    stage.submitted(statement)
    assert (stage.row(statement).state, stage.row(statement).reason) == ("submitted", "")
    assert not world.violations()


def test_an_institution_that_is_suspended_is_not_paid(stage: Stage) -> None:
    world = stage.world
    _, _, redemption = stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.noticed(stage.submitted(stage.drawn()))
    world.perform(suspend_organisation, organisation_id=stage.school)
    stage.handed_over(statement)
    (line,) = stage.lines(statement)
    assert (line.state, missed(line)) == ("dropped", {"statement_line.eligible", "voucher.institution_approved"})
    assert (stage.row(statement).state, stage.states(redemption)) == ("dropped", ("earned", "earned"))
    assert not world.violations()


def test_a_notice_that_was_closed_while_the_person_was_waited_for_takes_no_objection(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stage.world
    stage.earned()
    stage.account()
    stage.next_quarter()
    statement = stage.noticed(stage.submitted(stage.drawn()))
    (line,) = stage.lines(statement)

    def closed_meanwhile(act: Act, _person: str) -> None:
        act.db.execute(text("update statement set state = 'closing' where id = :i"), {"i": statement})

    monkeypatch.setattr(objections, "lock_person", closed_meanwhile)
    with world.refused("statement_objection.too_late"):
        stage.object(line.id)
    assert stage.row(statement).state == "noticed"
    assert not world.violations()


def test_two_institutions_on_one_account_are_seen_by_oversight(stage: Stage) -> None:
    world = stage.world
    stage.earned()
    stage.account("6222020000012345")
    other = stage.vouchers.institution(2)
    admin = world.actor("payee.enter", account="other-admin", organisation=other)
    order = {"organisation_id": other, "holder": "星河职业培训学校2", "bank": "重庆银行", "number": "6222 0200 0001 2345"}
    world.perform(payees.enter, actor=admin, **order)
    for organisation, head in ((stage.school, "王一"), (other, "张三")):
        world.perform(
            register.enter, actor=world.actor("case.handle", account="c"), organisation_id=organisation, legal_rep=head,
            document=f"50011219900101{len(organisation)}{ord(head[0]) % 90 + 10}", address="学府路1号", established_on=None, insured=40,
        )  # fmt: skip
    found = {(s.rule, s.subject) for s in look(world.office)}
    assert {("F6", f"organisation:{stage.school}"), ("F6", f"organisation:{other}")} <= found
    assert not world.violations()
