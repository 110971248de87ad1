"""Cases as their authors and their handlers see them."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisations
from skills.complaints import rules
from skills.complaints.models import Complaint
from skills.complaints.states import COMPLAINT, ComplaintState
from skills.kernel.actors import Actor
from skills.kernel.box import Box, box_of
from skills.kernel.errors import Missing
from skills.people.queries import GONE
from skills.standards.queries import value

OPEN = (ComplaintState.RECEIVED, ComplaintState.TAKEN)


@dataclass(frozen=True)
class CaseLine:
    """A case without its text."""

    id: str
    number: str
    kind_zh: str
    kind_en: str
    about: str
    state: str
    state_zh: str
    state_en: str
    received_at: datetime
    due_on: date
    overdue: bool
    handler: str
    answer: str
    closed_at: datetime | None


@dataclass(frozen=True)
class Case:
    """A case with what was written, for its author or its handler."""

    line: CaseLine
    text: str
    contact: str
    taken_by: str | None


def kinds(db: Session, day: date) -> tuple[rules.ComplaintKind, ...]:
    """What one can complain about, with the clocks of a day."""
    return rules.read_kinds(value(db, "complaint.kinds", day))


def cases(db: Session, day: date, *, closed: bool = False) -> Sequence[CaseLine]:
    """Open cases by their last day, or the latest closed ones."""
    chosen = select(Complaint)
    if closed:
        chosen = chosen.where(Complaint.state.not_in(OPEN)).order_by(Complaint.id.desc()).limit(100)
    else:
        chosen = chosen.where(Complaint.state.in_(OPEN)).order_by(Complaint.due_on, Complaint.year, Complaint.serial)
    return _lines(db, db.scalars(chosen).all(), day)


def case(db: Session, box: Box, complaint_id: str, day: date) -> Case:
    """One case for its handler. Raises Missing("complaint.unknown")."""
    row = db.get(Complaint, complaint_id)
    if row is None:
        raise Missing("complaint.unknown")
    return _opened(db, box, row, day)


def by_word(db: Session, box: Box, number: str, word: str, day: date) -> Case:
    """A case for whoever knows its number and word. Raises Missing("complaint.unknown") for either being wrong."""
    row = db.scalars(select(Complaint).where(Complaint.number == number.strip().upper())).one_or_none()
    if row is None or not hmac.compare_digest(row.word, rules.word_hash(word)):
        raise Missing("complaint.unknown")
    return _opened(db, box, row, day)


def of_person(db: Session, person_id: str, day: date) -> Sequence[CaseLine]:
    """One's own cases, the latest first."""
    rows = db.scalars(select(Complaint).where(Complaint.person_id == person_id).order_by(Complaint.id.desc())).all()
    return _lines(db, rows, day)


def waiting(db: Session, actor: Actor) -> int:
    """How many open cases nobody has taken, or this handler has."""
    chosen = (
        select(func.count())
        .select_from(Complaint)
        .where(Complaint.state.in_(OPEN), Complaint.taken_by.is_(None) | (Complaint.taken_by == actor.account))
    )
    return db.scalar(chosen) or 0


def _opened(db: Session, box: Box, row: Complaint, day: date) -> Case:
    return Case(
        _lines(db, [row], day)[0], box.read(row.text, f"complaint:{row.id}:text", GONE),
        box.read(row.contact, f"complaint:{row.id}:contact"), row.taken_by,
    )  # fmt: skip


def _lines(db: Session, rows: Sequence[Complaint], day: date) -> list[CaseLine]:
    words = {k.code: k for k in kinds(db, day)}
    bodies = {o.id: o.name for o in organisations(db)} if any(r.about_id for r in rows) else {}
    return [
        CaseLine(
            r.id, r.number, words[r.kind].zh if r.kind in words else r.kind, words[r.kind].en if r.kind in words else r.kind,
            bodies.get(r.about_id or "", ""), r.state, *COMPLAINT.words[ComplaintState(r.state)], r.received_at, r.due_on,
            rules.overdue(r.due_on, r.state not in OPEN, day), name_of(db, r.taken_by) if r.taken_by else "",
            box_of(db).read(r.answer, f"complaint:{r.id}:answer", GONE) if r.answer else "",
            r.closed_at,
        )
        for r in rows
    ]  # fmt: skip
