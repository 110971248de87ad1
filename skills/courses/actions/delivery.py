"""A class as it is held: sessions recorded, the report drawn at the end, settlement held until it is explained or let through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from skills.courses.actions.plans import approved_of
from skills.courses.models import Attendance, ClassSession, CourseClass, Enrolment
from skills.courses.models.delivery import DeliveryReport, SessionRecord
from skills.courses.queries import hours
from skills.courses.rules import delivery as rules
from skills.courses.rules.attendance import Mark
from skills.courses.rules.delivery import Approved, Comparison, Delivered
from skills.courses.states import ClassState
from skills.courses.states.delivery import HOLDING, REPORT, ReportState
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.messages.actions import send
from skills.resources.queries import lecturers as pool
from skills.standards.queries import value
from skills.vouchers.actions import holds
from skills.vouchers.queries.settling import used
from skills.vouchers.states import RedemptionState

MANAGE = "class.manage"
EXAMINE = "delivery.examine"
RELEASE = "delivery.release"
TAUGHT = (ClassState.RUNNING, ClassState.FINISHED)


@dataclass(frozen=True)
class Recorded:
    """A session that was recorded."""

    record_id: str
    session_id: str
    held: bool


@dataclass(frozen=True)
class Reported:
    """A completion report after an act upon it."""

    report_id: str
    state: str


@action("session.record", may=MANAGE)
def record(
    act: Act,
    session_id: str,
    held: bool = True,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    lecturers: tuple[str, ...] = (),
    other: str = "",
    room: str = "",
    address: str = "",
    note: str = "",
) -> Recorded:
    """Record how a session was held: when, by whom, where; without anything, as it was planned.

    other  the name of whoever taught without being in the pool
    A record may be corrected until the report is drawn; the one before stays. Raises Missing("class_session.unknown" |
    "lecturer.unknown"), Refusal("session_record.not_possible") with every reason.
    """
    s = act.get(ClassSession, id=session_id)
    row = act.get(CourseClass, id=s.class_id)
    if not act.actor.may(MANAGE, row.institution_id):
        raise Missing("class_session.unknown")
    from skills.courses.actions.bookings import lecturers_of

    taught = tuple(dict.fromkeys(lecturers)) or (() if other.strip() else lecturers_of(act, s.id))
    if len(pool.lines_of(act.db, taught)) < len(taught):
        raise Missing("lecturer.unknown")
    begun, ended = (starts_at or s.starts_at, ends_at or s.ends_at) if held else (None, None)
    wait_exclusive(act.db, f"record:{s.class_id}")
    reported = act.find(DeliveryReport, class_id=row.id) is not None
    known = bool(taught or other.strip()) or not _named(act, row)
    rules.may_record(
        rules.Recording(
            act.at, s.starts_at, s.ends_at, row.state == ClassState.RUNNING, reported, held, begun, ended, int(known),
            int(value(act.db, "class.record_days", row.starts_on)),
        )
    ).or_refuse()
    before = act.find(SessionRecord, session_id=s.id, replaced_at=None)
    if before is not None:
        before.replaced_at = act.at
        act.db.flush()
    made = act.add(
        SessionRecord(
            id=act.new_id(), session_id=s.id, class_id=row.id, held=held, starts_at=begun, ends_at=ended,
            lecturers=list(taught) if held else [], other=other.strip()[:40] if held else "",
            room=(room.strip() or s.room)[:60] if held else "", address=(address.strip() or s.address or row.address)[:120] if held else "",
            note=note.strip()[:400], recorded_by=act.actor.account, recorded_at=act.at,
        )
    )  # fmt: skip
    act.note("session.record", id=made.id, session=s.id, held=held, replaces=before.id if before else "")
    return Recorded(made.id, s.id, held)


def _named(act: Act, row: CourseClass) -> bool:
    """Whether the class was approved with lecturers named session by session."""
    plan = approved_of(act.db, row.id)
    return plan is not None and any(s.lecturers for s in plan[1].sessions)


def draw(act: Act, row: CourseClass) -> DeliveryReport | None:
    """Draw the report of a class that is over, once, inside the caller's act: clear, or settlement is held.

    None for a class that was approved before plans were frozen: there is nothing to compare with.
    """
    wait_exclusive(act.db, f"record:{row.id}")
    before = act.find(DeliveryReport, class_id=row.id)
    frozen = approved_of(act.db, row.id)
    if before is not None or frozen is None:
        return before
    version, plan = frozen
    result = _compare(act, row, plan)
    report = act.add(
        DeliveryReport(
            id=act.new_id(), class_id=row.id, district=row.district, state=REPORT.start, version=version,
            planned_minutes=result.planned, delivered_minutes=result.delivered,
            deviations=[{"code": d.code, "facts": plain(dict(d.facts))} for d in result.deviations],
            rows=[plain(r) for r in result.rows], drawn_at=act.at,
        )
    )  # fmt: skip
    if not result.deviations:
        act.move(report, REPORT, "clear")
        holds.lift(act, source_of(row.id))
        return report
    if not _holds(act, row):
        act.move(report, REPORT, "note")
        return report
    frozen_now, late = hold(act, row.id)
    act.move(report, REPORT, "hold", held_uses=frozen_now, late_uses=late)
    send(act, code="delivery.told_held", organisation_id=row.institution_id, number=row.number, count=len(result.deviations))
    return report


def _holds(act: Act, row: CourseClass) -> bool:
    """Whether settlement waits for the report, by the policy of the class's first day."""
    return bool(value(act.db, "class.deviations_hold", row.starts_on))


def _compare(act: Act, row: CourseClass, plan: Approved) -> Comparison:
    known = delivered(act, row.id)
    names = {i: line.name for i, line in pool.lines_of(act.db, {i for k in known for i in k.lecturers}).items()}
    day = row.starts_on
    return rules.compare(
        plan, known, names, int(value(act.db, "course.minutes_per_hour", day)), int(value(act.db, "class.hours_tolerated_percent", day)),
        hours.online_minutes(act.db, row.course_id),
    )


def delivered(act: Act, class_id: str) -> list[Delivered]:
    """What is known of every session of a class: its record, and who signed in."""
    records = {r.session_id: r for r in act.db.scalars(
        select(SessionRecord).where(SessionRecord.class_id == class_id, SessionRecord.replaced_at.is_(None))
    )}  # fmt: skip
    kept = act.db.scalar(select(Attendance.id).where(Attendance.class_id == class_id).limit(1)) is not None
    present: Mapping[str, int] = dict(act.db.execute(
        select(Attendance.session_id, func.count(Attendance.person_id.distinct()))
        .where(Attendance.class_id == class_id, Attendance.replaced_at.is_(None), Attendance.mark != Mark.ABSENT)
        .group_by(Attendance.session_id)
    ).all())  # fmt: skip
    found = []
    for s in act.db.scalars(select(ClassSession).where(ClassSession.class_id == class_id).order_by(ClassSession.starts_at)):
        r = records.get(s.id)
        signed = present.get(s.id, 0) if kept else None
        found.append(
            Delivered(s.id, True, r.held, r.starts_at, r.ends_at, tuple(r.lecturers), r.other, r.room, r.address, s.makes_up_for or "", signed)
            if r else Delivered(s.id, False, False, None, None, (), "", "", "", s.makes_up_for or "", signed)
        )  # fmt: skip
    return found


def source_of(class_id: str) -> str:
    """Under which name the money of a class is held."""
    return f"class:{class_id}"


def hold(act: Act, class_id: str) -> tuple[int, int]:
    """Freeze what is not paid of a class: how many uses, and how many had been ordered or paid before."""
    ids = uses_of(act, class_id)
    states = used(act.db, ids)
    gone = (RedemptionState.ORDERED, RedemptionState.SETTLED, RedemptionState.CLAWED_BACK)
    late = sum(u.state in gone for u in states.values())
    return holds.place(act, ids, source_of(class_id)), late


def uses_of(act: Act, class_id: str) -> list[str]:
    """The uses of vouchers that pay for live places of a class."""
    chosen = select(Enrolment.redemption_id).where(
        Enrolment.class_id == class_id, Enrolment.left_at.is_(None), Enrolment.redemption_id.is_not(None)
    )
    return sorted(str(i) for i in act.db.scalars(chosen))


def hold_unreported(act: Act, class_id: str, redemption_id: str) -> None:
    """What is earned in a class before its report waits for it; so does what is earned while the report holds."""
    if approved_of(act.db, class_id) is None or not _holds(act, act.get(CourseClass, id=class_id)):
        return
    report = act.find(DeliveryReport, class_id=class_id)
    if report is None or report.state in HOLDING:
        holds.place(act, [redemption_id], source_of(class_id))


@action("delivery.draw", may="system.jobs")
def draw_overdue(act: Act, class_id: str) -> Reported:
    """Draw the report of a class whose last day is long over, though the institution has not finished it."""
    row = act.get(CourseClass, id=class_id)
    report = draw(act, row) if row.state in TAUGHT else None
    return Reported(report.id, report.state) if report else Reported("", "")


# After the report -------------------------------------------------------------------------------------------------


@action("delivery.explain", may=MANAGE)
def explain(act: Act, report_id: str, words: str) -> Reported:
    """Explain the deviations of one's own class. Raises Missing, Refusal("delivery_report.cannot_explain" | "delivery.words_needed")."""
    row = act.get(DeliveryReport, id=report_id)
    held = act.get(CourseClass, id=row.class_id)
    if not act.actor.may(MANAGE, held.institution_id):
        raise Missing("delivery_report.unknown")
    act.move(row, REPORT, "explain", explanation=_said(words, 1000), explained_by=act.actor.account, explained_at=act.at)
    return Reported(row.id, row.state)


@action("delivery.accept", may=EXAMINE)
def accept(act: Act, report_id: str, words: str) -> Reported:
    """The explanation stands: settlement of the class goes on. Raises Missing, Forbidden, Refusal."""
    row, held = _to_decide(act, report_id, EXAMINE)
    _lift(act, row, held, "accept", words)
    return Reported(row.id, row.state)


@action("delivery.propose", may=EXAMINE)
def propose(act: Act, report_id: str, words: str) -> Reported:
    """Propose to let the class through although it deviates; a second person decides. Raises Missing, Forbidden, Refusal."""
    row, _ = _to_decide(act, report_id, EXAMINE)
    act.move(row, REPORT, "propose", proposal=_said(words, 400), proposed_by=act.actor.account, proposed_at=act.at)
    return Reported(row.id, row.state)


@action("delivery.release", may=RELEASE)
def release(act: Act, report_id: str, words: str) -> Reported:
    """Let it through as the second person. Raises Missing, Forbidden, Refusal("delivery.own_work" | "delivery_report.cannot_release")."""
    row, held = _to_decide(act, report_id, RELEASE)
    if row.proposed_by == act.actor.account:
        raise Refusal("delivery.own_work")
    _lift(act, row, held, "release", words)
    return Reported(row.id, row.state)


@action("delivery.decline", may=EXAMINE)
def decline(act: Act, report_id: str, words: str) -> Reported:
    """Neither explanation nor proposal stands: settlement stays held, with the reason. Raises Missing, Forbidden, Refusal."""
    row, held = _to_decide(act, report_id, EXAMINE)
    _decline(act, row, held, words)
    return Reported(row.id, row.state)


@action("delivery.refuse_release", may=RELEASE)
def refuse_release(act: Act, report_id: str, words: str) -> Reported:
    """The second person does not let it through. Raises as `decline` does."""
    row, held = _to_decide(act, report_id, RELEASE)
    if row.state != ReportState.PROPOSED:
        REPORT.check(row.state, "release")
    _decline(act, row, held, words)
    return Reported(row.id, row.state)


def _decline(act: Act, row: DeliveryReport, held: CourseClass, words: str) -> None:
    act.move(row, REPORT, "decline", decision=_said(words, 400), proposed_by=None, proposed_at=None, proposal="")
    send(act, code="delivery.told_declined", organisation_id=held.institution_id, number=held.number, reason=row.decision)


def _lift(act: Act, row: DeliveryReport, held: CourseClass, how: str, words: str) -> None:
    act.move(row, REPORT, how, decided_by=act.actor.account, decided_at=act.at, decision=_said(words, 400))
    holds.lift(act, source_of(row.class_id))
    send(act, code="delivery.told_free", organisation_id=held.institution_id, number=held.number, reason=row.decision)


def _to_decide(act: Act, report_id: str, right: str) -> tuple[DeliveryReport, CourseClass]:
    row = act.get(DeliveryReport, id=report_id)
    districts = act.actor.districts_for(right)
    if act.actor.organisations_for(right) or (districts is not None and row.district not in districts):
        raise Forbidden("not_allowed", right=right)
    return row, act.get(CourseClass, id=row.class_id)


def _said(words: str, most: int) -> str:
    told = words.strip()[:most]
    if not told:
        raise Refusal("delivery.words_needed")
    return told
