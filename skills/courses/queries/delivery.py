"""Approved against delivered as institution and bureau read it, and what waits by the clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.models import ClassSession, Course, CourseClass
from skills.courses.models.delivery import ApprovedPlan, DeliveryReport, SessionRecord
from skills.courses.queries.catalogue import teachers_of
from skills.courses.rules.delivery import Row, hours, missing_hours
from skills.courses.states import ClassState
from skills.courses.states.delivery import HOLDING, REPORT, ReportState
from skills.kernel.errors import Missing
from skills.resources.queries import lecturers as pool
from skills.standards.queries import value

PAGE = 50
MOST_COLUMNS = 12


@dataclass(frozen=True)
class RecordLine:
    """A session with what was recorded of it. `teachers` as booked, `taught` by name as recorded, with those who are not in the pool."""

    session_id: str
    starts_at: datetime
    ends_at: datetime
    room: str
    address: str
    topic: str
    makes_up: bool
    teachers: tuple[tuple[str, str], ...]
    recorded: bool
    held: bool
    held_from: datetime | None
    held_to: datetime | None
    taught: tuple[str, ...]
    held_in: str
    note: str
    begun: bool
    open: bool


@dataclass(frozen=True)
class ReportLine:
    """A completion report. Hours in class hours; deviations as sentences' codes with their facts; state words in both languages.

    online  (approved, there at the end) class hours of lessons online, which are part of planned and delivered; None: there were none
    """

    id: str
    class_id: str
    number: str
    course: str
    institution_id: str
    institution: str
    district: str
    state: str
    state_words: tuple[str, str]
    holds: bool
    version: int
    planned: str
    delivered: str
    missing: str
    deviations: tuple[tuple[str, Mapping[str, Any]], ...]
    rows: tuple[Row, ...]
    minutes_per_hour: int
    held_uses: int
    late_uses: int
    drawn_at: datetime
    explanation: str
    explained_at: datetime | None
    proposal: str
    proposed_by: str
    proposed_at: datetime | None
    decision: str
    decided_by: str
    decided_at: datetime | None
    online: tuple[str, str] | None = None

    @property
    def chart(self) -> list[tuple[date, int, int]]:
        """(day, minutes approved, minutes delivered) of each session; of long classes of each week, by its Monday."""
        if len(self.rows) <= MOST_COLUMNS:
            return [(r.on, r.planned, r.delivered) for r in self.rows]
        weeks: dict[date, tuple[int, int]] = {}
        for r in self.rows:
            monday = r.on - timedelta(days=r.on.weekday())
            planned, delivered = weeks.get(monday, (0, 0))
            weeks[monday] = planned + r.planned, delivered + r.delivered
        return [(monday, *minutes) for monday, minutes in sorted(weeks.items())]


@dataclass(frozen=True)
class PlanVersion:
    """A version of an approved plan: why it came to be (approval, change, start), when and by whom; how many its roster names, None
    before the class begins."""

    version: int
    why: str
    at: datetime
    by: str
    roster: int | None = None


def records(db: Session, class_id: str, now: datetime) -> list[RecordLine]:
    """Every session of a class with its record, in the order of time."""
    held = db.get_one(CourseClass, class_id)
    days = timedelta(days=int(value(db, "class.record_days", held.starts_on)))
    reported = report_of(db, class_id) is not None
    kept = {
        r.session_id: r
        for r in db.scalars(select(SessionRecord).where(SessionRecord.class_id == class_id, SessionRecord.replaced_at.is_(None)))
    }
    teachers = teachers_of(db, [class_id])
    names = {i: x.name for i, x in pool.lines_of(db, {i for r in kept.values() for i in r.lecturers}).items()}
    found = []
    for s in db.scalars(select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.starts_at)):
        r = kept.get(s.id)
        taught = tuple(names[i] for i in r.lecturers) + ((r.other,) if r.other else ()) if r else ()
        may = held.state == ClassState.RUNNING and not reported and s.starts_at <= now <= s.ends_at + days
        found.append(
            RecordLine(
                s.id, s.starts_at, s.ends_at, s.room, s.address or held.address, s.topic, s.makes_up_for is not None,
                tuple((t.id, t.name) for t in teachers.get(s.id, ())), r is not None, bool(r and r.held), r.starts_at if r else None,
                r.ends_at if r else None, taught, f"{r.address} {r.room}".strip() if r and r.held else "", r.note if r else "",
                s.starts_at <= now, may,
            )
        )  # fmt: skip
    return found


def report_of(db: Session, class_id: str) -> ReportLine | None:
    """The report of a class, if it was drawn."""
    row = db.scalars(select(DeliveryReport).where(DeliveryReport.class_id == class_id)).one_or_none()
    return None if row is None else _line(db, row)


def report(db: Session, report_id: str, districts: Collection[str] | None) -> ReportLine:
    """A report of these districts. Raises Missing("delivery_report.unknown")."""
    row = db.get(DeliveryReport, report_id)
    if row is None or (districts is not None and row.district not in districts):
        raise Missing("delivery_report.unknown")
    return _line(db, row)


def reports(db: Session, districts: Collection[str] | None, waiting: bool, after: str = "", most: int = PAGE) -> list[ReportLine]:
    """Reports of these districts (None: of the city), newest first: those that hold settlement, or the others."""
    chosen = select(DeliveryReport).order_by(DeliveryReport.id.desc()).limit(most)
    chosen = chosen.where(DeliveryReport.state.in_(HOLDING) if waiting else DeliveryReport.state.not_in(HOLDING))
    if districts is not None:
        chosen = chosen.where(DeliveryReport.district.in_(districts))
    if after:
        chosen = chosen.where(DeliveryReport.id < after)
    return [_line(db, row) for row in db.scalars(chosen)]


def versions(db: Session, class_id: str) -> list[PlanVersion]:
    """How the approved plan of a class came to be, newest first."""
    rows = db.scalars(select(ApprovedPlan).where(ApprovedPlan.class_id == class_id).order_by(ApprovedPlan.version.desc()))
    return [
        PlanVersion(r.version, r.why, r.at, accounts.name_of(db, r.by), len(r.body.get("roster", ())) if r.why == "start" else None)
        for r in rows
    ]


def undecided(db: Session, day: date) -> list[str]:
    """Applications whose last day for a decision is over and that did not go up yet."""
    chosen = select(CourseClass.id).where(
        CourseClass.state == ClassState.SUBMITTED, CourseClass.escalated_at.is_(None), CourseClass.due < day
    )
    return list(db.scalars(chosen.order_by(CourseClass.id)))


def unreported(db: Session, day: date) -> list[str]:
    """Classes that run although they are over for longer than the policy lets them be, without a report."""
    days = timedelta(days=int(value(db, "class.report_days", day)))
    reported = select(DeliveryReport.class_id)
    frozen = select(ApprovedPlan.class_id)
    chosen = select(CourseClass.id).where(
        CourseClass.state == ClassState.RUNNING, CourseClass.ends_on < day - days, CourseClass.id.not_in(reported),
        CourseClass.id.in_(frozen),
    )  # fmt: skip
    return list(db.scalars(chosen.order_by(CourseClass.id)))


def _line(db: Session, row: DeliveryReport) -> ReportLine:
    held = db.get_one(CourseClass, row.class_id)
    per_hour = int(value(db, "course.minutes_per_hour", held.starts_on))
    return ReportLine(
        row.id, row.class_id, held.number, db.get_one(Course, held.course_id).title, held.institution_id,
        accounts.organisation(db, held.institution_id).name, row.district, row.state, REPORT.words[ReportState(row.state)],
        row.state in HOLDING, row.version, hours(row.planned_minutes, per_hour), hours(row.delivered_minutes, per_hour),
        missing_hours(row.planned_minutes, row.delivered_minutes, per_hour), tuple((d["code"], d["facts"]) for d in row.deviations),
        tuple(Row(r["session_id"], date.fromisoformat(r["on"]), r["planned"], r["delivered"], tuple(r["faults"])) for r in row.rows),
        per_hour, row.held_uses, row.late_uses, row.drawn_at, row.explanation, row.explained_at, row.proposal,
        accounts.name_of(db, row.proposed_by) if row.proposed_by else "", row.proposed_at, row.decision,
        accounts.name_of(db, row.decided_by) if row.decided_by else "", row.decided_at, _online(db, row, per_hour),
    )  # fmt: skip


def _online(db: Session, row: DeliveryReport, per_hour: int) -> tuple[str, str] | None:
    body = db.scalars(select(ApprovedPlan.body).where(ApprovedPlan.class_id == row.class_id, ApprovedPlan.version == row.version)).one()
    there = row.delivered_minutes - sum(r["delivered"] for r in row.rows)
    meant = there if body.get("online") is None else body["online"]
    return (hours(meant, per_hour), hours(there, per_hour)) if meant else None
