"""Which level a competition placing opens: a dated table, asked on the day (pure).

Source: domain rulebook §6 (Chongqing 2018 rows). Never automatic: applied for, examined and granted by two people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.kernel.findings import Finding, Verdict
from skills.records.rules import Placing
from skills.standards.rules import Level


@dataclass(frozen=True)
class PromotionRow:
    """One line of the table.

    base     paper: steps above the level of the paper; held: steps above the level held; fixed: `level`
    if_held  the level given to somebody who already holds `level` (fixed rows), 0 for none
    cap      the highest level this line can give
    """

    tiers: tuple[str, ...]
    min_rank: int
    max_rank: int
    base: str
    steps: int
    level: Level | None
    if_held: Level | None
    cap: Level
    upper_half: bool
    requires_employee: bool
    source: str


def read_rows(table: Sequence[Mapping[str, Any]]) -> tuple[PromotionRow, ...]:
    """The table as stored in the policy row `promotion.table`."""
    return tuple(
        PromotionRow(
            tiers=tuple(row["tiers"]),
            min_rank=row["min_rank"],
            max_rank=row["max_rank"],
            base=row["base"],
            steps=row.get("steps", 1),
            level=Level(row["level"]) if row.get("level") else None,
            if_held=Level(row["if_held"]) if row.get("if_held") else None,
            cap=Level(row.get("cap", Level.L1)),
            upper_half=row.get("upper_half", False),
            requires_employee=row.get("requires_employee", False),
            source=row["source"],
        )
        for row in table
    )


@dataclass(frozen=True)
class Offer:
    """What a placing opens: the verdict with its grounds, and the level if it is a yes."""

    verdict: Verdict
    level: Level | None
    source: str


def judge(
    placing: Placing, held: Level | None, rows: Sequence[PromotionRow], granted_in_year: int, most_a_year: int
) -> Offer:
    """The highest level that a placing opens for somebody who holds `held` in that occupation.

    granted_in_year  promotions granted to this person in the year of the application
    """
    fitting = [row for row in rows if _fits(row, placing)]
    employee = [row for row in fitting if placing.employee or not row.requires_employee]
    options = [(level, row) for row in employee if (level := _level(row, placing, held)) is not None]
    best = max(options, key=lambda o: o[0], default=None)
    higher = best is not None and (held is None or best[0] > held)
    held_word = (held.wording, held.english) if held else ("无", "none")
    rank = {"competition": placing.competition, "rank": placing.rank, "of": placing.of}
    findings = (
        Finding("promotion.placing", bool(fitting), "；".join(r.source for r in fitting), rank),
        Finding("promotion.employee", not fitting or bool(employee)),
        Finding("promotion.higher", higher or not employee, "", {"held": held_word[0], "held_en": held_word[1]}),
        Finding("promotion.yearly", granted_in_year < most_a_year, "", {"count": granted_in_year, "most": most_a_year}),
    )
    verdict = Verdict(
        higher and all(f.met for f in findings), "promotion.not_open", findings,
        {"competition": placing.competition, "rank": placing.rank},
    )  # fmt: skip
    return Offer(verdict, best[0] if best and verdict else None, best[1].source if best else "")


def held_on(levels: Sequence[tuple[str, Level, date]], occupation: str, day: date) -> Level | None:
    """The highest level held in an occupation on a day, from (occupation, level, issued on)."""
    return max((lv for code, lv, on in levels if code == occupation and on <= day), default=None)


def _fits(row: PromotionRow, placing: Placing) -> bool:
    if placing.tier not in row.tiers or not row.min_rank <= placing.rank:
        return False
    if row.upper_half:
        return placing.rank <= row.max_rank or placing.rank * 2 <= placing.of
    return placing.rank <= row.max_rank


def _level(row: PromotionRow, placing: Placing, held: Level | None) -> Level | None:
    if row.base == "paper":
        return min(Level(min(placing.paper_level + row.steps, Level.CHIEF)), row.cap)
    if row.base == "held":
        return min(Level(min(held + row.steps, Level.CHIEF)), row.cap) if held is not None else None
    if row.level is not None and held is not None and held >= row.level:
        return min(row.if_held, row.cap) if row.if_held is not None else None
    return min(row.level, row.cap) if row.level is not None else None
