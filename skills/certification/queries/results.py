"""Reviews and corrections of signed scores: for the body that decides them, and for the candidate whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.certification.models import Application, Sitting
from skills.certification.models.results import ScoreCorrection, ScoreReview
from skills.certification.queries.live import live_scores
from skills.certification.rules.exams import Section
from skills.certification.states.results import CorrectionState, ReviewState
from skills.people.queries import persons
from skills.records.rules.marks import told


@dataclass(frozen=True)
class ReviewLine:
    """A review. `score` is the one that counts, `recounted` what was found ("" while it is open); `by` who answered."""

    id: str
    receipt: str
    application_id: str
    sitting_id: str
    name: str
    seat: int | None
    section: Section
    text: str
    state: str
    asked_at: datetime
    due_on: date
    score: str
    recounted: str
    by: str
    reply: str


@dataclass(frozen=True)
class CorrectionLine:
    """A correction: old and new score, who proposed and who decided it, and why."""

    id: str
    application_id: str
    sitting_id: str
    name: str
    seat: int | None
    section: Section
    old: str
    new: str
    reason: str
    state: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision: str
    notice_to: date | None


def reviews_of(db: Session, sitting_id: str) -> Sequence[ReviewLine]:
    """The reviews of an exam, the open ones first, then by the day on which they are due."""
    return _reviews(db, select(ScoreReview, Application).where(Application.sitting_id == sitting_id))


def corrections_of(db: Session, sitting_id: str) -> Sequence[CorrectionLine]:
    """The corrections of an exam, the open ones first."""
    return _corrections(db, select(ScoreCorrection, Application).where(Application.sitting_id == sitting_id))


def my_reviews(db: Session, application_id: str) -> Sequence[ReviewLine]:
    """The reviews of one application."""
    return _reviews(db, select(ScoreReview, Application).where(Application.id == application_id))


def my_corrections(db: Session, application_id: str) -> Sequence[CorrectionLine]:
    """The corrections of one application that were decided; who waits for one is told when it is."""
    chosen = select(ScoreCorrection, Application).where(
        Application.id == application_id, ScoreCorrection.state != CorrectionState.PROPOSED
    )
    return _corrections(db, chosen)


def waiting(db: Session, bodies: frozenset[str], day: date) -> tuple[int, int]:
    """Of these bodies: how many reviews and corrections wait, and how many of the reviews are late."""
    reviews = (
        select(func.count()).select_from(ScoreReview).join(Application, Application.id == ScoreReview.application_id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(Sitting.organisation_id.in_(bodies), ScoreReview.state == ReviewState.ASKED)
    )  # fmt: skip
    corrections = (
        select(func.count()).select_from(ScoreCorrection).join(Application, Application.id == ScoreCorrection.application_id)
        .join(Sitting, Sitting.id == Application.sitting_id)
        .where(Sitting.organisation_id.in_(bodies), ScoreCorrection.state == CorrectionState.PROPOSED)
    )  # fmt: skip
    late = db.scalar(reviews.where(ScoreReview.due_on < day)) or 0
    return (db.scalar(reviews) or 0) + (db.scalar(corrections) or 0), late


def _reviews(db: Session, chosen: Select[ScoreReview, Application]) -> list[ReviewLine]:
    joined = chosen.join(Application, Application.id == ScoreReview.application_id)
    rows = db.execute(joined.order_by(ScoreReview.state != ReviewState.ASKED, ScoreReview.due_on, ScoreReview.id)).all()
    people = persons(db, [a.person_id for _, a in rows])
    return [
        ReviewLine(
            r.id, r.receipt, a.id, a.sitting_id, people[a.person_id].name, a.seat, Section(r.section), r.text, r.state, r.asked_at,
            r.due_on, _score(db, a.id, r.section), "" if r.decided_at is None else told(r.recounted),
            name_of(db, r.decided_by) if r.decided_by else "", r.reply,
        )
        for r, a in rows
    ]  # fmt: skip


def _corrections(db: Session, chosen: Select[ScoreCorrection, Application]) -> list[CorrectionLine]:
    joined = chosen.join(Application, Application.id == ScoreCorrection.application_id)
    rows = db.execute(joined.order_by(ScoreCorrection.state != CorrectionState.PROPOSED, ScoreCorrection.id)).all()
    people = persons(db, [a.person_id for _, a in rows])
    return [
        CorrectionLine(
            c.id, a.id, a.sitting_id, people[a.person_id].name, a.seat, Section(c.section), told(c.before), told(c.after), c.reason,
            c.state, name_of(db, c.proposed_by), c.proposed_at, name_of(db, c.decided_by) if c.decided_by else "", c.decided_at,
            c.decision, c.notice_to,
        )
        for c, a in rows
    ]  # fmt: skip


def _score(db: Session, application_id: str, section: str) -> str:
    held = db.scalars(live_scores().filter_by(application_id=application_id, section=section)).one()
    return told(held.hundredths)
