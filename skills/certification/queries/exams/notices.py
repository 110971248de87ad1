"""Public notices, and the objections that they bring in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Application, Incident, Objection, ScoreCorrection, Sitting
from skills.certification.queries.exams.sittings import sitting, sittings_of
from skills.certification.queries.subjects import SUBJECTS, About, of
from skills.certification.states import ApplicationState, ObjectionState, SittingState
from skills.certification.states.incidents import OPEN
from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.people.queries import masked_document, persons
from skills.standards.queries import value
from skills.standards.rules import Level


@dataclass(frozen=True)
class NoticeLine:
    """A public notice: body, occupation, level, names and masked documents, nothing else.

    sitting_id  of the exam, or of what else is on notice; `way`: how the level is to be given
    """

    sitting_id: str
    body: str
    occupation: str
    level: Level
    noticed_on: date
    notice_to: date
    running: bool
    names: tuple[tuple[str, str, str], ...]
    way: tuple[str, str] = ("考试", "exam")


@dataclass(frozen=True)
class ObjectionLine:
    """An objection as its handler sees it, with the contact opened."""

    id: str
    receipt: str
    application_id: str
    body: str
    about: str
    name: str
    contact: str
    text: str
    raised_at: datetime
    due_on: date | None = None

    def late(self, day: date) -> bool:
        """Whether its day for a decision is over."""
        return self.due_on is not None and self.due_on < day


def notices(db: Session, box: Box, today: date) -> Sequence[NoticeLine]:
    """Running notices and those that ended a few days ago (policy); older ones are gone."""
    keep = timedelta(days=value(db, "notice.keep_days", today))
    chosen = (
        select(Sitting)
        .where(Sitting.state.in_((SittingState.NOTICED, SittingState.CONCLUDED)), Sitting.notice_to >= today - keep)
        .order_by(Sitting.notice_to, Sitting.id)
    )
    waiting = select(Incident.application_id).where(Incident.state.in_(OPEN))
    found = []
    for line in sittings_of(db, db.scalars(chosen)):
        if line.noticed_on is None or line.notice_to is None:
            continue
        passes = db.execute(
            select(Application.id, Application.person_id)
            .where(Application.sitting_id == line.id, Application.state == ApplicationState.PASSED, Application.id.not_in(waiting))
            .order_by(Application.seat)
        ).all()
        people = persons(db, [person_id for _, person_id in passes])
        names = tuple(
            (application_id, people[person_id].name, masked_document(db, box, person_id)[1])
            for application_id, person_id in passes
        )
        branch = f"（{line.branch}）" if line.branch else ""
        running = line.state == SittingState.NOTICED and today <= line.notice_to
        found.append(
            NoticeLine(
                line.id, line.body, line.occupation_name + branch, line.level, line.noticed_on, line.notice_to,
                running, names,
            )
        )  # fmt: skip
    found += _late(db, box, today, keep)
    for subject in SUBJECTS.values():
        found += subject.lines(db, box, today, keep)
    return found


def _late(db: Session, box: Box, today: date, keep: timedelta) -> list[NoticeLine]:
    """Passes that came by a correction, or whose misconduct was dropped, after their exam was concluded: each has a notice of its own."""
    rows: list[tuple[str, str, str, datetime | None, date | None]] = []
    for why in (ScoreCorrection, Incident):
        chosen = (
            select(Application.id, Application.person_id, Application.sitting_id, why.decided_at, why.notice_to)
            .join(why, why.application_id == Application.id)
            .where(why.notice_to >= today - keep, Application.state == ApplicationState.PASSED)
            .order_by(why.notice_to, Application.id)
        )
        rows += [(one, person_id, held, at, last) for one, person_id, held, at, last in db.execute(chosen)]
    found = []
    for application_id, person_id, sitting_id, decided_at, notice_to in rows:
        if decided_at is None or notice_to is None:
            continue
        line, who = sitting(db, sitting_id), persons(db, [person_id])[person_id]
        branch = f"（{line.branch}）" if line.branch else ""
        found.append(
            NoticeLine(
                sitting_id, line.body, line.occupation_name + branch, line.level, shanghai_day(decided_at), notice_to,
                today <= notice_to, ((application_id, who.name, masked_document(db, box, person_id)[1]),),
            )
        )  # fmt: skip
    return found


def objections(db: Session, box: Box) -> Sequence[ObjectionLine]:
    """Objections that wait for a decision, those that are due first. For the handler alone: contacts are opened."""
    rows = db.scalars(select(Objection).where(Objection.state == ObjectionState.RAISED).order_by(Objection.due_on, Objection.raised_at))
    found = []
    for row in rows:
        about = _about(db, row)
        name = persons(db, [about.person_id])[about.person_id].name
        found.append(
            ObjectionLine(
                row.id, row.receipt, row.application_id or "", about.body, f"{name} · {about.title}",
                box.open(row.name or b"", f"objection:{row.id}:name"), box.open(row.contact or b"", f"objection:{row.id}:contact"),
                row.text, row.raised_at, row.due_on,
            )
        )  # fmt: skip
    return found


def _about(db: Session, row: Objection) -> About:
    if row.subject is not None:
        subject, row_id = of(row.subject)
        return subject.about(db, row_id)
    application = db.get_one(Application, row.application_id)
    line = sitting(db, application.sitting_id)
    return About(line.body, application.person_id, line.title)


def late_objections(db: Session, day: date) -> int:
    """How many objections are past their day."""
    waiting = select(func.count()).select_from(Objection).where(Objection.state == ObjectionState.RAISED, Objection.due_on < day)
    return db.scalar(waiting) or 0


def open_objections(db: Session) -> int:
    """How many objections wait for a decision."""
    return db.scalar(select(func.count()).select_from(Objection).where(Objection.state == ObjectionState.RAISED)) or 0
