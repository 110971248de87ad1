"""变更报备: a session moves to another time, room or lecturer; its class and its attendance stay what they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import select

from skills.courses.actions import bookings, hours, plans
from skills.courses.actions.bookings import Clash
from skills.courses.models import Attendance, ClassSession, Course, CourseClass, Enrolment
from skills.courses.models.changes import SessionChange
from skills.courses.queries import attendance as attended
from skills.courses.rules import changes as rules
from skills.courses.rules.attendance import Side, Way, mark_at, side_now
from skills.courses.rules.bookings import Slot, address_of, place_of
from skills.courses.rules.changes import Limits, Moving, Seat
from skills.courses.states import LIVE, ClassState
from skills.courses.states.changes import CHANGE, ChangeState
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.clock import shanghai_day
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.messages.actions import send, send_many
from skills.resources.queries import lecturers as pool
from skills.standards.queries import value

MANAGE = "class.manage"
APPROVE = "class.approve"
MOVABLE = (ClassState.APPROVED, ClassState.RUNNING)


@dataclass(frozen=True)
class ChangeMade:
    """A change after an act upon it; with clashes nothing changed, and both institutions were told (as `classes.ClassMade`)."""

    change_id: str
    state: str
    clashes: tuple[Clash, ...] = ()

    def or_refuse(self) -> ChangeMade:
        """The change; raises Refusal("class.booked") with every clash."""
        bookings.or_refuse(self.clashes)
        return self


@action("session.move", may=MANAGE)
def move(
    act: Act,
    session_id: str,
    starts_at: datetime,
    ends_at: datetime,
    room: str,
    lecturers: tuple[str, ...],
    reason: str,
    address: str = "",
) -> ChangeMade:
    """File that a session of an approved class is held at another time, in another room or by others.

    In time it takes effect at once and everybody who attends is told; late it waits for the bureau.
    Raises Missing("class_session.unknown" | "lecturer.unknown"), Refusal("session_change.not_possible") with every reason.
    """
    s = act.get(ClassSession, id=session_id)
    held = act.get(CourseClass, id=s.class_id)
    if not act.actor.may(MANAGE, held.institution_id):
        raise Missing("class_session.unknown")
    _alone(act, s, held)
    before = _now(act, s)
    after = Seat(starts_at, ends_at, room.strip()[:60], _other(address, held), tuple(dict.fromkeys(lecturers)))
    _refuse(act, s, held, before, after, reason)
    if found := _clashes(act, s, held, after):
        return ChangeMade("", "", tuple(found))
    row = act.add(
        SessionChange(
            id=act.new_id(), session_id=s.id, class_id=held.id, district=held.district, before=_plain(before), after=_plain(after),
            reason=reason.strip()[:400], state=CHANGE.start, filed_by=act.actor.account, filed_at=act.at,
        )
    )  # fmt: skip
    if rules.in_time(act.at, before, after, _limits(act)):
        act.move(row, CHANGE, "file", closed_at=act.at)
        _apply(act, s, held, after)
    act.note("session.move", id=row.id, session=s.id, state=row.state)
    return ChangeMade(row.id, row.state)


@action("session_change.grant", may=APPROVE)
def grant(act: Act, change_id: str, answer: str = "") -> ChangeMade:
    """Agree to a late change: it takes effect. If lecturers or rooms are taken by now, the answer holds the clashes.

    Raises Missing, Forbidden, Refusal("session_change.own" | "session_change.not_possible" | "session_change.cannot_grant").
    """
    row, s, held = _to_decide(act, change_id)
    _alone(act, s, held)
    act.db.refresh(row)
    CHANGE.check(row.state, "grant")
    after = _seat(row.after)
    if held.state not in MOVABLE or act.at >= min(s.starts_at, after.starts_at):
        _lapse(act, row, s, held)
        return ChangeMade(row.id, row.state)
    _refuse(act, s, held, _now(act, s), after, row.reason, asked=True)
    if found := _clashes(act, s, held, after):
        return ChangeMade(row.id, row.state, tuple(found))
    act.move(row, CHANGE, "grant", closed_at=act.at, decided_by=act.actor.account, answer=answer.strip()[:400])
    _apply(act, s, held, after)
    send(act, code="session_change.told_granted", organisation_id=held.institution_id, number=held.number, when=after.starts_at)
    return ChangeMade(row.id, row.state)


@action("session_change.refuse", may=APPROVE)
def refuse(act: Act, change_id: str, answer: str) -> ChangeMade:
    """The session stays as it is, with a reason. Raises as `grant` does, and Refusal("session_change.answer_needed")."""
    row, s, held = _to_decide(act, change_id)
    if not answer.strip():
        raise Refusal("session_change.answer_needed")
    act.move(row, CHANGE, "refuse", closed_at=act.at, decided_by=act.actor.account, answer=answer.strip()[:400])
    send(act, code="session_change.told_refused", organisation_id=held.institution_id, number=held.number, when=s.starts_at,
         reason=row.answer)  # fmt: skip
    return ChangeMade(row.id, row.state)


@action("session_change.lapse", may="system.jobs")
def lapse(act: Act, change_id: str) -> None:
    """The session began before anybody decided, or would have begun: it is held as it stands."""
    row = act.get(SessionChange, id=change_id)
    s = act.get(ClassSession, id=row.session_id)
    if row.state == ChangeState.ASKED and act.at >= min(s.starts_at, _seat(row.after).starts_at):
        _lapse(act, row, s, act.get(CourseClass, id=row.class_id))


def called_off(act: Act, held: CourseClass) -> None:
    """Changes that wait in a class that is cancelled come to nothing. Inside the act that cancels it."""
    wait_exclusive(act.db, f"change:{held.id}")
    waiting = select(SessionChange).where(SessionChange.class_id == held.id, SessionChange.state == ChangeState.ASKED)
    for row in act.db.scalars(waiting).all():
        _lapse(act, row, act.get(ClassSession, id=row.session_id), held)


def _lapse(act: Act, row: SessionChange, s: ClassSession, held: CourseClass) -> None:
    act.move(row, CHANGE, "lapse", closed_at=act.at)
    send(act, code="session_change.told_lapsed", organisation_id=held.institution_id, number=held.number, when=s.starts_at)


def _alone(act: Act, s: ClassSession, held: CourseClass) -> None:
    """Session and class as they are once nobody else moves a session of the class or cancels it."""
    wait_exclusive(act.db, f"change:{held.id}")
    act.db.refresh(s)
    act.db.refresh(held)


def _refuse(
    act: Act, s: ClassSession, held: CourseClass, before: Seat, after: Seat, reason: str, asked: bool = False
) -> None:
    """Refuse what may not be moved so, with every reason; of one that was `asked` for in time, the hour does not count again."""
    if len(pool.lines_of(act.db, after.lecturers)) < len(after.lecturers):
        raise Missing("lecturer.unknown")
    others = act.db.execute(
        select(ClassSession.starts_at, ClassSession.ends_at).where(ClassSession.class_id == held.id, ClassSession.id != s.id)
    )
    proven = pool.confirmed(act.db, after.lecturers, shanghai_day(after.starts_at))
    needed = bool(value(act.db, "class.lecturers_from_pool", act.today)) or bool(after.lecturers)
    limits = replace(_limits(act), makeup=int(value(act.db, "attendance.makeup_days", held.starts_on)))
    rules.may_move(
        Moving(
            act.at, held.state in MOVABLE, held.starts_on, before, after, [(a, b) for a, b in others],
            not asked and act.find(SessionChange, session_id=s.id, state=ChangeState.ASKED) is not None,
            needed and (not after.lecturers or not set(after.lecturers) <= proven), reason, _signed_in(act, s, held, after),
            _pair(act, s, after),
        ),
        replace(limits, ask=0) if asked else limits,
    ).or_refuse()  # fmt: skip


def _signed_in(act: Act, s: ClassSession, held: CourseClass, after: Seat) -> bool:
    """Whether somebody signed in who could not have done so, or with another mark, at the new time: then the time stays."""
    if (s.starts_at, s.ends_at) == (after.starts_at, after.ends_at):
        return False
    times = attended.policy_of(act.db, held.starts_on).times
    written = act.db.scalars(select(Attendance).where(Attendance.session_id == s.id, Attendance.way != Way.CORRECTION))
    return any(
        (side_now(after.starts_at, after.ends_at, row.at, times), mark_at(after.starts_at, Side(row.side), row.at, times)) != (row.side, row.mark)
        for row in written
    )


def _pair(act: Act, s: ClassSession, after: Seat) -> tuple[datetime, datetime] | None:
    """The end of a session and the beginning of its make-up once one of the two is moved; None if it has and is none."""
    if s.makes_up_for is not None:
        return act.get(ClassSession, id=s.makes_up_for).ends_at, after.starts_at
    makeup = act.find(ClassSession, makes_up_for=s.id)
    return None if makeup is None else (after.ends_at, makeup.starts_at)


def _clashes(act: Act, s: ClassSession, held: CourseClass, after: Seat) -> list[Clash]:
    return bookings.clashes(act, held, [_slot(s, held, after)], but=[s.id])


def _apply(act: Act, s: ClassSession, held: CourseClass, after: Seat) -> None:
    """The session is moved: the row stays, and with it whoever signed in; its plan has a new version."""
    if plans.approved_of(act.db, held.id) is None:  # approved before plans were frozen: first as it was
        plans.freeze(act, held, "approval")
    s.starts_at, s.ends_at, s.room, s.address = after.starts_at, after.ends_at, after.room, after.address
    if shanghai_day(after.ends_at) > held.ends_on:
        held.ends_on = shanghai_day(after.ends_at)
    act.db.flush()
    bookings.free_session(act, s.id)
    bookings.book(act, held, s.id, _slot(s, held, after))
    act.db.flush()
    plans.freeze(act, held, "change")
    came = act.db.scalars(
        select(Attendance.person_id).where(Attendance.session_id == s.id, Attendance.replaced_at.is_(None)).distinct()
        .order_by(Attendance.person_id)
    ).all()  # fmt: skip
    for person_id in came:  # who has signed in already: day, minutes and where else they were are others now
        hours.lock(act, person_id)
        hours.attended(act, person_id)
    attending = act.db.scalars(
        select(Enrolment.person_id).where(Enrolment.class_id == held.id, Enrolment.state.in_(LIVE)).order_by(Enrolment.person_id)
    ).all()
    if attending:
        send_many(act, code="session_change.told_learner", person_ids=attending, course=act.get(Course, id=held.course_id).title,
                  when=after.starts_at, where=f"{after.address} {after.room}".strip())  # fmt: skip


def _slot(s: ClassSession, held: CourseClass, seat: Seat) -> Slot:
    where = seat.address or held.address
    return Slot(
        seat.starts_at, seat.ends_at, seat.lecturers, place_of(held.district, where, seat.room), address_of(held.district, where),
        makeup=s.makes_up_for is not None,
    )  # fmt: skip


def _now(act: Act, s: ClassSession) -> Seat:
    return Seat(s.starts_at, s.ends_at, s.room, s.address, bookings.lecturers_of(act, s.id))


def _other(address: str, held: CourseClass) -> str:
    """The address of a session that is held elsewhere than its class; empty where the class is."""
    told = address.strip()[:120]
    return "" if told == held.address else told


def _limits(act: Act) -> Limits:
    hours = value(act.db, "class.change_hours", act.today)
    return Limits(hours["file"], hours["ask"])


def _to_decide(act: Act, change_id: str) -> tuple[SessionChange, ClassSession, CourseClass]:
    row = act.get(SessionChange, id=change_id)
    districts = act.actor.districts_for(APPROVE)
    if act.actor.organisations_for(APPROVE) or (districts is not None and row.district not in districts):
        raise Forbidden("not_allowed", right=APPROVE)
    if row.filed_by == act.actor.account:
        raise Refusal("session_change.own")
    wait_exclusive(act.db, f"change:{row.class_id}")
    return row, act.get(ClassSession, id=row.session_id), act.get(CourseClass, id=row.class_id)


def _plain(seat: Seat) -> dict[str, object]:
    made = plain(seat)
    assert isinstance(made, dict)  # noqa: S101 - narrows for the type checker
    return made


def _seat(body: object) -> Seat:
    return _reader().validate_python(body)


@cache
def _reader() -> TypeAdapter[Seat]:
    return TypeAdapter(Seat)
