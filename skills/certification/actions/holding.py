"""What keeps a pass from its certificate, and an exam from its notice, worked out from what is open just now."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from skills.certification.models import Application, Award, Incident, Objection, Sitting
from skills.certification.models.results import ScoreCorrection, ScoreReview
from skills.certification.states import ApplicationState, ObjectionState, SittingState
from skills.certification.states.incidents import OPEN
from skills.certification.states.results import CorrectionState, ReviewState
from skills.kernel.acts import Act
from skills.kernel.errors import Refusal


def hold(act: Act, candidate: Application) -> None:
    """What keeps a pass from its certificate for as long as it lasts; nothing holds who has not passed."""
    why = held_by(act, candidate)
    if candidate.held != "refused" or why or candidate.state != ApplicationState.PASSED:
        candidate.held, candidate.problem = why, None
    act.db.flush()


def held_by(act: Act, candidate: Application) -> str:
    """What holds a pass just now: misconduct, an objection or a correction that is not decided, its own notice; "" if nothing."""
    if candidate.state != ApplicationState.PASSED or act.find(Award, grounds=f"application:{candidate.id}") is not None:
        return ""
    objections = select(func.count()).select_from(Objection).where(
        Objection.application_id == candidate.id, Objection.state == ObjectionState.RAISED
    )  # fmt: skip
    mine = select(func.count()).select_from(ScoreCorrection).where(ScoreCorrection.application_id == candidate.id)
    incidents = select(func.count()).select_from(Incident).where(Incident.application_id == candidate.id)
    if act.db.scalar(incidents.where(Incident.state.in_(OPEN))):
        return "incident"
    if act.db.scalar(objections):
        return "objection"
    if act.db.scalar(mine.where(ScoreCorrection.state == CorrectionState.PROPOSED)):
        return "correction"
    own = act.db.scalar(mine.where(ScoreCorrection.notice_to >= act.today)) or act.db.scalar(incidents.where(Incident.notice_to >= act.today))
    return "notice" if own else ""


def none_open(act: Act, sitting_id: str) -> None:
    """Nothing about the scores of an exam is undecided. Raises Refusal("sitting.reviews_open")."""
    reviews = (
        select(func.count()).select_from(ScoreReview).join(Application, Application.id == ScoreReview.application_id)
        .where(Application.sitting_id == sitting_id, ScoreReview.state == ReviewState.ASKED)
    )  # fmt: skip
    corrections = (
        select(func.count()).select_from(ScoreCorrection).join(Application, Application.id == ScoreCorrection.application_id)
        .where(Application.sitting_id == sitting_id, ScoreCorrection.state == CorrectionState.PROPOSED)
    )  # fmt: skip
    asked, proposed = act.db.scalar(reviews) or 0, act.db.scalar(corrections) or 0
    if asked or proposed:
        raise Refusal("sitting.reviews_open", reviews=asked, corrections=proposed)


def notice_of(act: Act, candidate: Application, sitting: Sitting) -> date | None:
    """The last day of the notice on which a pass stands: its exam's, or one of its own; None before there is one, and for who is kept off it."""
    if held_by(act, candidate) == "incident":
        return None
    corrected = act.db.scalar(select(func.max(ScoreCorrection.notice_to)).where(ScoreCorrection.application_id == candidate.id))
    dropped = act.db.scalar(select(func.max(Incident.notice_to)).where(Incident.application_id == candidate.id))
    return max((one for one in (corrected, dropped) if one), default=None) or (sitting.notice_to if sitting.state == SittingState.NOTICED else None)
