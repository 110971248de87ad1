"""What is asked of the rules of vouchers: terms, holder, limits, and the question that a verdict is decided on (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skills.kernel.money import Amount
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
