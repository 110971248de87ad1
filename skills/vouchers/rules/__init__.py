"""Who may have a voucher, what it pays for, until when (pure).

Every verdict is decided on one `Question`, which is kept with it: the same question gives the same verdict years later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from skills.kernel.findings import Finding, Verdict, all_of
from skills.kernel.money import Amount
from skills.standards.calendar import add_months
from skills.standards.rules import Level

# What a voucher and a budget may be worth, in 分; a check-in voucher is worth nothing.
FACE = Amount(100_000_000, zero=True)
MONEY = Amount(1_000_000_000_000, zero=True)


class ValueForm(StrEnum):
    """What a voucher is worth: a fixed face 面值券, a share up to the face 抵用券, or nothing 打卡专用券."""

    FACE = "face"
    OFFSET = "offset"
    CHECK_IN = "check_in"


class ScopeForm(StrEnum):
    """For whom: anybody of the groups while they last 通用券, or people named on a list 定向券."""

    GENERAL = "general"
    DIRECTED = "directed"


class Payee(StrEnum):
    """To whom the money of a completed training goes, by programme (desks.md D7): who trained, who employs, or who learned."""

    INSTITUTION = "institution"
    FIRM = "firm"
    PERSON = "person"


VALUE_WORDS: Mapping[ValueForm, tuple[str, str]] = {
    ValueForm.FACE: ("面值券", "Face-value voucher"),
    ValueForm.OFFSET: ("抵用券", "Offset voucher"),
    ValueForm.CHECK_IN: ("打卡专用券", "Check-in voucher"),
}
SCOPE_WORDS: Mapping[ScopeForm, tuple[str, str]] = {
    ScopeForm.GENERAL: ("通用券", "General"),
    ScopeForm.DIRECTED: ("定向券", "Directed"),
}
PAYEE_WORDS: Mapping[Payee, tuple[str, str]] = {
    Payee.INSTITUTION: ("培训机构", "The training institution"),
    Payee.FIRM: ("用人单位", "The employer"),
    Payee.PERSON: ("学员本人", "The learner"),
}


class Moment(StrEnum):
    """When eligibility is asked."""

    ISSUE = "issue"
    CLAIM = "claim"
    REDEEM = "redeem"
    SETTLE = "settle"


MOMENT_WORDS: Mapping[Moment, tuple[str, str]] = {
    Moment.ISSUE: ("发放", "Issue"),
    Moment.CLAIM: ("领取", "Claim"),
    Moment.REDEEM: ("用券", "Use"),
    Moment.SETTLE: ("结算", "Settlement"),
}


class Window(StrEnum):
    """How long a fact makes somebody a member of a group.

    graduation_year  from 1 January to 31 December of the year of graduation
    standing         as long as the standing lasts
    months           a number of months from its first day
    """

    GRADUATION_YEAR = "graduation_year"
    STANDING = "standing"
    MONTHS = "months"


@dataclass(frozen=True)
class Purpose:
    """What a voucher is asked to pay for.

    cents   the price in 分
    source  the payer's own word for it, unique while it stands: "enrolment:7f3a"
    zone    the programme zone of the course, empty for none
    employer_id  whose employee the learner is, once a use has settled that; empty: not asked or not settled
    """

    institution_id: str
    occupation: str
    level: Level | None
    cents: int
    source: str
    zone: str = ""
    employer_id: str = ""


@dataclass(frozen=True)
class Terms:
    """Under which terms the vouchers of a batch were issued. An empty tuple is no bound.

    face     most that one voucher pays, in 分
    percent  share of the price that an offset voucher pays
    """

    batch_id: str
    title: str
    groups: tuple[str, ...]
    occupations: tuple[str, ...]
    levels: tuple[int, ...]
    zone: str
    institutions: tuple[str, ...]
    claim_from: date
    claim_until: date
    life_months: int
    face: int
    percent: int
    value_form: ValueForm
    scope_form: ScopeForm
    payee: Payee = Payee.INSTITUTION

    @property
    def money(self) -> bool:
        """Whether it is a voucher with money: those are counted, one at a time and one a year."""
        return self.value_form is not ValueForm.CHECK_IN


@dataclass(frozen=True)
class Group:
    """A target group as policy has it.

    schools    kinds of education whose graduation counts (graduation_year)
    strengths  grades of proof that are enough
    """

    code: str
    zh: str
    en: str
    window: Window
    months: int
    schools: tuple[str, ...]
    strengths: tuple[str, ...]
    clause: str


@dataclass(frozen=True)
class Limits:
    """The numbers of the policy in force on the day, with the clause of each.

    employments  grades of proof of an employment on which a firm is paid; empty: any
    """

    life_months: int
    trainings_a_year: int
    level_once: bool
    excluded: tuple[str, ...]
    groups: tuple[Group, ...]
    clauses: Mapping[str, str]
    employments: tuple[str, ...] = ()

    def group(self, code: str) -> Group | None:
        """The group of this code, if policy knows it."""
        return next((g for g in self.groups if g.code == code), None)


@dataclass(frozen=True)
class Standing:
    """A standing that the record holds, e.g. registered_unemployed."""

    group: str
    since: date
    until: date | None
    source: str
    strength: str


@dataclass(frozen=True)
class Graduation:
    """A graduation, past or expected; `kind` as the record has it (college, bachelor …)."""

    on: date
    kind: str
    source: str
    strength: str


@dataclass(frozen=True)
class Spent:
    """A subsidised training of the person: the day it was begun, where it is written, what it taught."""

    on: date
    source: str
    occupation: str = ""
    level: Level | None = None


@dataclass(frozen=True)
class Employment:
    """A job at a firm that takes part here. `approved` says whether the authority lets the firm take part today."""

    employer_id: str
    employer: str
    since: date
    until: date | None
    source: str
    strength: str
    approved: bool = True


@dataclass(frozen=True)
class Holder:
    """What is known of a person on the day. `held` are other vouchers with money that the person holds."""

    person_id: str
    birth: date
    standings: tuple[Standing, ...] = ()
    graduations: tuple[Graduation, ...] = ()
    spent: tuple[Spent, ...] = ()
    held: tuple[str, ...] = ()
    employments: tuple[Employment, ...] = ()


@dataclass(frozen=True)
class Question:
    """Everything that a verdict is decided on.

    checked_on  at settlement: the day on which the record was looked at; `day` is then the day of the use
    """

    moment: Moment
    day: date
    open: bool
    terms: Terms
    holder: Holder
    limits: Limits
    valid_until: date | None = None
    purpose: Purpose | None = None
    institution_approved: bool = False
    checked_on: date | None = None


def may_claim(question: Question) -> Verdict:
    """Whether the person may be given, or may claim, a voucher of these terms on this day."""
    terms, day = question.terms, question.day
    found = [
        _batch_open(question.open, terms.title),
        _claim_window(terms.claim_from, terms.claim_until, question.moment, day),
        member(terms.groups, question.holder, question.limits, day),
        _not_excluded(question.holder, question.limits, day),
    ]
    if terms.money:
        found.append(_one_at_a_time(question))
        found.append(_once_a_year(question))
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
        _not_excluded(question.holder, question.limits, question.checked_on or question.day),
    ]
    if terms.money:
        found.append(_once_a_year(question))
        found.append(_level_once(question, purpose))
    if terms.payee is Payee.FIRM:
        found.append(_employed(question, purpose))
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


def employments_on(question: Question) -> list[Employment]:
    """The jobs on which a firm's voucher may be used: of that day, with the employer of the use once it is settled.

    Where one is proven the mere word of a firm counts for nothing, so that no stranger puts itself before the employer.
    """
    known, employer = question.holder.employments, question.purpose.employer_id if question.purpose else ""
    held = [
        e for e in known
        if e.since <= question.day and (e.until is None or question.day <= e.until) and employer in ("", e.employer_id)
    ]  # fmt: skip
    wanted = question.limits.employments
    return [e for e in held if not wanted or e.strength in wanted] or held


def employment(question: Question) -> Employment | None:
    """The job on which a firm's voucher is used: the newest; None if two firms claim the person and neither proved it."""
    held = employments_on(question)
    wanted = question.limits.employments
    if len({e.employer_id for e in held}) > 1 and any(wanted and e.strength not in wanted for e in held):
        return None
    return max(held, key=lambda e: (e.since, e.employer_id), default=None)


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


def member(groups: Sequence[str], holder: Holder, limits: Limits, day: date) -> Finding:
    """Whether the person belongs to one of the groups on the day, and by which fact; else the nearest miss."""
    if not groups:
        return Finding("voucher.any_group", True)
    misses: list[Finding] = []
    for code in groups:
        group = limits.group(code)
        if group is None:
            misses.append(Finding("voucher.group_unknown", False, facts={"code": code}))
            continue
        for finding in _grounds(group, holder, day):
            if finding.met:
                return finding
            misses.append(finding)
    order = ("voucher.weak_proof", "voucher.graduation_year", "voucher.group_ended", "voucher.group_not_yet")
    misses.sort(key=lambda f: order.index(f.code) if f.code in order else len(order))
    if misses and misses[0].code in order:
        return misses[0]
    known = [g for code in groups if (g := limits.group(code))]
    return Finding(
        "voucher.no_group", False, "；".join(dict.fromkeys(g.clause for g in known)),
        {"groups": "、".join(g.zh for g in known), "groups_en": ", ".join(g.en for g in known), "day": day},
    )


def _grounds(group: Group, holder: Holder, day: date) -> Iterable[Finding]:
    """Each fact that could make the person a member of the group, met or not."""
    words: dict[str, object] = {"code": group.code, "group": group.zh, "group_en": group.en}
    if group.window is Window.GRADUATION_YEAR:
        for graduation in (g for g in holder.graduations if g.kind in group.schools):
            year = graduation.on.year
            facts = {**words, "graduated_on": graduation.on, "since": date(year, 1, 1), "until": date(year, 12, 31)}
            inside = year == day.year
            yield _ground(group, "voucher.graduation_year", inside, graduation.strength, graduation.source, facts)
    for standing in holder.standings:
        if standing.group != group.code:
            continue
        since, until = standing.since, standing.until
        if group.window is Window.GRADUATION_YEAR:
            year_end = date(since.year, 12, 31)
            until = min(until, year_end) if until else year_end
        elif group.window is Window.MONTHS:
            end = add_months(since, group.months)
            until = min(until, end) if until else end
        facts = {**words, "since": since, "until": until}
        code = "voucher.group_not_yet" if day < since else "voucher.group_ended"
        inside = since <= day and (until is None or day <= until)
        yield _ground(group, code, inside, standing.strength, standing.source, facts)


def _ground(
    group: Group, miss: str, inside: bool, strength: str, source: str, facts: Mapping[str, object]
) -> Finding:
    if not inside:
        return Finding(miss, False, group.clause, facts)
    if strength not in group.strengths:
        return Finding("voucher.weak_proof", False, group.clause, {**facts, "strength": strength, "source": source})
    return Finding("voucher.in_group", True, group.clause, {**facts, "strength": strength, "source": source})


# What is found alike of everybody who misses nothing is one finding: a list of thousands makes and writes it once.
_alike = lru_cache(maxsize=256, typed=True)


@_alike
def _batch_open(is_open: bool, title: str) -> Finding:
    return Finding("voucher.batch_open", is_open, facts={"title": title})


@_alike
def _claim_window(claim_from: date, claim_until: date, moment: Moment, day: date) -> Finding:
    facts = {"claim_from": claim_from, "claim_until": claim_until}
    if moment is Moment.ISSUE or day >= claim_from:
        return Finding("voucher.claim_window", day <= claim_until, facts=facts)
    return Finding("voucher.claim_not_yet", False, facts=facts)


def _not_excluded(holder: Holder, limits: Limits, day: date) -> Finding:
    found = [
        s for s in holder.standings
        if s.group in limits.excluded and s.since <= day and (s.until is None or day <= s.until)
    ]
    clause = limits.clauses["excluded"]
    if not found:
        return _not_retired(clause)
    return Finding("voucher.not_retired", False, clause, {"since": found[0].since, "source": found[0].source})


@_alike
def _not_retired(clause: str) -> Finding:
    return Finding("voucher.not_retired", True, clause)


# Read in every city's voucher rules and held by an index of the table (uq_voucher_held): no policy row can lift it.
ONE_AT_A_TIME = "持有职业培训券期间不得再领取新券（各地职业培训券管理办法）"


def _one_at_a_time(question: Question) -> Finding:
    # Being given a voucher takes nothing from anybody; holding a second one is what the rule forbids.
    return _holds_none(question.moment is Moment.ISSUE or not question.holder.held)


@_alike
def _holds_none(met: bool) -> Finding:
    return Finding("voucher.one_at_a_time", met, ONE_AT_A_TIME)


def _once_a_year(question: Question) -> Finding:
    year, most = question.day.year, question.limits.trainings_a_year
    spent = [s for s in question.holder.spent if s.on.year == year]
    if question.purpose is not None:
        spent = [s for s in spent if s.source != question.purpose.source]
    return _spent(len(spent) < most, spent[0].on if spent else None, most, year, question.limits.clauses["year"])


@_alike
def _spent(met: bool, on: date | None, most: int, year: int, clause: str) -> Finding:
    facts: dict[str, object] = {"most": most, "year": year, "next": date(year + 1, 1, 1)}
    if on is not None:
        facts["spent_on"] = on
    return Finding("voucher.once_a_year", met, clause, facts)


def _level_once(question: Question, purpose: Purpose) -> Finding:
    earlier = [
        s for s in question.holder.spent
        if s.source != purpose.source and s.occupation == purpose.occupation and s.level == purpose.level
    ] if purpose.level is not None else []
    facts: dict[str, object] = {"occupation": purpose.occupation, "level": purpose.level.wording if purpose.level else "—",
                                "level_en": purpose.level.english if purpose.level else "—"}
    if earlier:
        facts["spent_on"] = earlier[0].on
    return Finding("voucher.level_once", not (question.limits.level_once and earlier), question.limits.clauses["level"], facts)


def _employed(question: Question, purpose: Purpose) -> Finding:
    """The firm that is paid employs the learner on the day of the use; its own word is enough to begin, not to be paid."""
    clause, held, wanted = question.limits.clauses.get("employments", ""), employment(question), question.limits.employments
    if held is None:
        code = "voucher.one_employer" if employments_on(question) else "voucher.employed"
        return Finding(code, False, clause, {"day": question.day})
    facts: dict[str, object] = {
        "employer": held.employer, "since": held.since, "source": held.source, "strength": held.strength, "employer_id": held.employer_id,
    }  # fmt: skip
    if not held.approved:
        return Finding("voucher.employer_approved", False, clause, facts)
    if question.moment is Moment.SETTLE and wanted and held.strength not in wanted:
        return Finding("voucher.employment_unproven", False, clause, facts)
    return Finding("voucher.employed", True, clause, {**facts, "day": question.day})


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
