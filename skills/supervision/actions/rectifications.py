"""What a body is to put right 整改: ordered with a day, answered with proof, checked again by another person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.accounts.queries import organisation
from skills.certification.queries import filings
from skills.certification.states import FilingState
from skills.config import Settings
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.kernel.shots import Photo, arrived
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.supervision.actions.steps import words
from skills.supervision.models import Rectification, RectificationPhoto, RectificationStep, Supervision
from skills.supervision.queries.rectifications import SHELF
from skills.supervision.rules.rectifications import may_recheck
from skills.supervision.states.rectifications import RECTIFICATION

ORDER, ANSWER, RECHECK = "rectification.order", "rectification.answer", "rectification.recheck"


@dataclass(frozen=True)
class Followed:
    """An order after an act upon it."""

    rectification_id: str
    state: str


@action("rectification.order", may=ORDER)
def order(act: Act, organisation_id: str, text: str, days: int = 0, supervision_id: str | None = None) -> Followed:
    """Order a body to put something right within so many working days (0: as usual): what a report found, or while its filing is suspended.

    Raises Missing("supervision.unknown" | "organisation.unknown"), Refusal("rectification.no_cause" | "rectification.days").
    """
    body = organisation(act.db, organisation_id)
    bounds = act.actor.districts_for(ORDER)
    if bounds is not None and body.district not in bounds:
        raise Missing("organisation.unknown")
    filing = filings.live_of(act.db, organisation_id)
    if supervision_id is not None:
        watched = act.find(Supervision, id=supervision_id)
        if watched is None or watched.organisation_id != organisation_id:
            raise Missing("supervision.unknown")
        if not any(answer == "no" for answer, _ in watched.answers.values()):
            raise Refusal("rectification.no_cause")
    elif filing is None or filing.state != FilingState.SUSPENDED:
        raise Refusal("rectification.no_cause")
    row = act.add(
        Rectification(
            id=act.new_id(), organisation_id=organisation_id, district=body.district, cause="supervision" if supervision_id else "suspension",
            supervision_id=supervision_id, filing_id=filing.id if filing else None, text=words(text), due_on=_due(act, days),
            state=RECTIFICATION.start, ordered_by=act.actor.account, ordered_at=act.at,
        )
    )  # fmt: skip
    _step(act, row, "order", words(text), due=True)
    act.note("rectification.set", id=row.id, cause=row.cause, due=str(row.due_on))
    send(act, code="rectification.told_order", organisation_id=organisation_id, due=row.due_on, id=row.id)
    return Followed(row.id, row.state)


@action("rectification.answer", may=ANSWER)
def answer(act: Act, rectification_id: str, text: str, photos: tuple[Photo, ...]) -> Followed:
    """Say as the body what was done, with pictures that show it. An answer after its day is taken as well.

    Raises Missing("rectification.unknown"), Refusal("rectification.proof_needed" | "rectification.cannot_answer" | "shot.gone" |
    "shot.twice").
    """
    row = act.find(Rectification, id=rectification_id)
    if row is None or row.organisation_id not in act.actor.organisations_for(ANSWER):
        raise Missing("rectification.unknown")
    RECTIFICATION.check(row.state, "answer")
    if not photos:
        raise Refusal("rectification.proof_needed")
    for one in photos:
        arrived(SHELF, act.using(Settings).files_dir, one, int(value(act.db, "supervision.photos", act.today)["bytes"]))
        if act.find(RectificationPhoto, rectification_id=row.id, digest=one.digest) is not None:
            raise Refusal("shot.twice")
        act.add(
            RectificationPhoto(id=one.id, rectification_id=row.id, at=act.at, kind=one.kind, size=one.size, digest=one.digest)
        )
    said = words(text)
    act.move(row, RECTIFICATION, "answer", answered_by=act.actor.account, answered_at=act.at)
    _step(act, row, "answer", said)
    return Followed(row.id, row.state)


@action("rectification.recheck", may=RECHECK)
def recheck(act: Act, rectification_id: str, done: bool, text: str, days: int = 0) -> Followed:
    """Check again, as another person than who ordered it: it is right now, or not yet, with a new day.

    Raises Missing("rectification.unknown"), Refusal("rectification.second_needed" | "rectification.cannot_close" |
    "rectification.cannot_insist" | "rectification.days").
    """
    row = act.find(Rectification, id=rectification_id)
    bounds = act.actor.districts_for(RECHECK)
    if row is None or (bounds is not None and row.district not in bounds):
        raise Missing("rectification.unknown")
    may_recheck(act.actor.account, row.ordered_by).or_refuse()
    said = words(text)
    if done:
        act.move(row, RECTIFICATION, "close", rechecked_by=act.actor.account, closed_at=act.at)
        _step(act, row, "close", said)
        send(act, code="rectification.told_closed", organisation_id=row.organisation_id, id=row.id)
    else:
        act.move(row, RECTIFICATION, "insist", rechecked_by=act.actor.account, due_on=_due(act, days))
        _step(act, row, "insist", said, due=True)
        send(act, code="rectification.told_order", organisation_id=row.organisation_id, due=row.due_on, id=row.id)
    return Followed(row.id, row.state)


def _due(act: Act, days: int) -> date:
    limits = value(act.db, "rectification.days", act.today)
    count = days or int(limits["usual"])
    if not 1 <= count <= limits["most"]:
        raise Refusal("rectification.days", most=limits["most"])
    return add_working_days(act.today, count)


def _step(act: Act, row: Rectification, move: str, text: str, due: bool = False) -> None:
    last = act.db.scalar(select(func.max(RectificationStep.serial)).where(RectificationStep.rectification_id == row.id)) or 0
    act.add(
        RectificationStep(
            id=act.new_id(), rectification_id=row.id, serial=last + 1, at=act.at, move=move, by=act.actor.account, text=text,
            due_on=row.due_on if due else None,
        )
    )  # fmt: skip
