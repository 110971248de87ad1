"""A person's places in classes: none is under way; finished ones stay as hours and results of a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from skills.courses.actions.hours import lock
from skills.courses.models import (
    Attendance,
    AttendanceCorrection,
    Booking,
    CardPin,
    ClassSession,
    Course,
    CourseClass,
    CourseRating,
    DeliveryReport,
    EarlierResult,
    Enrolment,
    LearnerCard,
    LeaveRequest,
    OrderContract,
    OrderSeat,
    Reservation,
    SavedCourse,
    XapiStatement,
)
from skills.courses.states import CARD, ENROLMENT, RESERVATION, CardState, EnrolmentState, ReservationState
from skills.kernel.acts import Act
from skills.kernel.clock import shanghai_day, start_of
from skills.kernel.findings import Finding
from skills.people.parts import Named, Part, nothing_under_way, register
from skills.people.queries import GONE
from skills.resources.queries import lecturers as pool

UNDER_WAY = (EnrolmentState.ENROLLED, EnrolmentState.ATTENDING)


def against(db: Session, person_id: str, day: date) -> Sequence[Finding]:
    """No class is being attended, no seat is asked for, no lesson is still to be taught."""
    chosen = select(func.count()).select_from(Enrolment)
    count = db.scalar(chosen.where(Enrolment.person_id == person_id, Enrolment.state.in_(UNDER_WAY))) or 0
    asked = select(func.count()).select_from(Reservation)
    count += db.scalar(asked.where(Reservation.person_id == person_id, Reservation.closed_at.is_(None))) or 0
    lecturer_id = pool.of_person(db, person_id)
    if lecturer_id is not None:  # who still has to teach is needed
        ahead = select(func.count()).select_from(Booking).where(Booking.lecturer_id == lecturer_id, Booking.freed_at.is_(None))
        count += db.scalar(ahead.where(Booking.ends_at >= start_of(day))) or 0
    return (nothing_under_way("erasure.classes", count),)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Trainings that were completed."""
    chosen = select(func.count()).select_from(Enrolment)
    done = Enrolment.state == EnrolmentState.COMPLETED
    return {"trainings": db.scalar(chosen.where(Enrolment.person_id == person_id, done)) or 0}


def forget(act: Act, person_id: str) -> None:
    """Why somebody left a class is theirs; so are a score and the words of a wish to correct."""
    for row in act.db.scalars(select(Enrolment).where(Enrolment.person_id == person_id)):
        row.left_reason, row.left_code, row.score = "", "", ""
    places = select(Enrolment.id).where(Enrolment.person_id == person_id)
    for earlier in act.db.scalars(select(EarlierResult).where(EarlierResult.enrolment_id.in_(places))):
        earlier.score, earlier.why = "", ""
    for said in act.db.scalars(select(XapiStatement).where(XapiStatement.enrolment_id.in_(places))):
        said.answer, said.findings = "—" if said.answer else "", {}
    for asked in act.db.scalars(select(Reservation).where(Reservation.person_id == person_id)):
        asked.reason = ""
    for request in act.db.scalars(select(LeaveRequest).where(LeaveRequest.person_id == person_id)):
        request.said, request.reason, request.code = "", "—", "other"
    for wish in act.db.scalars(select(AttendanceCorrection).where(AttendanceCorrection.person_id == person_id)):
        wish.words, wish.answer = "", ""
    forget_catalogue(act, person_id)
    pin = act.find(CardPin, person_id=person_id)
    if pin is not None:
        pin.pin = ""
    card = act.find(LearnerCard, person_id=person_id, state=CardState.LIVE)
    if card is not None:
        act.move(card, CARD, "block", ended_at=act.at, ended_as="")
    _forget_teacher(act, person_id)
    act.db.flush()


def _forget_teacher(act: Act, person_id: str) -> None:
    """Who taught is named no more: neither by a class, nor by a deviation of one."""
    lecturer_id = pool.of_person(act.db, person_id)
    if lecturer_id is None:
        return
    taught = select(Booking.class_id).where(Booking.lecturer_id == lecturer_id)
    for held in act.db.scalars(select(CourseClass).where(CourseClass.id.in_(taught))):
        ids = dict.fromkeys(
            str(i) for i in act.db.scalars(
                select(Booking.lecturer_id).where(Booking.class_id == held.id, Booking.lecturer_id.is_not(None)).order_by(Booking.starts_at)
            )
        )  # fmt: skip
        names = pool.lines_of(act.db, ids)
        held.lecturer = "、".join(GONE if i == lecturer_id else names[i].name for i in ids)[:60]
        held.lecturer_proof = "；".join("—" if i == lecturer_id else names[i].title for i in ids)[:120]
    for report in act.db.scalars(select(DeliveryReport)):
        if any(d["facts"].get("lecturer") == lecturer_id for d in report.deviations):
            report.deviations = [
                {**d, "facts": {**d["facts"], "name": GONE}} if d["facts"].get("lecturer") == lecturer_id else d for d in report.deviations
            ]


def forget_catalogue(act: Act, person_id: str) -> None:
    """What somebody kept in mind is gone; their marks go on counting without their words."""
    for kept in act.db.scalars(select(SavedCourse).where(SavedCourse.person_id == person_id)):
        act.db.delete(kept)
    for rating in act.db.scalars(select(CourseRating).where(CourseRating.person_id == person_id)):
        rating.comment, rating.answer = "", ""


def _class(db: Session, class_id: str, more: tuple[str, str], page: str = "") -> Named:
    held = db.get_one(CourseClass, (class_id,))
    title = db.get_one(Course, (held.course_id,)).title
    return Named(f"“{title}”{held.number}（{more[0]}）", f"“{title}” {held.number} ({more[1]})", f"/gov/classes/{class_id}{page}")


def _place(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Enrolment, key)
    zh, en = ENROLMENT.words[EnrolmentState(row.state)]
    if row.certificate_number:
        zh, en = f"{zh}，证书 {row.certificate_number}", f"{en}, certificate {row.certificate_number}"
    return _class(db, row.class_id, (zh, en))


def _asked_seat(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Reservation, key)
    return _class(db, row.class_id, RESERVATION.words[ReservationState(row.state)])


def _order_seat(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(OrderSeat, key)
    number = db.get_one(OrderContract, (row.order_id,)).number
    return _class(db, row.class_id, (f"订单 {number}", f"order {number}"))


def _side(db: Session, row: Attendance | AttendanceCorrection) -> Named:
    on, zh = shanghai_day(db.get_one(ClassSession, (row.session_id,)).starts_at), "签到" if row.side == "in" else "签退"
    return _class(db, row.class_id, (f"{on} {zh}", f"{on}, {row.side}"), "/attendance")


def join(act: Act, kept: str, gone: str) -> None:
    """Of two learner's cards the one of the record that stays goes on counting."""
    card = act.find(LearnerCard, person_id=gone, state=CardState.LIVE)
    if card is not None and act.find(LearnerCard, person_id=kept, state=CardState.LIVE) is not None:
        act.move(card, CARD, "block", ended_at=act.at, ended_as="")


register(
    "courses",
    Part(
        forget, against, stays, ends=frozenset({"learner_card"}), rests={CardPin.person_id: true(), SavedCourse.person_id: true()},
        lock=lock, join=join,
        names={
            "enrolment": _place, "reservation": _asked_seat, "order_seat": _order_seat,
            "attendance": lambda db, key: _side(db, db.get_one(Attendance, key)),
            "attendance_correction": lambda db, key: _side(db, db.get_one(AttendanceCorrection, key)),
        },
    ),
)  # fmt: skip
