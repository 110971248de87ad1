"""F13: assessment bodies that wave candidates through, or alter what they scored (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from skills.oversight.rules.facts import Candidate, Counted, Facts, Paper, Suspicion, Typed, by, daily, percent, tier
from skills.oversight.rules.hands import judge_all, suspicions
from skills.oversight.rules.trainees import least_share

Cell = tuple[str, int]


def f13(facts: Facts, numbers: Mapping[str, Any]) -> Iterator[Suspicion]:
    """Bodies that pass nearly everybody or change scores (national audit of 2022: 334 bodies, some 140,000 certificates).

    Four signs, each by what the numbers prove at least (Wilson's interval at 95 %), so that three candidates who all
    pass prove nothing: far more pass than at other bodies in the same occupation and level, over more than one sitting;
    scores heap up just above the mark and hardly any lie just below it; scores that turned from a fail into a pass
    after they had been typed, or that are not what two people typed; one examiner of a panel, or one pair of typists, whose
    marks are not like the others' (`hands`).
    """
    bodies = by((c for c in facts.candidates if c.sat), lambda c: c.body)
    for body, examined in bodies.items():
        yield from _waved_through(facts, numbers, body, examined, [c for other, held in bodies.items() if other != body for c in held])
        yield from _heaped(facts, numbers, body, examined)
        yield from _altered(facts, numbers, body, examined)
    limits = numbers["hands"]
    for body, verdicts in by(judge_all(facts.given, limits), lambda v: v.body).items():
        yield from suspicions(facts, body, verdicts, limits)


def _waved_through(
    facts: Facts, numbers: Mapping[str, Any], body: str, examined: Sequence[Candidate], others: Sequence[Candidate]
) -> Iterator[Suspicion]:
    """Among enough candidates of one occupation and level, or among all of them against what others' rates would give."""
    cells = by(examined, lambda c: (c.occupation, c.level))
    peers = {cell: most for cell in cells if (most := _peers(cell, others, numbers)) is not None}
    comparable = [c for c in examined if (c.occupation, c.level) in peers]
    best: tuple[float, Sequence[Candidate], float] | None = None
    groups: list[Sequence[Candidate]] = [*(cells[cell] for cell in peers), comparable]
    for group in groups:
        sittings = len({c.sitting for c in group})
        if len(group) < numbers["sat"] or (sittings < numbers["sittings"] and len(group) < numbers["sat_at_once"]):
            continue
        usual = sum(peers[c.occupation, c.level] for c in group) / len(group)
        proven = least_share(sum(c.passed for c in group), len(group))
        if best is None or proven - usual > best[0]:
            best = (proven - usual, group, usual)
    if best is None or not (strength := tier(best[0] * 100, numbers["excess"])):
        return
    excess, held, usual = best
    passed = sum(c.passed for c in held)
    yield Suspicion(
        "F13", f"organisation:{body}", strength, "case.F13.passes",
        {"name": facts.name(body), "n": passed, "sat": len(held), "percent": percent(passed, len(held)), "usual": int(usual * 100)},
        (
            Counted("参加考试的人", "Candidates who sat", str(len(held)), f"≥ {numbers['sat']}"),
            Counted("涉及场次", "Sittings", str(len({c.sitting for c in held})), f"≥ {numbers['sittings']}"),
            Counted("通过率", "Pass rate", f"{percent(passed, len(held))} %", "—"),
            Counted("至少可证明的通过率", "Pass rate that this proves at least", f"{int((excess + usual) * 100)} %",
                    f"≥ {int(usual * 100) + numbers['excess'][0]} %"),
            Counted("同职业同等级其他机构（上限）", "Others, same occupation and level, at most", f"{int(usual * 100)} %", "—"),
        ),
        tuple(c.id for c in held if c.passed), (), body, daily(c.on for c in held if c.passed),
    )  # fmt: skip


def _peers(cell: Cell, others: Sequence[Candidate], numbers: Mapping[str, Any]) -> float | None:
    """The most that others' pass rate can be: in this occupation and level, else at this level; None if too few sat."""
    same = [c for c in others if (c.occupation, c.level) == cell]
    if len(same) < numbers["peers"]:
        same = [c for c in others if c.level == cell[1]]
    if len(same) < numbers["peers"]:
        return None
    return 1 - least_share(sum(not c.passed for c in same), len(same))


def _heaped(facts: Facts, numbers: Mapping[str, Any], body: str, examined: Sequence[Candidate]) -> Iterator[Suspicion]:
    """Nobody just below the mark: whoever would have failed by a little was given the rest."""
    width = numbers["width"] * 100
    near = [(c, p.mark - c.pass_mark) for c in examined for p in c.papers
            if p.mark is not None and -width <= p.mark - c.pass_mark < width]  # fmt: skip
    above = [c for c, over in near if over >= 0]
    proven = int(least_share(len(above), len(near)) * 100)
    strength = tier(proven, numbers["above_percent"])
    if not strength or len(near) < numbers["near"]:
        return
    yield Suspicion(
        "F13", f"organisation:{body}", strength, "case.F13.heap",
        {"name": facts.name(body), "n": len(above), "below": len(near) - len(above), "width": numbers["width"]},
        (
            Counted("刚过线的成绩", "Scores just above the mark", str(len(above)), f"≥ {numbers['near']}"),
            Counted("差一点过线的成绩", "Scores just below it", str(len(near) - len(above)), "—"),
            Counted("至少可证明的刚过线比例", "Share just above that this proves", f"{proven} %", f"≥ {numbers['above_percent'][0]} %"),
        ),
        tuple(sorted({c.id for c in above})), (), body,
        (("差一点|just below", len(near) - len(above)), ("刚过线|just above", len(above))),
    )  # fmt: skip


def _altered(facts: Facts, numbers: Mapping[str, Any], body: str, examined: Sequence[Candidate]) -> Iterator[Suspicion]:
    """Fails that became passes after they were typed, and results that are not what both typed."""
    quick = timedelta(minutes=numbers["typo_minutes"])
    up: list[Candidate] = []
    down: list[Candidate] = []
    other: list[Candidate] = []
    for c in examined:
        turns = {direction for p in c.papers for direction in _turned(p, c.pass_mark, quick)}
        if any(_not_as_typed(p) for p in c.papers):
            other.append(c)
        if 1 in turns:
            up.append(c)
        elif -1 in turns:
            down.append(c)
    proven = least_share(len(up), len(examined)) * 100
    strength = min(tier(len(up), numbers["altered"]), tier(proven, numbers["altered_percent"]))
    strength = strength if len(up) >= numbers["one_way"] * len(down) else 0
    if other:
        strength = max(strength, 3 if len(other) >= numbers["not_as_typed"] else 2)
    if strength:
        rows = sorted({c.id for c in (*up, *other)})
        yield Suspicion(
            "F13", f"organisation:{body}", strength, "case.F13.altered",
            {"name": facts.name(body), "n": len(up), "other": len(other), "sat": len(examined)},
            (
                Counted("录入后由不及格改为及格的人", "People whose fail was changed into a pass", str(len(up)), f"≥ {numbers['altered'][0]}"),
                Counted("由及格改为不及格的人", "People whose pass was changed into a fail", str(len(down)), f"≤ 1/{numbers['one_way']}"),
                Counted("占考生（至少）", "Share of candidates, at least", f"{int(proven)} %", f"≥ {numbers['altered_percent'][0]} %"),
                Counted("签发成绩与两次录入不同的人", "People whose result is not what two people typed", str(len(other)), "0"),
            ),
            tuple(rows), (), body, daily(c.on for c in (*up, *other)),
        )  # fmt: skip


def _turned(paper: Paper, mark: int, quick: timedelta) -> Iterator[int]:
    """1 for each fail that one typist turned into a pass, -1 the other way; not what only mends a slip of the finger.

    A slip is what the other typist, who never changed it, had read otherwise before; or what was put right at once
    while nobody else had typed yet.
    """
    turns: dict[int, list[Typed]] = defaultdict(list)
    for typed in paper.typed:
        turns[typed.turn].append(typed)
    for turn, own in turns.items():
        other = turns.get(3 - turn, [])
        for before, after in pairwise(own):
            direction = _passes(after.mark, mark) - _passes(before.mark, mark)
            seconded = len(other) == 1 and other[0].at < after.at and other[0].mark == after.mark
            at_once = after.at - before.at <= quick and not any(o.at < after.at for o in other)
            if direction and not seconded and not at_once:
                yield direction


def _passes(value: int | None, mark: int) -> int:
    return int(value is not None and value >= mark)


def _not_as_typed(paper: Paper) -> bool:
    """Whether two people typed it and what counts is neither's last word."""
    last = {typed.turn: typed.mark for typed in paper.typed}
    return len(last) == 2 and paper.mark not in last.values()
