"""Vouchers that somebody else than the holder reaches for: F1 trawling, F2 trainings never taken, F5 taken-over identities (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from skills.oversight.rules.facts import (
    Counted,
    Facts,
    Miss,
    Suspicion,
    Trouble,
    Use,
    by,
    daily,
    densest,
    percent,
    tier,
    unpaid,
)

DAY = timedelta(days=1)


def f1(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Unused entitlements are looked for and used up (UK 2001: accounts were trawled by registered providers).

    Either an institution misses more often than people who were shown a code do, in a day or in all of the window; or
    vouchers that lay idle for weeks are claimed and used there within minutes, many in a day, by few hands: a holder
    who does it alone leaves the trace of an own browser.
    """
    for institution, misses in by(facts.misses, lambda m: m.institution).items():
        yield from _trawled(facts, numbers, institution, sorted(misses, key=lambda m: (m.at, m.id)))
    idle, rush = timedelta(days=numbers["idle_days"]), timedelta(minutes=numbers["rush_minutes"])
    woken = [
        u for u in facts.uses
        if u.claimed_at is not None and u.claimed_at - u.issued_at >= idle and timedelta(0) <= u.at - u.claimed_at <= rush
    ]  # fmt: skip
    totals = {i: len(held) for i, held in by(facts.uses, lambda u: u.institution).items()}
    for institution, held in by(woken, lambda u: u.institution).items():
        wave = densest(held, lambda u: u.at, timedelta(days=numbers["woken_days"]))
        alone = len({u.device for u in wave if u.device})
        strength = tier(len(wave), numbers["woken"])
        if not strength or alone * 2 > len(wave) or percent(len(held), totals[institution]) < numbers["woken_percent"]:
            continue
        yield Suspicion(
            "F1", f"organisation:{institution}", strength, "case.F1.woken",
            {"name": facts.name(institution), "n": len(wave), "days": numbers["idle_days"], "minutes": numbers["rush_minutes"],
             "hands": alone, "span": numbers["woken_days"]},
            (
                Counted(f"{numbers['woken_days']} 天内被唤醒的闲置券", f"Idle vouchers woken within {numbers['woken_days']} days",
                        str(len(wave)), f"≥ {numbers['woken'][0]}"),
                Counted("其中持券人自己的设备", "Holders' own devices among them", str(alone), f"> {len(wave) // 2}"),
                Counted("占该机构用券", "Share of its uses", f"{percent(len(held), totals[institution])} %",
                        f"≥ {numbers['woken_percent']} %"),
            ),
            tuple(u.id for u in wave), unpaid(wave), institution, daily(u.day for u in held),
        )  # fmt: skip


def _trawled(facts: Facts, numbers: Mapping[str, Any], institution: str, misses: Sequence[Miss]) -> Iterator[Suspicion]:
    worst = densest(misses, lambda m: m.at, DAY)
    strength = max(tier(len(worst), numbers["misses_a_day"]), tier(len(misses), numbers["misses"]))
    if not strength:
        return
    yield Suspicion(
        "F1", f"organisation:{institution}", strength, "case.F1.misses",
        {"name": facts.name(institution), "n": len(misses), "most": len(worst)},
        (
            Counted("一天内最多落空次数", "Misses within a day at most", str(len(worst)), f"≥ {numbers['misses_a_day'][0]}"),
            Counted("期内落空次数", "Misses in all", str(len(misses)), f"≥ {numbers['misses'][0]}"),
        ),
        tuple(m.id for m in misses), unpaid(u for u in facts.uses if u.institution == institution and u.at >= misses[0].at),
        institution, daily(m.at.date() for m in misses),
    )  # fmt: skip


def f2(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Real learners are entered for trainings that they never took (UK 2001).

    Either several holders deny uses at one institution, or many people have a second training there before long that
    was not taken from the holder's own browser, as the first was: whoever comes again by the own hand is left alone.
    """
    here = by(facts.uses, lambda u: u.institution)
    denied = by(facts.denied, lambda d: d.institution)
    known = {u.id: u for u in facts.uses}
    for institution in sorted(here.keys() | denied.keys()):
        uses, said = here.get(institution, []), denied.get(institution, [])
        upheld = sum(d.upheld for d in said)
        share = percent(len(said), max(len(uses), len(said)))
        strength = tier(len(said), numbers["denied"]) if share >= numbers["denied_percent"] else 0
        if said and upheld >= numbers["upheld"]:
            strength = max(strength, min(3, 1 + upheld // numbers["upheld"]))
        if strength:
            yield Suspicion(
                "F2", f"organisation:{institution}", strength, "case.F2.denied",
                {"name": facts.name(institution), "n": len(said), "upheld": upheld, "uses": len(uses), "percent": share},
                (
                    Counted("持券人否认", "Denied by holders", str(len(said)), f"≥ {numbers['denied'][0]}"),
                    Counted("占用券", "Share of uses", f"{share} %", f"≥ {numbers['denied_percent']} %"),
                    Counted("已查明属实", "Found to be so", str(upheld), f"≥ {numbers['upheld']}"),
                ),
                tuple(d.use for d in said), unpaid(known[d.use] for d in said if d.use in known), institution,
                daily(known[d.use].day for d in said if d.use in known),
            )  # fmt: skip
        yield from _second(facts, numbers, institution, uses)


def _second(facts: Facts, numbers: Mapping[str, Any], institution: str, uses: Sequence[Use]) -> Iterator[Suspicion]:
    near = timedelta(days=numbers["second_days"])
    people = by(uses, lambda u: u.person)
    extra = [b for held in people.values() for a, b in pairwise(held) if b.at - a.at <= near and not (b.device and a.device == b.device)]
    persons = len({u.person for u in extra})
    share = percent(persons, len(people))
    strength = tier(persons, numbers["second"])
    if not strength or share < numbers["second_percent"]:
        return
    yield Suspicion(
        "F2", f"organisation:{institution}", strength, "case.F2.second",
        {"name": facts.name(institution), "n": persons, "days": numbers["second_days"], "percent": share},
        (
            Counted("短期内有第二次培训的人", "People with a second training", str(persons), f"≥ {numbers['second'][0]}"),
            Counted("占参训人员", "Share of its people", f"{share} %", f"≥ {numbers['second_percent']} %"),
        ),
        tuple(u.id for u in extra), unpaid(extra), institution, daily(u.day for u in extra),
    )  # fmt: skip


def f5(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Somebody is robbed of the own identity with what others know of them (France 2021).

    Counted for each use: refused sign-ins or many codes just before, another phone number just before, one browser for
    several strangers, and the holder's own word. One of them alone is everyday life, unless it is extreme; two are not.
    """
    before = timedelta(days=numbers["before_days"])
    troubles = by(facts.troubles, lambda t: t.person)
    denied = {d.use for d in facts.denied}
    shared = _strangers(facts)
    robbed: dict[str, list[Use]] = {}
    for use in facts.uses:
        near = [t for t in troubles.get(use.person, ()) if timedelta(0) <= use.at - t.at <= before]
        signs = Signs(
            sum(t.kind == "refused" for t in near), sum(t.kind == "code" for t in near), any(t.kind == "phone" for t in near),
            shared.get(use.device, 0), use.id in denied,
        )  # fmt: skip
        strength = signs.strength(numbers)
        if strength:
            robbed.setdefault(use.institution, []).append(use)
            yield _robbed(numbers, use, near, signs, strength)
    for institution, uses in robbed.items():
        people = len({u.person for u in uses})
        if strength := tier(people, numbers["people"]):
            yield Suspicion(
                "F5", f"organisation:{institution}", strength, "case.F5.many",
                {"name": facts.name(institution), "n": people},
                (Counted("疑似被冒用的人", "People who may have been robbed", str(people), f"≥ {numbers['people'][0]}"),),
                tuple(u.id for u in uses), unpaid(uses), institution, daily(u.day for u in uses),
            )  # fmt: skip


@dataclass(frozen=True)
class Signs:
    """What speaks for a taken-over identity at one use."""

    refused: int
    codes: int
    moved: bool
    strangers: int
    denied: bool

    def strength(self, numbers: Mapping[str, Any]) -> int:
        """One less than the number of signs, 1 for a single extreme one."""
        signs = sum((
            self.refused >= numbers["refused"] or self.codes >= numbers["codes"], self.moved,
            self.strangers >= numbers["strangers"], self.denied,
        ))  # fmt: skip
        return min(3, signs - 1) if signs > 1 else int(self.refused >= numbers["refused_alone"])


def _strangers(facts: Facts) -> dict[str, int]:
    """browser → people behind it who share no phone with one another."""
    phones = {person: blind for blind, people in facts.phones.items() for person in people}
    shared = {}
    for device, uses in by(facts.uses, lambda u: u.device).items():
        apart = [u for u in uses if u.person not in phones or sum(phones.get(o.person) == phones[u.person] for o in uses) == 1]
        shared[device] = len({u.person for u in apart})
    return shared


def _robbed(numbers: Mapping[str, Any], use: Use, near: Sequence[Trouble], signs: Signs, strength: int) -> Suspicion:
    yes = {True: "是|yes", False: "否|no"}
    return Suspicion(
        "F5", f"person:{use.person}", strength, "case.F5.signs",
        {"days": numbers["before_days"], "n": signs.refused + signs.codes, "others": signs.strangers},
        (
            Counted("用券前被拒的登录", "Refused sign-ins before the use", str(signs.refused), f"≥ {numbers['refused']}"),
            Counted("用券前索取的验证码", "Codes asked for before it", str(signs.codes), f"≥ {numbers['codes']}"),
            Counted("用券前换了手机号", "Another phone number before it", yes[signs.moved], "—"),
            Counted("同一设备为多少人用券", "People behind one browser", str(signs.strangers), f"≥ {numbers['strangers']}"),
            Counted("本人否认", "Denied by the holder", yes[signs.denied], "—"),
        ),
        (use.id, *(t.id for t in near)), unpaid([use]), use.institution, daily([*(t.at.date() for t in near), use.day]),
    )  # fmt: skip
