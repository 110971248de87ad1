"""What always holds of order classes and of changes that were filed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from skills.courses.models import CourseClass
from skills.courses.models.changes import OrderContract, OrderSeat, SessionChange
from skills.courses.models.delivery import ApprovedPlan
from skills.courses.states import ClassState
from skills.courses.states.changes import ChangeState, OrderState
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day
from skills.people.queries import erased
from skills.records.queries import work_entries


@check("courses.order_seats", "订单班名额只由该单位职工占用 the seats of an order class are held by the named employer's people alone")
def order_seats(book: Bookkeeper) -> Iterator[str]:
    seats = list(book.db.scalars(select(OrderSeat)))
    jobs, gone = work_entries(book.db, [s.entry_id for s in seats]), erased(book.db)
    contracts = {c.id: c for c in book.db.scalars(select(OrderContract))}
    sitting: Counter[str] = Counter()
    for seat in seats:
        contract = contracts.get(seat.order_id)
        if contract is None:
            yield f"seat {seat.id} is of no contract"
            continue
        sitting[contract.id] += seat.freed_at is None
        if seat.person_id in gone:
            continue
        job = jobs.get(seat.entry_id)
        employed = job is not None and job.person_id == seat.person_id and job.fact.employer_id == contract.employer_id
        if not employed or job is None or not job.fact.since <= seat.taken_on <= (job.fact.until or seat.taken_on):
            yield f"seat {seat.id} is held by somebody whose work for the employer is not on record"
    day = shanghai_day(book.at)
    for contract in contracts.values():
        if sitting[contract.id] > contract.seats:
            yield f"contract {contract.id} has {contract.seats} seats and {sitting[contract.id]} people"
        held = book.db.get(CourseClass, contract.class_id)
        if held is None:
            yield f"contract {contract.id} is of no class"
            continue
        kept = contract.state == OrderState.LIVE and contract.until >= day and held.state in (ClassState.APPROVED, ClassState.RUNNING)
        if kept and held.taken - sitting[contract.id] > held.seats - contract.seats:
            yield f"class {held.number}: {held.taken - sitting[contract.id]} others sit where {held.seats - contract.seats} may"


@check("courses.changes", "生效的变更都有新版计划 every change that took effect has its version of the plan")
def changes(book: Bookkeeper) -> Iterator[str]:
    took = Counter(
        row.class_id for row in book.db.scalars(select(SessionChange)) if row.state in (ChangeState.FILED, ChangeState.GRANTED)
    )
    versions = Counter(book.db.scalars(select(ApprovedPlan.class_id).where(ApprovedPlan.why == "change")))
    for class_id in took.keys() | versions.keys():
        if took[class_id] != versions[class_id]:
            yield f"class {class_id}: {took[class_id]} changes took effect, {versions[class_id]} versions of its plan"
