"""A person in recognitions: none is under way, certificates stay by their numbers; what a firm said of them goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.certification.models import Objection
from skills.kernel.acts import Act
from skills.kernel.findings import Finding
from skills.people.parts import Named, Part, nothing_under_way, register
from skills.recognitions.models import Apprenticeship, RecognisedPerson, RecognitionVote
from skills.recognitions.queries import live_of_person, recognition
from skills.recognitions.states import PROPOSED, ApprenticeshipState, ProposedState
from skills.standards.queries import occupation


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No recognition is under way."""
    learning = select(func.count()).select_from(Apprenticeship).where(Apprenticeship.state == ApprenticeshipState.BEGUN)
    mine = db.scalar(learning.where(Apprenticeship.person_id == person_id)) or 0
    return (nothing_under_way("erasure.recognitions", live_of_person(db, person_id) + mine),)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """That one was recognised, as a line without words."""
    chosen = select(func.count()).select_from(RecognisedPerson).where(RecognisedPerson.person_id == person_id)
    return {"recognitions": db.scalar(chosen.where(RecognisedPerson.state == ProposedState.AWARDED)) or 0}


def forget(act: Act, person_id: str) -> None:
    """Statements, verdicts, reasons and objections name what somebody did; papers lie under the person's key and are swept."""
    mine = act.db.scalars(select(RecognisedPerson).where(RecognisedPerson.person_id == person_id)).all()
    ids = [one.id for one in mine]
    for one in mine:
        one.statement, one.verdict, one.problem = "", None, None
    for vote in act.db.scalars(select(RecognitionVote).where(RecognitionVote.recognised_person_id.in_(ids))):
        vote.reason = ""
    for objection in act.db.scalars(select(Objection).where(Objection.subject.in_([f"recognition:{one}" for one in ids]))):
        objection.text, objection.reply = "", ""
    for apprentice in act.db.scalars(select(Apprenticeship).where(Apprenticeship.person_id == person_id)):
        apprentice.statement = ""
    act.db.flush()


def _apprentice(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Apprenticeship, key)
    body, trade = organisation(db, row.organisation_id).name, occupation(db, row.occupation)
    return Named(f"{body}{trade.name}学徒（{row.since}）", f"{body}: apprentice, {trade.name} ({row.since})")


def _person(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(RecognisedPerson, key)
    line, (zh, en) = recognition(db, row.recognition_id), PROPOSED.words[ProposedState(row.state)]
    return Named(
        f"{line.body}{line.title}{line.level.wording}认定（{zh}）", f"{line.body}: {line.title}, {line.level.english} ({en})",
        f"/gov/recognitions/{line.id}",
    )  # fmt: skip


register("recognitions", Part(forget, against, stays, names={"recognised_person": _person, "apprenticeship": _apprentice}))
