"""What the ledger of class hours says of a place (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from skills.courses.rules.attendance import WHOLE, Count


@dataclass(frozen=True)
class Ledger:
    """The ledger of one place, in minutes.

    online     whether the course has lessons online, so that the ledger and not the room's attendance is what counts
    minutes    what counts: without what is held
    held       what waits for the bureau, because its person was in two places at once
    open       how many such matters wait
    per_hour   minutes of a class hour
    strict     whether hours beyond the ledger are refused; else they are only marked
    """

    online: bool = False
    minutes: int = 0
    held: int = 0
    open: int = 0
    per_hour: int = 45
    strict: bool = True

    def hours(self, course_hours: int) -> Decimal:
        """Class hours that count, two decimals, never rounded up and never more than the course has."""
        return min(Decimal(course_hours), (Decimal(self.minutes) / self.per_hour).quantize(Decimal("0.01"), ROUND_DOWN))

    def units(self, course_hours: int) -> tuple[int, int]:
        """(attended, planned) in hundredths of a class hour, as money counts them."""
        return int(self.hours(course_hours) * WHOLE), course_hours * WHOLE


NO_LEDGER = Ledger()


def units_of(kept: Count | None, ledger: Ledger, course_hours: int) -> tuple[int, int] | None:
    """(attended, planned) that money rests on: the ledger's where lessons are online, else the attendance's; None without either."""
    if ledger.online:
        return ledger.units(course_hours)
    return (kept.attended, kept.planned_units) if kept else None
