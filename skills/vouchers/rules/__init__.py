"""Who may have a voucher, what it pays for, until when (pure).

Every verdict is decided on one `Question`, which is kept with it: the same question gives the same verdict years later.
"""

from __future__ import annotations

from datetime import date

from skills.kernel.findings import Finding, Verdict, all_of
from skills.standards.calendar import add_months
from skills.standards.rules import Level
from skills.vouchers.rules.conditions import (
    ONE_AT_A_TIME,
    batch_open,
    claim_window,
    employed,
    employment,
    employments_on,
    member,
    not_excluded,
    once_a_year,
    one_at_a_time,
    one_level_once,
)
from skills.vouchers.rules.questions import (
    FACE,
    MOMENT_WORDS,
    MONEY,
    PAYEE_WORDS,
    SCOPE_WORDS,
    VALUE_WORDS,
    Employment,
    Graduation,
    Group,
    Holder,
    Limits,
    Moment,
    Payee,
    Purpose,
    Question,
    ScopeForm,
    Spent,
    Standing,
    Terms,
    ValueForm,
    Window,
)

__all__ = [
    "FACE",
    "MOMENT_WORDS",
    "MONEY",
    "ONE_AT_A_TIME",
    "PAYEE_WORDS",
    "SCOPE_WORDS",
    "VALUE_WORDS",
    "Employment",
    "Graduation",
    "Group",
    "Holder",
    "Limits",
    "Moment",
    "Payee",
    "Purpose",
    "Question",
    "ScopeForm",
    "Spent",
    "Standing",
    "Terms",
    "ValueForm",
    "Window",
    "decide",
    "employment",
    "employments_on",
    "fits",
    "lapsed",
    "last_day",
    "may_claim",
    "may_draft",
    "member",
    "own_share",
    "places",
    "room_for",
    "valid_after_release",
    "worth",
]


def may_claim(question: Question) -> Verdict:
    """Whether the person may be given, or may claim, a voucher of these terms on this day."""
    terms, day = question.terms, question.day
    found = [
        batch_open(question.open, terms.title),
        claim_window(terms.claim_from, terms.claim_until, question.moment, day),
        member(terms.groups, question.holder, question.limits, day),
        not_excluded(question.holder, question.limits, day),
    ]
    if terms.money:
        found.append(one_at_a_time(question))
        found.append(once_a_year(question))
    return all_of("voucher.not_eligible", found, title=terms.title)


def fits(question: Question) -> Verdict:
    """Whether the voucher pays for this purpose on this day: content, place, term, and the person once more."""
    terms, purpose = question.terms, question.purpose
    if purpose is None or question.valid_until is None:
        raise ValueError("a purpose and the voucher's last day are needed")
    level = purpose.level
    found = [
        Finding("voucher.in_term", question.day <= question.valid_until, question.limits.clauses["life"],
                {"valid_until": question.valid_until}),
        Finding("voucher.occupation", not terms.occupations or purpose.occupation in terms.occupations,
                facts={"occupation": purpose.occupation, "occupations": terms.occupations}),
        Finding("voucher.level", not terms.levels or (level is not None and int(level) in terms.levels),
                facts={"levels": [Level(n).wording for n in terms.levels], "level": level.wording if level else "—"}),
        Finding("voucher.zone", not terms.zone or purpose.zone == terms.zone, facts={"zone": terms.zone}),
        Finding("voucher.institution", not terms.institutions or purpose.institution_id in terms.institutions),
        Finding("voucher.institution_approved", question.institution_approved),
        Finding("voucher.price", purpose.cents > 0, facts={"cents": purpose.cents}),
        member(terms.groups, question.holder, question.limits, question.day),
        not_excluded(question.holder, question.limits, question.checked_on or question.day),
    ]
    if terms.money:
        found.append(once_a_year(question))
        found.append(one_level_once(question, purpose))
    if terms.payee is Payee.FIRM:
        found.append(employed(question, purpose))
    return all_of("voucher.does_not_fit", found, title=terms.title)


def decide(question: Question) -> Verdict:
    """The verdict on a question, at whichever moment it was asked."""
    return fits(question) if question.moment in (Moment.REDEEM, Moment.SETTLE) else may_claim(question)


def worth(terms: Terms, price: int) -> int:
    """How much of a price in 分 a voucher pays: at most its face, shares rounded down to the 分."""
    match terms.value_form:
        case ValueForm.CHECK_IN:
            return 0
        case ValueForm.OFFSET:
            return max(0, min(terms.face, price * terms.percent // 100))
        case ValueForm.FACE:
            return max(0, min(terms.face, price))


def own_share(terms: Terms, price: int, cents: int) -> int:
    """What the learner pays of a price in 分 at the institution when the voucher is worth `cents`.

    The institution's own voucher comes off the price. A firm bears the training of its people and is paid afterwards; a
    person pays the whole and is paid afterwards.
    """
    match terms.payee:
        case Payee.FIRM:
            return 0
        case Payee.PERSON:
            return price
        case Payee.INSTITUTION:
            return price - cents


def last_day(terms: Terms, holder: Holder, limits: Limits, claimed_on: date) -> date:
    """Until when a voucher claimed on a day can be used: its life, cut where the person leaves the group."""
    end = add_months(claimed_on, min(terms.life_months, limits.life_months))
    group = limits.group(str(member(terms.groups, holder, limits, claimed_on).facts.get("code", "")))
    if group is not None and group.window is Window.GRADUATION_YEAR:
        end = min(end, date(claimed_on.year, 12, 31))
    return end


def lapsed(state: str, valid_until: date, day: date) -> bool:
    """Whether a voucher that nobody used is past its last day: computed when read, never waited for."""
    return state in ("issued", "claimed") and day > valid_until


def valid_after_release(valid_until: date, life_left: int, holder_left: bool, today: date) -> date:
    """The last day of a voucher that came back.

    Who left by choice or did not complete keeps the old last day; when the class was taken away, the life that was left
    at redemption begins again (unused days are never lost by somebody else's decision).
    """
    if holder_left:
        return valid_until
    return max(valid_until, date.fromordinal(today.toordinal() + life_left))


def may_draft(terms: Terms, count: int, money: int, limits: Limits, payee: Payee | None = None) -> Verdict:
    """Whether a batch is complete and within policy: dates in order, life, face, ceilings that allow one voucher.

    payee  to whom trainings of its type are paid by policy; None: it leaves that open
    """
    face_right = terms.face == 0 if terms.value_form is ValueForm.CHECK_IN else terms.face > 0
    return all_of(
        "voucher_batch.not_right",
        [
            Finding("voucher_batch.title", bool(terms.title.strip())),
            Finding("voucher_batch.groups", bool(terms.groups) and all(limits.group(g) for g in terms.groups)),
            Finding("voucher_batch.window", terms.claim_from <= terms.claim_until),
            Finding("voucher_batch.life", 1 <= terms.life_months <= limits.life_months, limits.clauses["life"],
                    {"most": limits.life_months}),
            Finding("voucher_batch.face", face_right),
            Finding("voucher_batch.percent", 1 <= terms.percent <= 100),
            Finding("voucher_batch.payee", payee in (None, terms.payee),
                    facts={"payee": PAYEE_WORDS[payee][0], "payee_en": PAYEE_WORDS[payee][1]} if payee else {}),
            Finding("voucher_batch.count", count >= 1),
            Finding("voucher_batch.money", money >= terms.face, facts={"face": terms.face}),
        ],
    )  # fmt: skip


def places(count: int, issued: int, money: int, committed: int, face: int) -> int:
    """How many more vouchers stay under both ceilings. Money in 分."""
    by_count = max(0, count - issued)
    return min(by_count, max(0, money - committed) // face) if face else by_count


def room_for(count: int, issued: int, money: int, committed: int, face: int) -> Verdict:
    """Whether one more voucher stays under both ceilings, each with its own reason. Money in 分."""
    if issued >= count:
        return Verdict(False, "voucher_batch.count_reached", facts={"most": count, "issued": issued})
    if committed + face > money:
        return Verdict(
            False, "voucher_batch.money_reached",
            facts={"most": money // 100, "committed": committed // 100, "left": (money - committed) // 100},
        )
    return Verdict(True, "")
