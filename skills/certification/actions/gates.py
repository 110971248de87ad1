"""What stands before a step of a body's work beyond what this room knows: a room above says its gate when it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from skills.kernel.acts import Act
from skills.kernel.findings import Verdict


class Step(StrEnum):
    """The steps before which a gate may stand."""

    NOTICE = "notice"
    AWARD = "award"
    RENEWAL = "renewal"
    RESUME = "resume"


@dataclass(frozen=True)
class Subject:
    """Whose step it is, under which filing, and of which exam, if it is one's."""

    organisation_id: str
    filing_id: str
    sitting_id: str | None = None


Gate = Callable[[Act, Subject], Verdict]
_gates: dict[Step, list[Gate]] = {step: [] for step in Step}


def register(step: Step, gate: Gate) -> None:
    """Put a gate before a step; the same one stands there once."""
    if gate not in _gates[step]:
        _gates[step].append(gate)


def remove(step: Step, gate: Gate) -> None:
    """Take a gate away again."""
    _gates[step].remove(gate)


def pass_(act: Act, step: Step, subject: Subject) -> None:
    """Go through every gate of a step. Raises the refusal of the first that says no, with its reasons."""
    for gate in _gates[step]:
        gate(act, subject).or_refuse()
