"""What lives: batches, vouchers and their uses, classes, places in them and seats that are asked for; and the calendar."""

from __future__ import annotations

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from chinese_calendar import is_workday


def months_later(day: date, months: int) -> date:
    """The same day some months on; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def works(day: date) -> bool:
    """Whether offices work; beyond the published calendar from Monday to Friday."""
    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@dataclass
class Lot:
    """A batch: how many vouchers it may give and how much money it may bind, and both as they stand."""

    id: str
    face: int
    count: int
    money: int
    until: date
    issued: int = 0
    bound: int = 0


@dataclass(eq=False)
class Use:
    """One use of a voucher for a place."""

    ticket: Ticket
    place: Place
    cents: int
    on: date
    life_left: int
    id: str = ""
    state: str = "redeemed"
    denial: str = ""
    dismissed: bool = False
    back: int = 0


@dataclass(eq=False)
class Debt:
    """Money of a use that was paid and is to come back; two people agreed."""

    use: Use
    cents: int
    id: str


@dataclass(eq=False)
class Ticket:
    """A voucher."""

    owner: int
    lot: Lot
    face: int
    until: date
    id: str = ""
    state: str = "claimed"
    bound: int = 0
    use: Use | None = None
    events: Counter[str] = field(default_factory=Counter)

    def bind(self, cents: int) -> None:
        """More (or less) money of the lot stands behind this voucher."""
        self.bound += cents
        self.lot.bound += cents


@dataclass(eq=False)
class Place:
    """A person's place in a class."""

    owner: int
    group: Group
    id: str = ""
    state: str = "enrolled"
    use: Use | None = None
    request: str = ""  # an open request to leave

    @property
    def live(self) -> bool:
        return self.state in ("enrolled", "attending")


@dataclass(eq=False)
class Wait:
    """A seat that somebody asked for: in the queue, offered, or kept until the institution answers."""

    KEPT: ClassVar = ("offered", "held")

    owner: int
    group: Group
    id: str = ""
    state: str = "waiting"
    ticket: Ticket | None = None
    held_on: date = date.min
    answer_by: date | None = None
    until: datetime | None = None
    life_left: int = 0
    place: Place | None = None

    @property
    def live(self) -> bool:
        return self.state in ("waiting", *Wait.KEPT)


@dataclass(eq=False)
class Group:
    """A class. `subject` is what its course teaches: a person is paid for once in it."""

    id: str
    subject: str
    fee: int
    seats: int
    starts: date
    ends: date
    confirms: bool = False
    state: str = "approved"
