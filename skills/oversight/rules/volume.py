"""Numbers that do not fit: F3 new or dormant bodies that swell, F4 waves of claims on one course (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

from skills.oversight.rules.facts import (
    Body,
    Counted,
    Facts,
    Suspicion,
    Use,
    by,
    daily,
    densest,
    largest,
    percent,
    tier,
    unpaid,
)

DAY = timedelta(days=1)


def f3(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """A shell: little behind it, suddenly many trainees (Singapore 2017: nine dormant companies, S$39.9 m).

    A body that is new here takes in more in thirty days than the ramp allows and than `peers` times what others do at
    their busiest; one that slept for months, more than others do. Where the register shows next to nobody insured, or
    a business founded just before, the ramp alone counts, and few insured are one step stronger.
    """
    span = numbers["span_days"]
    usual = median([_most(facts.by_day[i], span)[1] for i in facts.by_day]) if facts.by_day else 0
    yield from _invented(facts, numbers)
    here = by(facts.uses, lambda u: u.institution)
    for institution, days in facts.by_day.items():
        body = facts.bodies.get(institution)
        if body is None or institution not in here:
            continue
        began = _swollen(body, days, numbers, usual)
        if began is None:
            continue
        first, count, quiet = began
        last = first + timedelta(days=span)
        held = [u for u in here[institution] if first <= u.day < last]
        if not held:
            continue
        strength = tier(count, numbers["ramp"])
        if body.insured is not None and body.insured <= numbers["insured"]:
            strength = min(3, strength + 1)
        code, known = ("case.F3.dormant", quiet) if quiet else ("case.F3.young", (first - _born(body)).days)
        yield Suspicion(
            "F3", f"organisation:{institution}", strength, code,
            {"name": body.name, "n": count, "days": known, "span": span, "usual": int(usual)},
            (
                Counted(f"{span} 天内用券", f"Uses within {span} days", str(count), f"≥ {numbers['ramp'][0]}"),
                Counted("各机构最忙时的中位数", "Median of all at their busiest", str(int(usual)), "—"),
                Counted("此前（天）", "Days before", str(known), f"{'≥' if quiet else '≤'} "
                        f"{numbers['dormant_days'] if quiet else numbers['young_days']}"),
                Counted("参保人数", "Insured staff", "—" if body.insured is None else str(body.insured), f"> {numbers['insured']}"),
            ),
            tuple(u.id for u in held), unpaid(held), institution, daily(u.day for u in held),
        )  # fmt: skip


def _invented(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """More people who used vouchers say that they work at a body than it pays insurance for."""
    for employer, people in facts.employers.items():
        body = facts.bodies.get(employer)
        if body is None or body.insured is None or len(people) < numbers["staff_times"] * max(1, body.insured):
            continue
        if strength := tier(len(people), numbers["staff"]):
            held = [u for u in facts.uses if u.person in people]
            yield Suspicion(
                "F3", f"organisation:{employer}", strength, "case.F3.staff",
                {"name": body.name, "n": len(people), "insured": body.insured},
                (
                    Counted("自称的员工", "People who say that they work there", str(len(people)), f"≥ {numbers['staff'][0]}"),
                    Counted("参保人数", "People insured", str(body.insured), f"× {numbers['staff_times']}"),
                ),
                tuple(u.id for u in held), unpaid(held), employer, daily(u.day for u in held),
            )  # fmt: skip


def _born(body: Body) -> date:
    return max(body.registered_on, body.established_on or body.registered_on)


def _thin(body: Body, first: date, numbers: Mapping[str, Any]) -> bool:
    """Whether the business register shows little behind a body on a day."""
    fresh = body.established_on is not None and (first - body.established_on).days <= numbers["young_days"]
    return fresh or (body.insured is not None and body.insured <= numbers["insured"])


def _swollen(
    body: Body, days: Sequence[tuple[date, int]], numbers: Mapping[str, Any], usual: float
) -> tuple[date, int, int] | None:
    """(first day, uses, days of sleep before it or 0) of the heaviest span that began when the body was new or woke."""
    found: tuple[date, int, int] | None = None
    before = body.registered_on
    for index, (first, _) in enumerate(days):
        slept = (first - before).days
        before = first
        young = (first - _born(body)).days <= numbers["young_days"]
        asleep = slept >= numbers["dormant_days"]
        if not (young or asleep):
            continue
        end = first + timedelta(days=numbers["span_days"])
        count = sum(n for day, n in days[index:] if day < end)
        floor = 0 if _thin(body, first, numbers) else usual if asleep else numbers["peers"] * usual
        if count >= max(numbers["ramp"][0], floor) and (found is None or count > found[1]):
            found = (first, count, slept if asleep else 0)
    return found


def _most(days: Sequence[tuple[date, int]], span: int) -> tuple[date | None, int]:
    """The heaviest span: its first day and its uses."""
    best: tuple[date | None, int] = (None, 0)
    start = total = 0
    for day, count in days:
        total += count
        while (day - days[start][0]).days >= span:
            total -= days[start][1]
            start += 1
        if total > best[1]:
            best = (days[start][0], total)
    return best


def f4(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """A wave of claims for one course that a message in a group chat set off (Singapore 2017: 4,400 people).

    Far more than the course has on other days, most of them claimed just before, and not from one office: colleagues
    who enrol together come from one network.
    """
    fresh = timedelta(hours=numbers["fresh_hours"])
    for course, uses in by(facts.uses, lambda u: u.course).items():
        wave = densest(uses, lambda u: u.at, DAY)
        strength = tier(len(wave), numbers["wave"])
        if not strength:
            continue
        rest = len(uses) - len(wave)
        usual = max(1, rest * 10 // max(1, _active(uses, wave))) / 10
        new = sum(u.claimed_at is not None and u.at - u.claimed_at <= fresh for u in wave)
        seen, one = sum(bool(u.network) for u in wave), largest(u.network for u in wave)
        office = seen * 2 >= len(wave) and percent(one, seen) >= numbers["office_percent"]
        if office or len(wave) < numbers["times"] * usual or percent(new, len(wave)) < numbers["fresh_percent"]:
            continue
        title, institution = facts.courses.get(course, (course, uses[0].institution))
        yield Suspicion(
            "F4", f"course:{course}", strength, "case.F4.wave",
            {"title": title, "name": facts.name(institution), "n": len(wave), "on": wave[0].day, "percent": percent(new, len(wave))},
            (
                Counted("24 小时内用券", "Uses within 24 hours", str(len(wave)), f"≥ {numbers['wave'][0]}"),
                Counted("平日", "On other days", f"{usual:g}", f"× {numbers['times']}"),
                Counted("刚刚领取的", "Claimed just before", f"{percent(new, len(wave))} %", f"≥ {numbers['fresh_percent']} %"),
                Counted("来自同一网络", "From one network", f"{percent(one, seen)} %", f"< {numbers['office_percent']} %"),
            ),
            tuple(u.id for u in wave), unpaid(wave), institution, daily(u.day for u in uses),
        )  # fmt: skip


def _active(uses: Sequence[Use], wave: Sequence[Use]) -> int:
    during = {u.day for u in wave}
    return len({u.day for u in uses} - during)
