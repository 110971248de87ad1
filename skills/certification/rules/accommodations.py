"""What a candidate may need to sit an exam like everybody else, and who decides it (pure). Source: desks D4 (合理便利)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding, Verdict, all_of

KINDS = {
    "large_print": ("大字号试卷", "large print"), "screen_reader": ("读屏试卷", "a paper for screen readers"),
    "interpreter": ("手语翻译", "an interpreter"), "step_free": ("无障碍考场", "a room without a step"),
}  # fmt: skip


@dataclass(frozen=True)
class Needs:
    """What is asked for, or was granted. `extra_percent` more of the time of each section."""

    extra_percent: int = 0
    large_print: bool = False
    screen_reader: bool = False
    interpreter: bool = False
    step_free: bool = False

    @property
    def anything(self) -> bool:
        """Whether it is anything at all."""
        return self != Needs()

    @property
    def words(self) -> list[tuple[str, str]]:
        """Chinese and English, each need by itself."""
        extra = [(f"延长考试时间{self.extra_percent}%", f"{self.extra_percent} % more time")] if self.extra_percent else []
        return [*extra, *(pair for name, pair in KINDS.items() if getattr(self, name))]

    def within(self, other: Needs) -> bool:
        """Whether nothing is in it that is not in the other."""
        return self.extra_percent <= other.extra_percent and all(getattr(other, name) for name in KINDS if getattr(self, name))


def check_needs(needs: Needs, most_extra_percent: int) -> None:
    """Raises Refusal("accommodation.nothing" | "accommodation.too_much_time")."""
    if not needs.anything:
        raise Refusal("accommodation.nothing")
    if not 0 <= needs.extra_percent <= most_extra_percent:
        raise Refusal("accommodation.too_much_time", most=most_extra_percent)


def may_decide(account: str, name: str, examiners: Collection[str], typists: Collection[str]) -> Verdict:
    """Who marks in an exam decides nothing about how somebody sits it.

    examiners  names, or accounts, of who examines in it; typists  accounts that type its scores
    """
    marks = account in typists or account in examiners or (bool(name) and name in examiners)
    return all_of("accommodation.marks_here", [Finding("accommodation.no_marker", not marks)])
