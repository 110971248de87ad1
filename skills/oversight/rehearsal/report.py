"""What a rehearsal shows: which frauds were found, which look-alikes and honest histories were named without cause (pure)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.oversight.rehearsal import Planted, PlantedFraud
from skills.oversight.rules.facts import Suspicion

STRENGTHS = (1, 2, 3)
MOST_ALARMS = 1  # per cent of clean histories: what is promised


@dataclass(frozen=True)
class InForce:
    """A row of policy that the rules were asked under.

    since  from when it counts; of a proposed row, from when it would
    state  released; proposed, or tried for once: put in force in the copy alone
    """

    name: str
    edition: str
    since: date
    value: Any
    state: str


@dataclass(frozen=True)
class Row:
    """One rule.

    found   (found, planted) at each of the three strengths
    alarms  what was planted, is honest, and was named
    own     what it named in the data before anything was planted: nobody knows whether those are frauds
    beside  what it named of them only afterwards: some rules measure everybody by what is usual, and the plants shift that
    """

    rule: str
    found: tuple[tuple[int, int], ...]
    alarms: tuple[str, ...]
    own: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A rehearsal as a whole.

    missed      planted and not found, by rule and strength
    lookalikes  honest histories made to resemble a fraud that were named: (kind, subject, rule)
    elsewhere   rules that were planted and are none of this room's
    people      clean histories: people with a use of a voucher
    copied      how many rows the copy had that was planted into; None for an invented town
    under       the rows of policy that the rules were asked under
    """

    seed: int
    rows: tuple[Row, ...]
    missed: tuple[PlantedFraud, ...]
    lookalikes: tuple[tuple[str, str, str], ...]
    elsewhere: tuple[str, ...]
    people: int
    copied: int | None = None
    under: tuple[InForce, ...] = ()

    @property
    def alarms(self) -> int:
        """How many findings name a planted subject that is part of no fraud."""
        return sum(len(row.alarms) for row in self.rows)

    @property
    def alarms_per_mille(self) -> float:
        """The same in a thousand clean histories."""
        return 1000 * self.alarms / self.people if self.people else 0.0

    def recall(self, strength: int) -> tuple[int, int]:
        """(found, planted) at a strength over all rules."""
        pairs = [row.found[strength - 1] for row in self.rows]
        return sum(f for f, _ in pairs), sum(p for _, p in pairs)

    @property
    def kept(self) -> bool:
        """Whether what is promised holds: each rule planted and found at full strength, at most one per cent false alarms."""
        full = all(planted and found == planted for found, planted in (row.found[2] for row in self.rows))
        return full and bool(self.people) and self.alarms * 100 <= MOST_ALARMS * self.people


def judge(
    planted: Planted, suspicions: Sequence[Suspicion], rules: Collection[str], seed: int, before: Sequence[Suspicion] = ()
) -> Report:
    """Hold what the rules found against what was planted.

    A fraud is found if a suspicion of its rule names one of its subjects. A false alarm is a suspicion about a planted subject
    that is part of no fraud at all. What was there before anything was planted is neither.

    before  what the rules found then
    """
    named: dict[str, set[str]] = {rule: set() for rule in rules}
    for suspicion in suspicions:
        named[suspicion.rule].add(suspicion.subject)
    guilty = frozenset(subject for fraud in planted.frauds for subject in fraud.subjects)
    mine = [f for f in planted.frauds if f.rule in named]
    missed = tuple(f for f in mine if not f.subjects & named[f.rule])
    rows = []
    for rule in rules:
        pairs = []
        for strength in STRENGTHS:
            all_of = [f for f in mine if f.rule == rule and f.strength == strength]
            pairs.append((sum(f not in missed for f in all_of), len(all_of)))
        strange = named[rule] - guilty
        there = strange - planted.subjects if planted.subjects is not None else set()
        own = {s.subject for s in before if s.rule == rule}
        rows.append(Row(rule, tuple(pairs), *(tuple(sorted(some)) for some in (strange - there, own, there - own))))
    lookalikes = tuple(
        (look.kind, subject, rule)
        for look in planted.lookalikes for rule in rules for subject in sorted(look.subjects & named[rule] - guilty)
    )  # fmt: skip
    elsewhere = tuple(sorted({f.rule for f in planted.frauds if f.rule not in named}))
    return Report(seed, tuple(rows), missed, lookalikes, elsewhere, planted.people)
