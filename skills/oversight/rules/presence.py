"""F7: attendance that learners did not write themselves (pure)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations, pairwise
from typing import Any

from skills.kernel.clock import shanghai_day
from skills.oversight.rules.facts import Coming, Counted, Facts, Suspicion, by, daily, densest, percent, tier, unpaid

SIGNS = ("at_once", "corrected", "last_minute", "one_hand")


def f7(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Proxy attendance (Korea 2019: 112 findings at 56 institutions): somebody with everybody's phones.

    Looked at is how coming in was written, lesson by lesson: nearly all of a class within seconds, nearly all by
    correction, nearly all in the last minutes before the window closes, or the same people one after the other lesson by
    lesson as one hand does it with a stack of phones (`_by_one_hand`). One such lesson is everyday life (a teacher who
    says "scan now", a screen that fails); counted is how many of them an institution has lately, and in how many of its
    lessons.
    """
    first = facts.day - timedelta(days=numbers["days"])
    lately = (c for c in facts.comings if c.there and shanghai_day(c.at) >= first)
    for institution, comings in by(lately, lambda c: c.institution).items():
        lessons = {i: held for i, held in by(comings, lambda c: c.lesson).items() if len(held) >= numbers["least"]}
        odd = dict.fromkeys(_by_one_hand(lessons, numbers), "one_hand")
        odd |= {i: sign for i, held in lessons.items() if (sign := _sign(held, numbers))}
        share = percent(len(odd), len(lessons))
        strength = min(tier(len(odd), numbers["lessons"]), tier(share, numbers["lessons_percent"]))
        if not strength:
            continue
        count = {sign: sum(s == sign for s in odd.values()) for sign in SIGNS}
        concerned = [c for i in odd for c in lessons[i]]
        seats = {(c.person, c.klass) for c in concerned}
        yield Suspicion(
            "F7", f"organisation:{institution}", strength, "case.F7.proxy",
            {"name": facts.name(institution), "n": len(odd), "lessons": len(lessons), "people": len({c.person for c in concerned}), **count},
            (
                Counted("可疑课次", "Lessons that look odd", str(len(odd)), f"≥ {numbers['lessons'][0]}"),
                Counted("占该机构课次", "Share of its lessons", f"{share} %", f"≥ {numbers['lessons_percent'][0]} %"),
                Counted(f"{numbers['seconds']} 秒内整班签到", f"Whole class within {numbers['seconds']} seconds", str(count["at_once"]),
                        f"≥ {numbers['percent']} %"),
                Counted("整班靠更正补录", "Whole class by correction", str(count["corrected"]), f"≥ {numbers['percent']} %"),
                Counted(f"签到截止前 {numbers['last_minutes']} 分钟整班签到", f"Whole class in the last {numbers['last_minutes']} minutes",
                        str(count["last_minute"]), f"≥ {numbers['percent']} %"),
                Counted("同一批人每次接连签到", "The same people one after the other every time", str(count["one_hand"]), f"≥ {numbers['hand']}"),
            ),
            tuple(c.id for c in concerned), unpaid(u for u in facts.uses if (u.person, u.klass) in seats), institution,
            daily(shanghai_day(min(c.at for c in lessons[i])) for i in odd),
        )  # fmt: skip


def _sign(held: Sequence[Coming], numbers: Mapping[str, Any]) -> str:
    """What is odd about a lesson; empty if nothing is. The corrected are no scans and say nothing of the time."""
    if percent(sum(c.corrected for c in held), len(held)) >= numbers["percent"]:
        return "corrected"
    scans = sorted((c for c in held if not c.corrected), key=lambda c: (c.at, c.id))
    if len(scans) < numbers["least"]:
        return ""
    if percent(len(densest(scans, lambda c: c.at, timedelta(seconds=numbers["seconds"]))), len(scans)) >= numbers["percent"]:
        return "at_once"
    last = timedelta(minutes=numbers["last_minutes"])
    late = sum(c.closes - last <= c.at <= c.closes for c in scans)
    return "last_minute" if percent(late, len(scans)) >= numbers["percent"] else ""


def _by_one_hand(lessons: Mapping[str, Sequence[Coming]], numbers: Mapping[str, Any]) -> Iterator[str]:
    """Lessons in which a group scanned in one run that does so in most lessons of its class.

    One hand takes some seconds for each phone. A class that is told to scan does it side by side, often within the same
    second; people who arrive on their own are in a run now and then, never the same ones; a few friends are too few.
    """
    classes: dict[str, list[str]] = defaultdict(list)
    for i, held in lessons.items():
        classes[held[0].klass].append(i)
    for ids in classes.values():
        runs = {i: list(_runs(lessons[i], numbers)) for i in ids}
        needed = max(numbers["hand_lessons"], math.ceil(len(ids) * numbers["hand_percent"] / 100))
        often = Counter(pair for found in runs.values() for run in found for pair in combinations(sorted(run), 2))
        company = Counter(person for pair, times in often.items() if times >= needed for person in pair)
        group = {person for person, others in company.items() if others + 1 >= numbers["hand"]}
        yield from (i for i in ids if any(len(run & group) >= numbers["hand"] for run in runs[i]))


def _runs(held: Sequence[Coming], numbers: Mapping[str, Any]) -> Iterator[set[str]]:
    """People whose scans follow one upon the other, none long after the one before and few within the same moment."""
    scans = sorted((c for c in held if not c.corrected), key=lambda c: (c.at, c.id))
    run: list[Coming] = []
    for scan in [*scans, None]:
        if scan is not None and (not run or scan.at - run[-1].at <= timedelta(seconds=numbers["gap_seconds"])):
            run.append(scan)
            continue
        gaps = [b.at - a.at for a, b in pairwise(run)]
        side_by_side = sum(gap < timedelta(seconds=numbers["hand_seconds"]) for gap in gaps)
        if len(run) >= numbers["hand"] and side_by_side * 3 < len(gaps):
            yield {c.person for c in run}
        run = [scan] if scan is not None else []
