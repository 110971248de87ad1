"""Under which rows of policy a rehearsal asks the rules: those in force, or a proposed one before anybody released it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from skills.oversight.rehearsal.report import InForce
from skills.oversight.rules import RULES
from skills.standards.queries import PolicyLine
from skills.standards.rules import Policy
from skills.standards.states import PolicyState

FAMILY = "oversight."
ASKED = tuple(f"{FAMILY}{name}" for name in (*RULES, "window_days", "bookings_days"))
ALL = "all"


class NotChosen(LookupError):
    """What was asked for is no proposed row, or more than one; the text says it in Chinese and English."""


def choose(lines: Iterable[PolicyLine], wanted: Sequence[str]) -> list[PolicyLine]:
    """The proposed rows that are meant by their rule (F4, oversight.F4), by their id, or by "all". Raises NotChosen."""
    proposed = [line for line in lines if line.state == PolicyState.PROPOSED and line.policy.name in ASKED]
    chosen: dict[str, PolicyLine] = {}
    for one in wanted:
        named = {one, FAMILY + one}
        found = [line for line in proposed if one == ALL or line.id == one or line.policy.name in named]
        if not found:
            raise NotChosen(f"{one}: no proposed row of a fraud rule 没有这样一行待复核的反欺诈规则")
        chosen |= {line.id: line for line in found}
    held = sorted(chosen.values(), key=lambda line: (ASKED.index(line.policy.name), line.id))
    for line, other in pairwise(held):
        if line.policy.name == other.policy.name:
            raise NotChosen(f"{line.policy.name} is proposed twice, name one by its id 有两行待复核，请写明编号: {line.id}, {other.id}")
    return held


def in_force(policies: Mapping[str, Policy], chosen: Sequence[PolicyLine]) -> tuple[InForce, ...]:
    """Every row that the rules read, in the order of the rules.

    policies  by name, as they are in force
    """
    proposed = {line.policy.name: line.policy for line in chosen}
    told = [(name, proposed.get(name) or policies[name]) for name in ASKED]
    return tuple(
        InForce(name, p.edition, p.valid_from, p.value, PolicyState.PROPOSED if name in proposed else PolicyState.RELEASED)
        for name, p in told
    )
