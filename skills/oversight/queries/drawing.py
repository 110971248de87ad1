"""Completions of a month, from which call-backs are drawn; the questions as their addressees see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.courses.queries import places as courses
from skills.kernel.clock import start_of
from skills.kernel.errors import Missing
from skills.oversight.models import CallBack
from skills.oversight.states import CALL_BACK, CallBackState


@dataclass(frozen=True)
class Done:
    """A completed use, and whether its trainee was asked."""

    redemption_id: str
    person_id: str
    institution_id: str
    title: str
    asked: bool


@dataclass(frozen=True)
class Question:
    """A question as its trainee reads it."""

    id: str
    title: str
    institution: str
    asked_at: datetime
    until: date
    state: str
    state_zh: str
    state_en: str
    answer: str
    open: bool


def completed(db: Session, day: date) -> list[Done]:
    """What was completed in the month of a day, up to it."""
    asked = set(db.scalars(select(CallBack.redemption_id).where(CallBack.drawn == f"{day:%Y-%m}")))
    titles = courses.titles(db)
    return [
        Done(p.redemption_id, p.person_id, p.institution_id, titles.get(p.course_id, ""), p.redemption_id in asked)
        for p in courses.completed_since(db, start_of(day.replace(day=1)))
    ]


def question(db: Session, call_back_id: str, person_id: str, day: date) -> Question:
    """One of one's own. Raises Missing("call_back.unknown")."""
    row = db.get(CallBack, call_back_id)
    if row is None or row.person_id != person_id:
        raise Missing("call_back.unknown")
    name = accounts.organisation(db, row.institution_id).name
    words = CALL_BACK.words[CallBackState(row.state)]
    still = row.state == CallBackState.ASKED and day <= row.until
    return Question(row.id, row.title, name, row.asked_at, row.until, row.state, *words, row.answer, still)


def questions(db: Session, person_id: str, day: date) -> list[Question]:
    """What somebody is asked, the newest first."""
    ids = db.scalars(select(CallBack.id).where(CallBack.person_id == person_id).order_by(CallBack.id.desc()).limit(20)).all()
    return [question(db, i, person_id, day) for i in ids]
