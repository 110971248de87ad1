"""People on paper: F9 who was never entitled, F12 who was never there (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Any

from skills.oversight.rules.facts import Counted, Facts, Said, Status, Suspicion, Use, by, daily, percent, tier, unpaid
from skills.people.rules import turns

_WORDS = {
    "age": ("已超过劳动年龄", "was beyond working age"),
    "young": ("未满劳动年龄", "was below working age"),
    "never": ("已领取养老金等", "drew a pension, or the like"),
    "study": ("在校学习", "was at school"),
    "work": ("在岗就业", "was in a job"),
}


def f9(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """People who were not what the voucher was for: retired, at school, at work (national audit of 2022: 52.19 m yuan).

    Every use is held against the lists as they are known today, for the day of the use: what a list says late is found
    too. Nobody is suspected because a list is silent.
    """
    found: dict[str, list[tuple[Use, str]]] = {}
    for use in facts.uses:
        kind = _contradiction(use, facts.statuses.get(use.person, ()), frozenset(facts.groups.get(use.batch, ())), numbers)
        kind = kind or _by_age(use, facts.births.get(use.person), numbers)
        if kind is None:
            continue
        why, status = kind
        found.setdefault(use.institution, []).append((use, why))
        zh, en = _WORDS[why]
        yield Suspicion(
            "F9", f"person:{use.person}", numbers[f"{why}_strength"], "case.F9.person",
            {"what": zh, "what_en": en, "on": use.day, "since": status.since},
            (
                Counted("名单所载", "What the list says", f"{zh}|{en}", "—"),
                Counted("起", "Since", f"{status.since}", f"用券 {use.day}|use {use.day}"),
                Counted("止", "Until", "至今|still" if status.until is None else f"{status.until}", f"用券 {use.day}|use {use.day}"),
            ),
            (use.id, status.source), unpaid([use]), use.institution,
        )  # fmt: skip
    totals = {i: len(held) for i, held in by(facts.uses, lambda u: u.institution).items()}
    for institution, pairs in found.items():
        share = percent(len(pairs), totals[institution])
        strength = min(tier(len(pairs), numbers["people"]), tier(share, numbers["people_percent"]))
        if strength:
            uses = [u for u, _ in pairs]
            yield Suspicion(
                "F9", f"organisation:{institution}", strength, "case.F9.many",
                {"name": facts.name(institution), "n": len(pairs), "percent": share},
                (
                    Counted("身份不符的人", "People who were not entitled", str(len(pairs)), f"≥ {numbers['people'][0]}"),
                    Counted("占用券", "Share of uses", f"{share} %", f"≥ {numbers['people_percent'][0]} %"),
                ),
                tuple(u.id for u in uses), unpaid(uses), institution, daily(u.day for u in uses),
            )  # fmt: skip


def _contradiction(
    use: Use, statuses: Sequence[Status], groups: frozenset[str], numbers: Mapping[str, Any]
) -> tuple[str, Status] | None:
    """What speaks against the use on its day: ("never" | "study" | "work", the list's line)."""
    grace = timedelta(days=numbers["grace_days"])
    for status in statuses:
        if not (status.since <= use.day and (status.until is None or use.day <= status.until)):
            continue
        if status.kind in numbers["never"]:
            return "never", status
        long = use.day - status.since >= grace
        if status.kind in numbers["study"] and long and not groups & set(numbers["students_too"]):
            return "study", status
        if status.kind in numbers["work"] and long and _jobless(use.day, statuses, groups, frozenset(numbers["jobless"])):
            return "work", status
    return None


def _by_age(use: Use, born: tuple[date, str] | None, numbers: Mapping[str, Any]) -> tuple[str, Status] | None:
    """Whether somebody was beyond the age at which everybody draws a pension, or too young to work."""
    if born is None:
        return None
    birth, sex = born
    old, young = turns(birth, numbers["oldest"].get(sex, numbers["oldest"]["M"])), turns(birth, numbers["youngest"])
    if use.day >= old:
        return "age", Status("age", old, None, "birth")
    return ("young", Status("young", birth, young, "birth")) if use.day < young else None


def _jobless(day: date, statuses: Sequence[Status], groups: frozenset[str], jobless: frozenset[str]) -> bool:
    """Whether the voucher was for the jobless alone, or was taken as one of them."""
    if groups and groups <= jobless:
        return True
    taken_as = any(s.kind in jobless and s.since <= day and (s.until is None or day <= s.until) for s in statuses)
    other = any(s.kind in groups - jobless and s.since <= day and (s.until is None or day <= s.until) for s in statuses)
    return bool(groups & jobless) and taken_as and not other


def f12(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Rosters filled on paper (Haidian: 2,984 claimed, about 330 real).

    Either too many of the drawn trainees say that they were not there: counted is the least share that the answers
    prove (the lower end of Wilson's interval at 95 %), so that two noes of three say little; or whole classes were
    filed with one and the same hours, attendance and score.
    """
    known = {u.id: u for u in facts.uses}
    at = by(facts.uses, lambda u: u.institution)
    for institution, answers in by(facts.said, lambda s: s.institution).items():
        yield from _called_back(facts, numbers, institution, answers, known, at.get(institution, []))
    for institution, uses in at.items():
        alike: list[Use] = []
        classes = 0
        for held in by((u for u in uses if u.result), lambda u: u.klass).values():
            same = by(held, lambda u: u.result or ("", "", ""))
            most = max(same.values(), key=len)
            if len(most) >= numbers["alike"][0] and percent(len(most), len(held)) >= numbers["alike_percent"]:
                alike += most
                classes += 1
        if strength := tier(len(alike), numbers["alike"]):
            yield Suspicion(
                "F12", f"organisation:{institution}", strength, "case.F12.alike",
                {"name": facts.name(institution), "n": len(alike), "classes": classes},
                (
                    Counted("学时、出勤、成绩完全相同的人", "People with the very same hours, attendance and score",
                            str(len(alike)), f"≥ {numbers['alike'][0]}"),
                    Counted("涉及班级", "Classes", str(classes), "—"),
                    Counted("占班级结业人数", "Share of each class", f"≥ {numbers['alike_percent']} %", f"≥ {numbers['alike_percent']} %"),
                ),
                tuple(u.id for u in alike), unpaid(alike), institution, daily(u.day for u in alike),
            )  # fmt: skip


def _called_back(
    facts: Facts, numbers: Mapping[str, Any], institution: str, answers: Sequence[Said], known: Mapping[str, Use],
    uses: Sequence[Use],
) -> Iterator[Suspicion]:  # fmt: skip
    noes = [s for s in answers if s.answer == "no"]
    proven = int(least_share(len(noes), len(answers)) * 100)
    strength = tier(proven, numbers["proven_percent"])
    if not strength or len(noes) < numbers["noes"]:
        return
    partly = sum(s.answer == "partly" for s in answers)
    yield Suspicion(
        "F12", f"organisation:{institution}", strength, "case.F12.answers",
        {"name": facts.name(institution), "n": len(noes), "asked": len(answers), "percent": proven},
        (
            Counted("答复没有参加", "Answered: I was not there", str(len(noes)), f"≥ {numbers['noes']}"),
            Counted("答复只参加了一部分", "Answered: a part of it", str(partly), "—"),
            Counted("全部答复", "Answers in all", str(len(answers)), "—"),
            Counted("至少可证明的未到比例", "Least share that this proves", f"{proven} %", f"≥ {numbers['proven_percent'][0]} %"),
        ),
        tuple(s.id for s in noes), unpaid(uses), institution,
        (("没有参加|not there", len(noes)), ("部分参加|a part", partly), ("参加了|attended", len(answers) - len(noes) - partly)),
    )  # fmt: skip


def least_share(hits: int, total: int, z: float = 1.96) -> float:
    """The lower end of Wilson's interval for a share (95 %): what the numbers prove at least."""
    if not total:
        return 0.0
    share = hits / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, (middle - spread) / (1 + z * z / total))
