"""What a body may assess, since when, until when, and how it came to it (pure).

Sources: domain rulebook §4 (备案), desks D15 (告知承诺 for employers only).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from skills.certification.rules.numbers import BodyKind
from skills.certification.states import ISSUING
from skills.kernel.findings import Finding, Verdict, all_of
from skills.people.rules import turns
from skills.standards.rules import Level

ANY_BRANCH = ""
BEGINS_PAUSE = frozenset({"suspend", "revoke", "withdraw"})
ENDS_PAUSE = BEGINS_PAUSE | {"resume"}


@dataclass(frozen=True, order=True)
class ScopeItem:
    """One thing that may be assessed. An empty branch stands for the whole occupation with all its 工种."""

    occupation: str
    branch: str
    level: Level


@dataclass(frozen=True)
class Pause:
    """Days on which a filing rested, both included. `until` is None while it rests, or for ever; `kind` is the move that began it."""

    kind: str
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        """Whether it rests on a day: also on the day on which it was stopped, and on that on which it was let go on."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Filed:
    """A filing as its rules see it. `added`: since when a part of the scope is in it that was added later."""

    number: str
    state: str
    filed_on: date | None
    valid_to: date | None
    scope: frozenset[ScopeItem]
    pauses: tuple[Pause, ...] = ()
    added: Mapping[ScopeItem, date] = field(default_factory=dict)

    def valid_on(self, day: date) -> bool:
        """Whether the filing was in force on a day, whatever it is now."""
        return self.in_term(day) and self.paused_on(day) is None

    def in_term(self, day: date) -> bool:
        """Whether a day lies in the term."""
        return self.filed_on is not None and self.valid_to is not None and self.filed_on <= day <= self.valid_to

    def paused_on(self, day: date) -> Pause | None:
        """The pause in which a day lies."""
        return next((pause for pause in self.pauses if pause.on(day)), None)


def kind_of(organisation_kind: str, own_students_only: bool = False) -> BodyKind | None:
    """Y for an employer (and for a college that assesses only its own students), S for bodies open to society.

    None for organisations that cannot file.
    """
    if organisation_kind == "enterprise" or (organisation_kind == "college" and own_students_only):
        return BodyKind.EMPLOYER
    return BodyKind.PUBLIC if organisation_kind in {"social_body", "college"} else None


def last_day(filed_on: date, years: int) -> date:
    """The last day of a filing's term."""
    return turns(filed_on, years) - timedelta(days=1)


def scope_faults(items: Sequence[ScopeItem], occupations: Mapping[str, tuple[str, frozenset[str]]]) -> Verdict:
    """Whether a scope may be filed. `occupations`: code → (kind, branches), all that the catalogue has.

    Source: only skill occupations; 特级 and 首席 only where 一级 is in the scope (中办发〔2022〕58号); no level of 学徒工,
    which is decided inside the employer.
    """
    findings = [Finding("filing.scope_empty", bool(items))]
    wanted = set(items)
    for item in sorted(wanted):
        shown = {"occupation": item.occupation, "branch": item.branch, "level": item.level.wording,
                 "level_en": item.level.english}  # fmt: skip
        known = occupations.get(item.occupation)
        if known is None:
            findings.append(Finding("filing.scope_occupation", False, "", shown))
            continue
        kind, branches = known
        if kind != "skill":
            findings.append(Finding("filing.scope_not_skill", False, "", shown))
        if item.branch and item.branch not in branches:
            findings.append(Finding("filing.scope_branch", False, "", shown))
        if item.level is Level.APPRENTICE:
            findings.append(Finding("filing.scope_apprentice", False, "", shown))
        if item.level > Level.L1 and ScopeItem(item.occupation, item.branch, Level.L1) not in wanted:
            findings.append(Finding("filing.scope_above_l1", False, "", shown))
    return all_of("filing.scope_refused", findings)


def may_promise(kind: BodyKind, organisation_kind: str, broken_on: date | None, bar_years: int, day: date) -> Verdict:
    """Whether a body may file on a promise 告知承诺. `broken_on`: when it was last caught in a false one."""
    barred_to = last_day(broken_on, bar_years) if broken_on else None
    return all_of(
        "filing.promise_refused",
        [
            Finding("filing.promise_employer", kind is BodyKind.EMPLOYER and organisation_kind == "enterprise"),
            Finding("filing.promise_barred", barred_to is None or day > barred_to, "", {"day": barred_to or day}),
        ],
    )


def covers(filing: Filed, occupation: str, branch: str, level: Level, day: date) -> Verdict:
    """Whether a filing allows an exam in this occupation, branch and level on a day: asked of the day, not of today."""
    return _covers(filing, occupation, branch, level, day)


def works_for(filing: Filed, occupation: str, branch: str, level: Level, day: date) -> Verdict:
    """Whether a body may go on today with an exam of a day: its filing covers that day, and is neither suspended nor ended now.

    Somebody whose filing ran out after the exam still numbers what was examined in its term.
    """
    return _covers(filing, occupation, branch, level, day, ("filing.in_force", filing.state in ISSUING))


def _covers(
    filing: Filed, occupation: str, branch: str, level: Level, day: date, *now: tuple[str, bool]
) -> Verdict:  # fmt: skip
    shown = {
        "occupation": occupation, "branch": branch or "--", "level": level.wording, "level_en": level.english,
        "day": day, "number": filing.number,
    }  # fmt: skip
    inside = any(
        item.occupation == occupation and item.level is level and item.branch in (ANY_BRANCH, branch)
        and filing.added.get(item, day) <= day
        for item in filing.scope
    )  # fmt: skip
    pause = filing.paused_on(day)
    rest = {**shown, "since": pause.since if pause else "", "until": (pause.until if pause else None) or "--"}
    term = {**shown, "since": filing.filed_on or "", "until": filing.valid_to or ""}
    return all_of(
        "filing.outside_scope",
        [
            *(Finding(code, met, "", shown) for code, met in now),
            Finding("filing.not_paused", pause is None, "", rest),
            Finding("filing.in_term", filing.in_term(day), "", term),
            Finding("filing.in_scope", inside, "", shown),
        ],
        **shown,
    )


def employment_source(organisation_id: str, person_id: str = "") -> str:
    """The head of the source under which a firm's word about its people stands: of one of them, or of all."""
    return f"employment:{organisation_id}:{person_id}" if person_id else f"employment:{organisation_id}:"


def member_source(organisation_id: str, person_id: str = "") -> str:
    """The head of the source under which a body's word about its other people stands: of one of them, or of all."""
    return f"member:{organisation_id}:{person_id}:" if person_id else f"member:{organisation_id}:"


EMPLOYEE = "employee"
# How somebody may belong to a body without a contract of employment; the group of the fact on record is the tie's name.
TIES = {
    EMPLOYEE: ("本单位职工", "its employees"),
    "dispatched_worker": ("劳务派遣人员", "staff dispatched to it"),
    "apprentice": ("学徒", "its apprentices"),
    "own_student": ("本校学生", "its own students"),
}


@dataclass(frozen=True)
class Belonging:
    """How somebody belongs to a body: tie one of TIES, from `since` to `until` (None: it goes on)."""

    body: str | None
    tie: str
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        """Whether it was so on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


def first_day_apart(
    kind: BodyKind, body: str, belongs: Iterable[Belonging], admitted: Sequence[str], days: Sequence[date]
) -> date | None:  # fmt: skip
    """The first of the days on which a body may not register somebody; None if it may: `own_people` says when."""
    ties = [one for one in belongs if one.body == body and one.tie in admitted]
    return next((day for day in days if kind is BodyKind.EMPLOYER and not any(one.on(day) for one in ties)), None)


def own_people(
    kind: BodyKind, body: str, belongs: Iterable[Belonging], admitted: Sequence[str], days: Sequence[date]
) -> Verdict:
    """Whether a body may register somebody: a `Y` body only those who belong to it, in a way that is admitted, on each of the days.

    admitted: ties that policy allows for this kind of body. Source: desks D14 (仅限本单位职工).
    """
    held = list(belongs)
    words = [TIES[tie] for tie in admitted]
    shown = {"whom": "、".join(zh for zh, _ in words), "whom_en": ", ".join(en for _, en in words)}
    findings = [
        Finding(
            "application.own_people", first_day_apart(kind, body, held, admitted, (day,)) is None, "", {"day": day, **shown}
        )
        for day in days
    ]
    code = "application.not_own_people" if EMPLOYEE in admitted else "application.not_own_students"
    return all_of(code, findings, day=next((f.facts["day"] for f in findings if not f.met), days[0]), **shown)
