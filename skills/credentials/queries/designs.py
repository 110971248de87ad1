"""Reading designs and seals: what is printed with, what waits, what was before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.credentials.claims import Kind
from skills.credentials.models import DesignRow, Paper, SealPicture
from skills.credentials.rules.designs import HOUSE, HOUSE_EDITION, Look
from skills.credentials.states import DesignState, SealState
from skills.kernel.errors import Missing

_LOOK: TypeAdapter[Look] = TypeAdapter(Look)


@dataclass(frozen=True)
class InForce:
    """What a body's certificates of a kind are printed with: a design of its own, or the house's edition."""

    id: str
    look: Look
    logo: bytes | None = None
    seal_id: str | None = None
    seal: bytes | None = None


@dataclass(frozen=True)
class DesignLine:
    """One version of a design as its pages show it. `prints` is how many certificates were printed with it."""

    id: str
    organisation_id: str
    organisation_name: str
    kind: Kind
    version: int
    state: str
    look: Look
    has_logo: bool
    drafted_by: str
    drafted_at: datetime
    submitted_by: str | None
    submitted_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    used_from: datetime | None
    ended_at: datetime | None
    prints: int


@dataclass(frozen=True)
class SealLine:
    """A picture of a seal as its page shows it."""

    id: str
    organisation_id: str
    state: str
    uploaded_by: str
    uploaded_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    reason: str


def in_force(db: Session, organisation_id: str, kind: Kind) -> InForce:
    """What is printed with now: the design in use with the confirmed seal if it prints one, else the house's."""
    row = _one(db, organisation_id, kind, DesignState.IN_USE)
    if row is None:
        return InForce(HOUSE_EDITION, HOUSE[kind])
    look = _LOOK.validate_python(row.look)
    seal = _confirmed(db, organisation_id) if look.seal == "own" else None
    return InForce(row.id, look, row.logo, seal.id if seal else None, seal.picture if seal else None)


def designs_of(db: Session, organisations: Collection[str]) -> Sequence[DesignLine]:
    """Every version of the designs of these bodies, newest first."""
    rows = db.scalars(
        select(DesignRow).where(DesignRow.organisation_id.in_(organisations)).order_by(DesignRow.id.desc())
    )
    return [_line(db, row) for row in rows]


def waiting(db: Session) -> Sequence[DesignLine]:
    """Designs that wait for approval, the longest first."""
    rows = db.scalars(
        select(DesignRow).where(DesignRow.state == DesignState.SUBMITTED).order_by(DesignRow.submitted_at)
    )
    return [_line(db, row) for row in rows]


def decided(db: Session, most: int = 50) -> Sequence[DesignLine]:
    """Designs that were decided on, newest first."""
    rows = db.scalars(
        select(DesignRow)
        .where(DesignRow.decided_at.is_not(None), DesignRow.state != DesignState.SUBMITTED)
        .order_by(DesignRow.decided_at.desc())
        .limit(most)
    )
    return [_line(db, row) for row in rows]


def design(db: Session, design_id: str) -> DesignLine:
    """One version. Raises Missing("certificate_design.unknown")."""
    return _line(db, _row(db, design_id))


def before(db: Session, line: DesignLine) -> InForce:
    """What was or is printed with without this version: the one in use before it, or the house's."""
    if line.state != DesignState.IN_USE and line.used_from is None:
        return in_force(db, line.organisation_id, line.kind)
    row = db.scalars(
        select(DesignRow)
        .where(
            DesignRow.organisation_id == line.organisation_id, DesignRow.kind == line.kind,
            DesignRow.used_from < line.used_from,
        )
        .order_by(DesignRow.used_from.desc())
        .limit(1)
    ).first()  # fmt: skip
    return to_print(db, row.id) if row is not None else InForce(HOUSE_EDITION, HOUSE[line.kind])


def to_print(db: Session, design_id: str) -> InForce:
    """A version as it would be printed: with the body's seal, confirmed or not yet, if it prints one."""
    row = _row(db, design_id)
    look = _LOOK.validate_python(row.look)
    seal = None
    if look.seal == "own":
        seal = _confirmed(db, row.organisation_id) or _seal(db, row.organisation_id, SealState.UPLOADED)
    return InForce(row.id, look, row.logo, seal.id if seal else None, seal.picture if seal else None)


def printed_with(db: Session, design_id: str, seal_id: str | None, kind: Kind) -> InForce:
    """The design and seal that a paper names. An edition of the house's before this one is printed like this one."""
    row = db.get(DesignRow, design_id)
    seal = db.get(SealPicture, seal_id) if seal_id else None
    picture = seal.picture if seal else None
    if row is None:
        return InForce(design_id, HOUSE[kind], seal_id=seal_id, seal=picture)
    return InForce(row.id, _LOOK.validate_python(row.look), row.logo, seal_id, picture)


def logo_of(db: Session, design_id: str) -> bytes | None:
    """A version's logo."""
    return _row(db, design_id).logo


def seals_of(db: Session, organisation_id: str) -> Sequence[SealLine]:
    """A body's seals, newest first."""
    rows = db.scalars(
        select(SealPicture).where(SealPicture.organisation_id == organisation_id).order_by(SealPicture.id.desc())
    )
    return [
        SealLine(
            r.id, r.organisation_id, r.state, r.uploaded_by, r.uploaded_at, r.confirmed_by, r.confirmed_at, r.ended_at,
            r.reason,
        )
        for r in rows
    ]  # fmt: skip


def seal_picture(db: Session, seal_id: str, organisation_id: str) -> bytes:
    """The picture of a body's seal. Raises Missing("certificate_seal.unknown")."""
    row = db.get(SealPicture, seal_id)
    if row is None or row.organisation_id != organisation_id:
        raise Missing("certificate_seal.unknown")
    return row.picture


def _row(db: Session, design_id: str) -> DesignRow:
    row = db.get(DesignRow, design_id)
    if row is None:
        raise Missing("certificate_design.unknown")
    return row


def _one(db: Session, organisation_id: str, kind: str, state: str) -> DesignRow | None:
    return db.scalars(
        select(DesignRow).where(
            DesignRow.organisation_id == organisation_id, DesignRow.kind == kind, DesignRow.state == state
        )
    ).one_or_none()


def _confirmed(db: Session, organisation_id: str) -> SealPicture | None:
    return _seal(db, organisation_id, SealState.CONFIRMED)


def _seal(db: Session, organisation_id: str, state: str) -> SealPicture | None:
    return db.scalars(
        select(SealPicture).where(SealPicture.organisation_id == organisation_id, SealPicture.state == state)
    ).one_or_none()


def _line(db: Session, row: DesignRow) -> DesignLine:
    prints = db.scalar(select(func.count()).select_from(Paper).where(Paper.design == row.id)) or 0
    look = _LOOK.validate_python(row.look)
    return DesignLine(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation_name=organisation(db, row.organisation_id).name,
        kind=look.kind,
        version=row.version,
        state=row.state,
        look=look,
        has_logo=row.logo is not None,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        used_from=row.used_from,
        ended_at=row.ended_at,
        prints=prints,
    )
