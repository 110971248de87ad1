"""Under which rows of policy a rehearsal asks the rules: those in force, a proposed one before anybody released it, or a value to try."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from skills.oversight.rehearsal.report import InForce
from skills.oversight.rules import RULES
from skills.standards.queries import PolicyLine
from skills.standards.rules import Policy, same_shape
from skills.standards.states import PolicyState

FAMILY = "oversight."
ASKED = tuple(f"{FAMILY}{name}" for name in (*RULES, "hands", "window_days", "bookings_days"))
ALL = "all"
TRIED = "tried"


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


def values(policies: Mapping[str, Policy], wanted: Sequence[str]) -> dict[str, Any]:
    """The values to try, by name of their row: "F4={"times": 8}" is the row in force with another `times`. Raises NotChosen.

    policies  by name, as they are in force
    """
    found: dict[str, Any] = {}
    for one in wanted:
        name, given, written = one.partition("=")
        row = policies.get(name if name.startswith(FAMILY) else FAMILY + name)
        if not given or row is None:
            raise NotChosen(f'{one}: write it as F4={{"times": 8}}, the name of a fraud rule first 请写成这样，等号前为反欺诈规则名')
        try:
            said = json.loads(written)
        except ValueError as error:
            raise NotChosen(f"{one}: what follows the sign is not JSON 等号后不是 JSON ({error})") from error
        value = {**found.get(row.name, row.value), **said} if isinstance(row.value, dict) and isinstance(said, dict) else said
        if not same_shape(row.value, value):
            raise NotChosen(f"{one}: not of the form of the value in force 与现行值的格式不同: {json.dumps(row.value, ensure_ascii=False)}")
        found[row.name] = value
    return found


def in_force(policies: Mapping[str, Policy], proposed: Sequence[PolicyLine], tried: Collection[str] = ()) -> tuple[InForce, ...]:
    """Every row that the rules read, in the order of the rules.

    policies  by name, as they are in force in the copy
    tried     names of rows whose value is one to try
    """
    waiting = {line.policy.name: line.policy for line in proposed}
    told = [(name, waiting.get(name) or policies[name]) for name in ASKED]
    return tuple(
        InForce(
            name, p.edition, p.valid_from, p.value,
            TRIED if name in tried else PolicyState.PROPOSED if name in waiting else PolicyState.RELEASED,
        )
        for name, p in told
    )  # fmt: skip
