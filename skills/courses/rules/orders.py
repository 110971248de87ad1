"""订单班、冠名班: seats that an employer's contract keeps for its own people (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from skills.kernel.findings import Finding, Verdict, no_fault
from skills.records.rules import STRENGTHS

AGREED = "订单班、冠名班：合同约定的名额只供该单位职工（“满天星”行动计划第11条）"


@dataclass(frozen=True)
class Contract:
    """An employer's contract for a class as somebody wants to record it."""

    number: str
    signed_on: date
    seats: int
    until: date
    class_seats: int
    class_starts: date
    class_open: bool
    open_taken: int
    has_one: bool


def may_record(wish: Contract, day: date) -> Verdict:
    """Whether a contract may be put on record. `order_contract.not_possible`."""
    return no_fault(
        "order_contract.not_possible",
        [
            Finding("order_contract.class_open", wish.class_open and day < wish.class_starts, AGREED, {"starts": wish.class_starts}),
            Finding("order_contract.once", not wish.has_one, AGREED),
            Finding("order_contract.numbered", bool(wish.number.strip()), AGREED),
            Finding("order_contract.term", wish.signed_on <= day <= wish.until, AGREED, {"signed": wish.signed_on, "until": wish.until}),
            Finding("order_contract.seats", 0 < wish.seats <= wish.class_seats - wish.open_taken, AGREED,
                    {"seats": wish.seats, "most": wish.class_seats - wish.open_taken}),
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class Job:
    """An employment on record, as far as it entitles to a seat."""

    entry_id: str
    employer_id: str | None
    since: date
    until: date | None
    strength: str


def entitles(jobs: Sequence[Job], employer_id: str, day: date, least: str) -> Job | None:
    """The employment with this employer that counts on a day and is proven well enough, the best proven one first."""
    good = STRENGTHS[: STRENGTHS.index(least) + 1]
    fits = [j for j in jobs if j.employer_id == employer_id and j.since <= day and (j.until is None or j.until >= day) and j.strength in good]
    return min(fits, key=lambda j: (STRENGTHS.index(j.strength), j.entry_id), default=None)


@dataclass(frozen=True)
class Seats:
    """The seats of an order class now: all, the employer's, and how many of each are taken or kept."""

    seats: int
    order_seats: int
    taken: int
    order_taken: int

    @property
    def open_left(self) -> int:
        """Seats that anybody may take."""
        return self.seats - self.order_seats - (self.taken - self.order_taken)

    @property
    def order_left(self) -> int:
        """Seats that only the employer's people may take."""
        return self.order_seats - self.order_taken


def may_sit(seats: Seats, employed: bool, employer: str) -> Verdict:
    """Whether somebody may take a seat of an order class: one of the employer's for its people, else one that is anybody's.

    `enrolment.not_possible`, with the reason and the way.
    """
    left = seats.open_left > 0 or (employed and seats.order_left > 0)
    return no_fault(
        "enrolment.not_possible",
        [Finding("enrolment.order_seat", left, AGREED, {"employer": employer, "seats": seats.order_seats})],
    )
