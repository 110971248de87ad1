"""Documents that are on a record by mistake: who wants them off, which are, and where a number stood before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from skills.kernel.box import Box, box_of
from skills.kernel.db import among
from skills.people.models import DocumentAddition, DocumentRemoval, IdentityDocument
from skills.people.queries import document_blind, number_place, person
from skills.people.rules import DocumentKind
from skills.people.rules.removals import NUMBERED, REMOVAL_REASONS, Identity, Remaining, identity_of
from skills.people.states import REMOVAL, RemovalState


@dataclass(frozen=True)
class RemovalLine:
    """A wish to take a document off as the desk sees it: masked, with what was seen. `asked_by` and `decided_by` are accounts.

    read  birth date and sex as they were read off a document that stays
    """

    id: str
    addition_id: str | None
    document_id: str
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
    read: Identity | None


@dataclass(frozen=True)
class PastUse:
    """A number that stood on a record until two people took it off."""

    person_id: str
    since: datetime
    until: datetime
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class TakenOff:
    """A document that was taken off a record, and did not come back to it."""

    id: str
    person_id: str
    document_id: str
    kind_zh: str
    kind_en: str
    masked: str
    reason_zh: str
    reason_en: str
    at: datetime


def sealed_at(removal_id: str, column: str) -> str:
    """Where a column of a wish is sealed for."""
    return f"document_removal:{removal_id}:{column}"


def seen_at(document_id: str) -> str:
    """Where it is sealed what was seen of a document whose number had stood on another record."""
    return f"identity_document:{document_id}:seen"


def read_of(box: Box, row: DocumentRemoval) -> Identity | None:
    """Birth date and sex as the desk read them off a document that stays; None if it did not have to, or they are erased."""
    told = box.read(row.identity, sealed_at(row.id, "identity")) if row.identity else ""
    birth, _, sex = told.partition(" ")
    return Identity(date.fromisoformat(birth), sex) if told else None


def remaining(db: Session, box: Box, person_id: str, but: str) -> list[Remaining]:
    """The documents that find a person besides one, with what each says of its holder."""
    added = select(DocumentAddition.id).where(DocumentAddition.document_id == IdentityDocument.id).exists()
    rows = db.execute(
        select(IdentityDocument, added)
        .where(IdentityDocument.person_id == person_id, IdentityDocument.ended_at.is_(None), IdentityDocument.id != but)
        .order_by(IdentityDocument.added_at, IdentityDocument.id)
        .execution_options(populate_existing=True)
    )
    return [
        Remaining(d.kind, d.masked, identity_of(d.kind, box.open(d.number, number_place(d.id))) if d.kind in NUMBERED else None, not further)
        for d, further in rows
    ]


def unread(db: Session, box: Box, person_id: str, but: str) -> bool:
    """Whether no document that stays says by itself who its holder is, so that somebody has to read it off."""
    stays = remaining(db, box, person_id, but)
    return bool(stays) and not any(one.says or one.founded for one in stays)


def removals_waiting(db: Session) -> int:
    """How many wishes wait for a second person."""
    return db.scalar(select(func.count()).select_from(DocumentRemoval).where(DocumentRemoval.state == RemovalState.ASKED)) or 0


def removals(db: Session, *, closed: bool = False, most: int = 200) -> Sequence[RemovalLine]:
    """Wishes that wait, the oldest first; or those that ended, the newest first."""
    asked = DocumentRemoval.state == RemovalState.ASKED
    if closed:
        return _lines(db, _chosen().where(~asked).order_by(DocumentRemoval.id.desc()).limit(most))
    return _lines(db, _chosen().where(asked).order_by(DocumentRemoval.id).limit(most))


def removals_of(db: Session, person_id: str) -> Sequence[RemovalLine]:
    """What was asked about documents of one person, the newest first."""
    return _lines(db, _chosen().where(DocumentRemoval.person_id == person_id).order_by(DocumentRemoval.id.desc()))


def taken_off(db: Session) -> Sequence[TakenOff]:
    """Documents that were taken off a record and did not come back to it, the earliest first; of nobody who was erased."""
    back, document = aliased(IdentityDocument), IdentityDocument
    came_back = (back.blind == document.blind) & (back.person_id == document.person_id) & back.ended_at.is_(None)
    chosen = _chosen().where(DocumentRemoval.state == RemovalState.REMOVED, document.blind != "", ~select(back.id).where(came_back).exists())
    return [
        TakenOff(r.id, r.person_id, d.id, *DocumentKind(d.kind).words, d.masked, *REMOVAL_REASONS[r.reason], r.decided_at)
        for r, d in db.execute(chosen.order_by(DocumentRemoval.decided_at, DocumentRemoval.id))
        if r.decided_at is not None
    ]


def past_uses(db: Session, box: Box, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Sequence[PastUse]]:
    """(kind, number as typed) → where it stood until it was taken off, the latest first; what never did is left out."""
    blinds = {each: document_blind(box, *each) for each in wanted}
    known = past_of_blinds(db, blinds.values())
    return {each: known[blind] for each, blind in blinds.items() if blind in known}


def past_of_blinds(db: Session, blinds: Collection[str]) -> Mapping[str, Sequence[PastUse]]:
    """Keyed digest of a number → where it stood until it was taken off, the latest first."""
    found: dict[str, list[PastUse]] = {}
    rows = db.execute(
        select(IdentityDocument.blind, DocumentRemoval.person_id, DocumentRemoval.reason, IdentityDocument.added_at, IdentityDocument.ended_at)
        .join(DocumentRemoval, DocumentRemoval.document_id == IdentityDocument.id)
        .where(DocumentRemoval.state == RemovalState.REMOVED, among(db, IdentityDocument.blind, set(blinds) - {""}))
        .order_by(IdentityDocument.ended_at.desc())
    )
    for blind, person_id, reason, since, until in rows:
        if until is not None:
            found.setdefault(blind, []).append(PastUse(person_id, since, until, *REMOVAL_REASONS[reason]))
    return found


def _chosen() -> Select[DocumentRemoval, IdentityDocument]:
    return select(DocumentRemoval, IdentityDocument).join(IdentityDocument, IdentityDocument.id == DocumentRemoval.document_id)


def _lines(db: Session, chosen: Select[DocumentRemoval, IdentityDocument]) -> Sequence[RemovalLine]:
    box = box_of(db)
    return [_line(db, box, row) for row in db.execute(chosen)]


def _line(db: Session, box: Box, found: Row[DocumentRemoval, IdentityDocument]) -> RemovalLine:
    row, document = found
    return RemovalLine(
        row.id, row.addition_id, row.document_id, row.person_id, person(db, row.person_id).name, *DocumentKind(document.kind).words, document.masked,
        *REMOVAL_REASONS[row.reason], box.read(row.grounds, sealed_at(row.id, "grounds")), row.state, *REMOVAL.words[RemovalState(row.state)],
        row.asked_by, row.asked_at, row.decided_by, row.decided_at, box.read(row.answer, sealed_at(row.id, "answer")) if row.answer else "",
        read_of(box, row),
    )  # fmt: skip
