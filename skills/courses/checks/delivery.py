"""What always holds of approved and delivered: plans are frozen, reports add up, and what is held is not paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from skills.courses.actions.delivery import source_of
from skills.courses.actions.plans import read
from skills.courses.models import CourseClass, Enrolment
from skills.courses.models.delivery import ApprovedPlan, DeliveryReport
from skills.courses.rules.delivery import approved_minutes
from skills.courses.states import ClassState
from skills.courses.states.delivery import HOLDING, ReportState
from skills.kernel.checks import Bookkeeper, check
from skills.standards.queries import value
from skills.vouchers.queries import settling
from skills.vouchers.queries.uses import holds_of
from skills.vouchers.states import RedemptionState

BEGUN = (ClassState.RUNNING, ClassState.FINISHED)
UNPAID = (RedemptionState.REDEEMED, RedemptionState.EARNED)
PAID = (RedemptionState.ORDERED, RedemptionState.SETTLED, RedemptionState.CLAWED_BACK)


@check("courses.plans", "批准的计划逐版留存 an approved plan is frozen: versions 1, 2, 3 … without gap, the first from the approval")
def plans(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, list[ApprovedPlan]] = defaultdict(list)
    for row in book.db.scalars(select(ApprovedPlan).order_by(ApprovedPlan.version)):
        held[row.class_id].append(row)
    for class_id, rows in held.items():
        if [r.version for r in rows] != list(range(1, len(rows) + 1)) or rows[0].why != "approval":
            yield f"class {class_id}: versions {[r.version for r in rows]}, the first by {rows[0].why}"
        for row in rows:
            try:
                read(row)
            except ValueError:
                yield f"class {class_id}: version {row.version} of its plan cannot be read"
    for opened in book.db.scalars(select(CourseClass).where(CourseClass.decided_by == "clock")):
        if opened.due is None or opened.decided_at is None or opened.id not in held:
            yield f"class {opened.number} was approved by the clock without a last day or a plan"


@check("courses.reports",
       "报告的课时是课次与线上课件之和，放行由两人 the hours of a report are those of its sessions and lessons online; a release is by two people")
def reports(book: Bookkeeper) -> Iterator[str]:
    versions = {(row.class_id, row.version): row for row in book.db.scalars(select(ApprovedPlan))}
    begins = dict(book.db.execute(select(CourseClass.id, CourseClass.starts_on)).all())
    for row in book.db.scalars(select(DeliveryReport)):
        plan = versions.get((row.class_id, row.version))
        if plan is None:
            yield f"report {row.id} was compared with a plan that is not there"
        elif not _adds_up(row, plan, int(value(book.db, "course.minutes_per_hour", begins[row.class_id]))):
            yield f"report {row.id}: {row.planned_minutes}/{row.delivered_minutes} minutes are not those of its sessions and lessons online"
        if (row.state == ReportState.CLEAR) != (not row.deviations):
            yield f"report {row.id} is {row.state} with {len(row.deviations)} deviations"
        if row.state == ReportState.RELEASED and (row.proposed_by is None or row.proposed_by == row.decided_by):
            yield f"report {row.id} was released by {row.decided_by}, proposed by {row.proposed_by}"


def _adds_up(report: DeliveryReport, frozen: ApprovedPlan, per_hour: int) -> bool:
    """Whether the minutes of a report are those of its sessions and lessons online, as the plan and the course's hours bound them."""
    try:
        plan = read(frozen)
        held, delivered = sum(r["planned"] for r in report.rows), sum(r["delivered"] for r in report.rows)
    except (TypeError, KeyError, ValueError):
        return False
    online: int = report.delivered_minutes - delivered
    if plan.online is None and report.planned_minutes == held:  # drawn before hours and lessons online were compared
        return not online
    meant = online if plan.online is None else plan.online
    return 0 <= online <= meant and report.planned_minutes == approved_minutes(plan, held + meant, per_hour)


@check("courses.held_unpaid", "暂缓结算的班一分不付 nothing of a class is paid while its report holds settlement")
def held_unpaid(book: Bookkeeper) -> Iterator[str]:
    frozen = holds_of(book.db, "class:")
    reports = {r.class_id: r for r in book.db.scalars(select(DeliveryReport))}
    uses = settling.states(book.db)
    planned = set(book.db.scalars(select(ApprovedPlan.class_id)))
    rows = book.db.execute(
        select(CourseClass.id, CourseClass.starts_on, Enrolment.redemption_id)
        .join(Enrolment, Enrolment.class_id == CourseClass.id)
        .where(CourseClass.state.in_(BEGUN), Enrolment.redemption_id.is_not(None), Enrolment.left_at.is_(None))
    )
    holds_on: dict[date, bool] = {}
    for class_id, day, redemption_id in rows:
        if day not in holds_on:
            holds_on[day] = bool(value(book.db, "class.deviations_hold", day))
        report, state = reports.get(class_id), uses[str(redemption_id)][0]
        held = redemption_id in frozen.get(source_of(class_id), set())
        holding = report is not None and report.state in HOLDING
        waits = state == RedemptionState.EARNED and report is None and class_id in planned and holds_on[day]
        if ((holding and state in UNPAID) or waits) and not held:
            yield f"use {redemption_id} of class {class_id} is {state} and not held"
        if held and state in PAID:
            yield f"use {redemption_id} of class {class_id} is {state} though it is held"
    for source in frozen:
        report = reports.get(source.removeprefix("class:"))
        if report is not None and report.state not in HOLDING:
            yield f"{source} is held though its report is {report.state}"
