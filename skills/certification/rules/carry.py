"""A passed section that counts in a later exam 单科成绩保留 (pure).

Source: domain rulebook §3.1, policies `exam.section_pass_months` and `exam.most_resits` (general knowledge: one worked
precedent keeps a passed section a year from that exam's registration deadline, for one resit; provinces differ).
Only in an exam of the same body, occupation, branch and level: which those are, the caller says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from skills.certification.rules.exams import Section, sections_of
from skills.standards.calendar import add_months
from skills.standards.rules import Level


@dataclass(frozen=True)
class Earlier:
    """An exam that somebody sat before: the signed marks in hundredths of what was sat in it, not of what was kept."""

    application_id: str
    deadline: date
    held_on: date
    pass_mark: int
    marks: tuple[tuple[Section, int | None], ...]


@dataclass(frozen=True)
class Kept:
    """A passed section that is not sat again: its mark in hundredths, where it is from, and the last exam day it serves."""

    section: Section
    hundredths: int
    application_id: str
    until: date


@dataclass(frozen=True)
class CarryRules:
    """Months that a passed section is kept, and in how many later exams it counts (policy rows)."""

    months: int
    most_resits: int


def kept_sections(
    level: Level, earlier: Iterable[Earlier], used: Mapping[tuple[str, Section], int], held_on: date, rules: CarryRules
) -> tuple[Kept, ...]:
    """What somebody need not sit again in an exam on `held_on`.

    `used`: in how many later exams each (application, section) was counted already, attended or not. Of two passes in a
    section the one that is kept longer counts. One section at least is always sat: if all were kept, the one that ends
    first is sat again.
    """
    best: dict[Section, Kept] = {}
    for one in earlier:
        until = add_months(one.deadline, rules.months)
        if not one.held_on < held_on <= until:
            continue
        for section, hundredths in one.marks:
            if hundredths is None or hundredths < one.pass_mark:
                continue
            if used.get((one.application_id, section), 0) >= rules.most_resits:
                continue
            found = Kept(section, hundredths, one.application_id, until)
            if section not in best or _rank(found) > _rank(best[section]):
                best[section] = found
    needed = sections_of(level)
    held = [best[section] for section in needed if section in best]
    if len(held) == len(needed):
        held.remove(min(held, key=_rank))
    return tuple(held)


def _rank(kept: Kept) -> tuple[date, int, str, str]:
    return kept.until, kept.hundredths, kept.application_id, kept.section
