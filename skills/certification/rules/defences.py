"""The comprehensive review: who is ready for the defence, and when whose turn is (pure).

Source: domain rulebook §3.1 (综合评审: material review and oral defence, a least time for each).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from skills.kernel.findings import Finding, Verdict, no_fault


@dataclass(frozen=True)
class Ready:
    """A candidate before the panel: by seat; whether the file is there and the defence has its time."""

    seat: int
    filed: bool
    timed: bool


def may_be_marked(candidates: Sequence[Ready]) -> Verdict:
    """Whether a panel may give these candidates a mark: nobody without the file or without a time. Each is named by seat."""
    found = [Finding("defence.file", one.filed, "", {"seat": one.seat}) for one in candidates]
    found += [Finding("defence.slot", one.timed, "", {"seat": one.seat}) for one in candidates]
    return no_fault("defence.not_ready", found)


def turns(begins: datetime, minutes: int, count: int, ends: datetime) -> tuple[datetime, ...] | None:
    """The moments at which one after another begins; None where the last would go on after the end of the day."""
    if begins + timedelta(minutes=minutes) * count > ends:
        return None
    return tuple(begins + timedelta(minutes=minutes) * n for n in range(count))
