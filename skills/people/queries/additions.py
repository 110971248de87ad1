"""Further documents that are asked for, and every document that a person has or had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from skills.kernel.box import Box, box_of
from skills.people.models import DocumentAddition, DocumentRemoval, IdentityDocument
from skills.people.queries import person, written_at
from skills.people.queries.removals import PastUse, past_of_blinds
from skills.people.rules import DocumentKind
from skills.people.rules.additions import ADDITION_REASONS
from skills.people.rules.removals import REMOVAL_REASONS
from skills.people.states import ADDITION, AdditionState, RemovalState


@dataclass(frozen=True)
class AdditionLine:
    """A further document as the desk sees it: masked, with what was seen. `asked_by` and `decided_by` are accounts.

    written  the name that the document bears, if another than the record
    past     where the number stood before, as long as nobody has decided
    """

    id: str
    person_id: str
    name: str
    kind_zh: str
    kind_en: str
    masked: str
    reason_zh: str
    reason_en: str
    grounds: str
    state: str
    state_zh: str
    state_en: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    answer: str
    written: str
    past: Sequence[PastUse]


@dataclass(frozen=True)
class PastDocument:
    """A document that a person has or had: since when, by whose act, and until when.

    name       as it is written on it, if otherwise than on the record
    taken_off  why two people took it off
    past       where the number stood before
    """

    kind_zh: str
    kind_en: str
    masked: str
    added_at: datetime
    added_by: str | None
    ended_at: datetime | None
    name: str
    taken_off: tuple[str, str] | None
    past: Sequence[PastUse]


def sealed_at(addition_id: str, column: str) -> str:
    """Where a column of a request is sealed for."""
    return f"document_addition:{addition_id}:{column}"


def held_kinds(db: Session, person_id: str) -> set[str]:
    """Kinds of the documents that find a person now."""
    return set(db.scalars(select(IdentityDocument.kind).where(IdentityDocument.person_id == person_id, IdentityDocument.ended_at.is_(None))))


def waiting(db: Session) -> int:
    """How many further documents wait for a second person."""
    return db.scalar(select(func.count()).select_from(DocumentAddition).where(DocumentAddition.state == AdditionState.ASKED)) or 0


def additions(db: Session, *, closed: bool = False, most: int = 200) -> Sequence[AdditionLine]:
    """Requests that wait, the oldest first; or those that ended, the newest first."""
    asked = DocumentAddition.state == AdditionState.ASKED
    if closed:
        return _lines(db, select(DocumentAddition).where(~asked).order_by(DocumentAddition.id.desc()).limit(most))
    return _lines(db, select(DocumentAddition).where(asked).order_by(DocumentAddition.id).limit(most))


def additions_of(db: Session, person_id: str) -> Sequence[AdditionLine]:
    """What was asked for one person, the newest first."""
    return _lines(db, select(DocumentAddition).where(DocumentAddition.person_id == person_id).order_by(DocumentAddition.id.desc()))


def document_history(db: Session, person_id: str) -> Sequence[PastDocument]:
    """Every document that a person has or had, the oldest first."""
    rows = db.scalars(
        select(IdentityDocument).where(IdentityDocument.person_id == person_id).order_by(IdentityDocument.added_at, IdentityDocument.id)
    ).all()
    off = select(DocumentRemoval.document_id, DocumentRemoval.reason).where(
        DocumentRemoval.person_id == person_id, DocumentRemoval.state == RemovalState.REMOVED
    )
    why = {document_id: REMOVAL_REASONS[reason] for document_id, reason in db.execute(off)}
    past, box = past_of_blinds(db, [r.blind for r in rows]), box_of(db)
    return [
        PastDocument(
            *DocumentKind(r.kind).words, r.masked, r.added_at, r.added_by, r.ended_at,
            box.read(r.name, written_at(r.id)) if r.name else "", why.get(r.id),
            [p for p in past.get(r.blind, ()) if p.until < r.added_at],
        )
        for r in rows
    ]  # fmt: skip


def _lines(db: Session, chosen: Select[DocumentAddition]) -> Sequence[AdditionLine]:
    box, rows = box_of(db), db.scalars(chosen).all()
    past = past_of_blinds(db, [r.blind for r in rows if r.state == AdditionState.ASKED])
    return [_line(db, box, row, past.get(row.blind, ()) if row.state == AdditionState.ASKED else ()) for row in rows]


def _line(db: Session, box: Box, row: DocumentAddition, past: Sequence[PastUse]) -> AdditionLine:
    return AdditionLine(
        row.id, row.person_id, person(db, row.person_id).name, *DocumentKind(row.kind).words, row.masked, *ADDITION_REASONS[row.reason],
        box.read(row.grounds, sealed_at(row.id, "grounds")), row.state, *ADDITION.words[AdditionState(row.state)], row.asked_by,
        row.asked_at, row.decided_by, row.decided_at, box.read(row.answer, sealed_at(row.id, "answer")) if row.answer else "",
        box.read(row.name, sealed_at(row.id, "name")) if row.name else "", past,
    )  # fmt: skip
