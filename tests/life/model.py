"""What a voucher's life must come to, told a second time in plain Python: no rule, no table, no act of the house is used.

Money in 分, days in Asia/Shanghai. Each function answers whether the step is allowed and, if it is, takes it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from tests.life.things import Debt, Group, Lot, Place, Ticket, Use, Wait, months_later, works

LIFE_MONTHS = 3
CONFIRM_DAYS = 2  # working days in which an institution answers
OFFER = timedelta(hours=24)  # how long a seat is kept for the first in the queue
SHANGHAI = timezone(timedelta(hours=8))
P = ParamSpec("P")
T = TypeVar("T")


def whole(step: Callable[Concatenate[Model, P], T]) -> Callable[Concatenate[Model, P], T]:
    """A step that answers nothing has changed nothing, whatever it found to book on the way."""

    @wraps(step)
    def run(model: Model, *args: P.args, **named: P.kwargs) -> T:
        things = (*model.tickets, *model.uses, *model.places, *model.waits, *model.groups, *model.lots)
        before = [(t, dict(t.__dict__), +t.events if isinstance(t, Ticket) else None) for t in things]
        tickets, uses, places, waits = list(model.tickets), list(model.uses), list(model.places), list(model.waits)
        answer = step(model, *args, **named)
        if not answer:
            for thing, values, events in before:
                thing.__dict__.update(values)
                if isinstance(thing, Ticket) and events is not None:
                    thing.events = events
            model.tickets, model.uses, model.places, model.waits = tickets, uses, places, waits
        return answer

    return run


class Model:
    """All of it."""

    def __init__(self, now: datetime, lots: list[Lot], groups: list[Group]) -> None:
        self.now = now
        self.lots = lots
        self.groups = groups
        self.tickets: list[Ticket] = []
        self.places: list[Place] = []
        self.uses: list[Use] = []
        self.waits: list[Wait] = []
        self.debts: list[Debt] = []

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    # What a rule asks

    def holds_one(self, owner: int, but: Ticket | None = None, even_lapsed: bool = False) -> bool:
        return any(
            t.state in ("reserved", "redeemed") or (t.state == "claimed" and (even_lapsed or self.today <= t.until))
            for t in self.tickets
            if t.owner == owner and t is not but
        )

    def paid_for(self, owner: int) -> list[Use]:
        """Uses of this person that stand."""
        return [
            u for u in self.uses
            if u.ticket.owner == owner
            and (u.state in ("redeemed", "earned", "settled") or (u.state == "clawed_back" and u.back < u.cents))
        ]  # fmt: skip

    def once_a_year(self, owner: int) -> bool:
        return all(u.on.year != self.today.year for u in self.paid_for(owner))

    def taken(self, group: Group) -> int:
        kept = sum(w.state in Wait.KEPT for w in self.waits if w.group is group)
        return kept + sum(p.live or p.state in ("completed", "failed") for p in self.places if p.group is group)

    def there(self, owner: int, group: Group) -> bool:
        """Whether somebody has, or had until its end, a place in a class."""
        return any(p.owner == owner and p.group is group and p.state != "withdrawn" for p in self.places)

    def asked(self, owner: int, group: Group) -> bool:
        """Whether somebody has asked for a seat in a class and nothing has come of it."""
        return any(w.owner == owner and w.group is group and w.live for w in self.waits)

    def open(self, group: Group) -> bool:
        """Whether places may be taken."""
        return group.state == "approved" and self.today < group.starts

    def usable(self, owner: int, group: Group, ticket: Ticket) -> bool:
        """Whether this person's voucher pays for this class today, kept for it or not."""
        taught = any(u.place.group.subject == group.subject for u in self.paid_for(owner))
        return ticket.owner == owner and self.today <= ticket.until and not taught and self.once_a_year(owner)

    def over(self, wait: Wait) -> bool:
        """Whether a kept seat was kept long enough."""
        if wait.state == "held":
            return wait.answer_by is not None and self.today > wait.answer_by
        return wait.state == "offered" and wait.until is not None and self.now > wait.until

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

    @whole
    def enrol(self, owner: int, group: Group, ticket: Ticket | None) -> Place | None:
        """A place, with or without a voucher."""
        if self.taken(group) >= group.seats or self.asked(owner, group):
            self.tidy(group)
        if not self.open(group) or group.confirms or self.asked(owner, group) or self.there(owner, group) or self.taken(group) >= group.seats:
            return None
        if ticket is not None and (ticket.state != "claimed" or not self.usable(owner, group, ticket)):
            return None
        return self._place(owner, group, ticket)

    def _place(self, owner: int, group: Group, ticket: Ticket | None, life_left: int | None = None) -> Place:
        place = Place(owner, group)
        if ticket is not None:
            left = (ticket.until - self.today).days if life_left is None else life_left
            use = Use(ticket, place, min(ticket.face, group.fee), self.today, left)
            ticket.state, ticket.use, place.use = "redeemed", use, use
            ticket.until = self.today + timedelta(days=left)
            ticket.events["redeem"] += 1
            self.uses.append(use)
        self.places.append(place)
        return place

    # Seats that are asked for

    @whole
    def ask(self, owner: int, group: Group, ticket: Ticket | None) -> Wait | None:
        """A free seat of a class that confirms is kept; behind a full class one waits."""
        self.tidy(group)
        queue = any(w.group is group and w.state == "waiting" for w in self.waits)
        free = self.taken(group) < group.seats and not queue
        if not self.open(group) or self.asked(owner, group) or self.there(owner, group) or (free and not group.confirms):
            return None
        made = Wait(owner, group)
        self.waits.append(made)
        return made if not free or self._hold(made, ticket) else None

    @whole
    def take(self, wait: Wait, ticket: Ticket | None) -> bool:
        """The seat that was offered is taken: by a place, or it waits for the institution."""
        if wait.state != "offered" or self.over(wait) or self.today >= wait.group.starts:
            return False
        if wait.group.confirms:
            return self._hold(wait, ticket)
        if ticket is not None and (ticket.state != "claimed" or not self.usable(wait.owner, wait.group, ticket)):
            return False
        wait.state, wait.place = "confirmed", self._place(wait.owner, wait.group, ticket)
        return True

    def confirm(self, wait: Wait) -> bool:
        if wait.state != "held" or self.over(wait) or self.today >= wait.group.starts:
            return False
        if wait.ticket is not None and not self.usable(wait.owner, wait.group, wait.ticket):
            return False
        wait.state = "confirmed"
        wait.place = self._place(wait.owner, wait.group, wait.ticket, wait.life_left)
        return True

    def decline(self, wait: Wait) -> bool:
        if wait.state != "held" or self.over(wait) or self.today >= wait.group.starts:
            return False
        self._end(wait, "declined", own_doing=False)
        return True

    def take_back(self, wait: Wait) -> bool:
        """Whoever asked does not want it any more."""
        if not wait.live:
            return False
        self._end(wait, "cancelled", own_doing=True)
        return True

    def tidy(self, group: Group) -> bool:
        """What was kept too long is over, in the order of the queue."""
        for w in [w for w in self.waits if w.group is group and w.state in Wait.KEPT]:
            if self.over(w):
                self._end(w, "expired", own_doing=w.state == "offered")
        return True

    def _hold(self, wait: Wait, ticket: Ticket | None) -> bool:
        if ticket is not None and (ticket.state != "claimed" or not self.usable(wait.owner, wait.group, ticket)):
            return False
        by, days = self.today, CONFIRM_DAYS
        while days:
            by += timedelta(days=1)
            days -= works(by)
        wait.state, wait.ticket, wait.held_on, wait.answer_by = "held", ticket, self.today, by
        if ticket is not None:
            wait.life_left = (ticket.until - self.today).days
            ticket.state, ticket.until = "reserved", max(ticket.until, by)
        return True

    def _end(self, wait: Wait, state: str, own_doing: bool) -> None:
        before, wait.state = wait.state, state
        if before == "held" and (ticket := wait.ticket) is not None:
            since = wait.held_on if own_doing else self.today
            ticket.state, ticket.until = "claimed", since + timedelta(days=wait.life_left)
        self._offer(wait.group)

    def _offer(self, group: Group) -> None:
        """Free seats belong to whoever waits, in the order in which they came."""
        for w in self.waits:
            if w.group is group and w.state == "waiting" and self.open(group) and self.taken(group) < group.seats:
                begins = datetime.combine(group.starts, datetime.min.time(), SHANGHAI)
                w.state, w.until = "offered", min(self.now + OFFER, begins)

    def _nobody_waits(self, group: Group, state: str) -> None:
        for w in self.waits:
            if w.group is group and w.live:
                self._end(w, state, own_doing=False)

    # Leaving after leaving is free no more

    def ask_leave(self, place: Place) -> bool:
        return place.live and self.today >= place.group.starts and not place.request

    def excuse(self, place: Place) -> bool:
        self._leave(place, "withdrawn", own_doing=False)
        return True

    # From the first lesson to the money

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
        self._nobody_waits(group, "expired")
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
        self._nobody_waits(group, "cancelled")
        return True

    def complete(self, place: Place, passed: bool) -> bool:
        """The result: money is payable, or the voucher comes back."""
        if place.group.state not in ("running", "finished") or place.state != "attending":
            return False
        if not passed:
            self._leave(place, "failed", own_doing=True)
            return True
        place.state, place.request = "completed", ""
        if (use := place.use) is not None:
            use.state = use.ticket.state = "earned"
            use.ticket.events["earn"] += 1
            if rest := use.ticket.face - use.cents:
                use.ticket.events["unused"] += 1
                use.ticket.bind(-rest)
        return True

    def _leave(self, place: Place, state: str, own_doing: bool) -> None:
        place.state, place.request = state, ""
        if place.use is not None and place.use.state == "redeemed":
            self._give_back(place.use, own_doing)
        self._offer(place.group)

    def _give_back(self, use: Use, own_doing: bool) -> None:
        use.state = "released"
        ticket = use.ticket
        ticket.state, ticket.use = "claimed", None
        ticket.events["release"] += 1
        if not own_doing:
            ticket.until = max(ticket.until, self.today + timedelta(days=use.life_left))

    def settle(self, use: Use) -> None:
        """The bank has paid for it."""
        use.state = use.ticket.state = "settled"
        use.ticket.events["settle"] += 1

    def come_back(self, debt: Debt) -> None:
        """What was paid came back: the budget has it again, and if it is all the person's year is free."""
        self.debts.remove(debt)
        use = debt.use
        use.state = use.ticket.state = "clawed_back"
        use.back = debt.cents
        use.ticket.events["claw_back"] += 1
        use.ticket.bind(-debt.cents)

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
