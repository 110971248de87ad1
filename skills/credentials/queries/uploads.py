"""The national query system: what the public line says, what waits, what is late, what an export holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.credentials import held
from skills.credentials.models import Certificate, NationalExport, NationalExportRow, NationalUpload, holds_number
from skills.credentials.rules.uploads import EXPORT_HEADER, UploadFact
from skills.credentials.states import UPLOAD, UploadState
from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.people.queries import printed_document

OPEN = (UploadState.WAITING, UploadState.EXPORTED, UploadState.REJECTED)


@dataclass(frozen=True)
class UploadLine:
    """A certificate on the work list of uploads."""

    certificate_id: str
    number: str
    holder_name: str
    issuer_name: str
    state: str
    state_zh: str
    state_en: str
    entered_on: date
    due_on: date | None
    late: bool
    export: str
    searchable_on: date | None
    reason: str


@dataclass(frozen=True)
class ExportLine:
    """An export file with its control totals and what became of its rows."""

    id: str
    number: str
    made_at: datetime
    count: int
    control: str
    confirmed: int
    rejected: int


def uploads_confirmed(db: Session, organisation_id: str) -> bool:
    """Whether the national system has confirmed a certificate of this body: only then a design names its address."""
    found = (
        select(NationalUpload.id)
        .join(Certificate, Certificate.id == NationalUpload.certificate_id)
        .where(Certificate.issuer_id == organisation_id, NationalUpload.state == UploadState.CONFIRMED)
        .limit(1)
    )
    return db.scalar(found) is not None


def totals(db: Session) -> dict[str, int]:
    """How many certificates stand in each state of the upload."""
    rows = db.execute(select(NationalUpload.state, func.count()).group_by(NationalUpload.state)).all()
    return dict.fromkeys((s.value for s in UploadState), 0) | dict(rows)


def unconfirmed(db: Session, certificate_ids: Iterable[str]) -> int:
    """How many of these certificates the national system does not show yet."""
    counted = select(func.count()).select_from(NationalUpload).where(
        among(db, NationalUpload.certificate_id, certificate_ids), NationalUpload.state.in_(OPEN)
    )  # fmt: skip
    return db.scalar(counted) or 0


def late(db: Session, today: date) -> int:
    """How many certificates are past the last day of their step."""
    counted = select(func.count()).select_from(NationalUpload).where(
        NationalUpload.state.in_(OPEN), NationalUpload.due_on < today
    )  # fmt: skip
    return db.scalar(counted) or 0


def work_list(db: Session, today: date, state: str | None = None, most: int = 200) -> Sequence[UploadLine]:
    """Certificates whose upload is not finished (or in one state), what is due first."""
    chosen = (
        select(NationalUpload, Certificate, NationalExport.number)
        .join(Certificate, Certificate.id == NationalUpload.certificate_id)
        .outerjoin(NationalExport, NationalExport.id == NationalUpload.export_id)
        .where(NationalUpload.state == state if state else NationalUpload.state.in_(OPEN))
        .order_by(NationalUpload.due_on, NationalUpload.id)
        .limit(most)
    )
    found = []
    for row, certificate, export in db.execute(chosen):
        claims = held.claims_of(db, certificate)
        found.append(
            UploadLine(
                certificate.id, certificate.number, claims.holder_name, claims.issuer_name, row.state,
                *UPLOAD.words[UploadState(row.state)], row.entered_on, row.due_on,
                row.state in OPEN and row.due_on is not None and row.due_on < today, export or "", row.searchable_on,
                row.reason,
            )
        )  # fmt: skip
    return found


def exports(db: Session, most: int = 50) -> Sequence[ExportLine]:
    """The export files, newest first."""
    rows = db.scalars(select(NationalExport).order_by(NationalExport.id.desc()).limit(most)).all()
    counted = {
        (export_id, state): count
        for export_id, state, count in db.execute(
            select(NationalUpload.export_id, NationalUpload.state, func.count())
            .where(NationalUpload.export_id.in_([r.id for r in rows]))
            .group_by(NationalUpload.export_id, NationalUpload.state)
        )
    }
    return [
        ExportLine(
            r.id, r.number, r.made_at, r.count, r.control, counted.get((r.id, UploadState.CONFIRMED), 0),
            counted.get((r.id, UploadState.REJECTED), 0),
        )
        for r in rows
    ]  # fmt: skip


def export_rows(db: Session, box: Box, export_id: str) -> tuple[ExportLine, list[tuple[str, ...]]]:
    """An export's sheet: header, rows, and last the control totals. Raises Missing("national.export_unknown")."""
    made = db.get(NationalExport, export_id)
    if made is None:
        raise Missing("national.export_unknown")
    rows: list[tuple[str, ...]] = [EXPORT_HEADER]
    chosen = (
        select(NationalExportRow.row, Certificate)
        .join(Certificate, Certificate.id == NationalExportRow.certificate_id)
        .where(NationalExportRow.export_id == export_id)
        .order_by(NationalExportRow.row)
    )
    for place, certificate in db.execute(chosen):
        c = held.claims_of(db, certificate)
        kind, number = "", ""
        if not held.erased(c):
            document = printed_document(db, box, certificate.person_id)
            kind, number = document.kind_word, document.number
        rows.append(
            (
                str(place), c.holder_name, kind, number, c.occupation_code, c.occupation_name,
                c.branch, c.level_words, c.number, c.issued_on.isoformat(), c.issuer_name, c.filing_number,
            )
        )  # fmt: skip
    line = next(e for e in exports(db, 10_000) if e.id == export_id)
    return line, rows


def upload_facts(db: Session, numbers: Iterable[str]) -> dict[str, UploadFact]:
    """What is known of these certificate numbers' uploads; the newest certificate of a number."""
    wanted, found = sorted(set(numbers)), {}
    for start in range(0, len(wanted), 500):
        rows = db.execute(
            select(Certificate.number, NationalUpload, NationalExport.made_at)
            .join(Certificate, Certificate.id == NationalUpload.certificate_id)
            .outerjoin(NationalExport, NationalExport.id == NationalUpload.export_id)
            .where(Certificate.number.in_(wanted[start : start + 500]), holds_number())
        )
        for number, row, at in rows:
            words = UPLOAD.words[UploadState(row.state)]
            found[number] = UploadFact(row.id, row.state, *words, shanghai_day(at) if at else None)
    return found
