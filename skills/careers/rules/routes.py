"""Every legal way to the next level, with what is missing in it and the day from which it is met (pure).

The conditions are those of `certification.rules.eligibility`; nothing is decided here that it would decide otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skills.certification.rules import eligibility
from skills.certification.rules.eligibility import Part, Terms, Way
from skills.kernel.findings import Finding
from skills.people.rules import turns
from skills.records.rules import Facts
from skills.standards.rules import Level


class Standing(StrEnum):
    """How a way stands. In the order in which ways are shown."""

    READY = "ready"
    DATED = "dated"
    MISSING = "missing"
    CLOSED = "closed"

    @property
    def order(self) -> int:
        return list(Standing).index(self)


# Why a way is closed, whoever asks: what would have to change lies with others, or is over.
CLOSED_WORDS: dict[str, tuple[str, str]] = {
    "no_school": ("主管部门还没有公布经评估论证的院校名单", "the authority has not published the list of approved schools yet"),
    "ends_before": ("到满足年限的那天，其他条件已经不再具备", "by the day the years are full, another part of it is over"),
    "appointed": ("特级技师、首席技师不参加考试，由用人单位按规定评聘", "special and chief technicians sit no exam: employers appoint them by rule"),
}


@dataclass(frozen=True)
class Exam:
    """An exam that takes candidates: the day that years are counted to, and the terms that count for it."""

    id: str
    day: date
    terms: Terms


@dataclass(frozen=True)
class Route:
    """A way to a level.

    finding   the condition as a verdict says it; None for what no exam leads to
    from_day  the first day on which it is met, as far as waiting brings that; None if something has to be brought
    missing   the parts that are not met today, the age among them
    closed    one of CLOSED_WORDS, or empty
    exams     ids of the exams for which it is met on their day
    """

    code: str
    finding: Finding | None
    standing: Standing
    from_day: date | None
    missing: tuple[Part, ...]
    closed: str = ""
    exams: tuple[str, ...] = ()


def next_levels(best: Level | None) -> tuple[Level, ...]:
    """The levels above the one that is held (None: none), the next first."""
    return tuple(level for level in Level if level > (best or Level.APPRENTICE))


def routes(level: Level, occupation: str, facts: Facts, today: date, terms: Terms, exams: Sequence[Exam] = ()) -> list[Route]:
    """Every way to a level: what can be gone now, then what waiting brings soonest, then what misses least, then what is closed.

    A way that is met on the day of one of the exams can be gone now.
    """
    if not level.examined:
        return [Route("appointed", None, Standing.CLOSED, None, (), "appointed")]
    age = _age(facts, terms, today)
    suits: dict[str, list[str]] = {}
    for exam in exams:
        old_enough = turns(facts.birth, exam.terms.min_age) <= exam.day
        for way in eligibility.ways(level, occupation, facts, exam.day, exam.terms):
            if old_enough and not way.missing:
                suits.setdefault(way.condition.code, []).append(exam.id)
    found = [
        _route(way, age, suits.get(way.condition.code, ()), level, occupation, facts, today, terms)
        for way in eligibility.ways(level, occupation, facts, today, terms)
    ]
    return sorted(found, key=_order)


def soonest(found: Iterable[Route]) -> date | None:
    """The first day on which any of these ways is met by waiting alone."""
    return min((r.from_day for r in found if r.from_day is not None), default=None)


def _order(route: Route) -> tuple[int, date, int, str]:
    return route.standing.order, route.from_day or date.max, len(route.missing), route.code


def _route(
    way: Way, age: tuple[Part, ...], exams: Sequence[str], level: Level, occupation: str, facts: Facts, today: date, terms: Terms
) -> Route:
    condition, missing = way.condition, (*age, *way.missing)
    days = [p.from_day for p in missing]
    when = max((d for d in days if d is not None), default=today) if all(days) else None
    closed = ""
    if when is not None and when > today and not _met(condition.code, level, occupation, facts, when, terms):
        when, closed = None, "ends_before"
    elif condition.approved_school and not terms.approved_schools:
        when, closed = None, "no_school"
    if exams or (not missing and not closed):
        standing, closed, when = Standing.READY, "", when or today
    elif closed:
        standing = Standing.CLOSED
    else:
        standing = Standing.DATED if when is not None else Standing.MISSING
    return Route(condition.code, eligibility.finding(way), standing, when, missing, closed, tuple(exams))


def _met(code: str, level: Level, occupation: str, facts: Facts, day: date, terms: Terms) -> bool:
    return any(w.condition.code == code and not w.missing for w in eligibility.ways(level, occupation, facts, day, terms))


def _age(facts: Facts, terms: Terms, today: date) -> tuple[Part, ...]:
    """The age, if it is missing: a part of every way."""
    grown = turns(facts.birth, terms.min_age)
    if grown <= today:
        return ()
    return (
        Part(
            False, (f"未满{terms.min_age}周岁", f"not yet {terms.min_age}"),
            (f"{grown.isoformat()}起年满{terms.min_age}周岁", f"{terms.min_age} on {grown.isoformat()}"), "age", grown,
        ),
    )  # fmt: skip
