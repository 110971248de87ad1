"""The conditions that a verdict on a voucher is made of: group, exclusions, once a year, employer (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from skills.kernel.findings import Finding
from skills.standards.calendar import add_months
from skills.vouchers.rules.questions import (
    Employment,
    Group,
    Holder,
    Limits,
    Moment,
    Purpose,
    Question,
    Window,
)


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
def batch_open(is_open: bool, title: str) -> Finding:
    return Finding("voucher.batch_open", is_open, facts={"title": title})


@_alike
def claim_window(claim_from: date, claim_until: date, moment: Moment, day: date) -> Finding:
    facts = {"claim_from": claim_from, "claim_until": claim_until}
    if moment is Moment.ISSUE or day >= claim_from:
        return Finding("voucher.claim_window", day <= claim_until, facts=facts)
    return Finding("voucher.claim_not_yet", False, facts=facts)


def not_excluded(holder: Holder, limits: Limits, day: date) -> Finding:
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


def one_at_a_time(question: Question) -> Finding:
    # Being given a voucher takes nothing from anybody; holding a second one is what the rule forbids.
    return _holds_none(question.moment is Moment.ISSUE or not question.holder.held)


@_alike
def _holds_none(met: bool) -> Finding:
    return Finding("voucher.one_at_a_time", met, ONE_AT_A_TIME)


def once_a_year(question: Question) -> Finding:
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


def one_level_once(question: Question, purpose: Purpose) -> Finding:
    earlier = [
        s for s in question.holder.spent
        if s.source != purpose.source and s.occupation == purpose.occupation and s.level == purpose.level
    ] if purpose.level is not None else []
    facts: dict[str, object] = {"occupation": purpose.occupation, "level": purpose.level.wording if purpose.level else "—",
                                "level_en": purpose.level.english if purpose.level else "—"}
    if earlier:
        facts["spent_on"] = earlier[0].on
    return Finding("voucher.level_once", not (question.limits.level_once and earlier), question.limits.clauses["level"], facts)


def employed(question: Question, purpose: Purpose) -> Finding:
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
