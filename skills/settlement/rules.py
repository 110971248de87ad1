"""What is paid for a completed training, what waits and why, and how a statement adds up (pure). Money in 分.

A statement gathers what one institution earned in one district and quarter (渝: 承训机构申请 → 受理审核、公示 → 报财政部门拨付).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from skills.kernel.findings import Finding, Verdict, all_of, no_fault
from skills.settlement.rates import ANY, Rate, rate_of
from skills.standards.rules import Level


class Kind(StrEnum):
    """What a row of a hand-over is: money for a training; or, negative, money taken back (追回) or advanced before (预拨)."""

    PAY = "pay"
    CLAW_BACK = "claw_back"
    ADVANCE = "advance"


@dataclass(frozen=True)
class Attendance:
    """Units of a training that somebody attended, of those that were planned; how a late one counts is the class's rule."""

    attended: Decimal
    planned: Decimal


# What somebody of the authority may let pass with a reason, if another one hands the statement over.
ADMISSIBLE = frozenset({"statement_line.eligible", "statement_line.attendance_known"})


@dataclass(frozen=True)
class PayTerms:
    """The policy of payment on the day.

    threshold  per cent of the planned units below which nothing is paid; None: attendance is not asked
    pro_rata   whether only the share that was attended is paid
    proofs     kinds of proof that are enough ("certificate"); none: any
    kept       whether a training in which nobody's attendance was ever written is not paid by itself
    rates      the catalogue of rates by occupation, level and proof
    """

    threshold: int | None
    pro_rata: bool
    proofs: tuple[str, ...]
    clauses: Mapping[str, str]
    kept: bool = False
    rates: tuple[Rate, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A completed use of a voucher that asks for its money.

    earned            whether its money is payable and not on its way to the bank
    eligible          what the third evaluation of the person's eligibility said
    admitted          whether somebody of the authority let it through all the same, with a reason: against the comparison of the
                      person, or although no attendance was ever written
    frozen            whether a hold stands on it
    account_verified  whether the institution's account was verified by a second person
    """

    cents: int
    proof: str
    attendance: Attendance | None
    eligible: bool
    frozen: bool
    account_verified: bool
    earned: bool = True
    admitted: bool = False
    occupation: str = ""
    level: int | None = None


@dataclass(frozen=True)
class Settled:
    """What is paid, and every condition; 0 if one of them is not met: the line is held, its money stays payable."""

    cents: int
    verdict: Verdict


def settle(claim: Claim, terms: PayTerms) -> Settled:
    """What a claim is paid. Shares are rounded down to the 分; nothing is paid beyond what the voucher was redeemed for or the rate."""
    kind = claim.proof.partition(":")[0]
    rate = rate_of(terms.rates, claim.occupation, claim.level, kind)
    share = _share(claim.cents if rate is None else min(claim.cents, rate.cents or 0), claim, terms)
    found = [
        Finding("statement_line.earned", claim.earned),
        Finding("statement_line.admitted", True) if claim.admitted and not claim.eligible
        else Finding("statement_line.eligible", claim.eligible),
        Finding("statement_line.not_frozen", not claim.frozen),
        Finding("statement_line.proof", bool(claim.proof) and (not terms.proofs or kind in terms.proofs),
                terms.clauses.get("proofs", "")),
        Finding("statement_line.account", claim.account_verified),
        *_attended(claim, terms),
        *_rated(rate, terms),
        Finding("statement_line.something", share > 0),
    ]  # fmt: skip
    verdict = all_of("statement_line.held", found)
    return Settled(share if verdict else 0, verdict)


def _attended(claim: Claim, terms: PayTerms) -> Iterable[Finding]:
    if terms.threshold is None and not terms.pro_rata and not terms.kept:
        return
    attendance = claim.attendance
    clause = terms.clauses.get("threshold" if terms.threshold is not None else "kept", "")
    if attendance is None and claim.admitted:
        yield Finding("statement_line.attendance_waived", True, clause)
        return
    if attendance is None or not _sound(attendance):
        yield Finding("statement_line.attendance_known", False, clause)
        return
    if terms.threshold is not None:
        facts: dict[str, object] = {
            "attended": attendance.attended, "planned": attendance.planned, "percent": terms.threshold,
            "needed": attendance.planned * terms.threshold / 100,
        }  # fmt: skip
        reached = attendance.attended * 100 >= attendance.planned * terms.threshold
        yield Finding("statement_line.attendance", reached, clause, facts)


def _rated(rate: Rate | None, terms: PayTerms) -> Iterable[Finding]:
    if rate is not None:
        facts = {"occupation": rate.occupation, "level": Level(rate.level).name if rate.level else ANY, "proof": rate.proof, "cents": rate.cents or 0}
        yield Finding("statement_line.rate" if rate.cents is not None else "statement_line.rate_entered", rate.cents is not None,
                      terms.clauses.get("rates", ""), facts)  # fmt: skip


def _sound(attendance: Attendance) -> bool:
    both = (attendance.attended, attendance.planned)
    return all(units.is_finite() for units in both) and attendance.attended >= 0 and attendance.planned > 0


def _share(cents: int, claim: Claim, terms: PayTerms) -> int:
    if not terms.pro_rata or claim.attendance is None or not _sound(claim.attendance):
        return cents
    attended = min(claim.attendance.attended, claim.attendance.planned)
    return int((cents * attended / claim.attendance.planned).to_integral_value(ROUND_FLOOR))


@dataclass(frozen=True)
class Row:
    """A line as it is handed over: the account is a blind index or a number, the rows do not care. A claw-back is negative."""

    line_id: str
    kind: Kind
    account: str
    cents: int


@dataclass(frozen=True)
class Totals:
    """Control totals: rows, sum, sum of each account, and a digest that changes with any of the rows or their order."""

    count: int
    cents: int
    by_account: tuple[tuple[str, int], ...]
    digest: str


def totals(rows: Sequence[Row]) -> Totals:
    """The control totals of a hand-over."""
    sums: dict[str, int] = defaultdict(int)
    digest = hashlib.sha256()
    for row in rows:
        sums[row.account] += row.cents
        for part in (row.line_id, row.kind, row.account, str(row.cents)):
            told = part.encode()
            digest.update(len(told).to_bytes(4) + told)
    return Totals(len(rows), sum(sums.values()), tuple(sorted(sums.items())), digest.hexdigest())


def sums_up(rows: Sequence[Row]) -> Verdict:
    """Whether a statement may be handed over: something to pay, no line twice, signs right, no account below nothing."""
    told = totals(rows)
    twice = [line for line, n in Counter((r.line_id, r.kind) for r in rows).items() if n > 1]
    wrong = [r for r in rows if (r.cents > 0) != (r.kind is Kind.PAY) or r.cents == 0]
    return no_fault(
        "statement.does_not_add_up",
        [
            Finding("statement.something", told.cents > 0),
            Finding("statement.once", not twice),
            Finding("statement.signs", not wrong),
            Finding("statement.accounts", all(cents >= 0 for _, cents in told.by_account)),
        ],
    )


@dataclass(frozen=True)
class Debt:
    """Money that an institution owes: a claw-back that a second person approved. `cents` is positive."""

    id: str
    cents: int


def set_off(available: int, debts: Sequence[Debt]) -> tuple[Debt, ...]:
    """Which debts, the oldest first, are taken from a payment: whole ones that leave something to pay; the others wait."""
    taken: list[Debt] = []
    for debt in debts:
        if debt.cents < available:
            taken.append(debt)
            available -= debt.cents
    return tuple(taken)


@dataclass(frozen=True, order=True)
class Period:
    """A quarter of a year."""

    year: int
    quarter: int

    @property
    def code(self) -> str:
        """2026Q4."""
        return f"{self.year}Q{self.quarter}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.quarter - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        months = self.year * 12 + 3 * self.quarter
        return date.fromordinal(date(months // 12, months % 12 + 1, 1).toordinal() - 1)


def period_of(day: date) -> Period:
    """The quarter of a day."""
    return Period(day.year, (day.month + 2) // 3)


def read_period(code: str) -> Period | None:
    """The quarter that a code means; None for anything else."""
    found = re.fullmatch(r"(20\d\d)Q([1-4])", code, re.ASCII)
    return Period(int(found[1]), int(found[2])) if found else None


def account_number(text: str) -> str:
    """A bank account as it is kept: digits without the blanks and hyphens that people write. Empty if it is none."""
    digits = re.sub(r"[\s-]", "", text)
    return digits if re.fullmatch(r"\d{8,32}", digits, re.ASCII) else ""


def sealed_at(table: str, row_id: str, column: str) -> str:
    """Where a sealed value lies, as the box wants to know it."""
    return f"{table}:{row_id}:{column}"


def mask_account(number: str) -> str:
    """The last four digits alone."""
    return f"**** {number[-4:]}"


def may_review(author: str, reviewer: str, earlier: Iterable[str] = ()) -> Verdict:
    """Whether somebody may decide on another's work: never on the own, never twice on the same statement."""
    return all_of("statement.own_work", [Finding("statement.second_person", reviewer not in {author, *earlier})])


def may_draw(period: Period, day: date) -> Verdict:
    """Whether a statement of a quarter may be drawn up: from the day after its last (渝: 按季度申请)."""
    facts = {"period": period.code, "from": date.fromordinal(period.last.toordinal() + 1)}
    return all_of("statement.not_drawable", [Finding("statement.period_over", period.last < day, facts=facts)])


def may_submit(cents: int, account_verified: bool) -> Verdict:
    """Whether the money may be applied for: something is due, and it is known where it goes."""
    return all_of(
        "statement.not_submittable",
        [Finding("statement.something", cents > 0), Finding("statement.account", account_verified)],
    )


def may_close(notice_to: date | None, day: date, account_verified: bool) -> Verdict:
    """Whether a statement on notice may be closed: the notice has run out, the account holds.

    An objection that is not decided holds its row alone: the row is taken out and waits for a later statement.
    """
    return all_of(
        "statement.not_closable",
        [
            Finding("statement.notice_over", notice_to is not None and day > notice_to, facts={"notice_to": notice_to}),
            Finding("statement.account", account_verified),
        ],
    )


def may_pay(cents: int, told: int, handed_over: date, paid_on: date, day: date) -> Verdict:
    """Whether what finance reports agrees with what was handed over, in 分 and in time."""
    return all_of(
        "statement.not_payable",
        [
            Finding("statement.total", told == cents, facts={"told": told, "cents": cents}),
            Finding("statement.paid_on", handed_over <= paid_on <= day, facts={"from": handed_over, "to": day}),
        ],
    )


def may_claw_back(paid: int | None, cents: int) -> Verdict:
    """Whether so much may be taken back: it was paid, and not more than was paid. `paid` None: nothing was."""
    return all_of(
        "claw_back.not_possible",
        [
            Finding("claw_back.paid", paid is not None),
            Finding("claw_back.cents", 0 < cents <= (paid or 0), facts={"most": paid or 0}),
        ],
    )


@dataclass(frozen=True)
class Ask:
    """An institution asks for an advance (预拨). Money in 分.

    redeemed     what people have used at it and not completed yet, in the district whose money it is
    percent      how much of that may be advanced, by policy; 0: nothing is advanced
    outstanding  what was advanced, or is asked for, and not set off yet
    """

    cents: int
    redeemed: int
    percent: int
    outstanding: int
    account_verified: bool
    clause: str = ""

    @property
    def most(self) -> int:
        """The most that may still be advanced, rounded down to the 分."""
        return max(0, self.redeemed * self.percent // 100 - self.outstanding)


def may_advance(ask: Ask) -> Verdict:
    """Whether so much may be advanced: within policy, on what is used and not earned, to a verified account."""
    facts = {"most": ask.most, "redeemed": ask.redeemed, "percent": ask.percent, "outstanding": ask.outstanding}
    return all_of(
        "advance.not_possible",
        [
            Finding("advance.allowed", ask.percent > 0, ask.clause),
            Finding("advance.cents", 0 < ask.cents <= ask.most, ask.clause, facts),
            Finding("statement.account", ask.account_verified),
        ],
    )


def advance_back(available: int, outstanding: int) -> int:
    """How much of an advance is set off against a payment of `available`: as much as leaves something to pay."""
    return max(0, min(available - 1, outstanding))
