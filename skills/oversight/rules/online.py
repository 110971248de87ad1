"""F10: time in front of online lessons that nobody spent (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from statistics import pstdev
from typing import Any

from skills.kernel.clock import shanghai_day
from skills.oversight.rules.facts import Counted, Facts, Sat, Suspicion, by, daily, percent, tier, unpaid

SIGNS = ("together", "mechanical", "fast")


def f10(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Invented logs and automatic players (national audit of 2022: 47.20 m yuan of made-up training).

    Somebody is odd of whom one of these is true, more than once: begun and done in the same seconds as several others in front of
    the same lesson; every question answered after the same time, as no hand does it; most of it played faster than is allowed.
    One machine for several people proves nothing by itself: families share one, and the machines of a computer room look all
    alike; it is counted and told. Nor does the hour of the night, nor the fastest speed that is allowed.
    """
    first = facts.day - timedelta(days=numbers["days"])
    lately = [s for s in facts.sittings if shanghai_day(s.starts) >= first]
    for institution, held in by(lately, lambda s: s.institution).items():
        signs = _signs(held, numbers)
        people = {s.person for s in held}
        share = percent(len(signs), len(people))
        strength = min(tier(len(signs), numbers["people"]), tier(share, numbers["people_percent"]))
        if not strength:
            continue
        count = {sign: sum(sign in found for found in signs.values()) for sign in SIGNS}
        mine = [s for s in held if s.person in signs]
        seats = {(s.person, s.klass) for s in mine}
        machines = _most_at_a_machine(mine)
        yield Suspicion(
            "F10", f"organisation:{institution}", strength, "case.F10.player",
            {"name": facts.name(institution), "n": len(signs), "people": len(people), "sittings": len(mine), **count},
            (
                Counted("在线学习异常的人", "People whose time online looks odd", str(len(signs)), f"≥ {numbers['people'][0]}"),
                Counted("占该机构在线学员", "Share of its learners online", f"{share} %", f"≥ {numbers['people_percent'][0]} %"),
                Counted(
                    f"{numbers['seconds']} 秒内一同开始和结束", f"Begun and done together within {numbers['seconds']} seconds",
                    str(count["together"]),
                    f"≥ {numbers['together']} 人 ≥ {numbers['times']} 次|≥ {numbers['together']} people, ≥ {numbers['times']} times",
                ),
                Counted("回答提问的间隔总是一样", "Questions always answered after the same time", str(count["mechanical"]),
                        f"≥ {numbers['answers']} 次 < {numbers['steady']} 秒|≥ {numbers['answers']}, < {numbers['steady']} s apart"),
                Counted(f"播放速度超过 {numbers['rate']} %", f"Played faster than {numbers['rate']} %", str(count["fast"]),
                        f"≥ {numbers['fast_percent']} %"),
                Counted("同一设备上的人数（最多）", "Most people at one machine", str(machines), "—"),
            ),
            tuple(s.id for s in mine), unpaid(u for u in facts.uses if (u.person, u.klass) in seats), institution,
            daily(shanghai_day(s.starts) for s in mine),
        )  # fmt: skip


def _signs(held: Sequence[Sat], numbers: Mapping[str, Any]) -> dict[str, set[str]]:
    """Whose time looks odd, and why."""
    found: dict[str, set[str]] = defaultdict(set)
    for person, times in _together(held, numbers).items():
        if times >= numbers["times"]:
            found[person].add("together")
    for person, mine in by(held, lambda s: s.person).items():
        answers = [seconds for s in mine for seconds in s.answers]
        if len(answers) >= numbers["answers"] and pstdev(answers) < numbers["steady"]:
            found[person].add("mechanical")
        rates = [rate for s in mine for rate in s.rates]
        if len(rates) >= numbers["least"] and percent(sum(r > numbers["rate"] for r in rates), len(rates)) >= numbers["fast_percent"]:
            found[person].add("fast")
    return found


def _together(held: Sequence[Sat], numbers: Mapping[str, Any]) -> dict[str, int]:
    """How often each person began and was done within the same few seconds as enough others in front of the same lesson."""
    span, times = timedelta(seconds=numbers["seconds"]), defaultdict[str, int](int)
    for sittings in by(held, lambda s: s.lesson).values():
        ordered = sorted(sittings, key=lambda s: (s.starts, s.id))
        for n, one in enumerate(ordered):
            others = {one.person}
            for step in (-1, 1):
                at = n + step
                while 0 <= at < len(ordered) and abs(ordered[at].starts - one.starts) < span:
                    if abs(ordered[at].ends - one.ends) < span:
                        others.add(ordered[at].person)
                    at += step
            if len(others) >= numbers["together"]:
                times[one.person] += 1
    return times


def _most_at_a_machine(held: Sequence[Sat]) -> int:
    """The most people whose sittings bear the mark of one machine; 0 where marks are forgotten already."""
    return max((len({s.person for s in mine}) for mine in by(held, lambda s: s.device).values()), default=0)
