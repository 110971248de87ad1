"""Who is in office as 特级技师 or 首席技师, and what policy still lets a firm appoint."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from skills.kernel.errors import Refusal
from skills.kernel.findings import Verdict
from skills.people.queries import persons
from skills.recognitions.models import Appointment, RecognisedPerson, Recognition
from skills.recognitions.rules import APPOINTMENT, Post, may_open, post_of
from skills.recognitions.states import LIVE, AppointmentState, ProposedState, RecognitionState
from skills.standards.queries import occupation, value
from skills.standards.rules import Level

POLICY = {Level.SPECIAL: "appointment.special", Level.CHIEF: "appointment.chief"}


@dataclass(frozen=True)
class AppointmentLine:
    """Somebody in office, or who was."""

    id: str
    organisation_id: str
    name: str
    occupation: str
    level: Level
    since: date
    until: date | None
    ended_on: date | None
    reason: str

    def state(self, day: date) -> str:
        """live, over (its term is past) or ended."""
        if self.ended_on is not None:
            return "ended"
        return "over" if self.until is not None and self.until < day else "live"


def post_on(db: Session, level: int, day: date) -> Post:
    """What an appointment asks for on a day. Raises Refusal("recognition.level" | "appointment.not_set")."""
    if level not in POLICY:
        raise Refusal("recognition.level", levels="特级技师、首席技师", levels_en="special-grade and chief technician")
    post = post_of(Level(level), value(db, POLICY[Level(level)], day))
    if post is None:
        raise Refusal("appointment.not_set", level=Level(level).wording, level_en=Level(level).english)
    return post


def set_on(db: Session, day: date) -> list[Level]:
    """The levels for which the authority has said what an appointment asks for."""
    return [level for level, name in POLICY.items() if post_of(level, value(db, name, day)) is not None]


def open_for(db: Session, organisation_id: str, level: Level, day: date, more: int = 0) -> Verdict:
    """Whether a firm may have so many more, beside those in office and those who are proposed."""
    held = select(func.count()).select_from(Appointment).join(RecognisedPerson, RecognisedPerson.id == Appointment.recognised_person_id)
    held = held.join(Recognition, Recognition.id == RecognisedPerson.recognition_id).where(
        Recognition.organisation_id == organisation_id, *_in_office(day)
    )
    coming = (
        select(func.count()).select_from(RecognisedPerson).join(Recognition, Recognition.id == RecognisedPerson.recognition_id)
        .where(
            Recognition.organisation_id == organisation_id, Recognition.kind == APPOINTMENT, Recognition.level == int(level),
            Recognition.state.in_((*LIVE, RecognitionState.CONCLUDED)),
            RecognisedPerson.state.in_((ProposedState.PROPOSED, ProposedState.CONFIRMED)),
        )
    )  # fmt: skip
    taken = (db.scalar(held.where(Recognition.level == int(level))) or 0) + (db.scalar(coming) or 0)
    return may_open(post_on(db, level, day), taken, more, db.scalar(held.where(Recognition.level == int(Level.SPECIAL))) or 0)


def in_office(db: Session, person_id: str, level: int, day: date) -> bool:
    """Whether somebody holds such an appointment on a day, in any firm."""
    chosen = (
        select(Appointment.id).join(RecognisedPerson, RecognisedPerson.id == Appointment.recognised_person_id)
        .join(Recognition, Recognition.id == RecognisedPerson.recognition_id)
        .where(RecognisedPerson.person_id == person_id, Recognition.level == level, *_in_office(day))
    )  # fmt: skip
    return db.scalars(chosen).first() is not None


def appointments(db: Session, bodies: Collection[str]) -> Sequence[AppointmentLine]:
    """Who is or was in office at these firms, newest first."""
    rows = db.execute(
        select(Appointment, RecognisedPerson.person_id, Recognition)
        .join(RecognisedPerson, RecognisedPerson.id == Appointment.recognised_person_id)
        .join(Recognition, Recognition.id == RecognisedPerson.recognition_id)
        .where(Recognition.organisation_id.in_(bodies)).order_by(Appointment.id.desc())
    ).all()  # fmt: skip
    names = persons(db, {person_id for _, person_id, _ in rows})
    return [
        AppointmentLine(
            one.id, row.organisation_id, names[person_id].name, occupation(db, row.occupation).name, Level(row.level), one.since, one.until,
            one.ended_on, one.reason,
        )
        for one, person_id, row in rows
    ]  # fmt: skip


def _in_office(day: date) -> tuple[ColumnElement[bool], ...]:
    return Appointment.state == AppointmentState.LIVE, or_(Appointment.until.is_(None), Appointment.until >= day)
