"""A person's exams and promotions: none is under way, and the years in which an exam is audited by person are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import (
    Accommodation,
    Application,
    Award,
    Examination,
    Incident,
    Objection,
    Promotion,
    ReviewFile,
    ScoreCorrection,
    ScoreReview,
    Sitting,
)
from skills.certification.states import APPLICATION, ApplicationState, ObjectionState, PromotionState
from skills.certification.states.incidents import OPEN as UNDECIDED
from skills.certification.states.results import CorrectionState, ReviewState
from skills.kernel.acts import Act
from skills.kernel.findings import Finding
from skills.people.parts import Named, Part, kept_by_person, nothing_under_way, register
from skills.standards.queries import occupation, policy
from skills.standards.rules import Level

UNDER_WAY = (ApplicationState.FILED, ApplicationState.ELIGIBLE, ApplicationState.SEATED, ApplicationState.EXAMINED)
SAT = (ApplicationState.PASSED, ApplicationState.FAILED, ApplicationState.INCOMPLETE, ApplicationState.VOID)


def against(db: Session, person_id: str, day: date) -> Sequence[Finding]:
    """No exam, award or promotion is under way; objections are decided; the years of evidence are over."""
    mine = select(Application.id).where(Application.person_id == person_id)
    awarded = select(Award.sitting_id).where(Award.person_id == person_id, Award.sitting_id.is_not(None))
    waits = Application.state.in_(UNDER_WAY) | (
        (Application.state == ApplicationState.PASSED) & Application.sitting_id.not_in(awarded)
    )
    promoted = Promotion.state.in_((PromotionState.APPLIED, PromotionState.EXAMINED))
    open_ones = (
        select(func.count()).select_from(Application).where(Application.person_id == person_id, waits),
        select(func.count()).select_from(Promotion).where(Promotion.person_id == person_id, promoted),
        select(func.count()).select_from(Objection).where(
            Objection.application_id.in_(mine), Objection.state == ObjectionState.RAISED
        ),
        select(func.count()).select_from(ScoreReview).where(
            ScoreReview.application_id.in_(mine), ScoreReview.state == ReviewState.ASKED
        ),
        select(func.count()).select_from(Incident).where(Incident.application_id.in_(mine), Incident.state.in_(UNDECIDED)),
        select(func.count()).select_from(ScoreCorrection).where(
            ScoreCorrection.application_id.in_(mine), ScoreCorrection.state == CorrectionState.PROPOSED
        ),
    )  # fmt: skip
    last = db.scalar(
        select(func.max(Sitting.held_on))
        .join(Application, Application.sitting_id == Sitting.id)
        .where(Application.person_id == person_id, Application.state.in_(SAT))
    )
    years = policy(db, "erasure.exam_years", day)
    count = sum(db.scalar(chosen) or 0 for chosen in open_ones)
    return (
        nothing_under_way("erasure.exams", count),
        kept_by_person("erasure.exam_evidence", "erasure.no_exams", last, int(years.value), years.source, day),
    )


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Exams that were sat."""
    chosen = select(func.count()).select_from(Application)
    return {"exams": db.scalar(chosen.where(Application.person_id == person_id, Application.state.in_(SAT))) or 0}


def forget(act: Act, person_id: str) -> None:
    """The facts of an application name birth, employers and schools; an objection names its candidate; so may a review or a correction."""
    mine = list(act.db.scalars(select(Application).where(Application.person_id == person_id)))
    for row in mine:
        row.facts, row.verdict, row.problem = {}, {}, None  # the terms name nobody
    for examined in act.db.scalars(select(Examination).where(Examination.application_id.in_([row.id for row in mine]))):
        examined.faults, examined.answer, examined.reason = [], "", ""
    for asked in act.db.scalars(select(Accommodation).where(Accommodation.application_id.in_([row.id for row in mine]))):
        act.db.delete(asked)
    for promotion in act.db.scalars(select(Promotion).where(Promotion.person_id == person_id)):
        promotion.verdict, promotion.reason = {}, ""
    for objection in act.db.scalars(select(Objection).where(Objection.application_id.in_([row.id for row in mine]))):
        objection.text, objection.reply = "", ""
    for review in act.db.scalars(select(ScoreReview).where(ScoreReview.application_id.in_([row.id for row in mine]))):
        review.text, review.reply = "", ""
    for correction in act.db.scalars(select(ScoreCorrection).where(ScoreCorrection.application_id.in_([row.id for row in mine]))):
        correction.reason, correction.decision = "", ""
    for incident in act.db.scalars(select(Incident).where(Incident.application_id.in_([row.id for row in mine]))):
        incident.text = incident.answer = incident.decision = None
    for handed_in in act.db.scalars(select(ReviewFile).where(ReviewFile.application_id.in_([row.id for row in mine]))):
        act.db.delete(handed_in)  # its bytes cannot be read without the person's key, and are swept
    act.db.flush()


def _application(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Application, key)
    sitting, (zh, en) = db.get_one(Sitting, (row.sitting_id,)), APPLICATION.words[ApplicationState(row.state)]
    trade, level, on = occupation(db, sitting.occupation), Level(sitting.level), sitting.held_on or "—"
    award = db.scalar(select(Award.number).where(Award.person_id == row.person_id, Award.sitting_id == row.sitting_id).limit(1))
    if award:
        zh, en = f"{zh}，证书 {award}", f"{en}, certificate {award}"
    return Named(f"{trade.name}{level.word}考试（{on}，{zh}）", f"{trade.name}, {level.english} ({on}, {en})", f"/gov/plans/{row.sitting_id}")


register("certification", Part(forget, against, stays, names={"application": _application}))
