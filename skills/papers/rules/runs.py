"""When a sitting of a paper ends, and which answers still count (pure).

The clock is the server's alone. A device may have been without a network while the time ran out: what it says was answered
before the end is still let in for `grace` seconds (policy `paper.grace_seconds`). Its word on when cannot be checked, so the
grace is short and the same for everybody: whoever lies with it gains that minute and nothing more, and both times are kept.
Who was without a network for longer asks the invigilator for the time back, which is an act with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from skills.kernel.findings import Verdict
from skills.papers.states import RunState

MOST_PAUSE = 120  # minutes in one act
SILENT = timedelta(seconds=150)  # without a sign of the device: two signs of life were missed


@dataclass(frozen=True)
class Facts:
    """A run as its rules see it."""

    state: str
    device: str
    begun_at: datetime
    ends_at: datetime


def ends(begun_at: datetime, minutes: int, extra_percent: int, added: int) -> datetime:
    """When the time is over: the minutes, so many per cent more, and the seconds that pauses gave back."""
    return begun_at + timedelta(seconds=minutes * 60 * (100 + extra_percent) // 100 + added)


def may_answer(run: Facts, device: str, now: datetime, said_at: datetime | None, grace: int) -> Verdict:
    """Whether an answer is taken at a moment. `paper_run.elsewhere`, `paper_run.over`, `paper_run.time_over`."""
    if device != run.device:
        return Verdict(False, "paper_run.elsewhere")
    if run.state != RunState.OPEN:
        return Verdict(False, "paper_run.over")
    queued = said_at is not None and run.begun_at <= said_at < run.ends_at and now < run.ends_at + timedelta(seconds=grace)
    return Verdict(now < run.ends_at or queued, "paper_run.time_over", facts={"ends": run.ends_at})


def is_silent(run: Facts, seen_at: datetime, now: datetime) -> bool:
    """Whether a device that should show signs of life has shown none for too long."""
    return run.state == RunState.OPEN and now - seen_at > SILENT


def left(ends_at: datetime, now: datetime) -> int:
    """Seconds that are left, never below nought."""
    return max(0, int((ends_at - now).total_seconds()))
