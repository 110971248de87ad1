"""Small histories for the rules: a quiet town, into which a test puts one thing."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from skills.oversight.rules import RULES
from skills.oversight.rules.facts import Body, Facts, Suspicion, Use

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)
POLICY = Path(__file__).parents[2] / "skills/standards/data/policy_oversight.toml"


@cache
def numbers() -> dict[str, dict[str, Any]]:
    """The numbers of policy, as they are shipped."""
    held = tomllib.loads(POLICY.read_text("utf-8"))
    hands = tomllib.loads(POLICY.with_name("policy_hands.toml").read_text("utf-8"))["oversight.hands"]["value"]
    found = {name: held[f"oversight.{name}"]["value"] for name in RULES}
    return {**found, "F13": {**found["F13"], "hands": hands}}


def body(name: str, **change: Any) -> Body:
    return replace(Body(name, f"学校{name}", False, date(2020, 1, 1), date(2018, 5, 1), 30, f"rep-{name}", f"road {name}"), **change)


def use(number: int, institution: str = "a", at: datetime | None = None, **change: Any) -> Use:
    """A use of a person of their own, claimed a week before, from an own browser."""
    when = at or NOW - timedelta(days=100) + timedelta(hours=29 * number)
    made = Use(
        f"u{number}", f"p{number}", institution, "batch", f"course-{institution}", f"class-{institution}", 120_000, True, when,
        when.date(), when - timedelta(days=9), when - timedelta(days=7), f"n{number}", f"d{number}", None,
    )  # fmt: skip
    return replace(made, **change)


def town(*extra: Use, **change: Any) -> Facts:
    """Three old schools with sixty quiet uses, and what a test adds."""
    quiet = [use(n, "abc"[n % 3]) for n in range(60)]
    uses = tuple(sorted((*quiet, *extra), key=lambda u: (u.at, u.id)))
    by_day: dict[str, dict[date, int]] = {}
    for one in uses:
        days = by_day.setdefault(one.institution, {})
        days[one.day] = days.get(one.day, 0) + 1
    long_ago = {i: {date(2026, 1, 5) + timedelta(days=20 * k): 4 for k in range(8)} for i in "abc"}
    held = {i: tuple(sorted({**long_ago.get(i, {}), **days}.items())) for i, days in by_day.items()}
    facts = Facts(
        DAY, uses, by_day=held, bodies={i: body(i) for i in by_day}, courses={f"course-{i}": (f"课程{i}", i) for i in by_day},
    )  # fmt: skip
    return replace(facts, **change)


def asked(rule: str, facts: Facts) -> list[Suspicion]:
    return list(RULES[rule](facts, numbers()[rule]))


def about(rule: str, facts: Facts) -> dict[str, int]:
    """subject → strength of what a rule finds."""
    return {s.subject: s.strength for s in asked(rule, facts)}
