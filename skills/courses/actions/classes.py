"""Classes: planned, applied for (开班申请), approved or sent back, begun, finished or cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, update

from skills.accounts import queries as accounts
from skills.accounts.rules import GRANTS, Role
from skills.courses.actions import bookings, delivery, orders, plans, queue
from skills.courses.actions.bookings import Clash
from skills.courses.actions.catalogue import said
from skills.courses.models import ClassSeries, ClassSession, Course, CourseClass, Enrolment
from skills.courses.queries import hours
from skills.courses.rules import classes as rules
from skills.courses.rules.bookings import Slot, address_of, place_of
from skills.courses.rules.timetable import split_names
from skills.courses.states import CLASS, ENROLMENT, LIVE, Admission, ClassState
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.kernel.findings import Verdict
from skills.messages.actions import send
from skills.resources.queries import lecturers as pool
from skills.standards import queries as standards
from skills.standards.calendar import add_working_days

MANAGE = "class.manage"
APPROVE = "class.approve"
CANCEL = "class.cancel"
CLOCK = "clock"  # who decided what nobody decided in time


@dataclass(frozen=True)
class SessionPlan:
    """A lesson: aware moments, the room, what is taught, who teaches (ids of the pool), and where if not where the class is."""

    starts_at: datetime
    ends_at: datetime
    room: str
    topic: str = ""
    lecturers: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class ClassMade:
    """A class after an act upon it.

    clashes  why it was not planned: lecturers or rooms that others have. That both were told of it is kept, so it is an
             answer and not an error that undoes itself; `or_refuse` makes it one for whoever asked.
    """

    class_id: str
    number: str
    state: str
    clashes: tuple[Clash, ...] = ()

    def or_refuse(self) -> ClassMade:
        """The class; raises Refusal("class.booked") with every clash."""
        bookings.or_refuse(self.clashes)
        return self


@action("class.plan", may=MANAGE)
def plan(
    act: Act,
    course_id: str,
    district: str,
    address: str,
    assessment_plan: str,
    seats: int,
    starts_on: date,
    ends_on: date,
    sessions: tuple[SessionPlan, ...],
    class_id: str | None = None,
    admits: Admission = Admission.AT_ONCE,
    lecturer: str = "",
    lecturer_proof: str = "",
) -> ClassMade:
    """Plan a class, or change one that is planned or was sent back. Its roster is that of the day on which it begins.

    Lecturers and rooms are booked with it. If others have them at that time nothing is planned, both are told, and the
    answer holds the clashes. `lecturer` and `lecturer_proof` in words count only where no session names anybody of the pool; in a
    class of lessons online alone, which has neither sessions nor rooms, they name who answers for it.
    Raises Missing("course.unknown", "course_class.unknown", "lecturer.unknown"), Refusal("class.invalid", "class.not_open").
    """
    course = act.get(Course, id=course_id)
    if not act.actor.may(MANAGE, course.institution_id):
        raise Missing("course.unknown")
    if district not in {d.code for d in standards.districts(act.db)}:
        raise Missing("district.unknown")
    most = standards.value(act.db, "course.most_seats", act.today)
    wrong = any(s.ends_at <= s.starts_at for s in sessions) or len({s.starts_at for s in sessions}) != len(sessions)
    if ends_on < starts_on or not 0 < seats <= most or wrong:
        raise Refusal("class.invalid", most=most)
    lecturer, lecturer_proof = _teachers(act, sessions) or (lecturer, lecturer_proof.strip() or _titles(act, lecturer))
    values = {
        "district": district, "address": address.strip()[:120], "lecturer": lecturer.strip()[:60],
        "lecturer_proof": lecturer_proof.strip()[:120], "assessment_plan": assessment_plan.strip()[:1000],
        "seats": seats, "starts_on": starts_on, "ends_on": ends_on, "admits": admits,
    }
    slots = [_slot(district, address, s) for s in sessions]
    row = _own(act, class_id) if class_id else None
    if row is not None and (row.state not in (ClassState.PLANNED, ClassState.RETURNED) or row.course_id != course.id):
        raise Refusal("class.not_open")
    asking = row or CourseClass(institution_id=course.institution_id)
    found = bookings.clashes(act, asking, slots, besides=class_id)
    if found:
        return ClassMade(class_id or "", row.number if row else "", row.state if row else "", tuple(found))
    if row is None:
        row = act.add(
            CourseClass(
                id=act.new_id(), number=_next_number(act, starts_on.year), course_id=course.id,
                institution_id=course.institution_id, state=ClassState.PLANNED, **values,
            )
        )
    else:
        orders.refuse_fewer(act, row.id, seats)
        for name, value in values.items():
            setattr(row, name, value)
        bookings.forget_plan(act, row.id)
        act.db.execute(delete(ClassSession).where(ClassSession.class_id == row.id))
    for s, slot in zip(sessions, slots, strict=True):
        made = act.add(
            ClassSession(id=act.new_id(), class_id=row.id, starts_at=s.starts_at, ends_at=s.ends_at,
                         room=s.room.strip()[:60], topic=s.topic.strip()[:120], address=s.address.strip()[:120])
        )  # fmt: skip
        bookings.book(act, row, made.id, slot)
    act.note("class.plan", id=row.id)
    return _made(row)


def _teachers(act: Act, sessions: tuple[SessionPlan, ...]) -> tuple[str, str] | None:
    """Names and qualifications of whom the sessions name, in the order in which they first teach. Raises Missing."""
    order = dict.fromkeys(i for s in sorted(sessions, key=lambda s: s.starts_at) for i in s.lecturers)
    named = pool.lines_of(act.db, order)
    if len(named) < len(order):
        raise Missing("lecturer.unknown")
    return ("、".join(named[i].name for i in order), "；".join(named[i].title for i in order)) if order else None


def _titles(act: Act, lecturer: str) -> str:
    """The qualifications of whom words name, as the pool has them; empty if it does not know them all."""
    return "；".join(line.title for line in pool.lines_of(act.db, _of_pool(act, lecturer)).values())


def _of_pool(act: Act, lecturer: str) -> tuple[str, ...]:
    """Ids of whom words name; none if the pool does not know them all, or cannot tell namesakes apart."""
    try:
        return tuple(pool.named(act.db, split_names(lecturer)).values())
    except Refusal:
        return ()


def _slot(district: str, address: str, s: SessionPlan) -> Slot:
    """A planned session as it takes up people and a room."""
    where = s.address.strip() or address
    return Slot(
        s.starts_at, s.ends_at, tuple(dict.fromkeys(s.lecturers)), place_of(district, where, s.room), address_of(district, where)
    )


@action("class.submit", may=MANAGE)
def submit(act: Act, class_id: str, promise: bool) -> ClassMade:
    """Apply for the class 开班申请, with the promise that all of it is true.

    Raises Missing, Refusal("class.cannot_submit"), Refusal("class.not_ready") with every part that is missing.
    """
    row = _own(act, class_id)
    CLASS.check(row.state, "submit")
    _ready(act, row, promise).or_refuse()
    days = int(standards.value(act.db, "class.approval", act.today)["days"])
    act.move(row, CLASS, "submit", promised=True, submitted_by=act.actor.account, submitted_at=act.at, reason="",
             due=add_working_days(act.today, days), escalated_at=None)  # fmt: skip
    return _made(row)


def plan_of(act: Act, row: CourseClass, promised: bool) -> rules.ClassPlan:
    """The application as the rules see it."""
    course = act.get(Course, id=row.course_id)
    sessions = act.db.scalars(select(ClassSession).where(ClassSession.class_id == row.id)).all()
    teachers = {s.id: bookings.lecturers_of(act, s.id) for s in sessions} or {row.id: _of_pool(act, row.lecturer)}
    proven = pool.confirmed(act.db, {i for ids in teachers.values() for i in ids}, row.starts_on)
    return rules.ClassPlan(
        course_state=course.state, hours=course.hours, starts_on=row.starts_on, ends_on=row.ends_on, seats=row.seats,
        lecturer=row.lecturer, lecturer_proof=row.lecturer_proof, address=row.address,
        assessment_plan=row.assessment_plan, promised=promised,
        lessons=[rules.Lesson(s.starts_at, s.ends_at, s.room) for s in sessions],
        from_pool=bool(standards.value(act.db, "class.lecturers_from_pool", act.today)),
        unnamed=sum(not ids or not set(ids) <= proven for ids in teachers.values()),
        online=hours.online_minutes(act.db, course.id), mode=course.mode,
    )


@action("class.approve", may=APPROVE)
def approve(act: Act, class_id: str) -> ClassMade:
    """同意开班: from now on places may be taken and vouchers used. By the district of the class or the city.

    Raises Missing, Forbidden, Refusal("class.cannot_approve", "course.own_work", "class.not_ready").
    """
    row = _to_decide(act, class_id)
    if row.submitted_by == act.actor.account and not act.actor.everything:
        raise Refusal("course.own_work")
    CLASS.check(row.state, "approve")
    _ready(act, row, row.promised).or_refuse()
    _approve(act, row, act.actor.account)
    return _made(row)


def _ready(act: Act, row: CourseClass, promised: bool) -> Verdict:
    """Whether an application is complete today; a class hour is what it is on the first day, as at the end."""
    minutes = standards.value(act.db, "course.minutes_per_hour", max(row.starts_on, act.today))
    most = standards.value(act.db, "course.most_seats", act.today)
    return rules.may_apply(plan_of(act, row, promised), minutes, most, act.today)


def _approve(act: Act, row: CourseClass, by: str) -> None:
    act.move(row, CLASS, "approve", decided_by=by, decided_at=act.at)
    plans.freeze(act, row, "approval", by)


@action("class.lapse", may="system.jobs")
def lapse(act: Act, class_id: str) -> ClassMade:
    """Nobody has decided in time: by policy the class is approved by the clock, or the matter goes up to the city.

    What is not complete any more is never approved by the clock. Does nothing before its time or a second time.
    """
    row = act.get(CourseClass, id=class_id)
    if row.state != ClassState.SUBMITTED or row.escalated_at is not None or row.due is None or act.today <= row.due:
        return _made(row)
    if standards.value(act.db, "class.approval", act.today)["lapse"] == "approve" and _ready(act, row, row.promised):
        _approve(act, row, CLOCK)
        send(act, code="class.told_approved_by_clock", organisation_id=row.institution_id, number=row.number)
        return _made(row)
    row.escalated_at = act.at
    act.note("class.escalate", id=row.id)
    send(act, code="class.told_escalated", organisation_id=row.institution_id, number=row.number)
    for account_id in _city_desk(act):
        send(act, code="class.told_city", account_id=account_id, number=row.number, due=row.due)
    return _made(row)


def _city_desk(act: Act) -> list[str]:
    """The accounts that approve classes for the whole city."""
    return [
        account_id
        for account_id, lines in accounts.officials(act.db).items()
        if any(APPROVE in GRANTS[Role(line.role)] and not line.district for line in lines)
    ]


@action("class.send_back", may=APPROVE)
def send_back(act: Act, class_id: str, reason: str) -> ClassMade:
    """Send the application back with a reason. Raises Missing, Forbidden, Refusal("class.cannot_send_back")."""
    row = _to_decide(act, class_id)
    act.move(row, CLASS, "send_back", decided_by=act.actor.account, decided_at=act.at, reason=said(reason))
    return _made(row)


@action("class.start", may=MANAGE)
def start(act: Act, class_id: str) -> ClassMade:
    """Begin: on or after its first day; everyone who holds a place attends. Raises Missing, Refusal."""
    row = _own(act, class_id)
    queue.lock_class(act, row.id)
    CLASS.check(row.state, "start")
    if act.today < row.starts_on:
        raise Refusal("class.not_begun", starts=row.starts_on)
    act.move(row, CLASS, "start", started_at=act.at)
    for enrolment in live(act, row.id):
        act.move(enrolment, ENROLMENT, "attend")
    queue.close(act, row, "expire")
    plans.freeze(act, row, "start")
    return _made(row)


@action("class.finish", may=MANAGE)
def finish(act: Act, class_id: str) -> ClassMade:
    """Finish: on or after its last day; completions may still be filed. Approved and delivered are compared, and settlement
    waits if they differ. Raises Missing, Refusal."""
    row = _own(act, class_id)
    CLASS.check(row.state, "finish")
    if act.today < row.ends_on:
        raise Refusal("class.not_over", ends=row.ends_on)
    act.move(row, CLASS, "finish", finished_at=act.at)
    delivery.draw(act, row)
    return _made(row)


@action("class.cancel", may=CANCEL)
def cancel(act: Act, class_id: str, reason: str) -> ClassMade:
    """Cancel: every live place ends and every voucher goes back with its remaining life.

    By the institution (its own) or the bureau (its districts). Raises Missing, Forbidden, Refusal("class.cannot_cancel").
    """
    from skills.courses.actions import changes
    from skills.courses.actions.enrolments import leave

    row = act.get(CourseClass, id=class_id)
    own = act.actor.may(CANCEL, row.institution_id) and bool(act.actor.organisations_for(CANCEL))
    if not own:
        row = _to_decide(act, class_id, CANCEL)
    told = said(reason)
    queue.lock_class(act, row.id)
    act.move(row, CLASS, "cancel", cancelled_at=act.at, reason=told)
    changes.called_off(act, row)
    bookings.free_class(act, row.id)
    for enrolment in live(act, row.id):
        leave(act, enrolment, "cancel", told)
    if row.started_at is not None and delivery.uses_of(act, row.id):  # who had completed is paid for, once it is looked at
        delivery.draw(act, row)
    queue.close(act, row, "cancel")
    return _made(row)


def live(act: Act, class_id: str) -> list[Enrolment]:
    """The places of a class that are enrolled or attending, locked for this act."""
    return list(
        act.db.scalars(
            select(Enrolment)
            .where(Enrolment.class_id == class_id, Enrolment.state.in_(LIVE))
            .order_by(Enrolment.id)
            .with_for_update()
        )
    )


def _own(act: Act, class_id: str) -> CourseClass:
    row = act.get(CourseClass, id=class_id)
    if not act.actor.may(MANAGE, row.institution_id):
        raise Missing("course_class.unknown")
    return row


def _to_decide(act: Act, class_id: str, right: str = APPROVE) -> CourseClass:
    row = act.get(CourseClass, id=class_id)
    districts = act.actor.districts_for(right)
    if act.actor.organisations_for(right) or (districts is not None and row.district not in districts):
        raise Forbidden("not_allowed", right=right)
    return row


def _next_number(act: Act, year: int) -> str:
    """The next class number of the year; the series row is held until the act ends."""
    wait_exclusive(act.db, f"class_series:{year}")
    serial = act.db.execute(
        update(ClassSeries).where(ClassSeries.year == year).values(last=ClassSeries.last + 1).returning(ClassSeries.last)
    ).scalar()
    if serial is None:
        act.add(ClassSeries(year=year, last=1))
        serial = 1
    return rules.class_number(year, serial)


def _made(row: CourseClass) -> ClassMade:
    return ClassMade(row.id, row.number, row.state)
