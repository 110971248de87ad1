"""What a completed training is paid, and how statements add up: tables at the bounds, Hypothesis over money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.settlement import rules
from skills.settlement.rules import Attendance, Claim, Debt, Kind, PayTerms, Period, Row

NEUTRAL = PayTerms(None, False, (), {})
STRICT = PayTerms(80, False, ("certificate",), {"threshold": "出勤率不低于80%"})
CLAIM = Claim(120_000, "certificate:PX-1", Attendance(Decimal(20), Decimal(20)), True, False, True)
HALF = Decimal("0.5")

cents = st.integers(0, 10_000_000)
units = st.decimals(0, 400, places=1)
planned = st.decimals(Decimal("0.5"), 400, places=1)
terms = st.builds(PayTerms, st.none() | st.integers(0, 100), st.booleans(), st.just(()), st.just({}))


def missed(settled: rules.Settled) -> set[str]:
    return {f.code for f in settled.verdict.findings if not f.met}


@pytest.mark.parametrize(
    ("attended", "paid"),
    [(Decimal(15), 0), (Decimal(16), 120_000), (14 + 4 * HALF, 120_000), (13 + 5 * HALF, 0), (Decimal("15.9"), 0)],
)
def test_below_the_threshold_nothing_is_paid_and_the_line_says_why(attended: Decimal, paid: int) -> None:
    settled = rules.settle(replace(CLAIM, attendance=Attendance(attended, Decimal(20))), STRICT)
    assert settled.cents == paid
    assert bool(settled.verdict) == bool(paid)
    if not paid:
        (why,) = (f for f in settled.verdict.findings if not f.met)
        assert (why.code, why.clause) == ("statement_line.attendance", "出勤率不低于80%")
        assert why.facts == {"attended": attended, "planned": 20, "percent": 80, "needed": 16}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"eligible": False}, "statement_line.eligible"),
        ({"earned": False}, "statement_line.earned"),
        ({"frozen": True}, "statement_line.not_frozen"),
        ({"proof": ""}, "statement_line.proof"),
        ({"proof": "photo:1"}, "statement_line.proof"),
        ({"account_verified": False}, "statement_line.account"),
        ({"attendance": None}, "statement_line.attendance_known"),
        ({"attendance": Attendance(Decimal(1), Decimal(0))}, "statement_line.attendance_known"),
        ({"attendance": Attendance(Decimal("NaN"), Decimal(20))}, "statement_line.attendance_known"),
        ({"attendance": Attendance(Decimal(-1), Decimal(20))}, "statement_line.attendance_known"),
    ],
)
def test_each_condition_holds_its_line_alone(change: dict[str, object], code: str) -> None:
    settled = rules.settle(replace(CLAIM, **change), STRICT)  # type: ignore[arg-type]
    assert (settled.cents, missed(settled)) == (0, {code})


def test_who_is_let_through_all_the_same_is_paid_and_it_shows() -> None:
    settled = rules.settle(replace(CLAIM, eligible=False, admitted=True), STRICT)
    assert settled.cents == CLAIM.cents
    assert "statement_line.admitted" in {f.code for f in settled.verdict.findings}


def test_where_attendance_must_have_been_kept_its_absence_holds_until_it_is_waived() -> None:
    terms = PayTerms(None, False, (), {"kept": "没有签到不自动支付"}, kept=True)
    unseen = replace(CLAIM, attendance=None)
    held = rules.settle(unseen, terms)
    assert (held.cents, missed(held)) == (0, {"statement_line.attendance_known"})
    assert [f.clause for f in held.verdict.findings if not f.met] == ["没有签到不自动支付"]
    waived = rules.settle(replace(unseen, admitted=True), terms)
    assert waived.cents == CLAIM.cents
    assert "statement_line.attendance_waived" in {f.code for f in waived.verdict.findings}
    assert rules.settle(CLAIM, terms).cents == CLAIM.cents
    nothing = rules.settle(replace(CLAIM, attendance=Attendance(Decimal(0), Decimal(0)), admitted=True), terms)
    assert nothing.cents == 0, "numbers that cannot be are not waived"


def test_without_such_policy_attendance_is_not_asked() -> None:
    settled = rules.settle(replace(CLAIM, attendance=None, proof="photo:1"), NEUTRAL)
    assert (settled.cents, bool(settled.verdict)) == (120_000, True)


@pytest.mark.parametrize(("amount", "attended", "paid"), [(100, 1, 33), (100, 2, 66), (100, 3, 100), (100, 4, 100), (1, 2, 0)])
def test_shares_are_rounded_down_to_the_fen(amount: int, attended: int, paid: int) -> None:
    claim = replace(CLAIM, cents=amount, attendance=Attendance(Decimal(attended), Decimal(3)))
    assert rules.settle(claim, PayTerms(None, True, (), {})).cents == paid


@given(cents, units, planned, terms)
def test_never_above_what_was_redeemed_never_below_nothing(amount: int, attended: Decimal, of: Decimal, how: PayTerms) -> None:
    settled = rules.settle(replace(CLAIM, cents=amount, attendance=Attendance(attended, of)), how)
    assert 0 <= settled.cents <= amount
    if not settled.verdict:
        assert settled.cents == 0
    elif how.pro_rata and attended < of:
        assert settled.cents * of <= amount * attended < (settled.cents + 1) * of
    else:
        assert settled.cents == amount


@given(cents, units, units, planned, terms)
def test_who_attended_more_is_never_paid_less(amount: int, one: Decimal, other: Decimal, of: Decimal, how: PayTerms) -> None:
    less, more = (
        rules.settle(replace(CLAIM, cents=amount, attendance=Attendance(u, of)), how).cents for u in sorted((one, other))
    )
    assert less <= more


rows = st.lists(
    st.builds(Row, st.text("ab", min_size=1, max_size=3), st.sampled_from(Kind), st.sampled_from("XYZ"), st.integers(-9, 9)),
    max_size=8,
)


@given(rows)
def test_totals_are_the_sum_of_their_rows(found: list[Row]) -> None:
    told = rules.totals(found)
    assert told.count == len(found)
    assert told.cents == sum(r.cents for r in found) == sum(c for _, c in told.by_account)
    for account, amount in told.by_account:
        assert amount == sum(r.cents for r in found if r.account == account)


@given(rows, rows)
def test_one_digest_one_list(one: list[Row], other: list[Row]) -> None:
    assert (rules.totals(one).digest == rules.totals(other).digest) == (one == other)


def test_a_digit_that_moves_from_account_to_amount_is_another_list() -> None:
    one, other = Row("1", Kind.PAY, "X1", 2), Row("1", Kind.PAY, "X", 12)
    assert rules.totals([one]).digest != rules.totals([other]).digest


@given(rows)
def test_only_pay_is_positive_and_no_account_below_nothing(found: list[Row]) -> None:
    if rules.sums_up(found):
        assert all((r.cents > 0) == (r.kind is Kind.PAY) and r.cents for r in found)
        assert all(amount >= 0 for _, amount in rules.totals(found).by_account)
        assert len({(r.line_id, r.kind) for r in found}) == len(found)


@pytest.mark.parametrize(
    ("found", "codes"),
    [
        ([Row("1", Kind.PAY, "X", 5), Row("2", Kind.CLAW_BACK, "X", -3)], set()),
        ([], {"statement.something"}),
        ([Row("1", Kind.PAY, "X", 5), Row("1", Kind.PAY, "X", 5)], {"statement.once"}),
        ([Row("1", Kind.PAY, "X", 5), Row("1", Kind.CLAW_BACK, "X", -4)], set()),
        ([Row("1", Kind.CLAW_BACK, "X", 5)], {"statement.signs"}),
        ([Row("1", Kind.PAY, "X", 0), Row("2", Kind.PAY, "X", 1)], {"statement.signs"}),
        ([Row("1", Kind.PAY, "X", 9), Row("2", Kind.CLAW_BACK, "Y", -3)], {"statement.accounts"}),
    ],
)
def test_what_does_not_add_up_is_named(found: list[Row], codes: set[str]) -> None:
    assert {f.code for f in rules.sums_up(found).findings} == codes


@given(cents, st.lists(st.integers(1, 5_000_000), max_size=8))
def test_debts_are_set_off_whole_and_never_beyond_the_payment(available: int, owed: list[int]) -> None:
    debts = [Debt(str(n), amount) for n, amount in enumerate(owed)]
    taken = rules.set_off(available, debts)
    left = available - sum(d.cents for d in taken)
    assert left >= (1 if taken else 0)
    assert [d for d in debts if d in taken] == list(taken)
    assert all(d.cents >= left for d in debts if d not in taken)


@given(st.dates(date(2001, 1, 1), date(2099, 12, 30)))
def test_every_day_lies_in_one_quarter(day: date) -> None:
    period = rules.period_of(day)
    assert period.first <= day <= period.last
    assert rules.read_period(period.code) == period
    assert rules.period_of(period.last + timedelta(days=1)) > period


@pytest.mark.parametrize("code", ["2026Q5", "2026Q0", "1999Q1", "2026q1", "２０２６Q1", "2026Q1\n", ""])
def test_what_is_no_quarter_is_none(code: str) -> None:
    assert rules.read_period(code) is None
    assert Period(2026, 4).last == date(2026, 12, 31)


def test_an_account_is_kept_as_digits_and_shown_by_its_last_four() -> None:
    assert rules.account_number(" 6222 0211-0011 2233 445 ") == "6222021100112233445"
    assert [rules.account_number(t) for t in ("1234567", "6222O21100112233", "６２２２０２１１００", "1" * 33)] == [""] * 4
    assert rules.mask_account("6222021100112233445") == "**** 3445"


def test_nobody_decides_on_own_work_or_twice() -> None:
    assert rules.may_review("drawer", "clerk")
    assert not rules.may_review("clerk", "clerk")
    assert not rules.may_review("drawer", "clerk", ("clerk",))


@pytest.mark.parametrize(
    ("day", "yes"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True), (date(2026, 10, 1), False), (date(2028, 1, 1), True)]
)
def test_a_quarter_is_drawn_up_once_it_is_over(day: date, yes: bool) -> None:
    verdict = rules.may_draw(Period(2026, 4), day)
    assert bool(verdict) == yes
    if not yes:
        assert verdict.findings[0].facts["from"] == date(2027, 1, 1)


DAY = date(2027, 1, 20)


@pytest.mark.parametrize(
    ("order", "missed_codes"),
    [
        ((date(2027, 1, 19), DAY, True), set()), ((DAY, DAY, True), {"statement.notice_over"}),
        ((None, DAY, True), {"statement.notice_over"}), ((date(2027, 1, 19), DAY, False), {"statement.account"}),
    ],
)
def test_what_keeps_a_statement_on_notice(order: tuple[date | None, date, bool], missed_codes: set[str]) -> None:
    assert {f.code for f in rules.may_close(*order).findings if not f.met} == missed_codes


@pytest.mark.parametrize(
    ("told", "paid_on", "code"),
    [(100, DAY, None), (99, DAY, "statement.total"), (100, DAY + timedelta(1), "statement.paid_on"),
     (100, DAY - timedelta(3), "statement.paid_on")],
)  # fmt: skip
def test_what_the_bank_paid_is_what_was_handed_over(told: int, paid_on: date, code: str | None) -> None:
    found = {f.code for f in rules.may_pay(100, told, DAY - timedelta(2), paid_on, DAY).findings if not f.met}
    assert found == ({code} if code else set())


@pytest.mark.parametrize(("paid", "amount", "yes"), [(None, 1, False), (100, 0, False), (100, 101, False), (100, 100, True), (100, 1, True)])
def test_no_more_comes_back_than_was_paid(paid: int | None, amount: int, yes: bool) -> None:
    assert bool(rules.may_claw_back(paid, amount)) == yes
