"""Attendance: written by the learner's own scan or card, corrected by two people, never by the party that is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from skills.courses.actions import bookings, hours
from skills.courses.actions.bookings import Clash
from skills.courses.models import Attendance, AttendanceCorrection, ClassSession, CourseClass, Enrolment
from skills.courses.queries import attendance as queries
from skills.courses.rules import attendance as rules
from skills.courses.rules.attendance import Mark, Side, Way
from skills.courses.rules.bookings import Slot, address_of, place_of
from skills.courses.states import CORRECTION, ClassState, EnrolmentState
from skills.kernel import steps
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.kernel.keys import KeyRing
from skills.messages.actions import send
from skills.standards.queries import value

SCAN = "attendance.scan"
CORRECT = "attendance.correct"
MANAGE = "class.manage"
LOOK_BACK = 40  # steps of half a minute: a code up to twenty minutes old is told from one that never was


@dataclass(frozen=True)
class Attended:
    """An attendance that was written."""

    attendance_id: str
    session_id: str
    enrolment_id: str
    side: str
    mark: str
    at: datetime


@dataclass(frozen=True)
class Wish:
    """A wish to correct, after an act upon it."""

    correction_id: str
    state: str


@dataclass(frozen=True)
class SessionMade:
    """A session that was added; with clashes none was, and both institutions were told (as `classes.ClassMade`)."""

    session_id: str
    clashes: tuple[Clash, ...] = ()

    def or_refuse(self) -> SessionMade:
        """The session; raises Refusal("class.booked") with every clash."""
        bookings.or_refuse(self.clashes)
        return self


@action("attendance.scan", may=SCAN)
def scan(act: Act, code: str, session_id: str | None = None) -> Attended:
    """Write one's own attendance with the code that the room shows now; `session_id` comes with a scanned one.

    Raises Missing("class_session.unknown"), Refusal("attendance.not_enrolled" | "attendance.class_not_running" |
    "attendance.too_early" | "attendance.too_late" | "attendance.between" | "attendance.rotated_out" |
    "attendance.other_session" | "attendance.wrong_code" | "attendance.nothing_now" | "attendance.already").

    Somebody who is present elsewhere at the same time is written, too: both places are flagged and neither counts until the
    bureau has decided (`hours.attended`).
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    typed = steps.read(code)
    s = act.get(ClassSession, id=session_id or _session_by(act, act.actor.person, typed))
    return write(act, act.actor.person, s, typed, Way.SCAN if session_id else Way.TYPED)


def write(act: Act, person_id: str, s: ClassSession, typed: str | None, way: Way) -> Attended:
    """One side of one session for a person who is there, inside the caller's act. Refuses as `scan` does.

    typed  the code of the room's screen; none for who proved being there otherwise
    """
    held = act.get(CourseClass, id=s.class_id)
    place = act.find(Enrolment, class_id=held.id, person_id=person_id, left_at=None)
    if place is None:
        raise Refusal("attendance.not_enrolled")
    refuse_place(held.state, place.state)
    times = queries.policy_of(act.db, held.starts_on).times
    side = rules.side_now(s.starts_at, s.ends_at, act.at, times)
    if side is None:
        raise refuse_outside(s, act.at, times)
    if typed is not None:
        _refuse_code(act, s, side, typed)
    hours.lock(act, person_id)
    before = act.find(Attendance, session_id=s.id, person_id=person_id, side=side, replaced_at=None)
    if before is not None:
        raise Refusal("attendance.already", at=before.at)
    row = act.add(
        Attendance(
            id=act.new_id(), session_id=s.id, class_id=held.id, person_id=person_id, side=side,
            mark=rules.mark_at(s.starts_at, side, act.at, times), way=way, at=act.at,
        )
    )
    act.note("attendance.write", id=row.id, session=s.id, way=row.way)
    hours.attended(act, person_id)
    return Attended(row.id, s.id, place.id, row.side, row.mark, row.at)


def _session_by(act: Act, person_id: str, typed: str) -> str:
    """The session of one's own whose room shows this code; the nearest of one's own, if none does."""
    around = queries.places_now(act.db, person_id, act.at)
    if not around:
        raise Refusal("attendance.nothing_now")
    near = []
    for s in around:
        side = rules.side_now(s.starts_at, s.ends_at, act.at, queries.policy_of(act.db, s.first_day).times)
        if side is not None:
            near.append(s)
            if _ago(act, s.session_id, side, typed) is not None:
                return s.session_id
    return (near[0] if near else min(around, key=lambda s: abs(s.starts_at - act.at))).session_id


def refuse_place(class_state: str, place_state: str | None) -> None:
    """Attendance is written in a class that runs, by who attends it. Raises Refusal("attendance.class_not_running")."""
    if class_state not in (ClassState.RUNNING, ClassState.FINISHED) or place_state not in (None, EnrolmentState.ATTENDING):
        raise Refusal("attendance.class_not_running")


def refuse_outside(s: ClassSession, now: datetime, times: rules.Times) -> Refusal:
    """What to say at a moment at which no side of a session may be written."""
    coming = rules.window(s.starts_at, s.ends_at, Side.IN, times)
    if now < coming.opens:
        return Refusal("attendance.too_early", opens=coming.opens)
    leaving = rules.window(s.starts_at, s.ends_at, Side.OUT, times)
    if times.check_out and now < leaving.opens:
        return Refusal("attendance.between", opens=leaving.opens)
    return Refusal("attendance.too_late", closed=leaving.closes if times.check_out else coming.closes)


def _ago(act: Act, session_id: str, side: Side, typed: str) -> int | None:
    ring = act.using(KeyRing)
    secret = ring.secret("steps", ring.active("steps").kid)
    return steps.steps_ago(secret, rules.bound_to(session_id, side), typed, steps.step_of(act.at), look_back=LOOK_BACK)


def _refuse_code(act: Act, s: ClassSession, side: Side, typed: str) -> None:
    """The code counts now in this room; if not, the reason: an old one, another room's, or none at all."""
    ago = _ago(act, s.id, side, typed)
    if ago is not None and ago < steps.STEPS_GOOD:
        return
    if ago is not None:
        raise Refusal("attendance.rotated_out")
    others = act.db.scalars(select(ClassSession.id).where(queries.around(act.at), ClassSession.id != s.id))
    for other in others:
        if any(_ago(act, other, each, typed) is not None for each in Side):
            raise Refusal("attendance.other_session")
    raise Refusal("attendance.wrong_code")


@action("session.plan_makeup", may=MANAGE)
def plan_makeup(act: Act, session_id: str, starts_at: datetime, ends_at: datetime, room: str) -> SessionMade:
    """Hold a session again 补课, for those who missed it: one make-up for each, announced before it begins.

    The same lecturers teach it, where the session was held; if they or the room are taken, the answer holds the clashes.
    Raises Missing("class_session.unknown"), Refusal("session.makeup_not_possible" | "session.has_makeup" |
    "session.same_time").
    """
    s = act.get(ClassSession, id=session_id)
    held = act.get(CourseClass, id=s.class_id)
    if not act.actor.may(MANAGE, held.institution_id):
        raise Missing("class_session.unknown")
    days = value(act.db, "attendance.makeup_days", held.starts_on)
    fits = act.at < starts_at < ends_at and s.ends_at < starts_at <= s.ends_at + timedelta(days=days)
    same_length = ends_at - starts_at >= s.ends_at - s.starts_at
    running = held.state in (ClassState.RUNNING, ClassState.FINISHED)
    if not (fits and same_length and running and room.strip() and s.makes_up_for is None):
        raise Refusal("session.makeup_not_possible", days=days)
    wait_exclusive(act.db, f"makeup:{s.class_id}")
    if act.find(ClassSession, makes_up_for=s.id) is not None:
        raise Refusal("session.has_makeup")
    if act.find(ClassSession, class_id=s.class_id, starts_at=starts_at) is not None:
        raise Refusal("session.same_time")
    where = s.address or held.address
    slot = Slot(
        starts_at, ends_at, bookings.lecturers_of(act, s.id), place_of(held.district, where, room), address_of(held.district, where),
        makeup=True,
    )  # fmt: skip
    found = bookings.clashes(act, held, [slot])
    if found:
        return SessionMade("", tuple(found))
    row = act.add(
        ClassSession(
            id=act.new_id(), class_id=s.class_id, starts_at=starts_at, ends_at=ends_at, room=room.strip()[:60], topic=s.topic,
            makes_up_for=s.id, address=s.address,
        )
    )
    bookings.book(act, held, row.id, slot)
    act.note("session.plan_makeup", id=row.id, session=s.id)
    return SessionMade(row.id)


# Corrections -----------------------------------------------------------------------------------------------------


@action("attendance_correction.ask", may=SCAN)
def ask(act: Act, session_id: str, side: Side, mark: Mark, reason: rules.Reason, words: str) -> Wish:
    """Ask for the correction of one's own attendance; somebody of the bureau decides.

    Raises Missing("class_session.unknown"), Refusal("attendance_correction.not_possible" | "attendance_correction.too_late" |
    "attendance_correction.words_needed" | "attendance_correction.open" | "attendance_correction.closed").
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    s = act.get(ClassSession, id=session_id)
    place = act.find(Enrolment, class_id=s.class_id, person_id=act.actor.person, left_at=None)
    if place is None:
        raise Missing("class_session.unknown")
    return _ask(act, s, place, "learner", side, mark, reason, words)


@action("attendance_correction.ask_for", may=MANAGE)
def ask_for(
    act: Act, session_id: str, enrolment_id: str, side: Side, mark: Mark, reason: rules.Reason, words: str
) -> Wish:
    """Ask, as the institution, for the correction of a learner's attendance. It changes nothing until the bureau decides.

    Raises as `ask` does.
    """
    s = act.get(ClassSession, id=session_id)
    held = act.get(CourseClass, id=s.class_id)
    place = act.find(Enrolment, id=enrolment_id, class_id=s.class_id, left_at=None)
    if not act.actor.may(MANAGE, held.institution_id) or place is None:
        raise Missing("class_session.unknown")
    return _ask(act, s, place, "institution", side, mark, reason, words)


def _ask(
    act: Act, s: ClassSession, place: Enrolment, asked_as: str, side: Side, mark: Mark, reason: rules.Reason, words: str
) -> Wish:
    held = act.get(CourseClass, id=s.class_id)
    days = value(act.db, "attendance.correction_days", held.starts_on)
    if place.state != EnrolmentState.ATTENDING:
        raise Refusal("attendance_correction.closed")
    now = act.find(Attendance, session_id=s.id, person_id=place.person_id, side=side, replaced_at=None)
    same = now.mark == mark if now else mark is Mark.ABSENT
    if act.at < s.starts_at or same or (side is Side.OUT and mark is Mark.LATE):
        raise Refusal("attendance_correction.not_possible")
    if act.at > s.ends_at + timedelta(days=days):
        raise Refusal("attendance_correction.too_late", days=days)
    if not words.strip():
        raise Refusal("attendance_correction.words_needed")
    hours.lock(act, place.person_id)
    if act.find(AttendanceCorrection, session_id=s.id, person_id=place.person_id, side=side, state="asked") is not None:
        raise Refusal("attendance_correction.open")
    row = act.add(
        AttendanceCorrection(
            id=act.new_id(), session_id=s.id, class_id=s.class_id, person_id=place.person_id, district=held.district, side=side,
            mark=mark, reason=reason, words=words.strip()[:400], state=CORRECTION.start, asked_as=asked_as,
            asked_by=act.actor.account, asked_at=act.at,
        )
    )
    act.note("attendance_correction.ask", id=row.id, by=asked_as, reason=row.reason)
    return Wish(row.id, row.state)


@action("attendance_correction.approve", may=CORRECT)
def approve(act: Act, correction_id: str, answer: str = "") -> Wish:
    """Correct: a new row counts from now on, the old one stays as it was written. Not by whoever asked, nor by who learns.

    Raises Missing, Forbidden("not_allowed"), Refusal("attendance_correction.own" | "attendance_correction.closed" |
    "attendance_correction.cannot_approve" | "attendance.elsewhere").
    """
    wish = _to_decide(act, correction_id)
    place = act.find(Enrolment, class_id=wish.class_id, person_id=wish.person_id, left_at=None)
    CORRECTION.check(wish.state, "approve")
    if place is None or place.state != EnrolmentState.ATTENDING:
        raise Refusal("attendance_correction.closed")
    hours.lock(act, wish.person_id)
    other = queries.room_at_the_same_time(act.db, wish.session_id, wish.person_id) if wish.mark != Mark.ABSENT else None
    if other is not None:
        raise Refusal("attendance.elsewhere", room=other)
    act.move(wish, CORRECTION, "approve", decided_by=act.actor.account, decided_at=act.at, answer=answer.strip()[:400])
    old = act.find(Attendance, session_id=wish.session_id, person_id=wish.person_id, side=wish.side, replaced_at=None)
    if old is not None:
        old.replaced_at = act.at
        act.db.flush()
    row = act.add(
        Attendance(
            id=act.new_id(), session_id=wish.session_id, class_id=wish.class_id, person_id=wish.person_id, side=wish.side,
            mark=wish.mark, way=Way.CORRECTION, at=act.at, correction_id=wish.id,
        )
    )
    act.note("attendance.correct", id=row.id, correction=wish.id, replaces=old.id if old else "")
    hours.attended(act, wish.person_id)
    send(act, code="attendance_correction.told_approved", person_id=wish.person_id, place=place.id)
    return Wish(wish.id, wish.state)


@action("attendance_correction.refuse", may=CORRECT)
def refuse(act: Act, correction_id: str, answer: str) -> Wish:
    """Leave the attendance as it is, with a reason that the learner reads. Raises as `approve` does, and
    Refusal("attendance_correction.words_needed")."""
    wish = _to_decide(act, correction_id)
    if not answer.strip():
        raise Refusal("attendance_correction.words_needed")
    act.move(wish, CORRECTION, "refuse", decided_by=act.actor.account, decided_at=act.at, answer=answer.strip()[:400])
    place = act.find(Enrolment, class_id=wish.class_id, person_id=wish.person_id, left_at=None)
    if place is not None:
        send(act, code="attendance_correction.told_refused", person_id=wish.person_id, place=place.id, reason=wish.answer)
    return Wish(wish.id, wish.state)


def _to_decide(act: Act, correction_id: str) -> AttendanceCorrection:
    wish = act.get(AttendanceCorrection, id=correction_id)
    districts = act.actor.districts_for(CORRECT)
    if act.actor.organisations_for(CORRECT) or (districts is not None and wish.district not in districts):
        raise Forbidden("not_allowed", right=CORRECT)
    if wish.asked_by == act.actor.account or act.actor.person == wish.person_id:
        raise Refusal("attendance_correction.own")
    return wish
