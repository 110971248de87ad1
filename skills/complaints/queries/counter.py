"""Cases as a clerk at a counter sees them, whose author stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.complaints import rules
from skills.complaints.models import Complaint
from skills.complaints.queries import Case, CaseLine, for_author, line_for_author, lines_of, opened
from skills.complaints.queries.owners import owning
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.errors import Missing

FROM_DESK = ("ask", "answer", "pass_on")


def of_person(db: Session, actor: Actor, person_id: str, day: date) -> Sequence[CaseLine]:
    """Cases under a person's name for a clerk at a counter, the latest first; those in which the clerk is concerned are left out."""
    rows = db.scalars(select(Complaint).where(Complaint.person_id == person_id).order_by(Complaint.id.desc())).all()
    rows = [row for row in rows if rules.may_serve(actor.account, actor.organisations, owning(db, row))]
    return [line_for_author(line, row) for line, row in zip(lines_of(db, rows, day), rows, strict=True)]


def case_of_person(db: Session, box: Box, actor: Actor, person_id: str, number: str, day: date) -> Case:
    """One of them: where it stands, what the desk has asked and answered; what was written stays between its author and the desk.

    Raises Missing("complaint.unknown"), also for a clerk who is concerned.
    """
    row = db.scalars(select(Complaint).where(Complaint.number == number, Complaint.person_id == person_id)).one_or_none()
    if row is None or not rules.may_serve(actor.account, actor.organisations, owning(db, row)):
        raise Missing("complaint.unknown")
    found = for_author(opened(db, box, row, day), row)
    steps = tuple(s if s.move in FROM_DESK else replace(s, text="") for s in found.steps)
    return replace(found, text="", contact="", ref="", papers=(), steps=steps)
