"""What a voucher's life must come to, told a second time in plain Python: no rule, no table, no act of the house is used.

Money in 分, days in Asia/Shanghai. Each function answers whether the step is allowed and, if it is, takes it.
"""

from __future__ import annotations

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

LIFE_MONTHS = 3


def months_later(day: date, months: int) -> date:
    """The same day some months on; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


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

    @property
    def live(self) -> bool:
        return self.state in ("enrolled", "attending")


@dataclass(eq=False)
class Group:
    """A class. `subject` is what its course teaches: a person is paid for once in it."""

    id: str
    subject: str
    fee: int
    seats: int
    starts: date
    ends: date
    state: str = "approved"


class Model:
    """All of it."""

    def __init__(self, today: date, lots: list[Lot], groups: list[Group]) -> None:
        self.today = today
        self.lots = lots
        self.groups = groups
        self.tickets: list[Ticket] = []
        self.places: list[Place] = []
        self.uses: list[Use] = []

    # What a rule asks

    def holds_one(self, owner: int, but: Ticket | None = None, even_lapsed: bool = False) -> bool:
        return any(
            t.state in ("reserved", "redeemed") or (t.state == "claimed" and (even_lapsed or self.today <= t.until))
            for t in self.tickets
            if t.owner == owner and t is not but
        )

    def paid_for(self, owner: int) -> list[Use]:
        """Uses of this person that stand."""
        return [u for u in self.uses if u.ticket.owner == owner and u.state in ("redeemed", "earned", "settled")]

    def once_a_year(self, owner: int) -> bool:
        return all(u.on.year != self.today.year for u in self.paid_for(owner))

    def taken(self, group: Group) -> int:
        return sum(p.live or p.state in ("completed", "failed") for p in self.places if p.group is group)

    # The steps

    def claim(self, owner: int, lot: Lot) -> Ticket | None:
        """A voucher of the batch in one's own name: one of it, one at a time, one training a year, while there is some."""
        if any(t.owner == owner and t.lot is lot and t.state != "void" for t in self.tickets):
            return None
        lapsing = [t for t in self.tickets if t.owner == owner and t.state == "claimed" and t.until < self.today]
        free = sum(t.face for t in lapsing if t.lot is lot)
        room = lot.issued < lot.count and lot.bound - free + lot.face <= lot.money
        if not room or self.today > lot.until or self.holds_one(owner) or not self.once_a_year(owner):
            return None
        for t in lapsing:
            t.state = "lapsed"
            t.events["lapse"] += 1
            t.bind(-t.face)
        made = Ticket(owner, lot, lot.face, months_later(self.today, LIFE_MONTHS))
        made.events.update(("issue", "claim"))
        lot.issued += 1
        made.bind(lot.face)
        self.tickets.append(made)
        return made

    def enrol(self, owner: int, group: Group, ticket: Ticket | None) -> Place | None:
        """A place, with or without a voucher."""
        there = any(p.owner == owner and p.group is group and p.state != "withdrawn" for p in self.places)
        if group.state != "approved" or self.today >= group.starts or there or self.taken(group) >= group.seats:
            return None
        place = Place(owner, group)
        if ticket is not None:
            taught = any(u.place.group.subject == group.subject for u in self.paid_for(owner))
            if ticket.owner != owner or ticket.state != "claimed" or self.today > ticket.until or taught:
                return None
            if not self.once_a_year(owner):
                return None
            use = Use(ticket, place, min(ticket.face, group.fee), self.today, (ticket.until - self.today).days)
            ticket.state, ticket.use, place.use = "redeemed", use, use
            ticket.events["redeem"] += 1
            self.uses.append(use)
        self.places.append(place)
        return place

    def withdraw(self, place: Place) -> bool:
        """Left by choice before the class begins."""
        if place.state != "enrolled" or self.today >= place.group.starts:
            return False
        self._leave(place, "withdrawn", own_doing=True)
        return True

    def start(self, group: Group) -> bool:
        if group.state != "approved" or self.today < group.starts:
            return False
        group.state = "running"
        for p in self.places:
            if p.group is group and p.state == "enrolled":
                p.state = "attending"
        return True

    def finish(self, group: Group) -> bool:
        if group.state != "running" or self.today < group.ends:
            return False
        group.state = "finished"
        return True

    def cancel(self, group: Group) -> bool:
        if group.state not in ("approved", "running"):
            return False
        group.state = "cancelled"
        for p in self.places:
            if p.group is group and p.live:
                self._leave(p, "withdrawn", own_doing=False)
        return True

    def complete(self, place: Place, passed: bool) -> bool:
        """The result: money is payable, or the voucher comes back."""
        if place.group.state not in ("running", "finished") or place.state != "attending":
            return False
        if not passed:
            self._leave(place, "failed", own_doing=True)
            return True
        place.state = "completed"
        if (use := place.use) is not None:
            use.state = use.ticket.state = "earned"
            use.ticket.events["earn"] += 1
            if rest := use.ticket.face - use.cents:
                use.ticket.events["unused"] += 1
                use.ticket.bind(-rest)
        return True

    def _leave(self, place: Place, state: str, own_doing: bool) -> None:
        place.state = state
        use = place.use
        if use is None or use.state != "redeemed":
            return
        use.state = "released"
        ticket = use.ticket
        ticket.state, ticket.use = "claimed", None
        ticket.events["release"] += 1
        if not own_doing:
            ticket.until = max(ticket.until, self.today + timedelta(days=use.life_left))

    def void(self, ticket: Ticket) -> bool:
        if ticket.state != "claimed":
            return False
        ticket.state = "void"
        ticket.events["void"] += 1
        ticket.bind(-ticket.face)
        return True

    def deny(self, ticket: Ticket, by: int) -> Use | None:
        """"This was not me", of the use that stands."""
        use = ticket.use
        if ticket.owner != by or use is None or use.state not in ("redeemed", "earned") or use.denial or use.dismissed:
            return None
        return use

    def dismiss(self, use: Use) -> bool:
        use.denial, use.dismissed = "", True
        return True

    def uphold(self, use: Use) -> bool:
        """It was not the holder: the place is undone, nothing is payable, the voucher is whole again if that can be."""
        use.denial = ""
        ticket, place = use.ticket, use.place
        if place.live:
            self._leave(place, "withdrawn", own_doing=False)
        if use.state == "earned":
            use.state = "annulled"
            ticket.use = None
        if ticket.use is not None:
            return True  # given back before and used again: that use is its holder's
        until = max(ticket.until, self.today + timedelta(days=use.life_left))
        other = self.holds_one(ticket.owner, but=ticket, even_lapsed=True)
        rest = ticket.face - use.cents
        if ticket.state == "claimed":
            ticket.until = until
        elif ticket.state == "lapsed" and not other and ticket.lot.bound + ticket.face <= ticket.lot.money:
            ticket.state, ticket.until = "claimed", until
            ticket.events["refill"] += 1
            ticket.bind(ticket.face)
        elif ticket.state == "earned" and other:
            ticket.state = "void"
            ticket.events["annul"] += 1
            ticket.bind(-use.cents)
        elif ticket.state == "earned":
            ticket.state, ticket.until = "claimed", until
            ticket.events["restore"] += 1
            if rest and ticket.lot.bound + rest <= ticket.lot.money:
                ticket.events["refill"] += 1
                ticket.bind(rest)
            else:
                ticket.face = use.cents
        return True
