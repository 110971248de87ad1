"""Order classes 订单班: the employer's contract on record, its people in its seats, everybody else told why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.accounts import queries as accounts
from skills.accounts.rules import OrganisationKind
from skills.courses.actions import queue
from skills.courses.models import CourseClass, Enrolment, Reservation
from skills.courses.models.changes import OrderContract, OrderSeat
from skills.courses.rules import orders as rules
from skills.courses.rules.orders import Job, Seats
from skills.courses.states import KEPT, ClassState
from skills.courses.states.changes import ORDER, OrderState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.records.queries import passport
from skills.records.rules import Work
from skills.standards.queries import value

MANAGE = "class.manage"
SEE = "order.see"
OPEN = (ClassState.PLANNED, ClassState.SUBMITTED, ClassState.RETURNED, ClassState.APPROVED)


@dataclass(frozen=True)
class OrderMade:
    """A contract after an act upon it."""

    order_id: str
    state: str


@action("order.record", may=MANAGE)
def record(
    act: Act, class_id: str, employer_id: str, number: str, signed_on: date, seats: int, until: date, title: str = ""
) -> OrderMade:
    """Put an employer's contract for seats of one's own class on record, before it begins; the employer is told.

    Raises Missing("course_class.unknown" | "organisation.unknown"), Refusal("order_contract.not_possible") with every reason.
    """
    held = _own(act, class_id)
    employer = accounts.organisation(act.db, employer_id)
    if employer.kind != OrganisationKind.ENTERPRISE or not accounts.approved(act.db, employer_id):
        raise Missing("organisation.unknown")
    queue.lock_class(act, held.id)
    rules.may_record(
        rules.Contract(
            number, signed_on, seats, until, held.seats, held.starts_on, held.state in OPEN, held.taken,
            act.find(OrderContract, class_id=held.id, state=OrderState.LIVE) is not None,
        ),
        act.today,
    ).or_refuse()  # fmt: skip
    row = act.add(
        OrderContract(
            id=act.new_id(), class_id=held.id, employer_id=employer_id, number=number.strip()[:40], title=title.strip()[:40],
            signed_on=signed_on, seats=seats, until=until, state=ORDER.start, recorded_by=act.actor.account, recorded_at=act.at,
        )
    )  # fmt: skip
    act.note("order.record", id=row.id, seats=seats)
    send(act, code="order.told_recorded", organisation_id=employer_id, number=held.number, contract=row.number, seats=seats, until=until,
         institution=accounts.organisation(act.db, held.institution_id).name)  # fmt: skip
    return OrderMade(row.id, row.state)


@action("order.end", may=MANAGE)
def end(act: Act, order_id: str, reason: str) -> OrderMade:
    """The contract ends: its people keep their places, the seats that are left are anybody's. Raises Missing, Refusal."""
    row = act.get(OrderContract, id=order_id)
    held = _own(act, row.class_id)
    _close(act, row, held, "end", reason)
    send(act, code="order.told_ended", organisation_id=row.employer_id, number=held.number, contract=row.number, reason=row.reason)
    return OrderMade(row.id, row.state)


@action("order.decline", may=SEE)
def decline(act: Act, order_id: str, reason: str) -> OrderMade:
    """The employer signed no such contract: nothing is kept in its name. Raises Missing("order_contract.unknown"), Refusal."""
    row = act.get(OrderContract, id=order_id)
    if not act.actor.may(SEE, row.employer_id):
        raise Missing("order_contract.unknown")
    held = act.get(CourseClass, id=row.class_id)
    _close(act, row, held, "decline", reason)
    send(act, code="order.told_declined", organisation_id=held.institution_id, number=held.number, contract=row.number, reason=row.reason)
    return OrderMade(row.id, row.state)


def _close(act: Act, row: OrderContract, held: CourseClass, how: str, reason: str) -> None:
    told = reason.strip()[:400]
    if not told:
        raise Refusal("order_contract.reason_needed")
    held = queue.lock_class(act, held.id)
    act.move(row, ORDER, how, closed_by=act.actor.account, closed_at=act.at, reason=told)
    queue.offer_next(act, held)  # what was the employer's is anybody's, and somebody may wait


# Seats: called by whoever takes one -------------------------------------------------------------------------------


def live(act: Act, class_id: str) -> OrderContract | None:
    """The contract that keeps seats of a class today."""
    row = act.find(OrderContract, class_id=class_id, state=OrderState.LIVE)
    return row if row is not None and act.today <= row.until else None


def refuse_fewer(act: Act, class_id: str, seats: int) -> None:
    """A class planned anew keeps the seats of its contract. Raises Refusal("order_contract.fewer")."""
    row = act.find(OrderContract, class_id=class_id, state=OrderState.LIVE)
    if row is not None and seats < row.seats:
        raise Refusal("order_contract.fewer", seats=row.seats)


def seats_of(act: Act, held: CourseClass, row: OrderContract) -> Seats:
    """The seats of a locked class now; a seat counts for the employer while its place or its reservation lives."""
    sitting = act.db.scalar(
        select(func.count()).select_from(OrderSeat).where(OrderSeat.order_id == row.id, OrderSeat.freed_at.is_(None))
    )
    return Seats(held.seats, row.seats, held.taken, sitting or 0)


def sit(act: Act, held: CourseClass, person_id: str) -> None:
    """Before a seat of a class is taken: somebody of the employer sits on one of its seats, others on one that is anybody's.

    The class stays locked until the act ends, so that two never share the last one. Raises Refusal("enrolment.not_possible").
    """
    fresh = queue.lock_class(act, held.id)  # first: a contract may be recorded at this moment
    row = live(act, held.id)
    if row is None:
        return
    seats, job = seats_of(act, fresh, row), job_of(act, person_id, row)
    rules.may_sit(seats, job is not None, accounts.organisation(act.db, row.employer_id).name).or_refuse()
    if job is not None and seats.order_left > 0 and act.find(OrderSeat, order_id=row.id, person_id=person_id, freed_at=None) is None:
        made = act.add(
            OrderSeat(id=act.new_id(), order_id=row.id, class_id=held.id, person_id=person_id, entry_id=job.entry_id, taken_on=act.today)
        )
        act.note("order.sit", id=made.id, order=row.id)


def may_sit(act: Act, held: CourseClass, person_id: str) -> bool:
    """Whether somebody could take a seat of a locked class now: asked for whoever is next in the queue."""
    row = live(act, held.id)
    if row is None:
        return True
    return bool(rules.may_sit(seats_of(act, held, row), job_of(act, person_id, row) is not None, ""))


def stand_up(act: Act, class_id: str, person_id: str) -> None:
    """A seat of the employer is free again: its place or its reservation ended without a place."""
    for row in act.db.scalars(
        select(OrderSeat).where(OrderSeat.class_id == class_id, OrderSeat.person_id == person_id, OrderSeat.freed_at.is_(None))
    ):
        still = act.find(Enrolment, class_id=class_id, person_id=person_id, left_at=None) is not None
        kept = act.db.scalar(
            select(Reservation.id).where(
                Reservation.class_id == class_id, Reservation.person_id == person_id, Reservation.state.in_(KEPT)
            )
        )
        if not still and kept is None:
            row.freed_at = act.at
            act.db.flush()


def job_of(act: Act, person_id: str, row: OrderContract) -> Job | None:
    """The employment that entitles somebody to a seat of the contract."""
    jobs = [
        Job(line.id, line.fact.employer_id, line.fact.since, line.fact.until, line.strength)
        for line in passport(act.db, person_id)
        if isinstance(line.fact, Work)
    ]
    return rules.entitles(jobs, row.employer_id, act.today, str(value(act.db, "class.order_strength", act.today)))


def _own(act: Act, class_id: str) -> CourseClass:
    row = act.get(CourseClass, id=class_id)
    if not act.actor.may(MANAGE, row.institution_id):
        raise Missing("course_class.unknown")
    return row
