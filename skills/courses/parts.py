"""A person's places in classes: none is under way; finished ones stay as hours and results of a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.courses.models import AttendanceCorrection, CardPin, Enrolment, LearnerCard, LeaveRequest, Reservation
from skills.courses.states import CARD, CardState, EnrolmentState
from skills.kernel.acts import Act
from skills.kernel.findings import Finding
from skills.people.parts import Part, nothing_under_way, register

UNDER_WAY = (EnrolmentState.ENROLLED, EnrolmentState.ATTENDING)


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No class is being attended, no seat is asked for."""
    chosen = select(func.count()).select_from(Enrolment)
    count = db.scalar(chosen.where(Enrolment.person_id == person_id, Enrolment.state.in_(UNDER_WAY))) or 0
    asked = select(func.count()).select_from(Reservation)
    count += db.scalar(asked.where(Reservation.person_id == person_id, Reservation.closed_at.is_(None))) or 0
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
    for asked in act.db.scalars(select(Reservation).where(Reservation.person_id == person_id)):
        asked.reason = ""
    for request in act.db.scalars(select(LeaveRequest).where(LeaveRequest.person_id == person_id)):
        request.said, request.reason, request.code = "", "—", "other"
    for wish in act.db.scalars(select(AttendanceCorrection).where(AttendanceCorrection.person_id == person_id)):
        wish.words, wish.answer = "", ""
    pin = act.find(CardPin, person_id=person_id)
    if pin is not None:
        pin.pin = ""
    card = act.find(LearnerCard, person_id=person_id, state=CardState.LIVE)
    if card is not None:
        act.move(card, CARD, "block", ended_at=act.at, ended_as="")
    act.db.flush()


register("courses", Part(forget, against, stays))
