"""Confirmed people on the public notice, as certification shows names on notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.queries.exams import NoticeLine
from skills.certification.queries.subjects import About
from skills.kernel.box import Box
from skills.people.queries import masked_document
from skills.recognitions.models import Recognition
from skills.recognitions.queries import recognition
from skills.recognitions.queries.people import owner
from skills.recognitions.rules import METHODS
from skills.recognitions.states import ProposedState, RecognitionState

SHOWN = (ProposedState.CONFIRMED, ProposedState.AWARDED)


def lines(db: Session, box: Box, today: date, keep: timedelta) -> Sequence[NoticeLine]:
    """Running notices and those that ended a few days ago."""
    chosen = (
        select(Recognition.id)
        .where(
            Recognition.state.in_((RecognitionState.NOTICED, RecognitionState.CONCLUDED)), Recognition.notice_to >= today - keep
        )
        .order_by(Recognition.notice_to, Recognition.id)
    )  # fmt: skip
    found = []
    for recognition_id in db.scalars(chosen).all():
        line = recognition(db, recognition_id)
        if line.noticed_on is None or line.notice_to is None:
            continue
        names = tuple((one.id, one.name, masked_document(db, box, one.person_id)[1]) for one in line.people if one.state in SHOWN)
        running = line.state == RecognitionState.NOTICED and today <= line.notice_to
        found.append(
            NoticeLine(
                line.id, line.body, line.title, line.level, line.noticed_on, line.notice_to, running, names, METHODS[line.kind]
            )
        )  # fmt: skip
    return found


def about(db: Session, recognised_id: str) -> About:
    """Whom an objection is about."""
    recognition_id, person_id = owner(db, recognised_id)
    line = recognition(db, recognition_id)
    return About(line.body, person_id, f"{line.title} {line.level.wording} {METHODS[line.kind][0]}")
