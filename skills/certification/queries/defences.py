"""Files and times of the comprehensive review: for the candidate, the panel and the body."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.certification.models import Application, DefenceSlot, ReviewFile, Sitting, SittingRoom
from skills.certification.queries.carried import sat_in
from skills.certification.queries.panels import own_sheet
from skills.certification.rules.defences import Ready
from skills.certification.rules.exams import Section
from skills.certification.states import ApplicationState, SittingState
from skills.kernel.box import Box, Shredded
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.records.queries import place_of
from skills.standards.rules import Level

FOLDER = "reviews"
REVIEW_FILE = "review_file"  # what digests and seals of its files are bound to
HANDED_IN = (SittingState.OPEN, SittingState.CLOSED, SittingState.SEATED)
_HERE = (ApplicationState.ELIGIBLE, ApplicationState.SEATED, ApplicationState.EXAMINED)


@dataclass(frozen=True)
class FileLine:
    """A file that was handed in; size in bytes."""

    id: str
    kind: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Slot:
    """When and where somebody defends."""

    begins_at: datetime
    minutes: int
    room: str


@dataclass(frozen=True)
class OwnDefence:
    """The comprehensive review as its candidate sees it; `open`: files can still be handed in."""

    open: bool
    files: tuple[FileLine, ...]
    slot: Slot | None


@dataclass(frozen=True)
class DefenceLine:
    """A candidate of the comprehensive review as the panel and the body see them: by seat."""

    application_id: str
    seat: int
    files: tuple[FileLine, ...]
    slot: Slot | None


def own_defence(db: Session, application_id: str) -> OwnDefence | None:
    """One's own comprehensive review; None where the exam has none, or it was passed before."""
    row = db.get_one(Application, application_id)
    sitting = db.get_one(Sitting, row.sitting_id)
    if not reviewed(sitting, row):
        return None
    return OwnDefence(sitting.state in HANDED_IN, files_of(db, [row.id]).get(row.id, ()), slots_of(db, [row.id]).get(row.id))


def defences(db: Session, sitting_id: str) -> list[DefenceLine]:
    """Everybody who sits the comprehensive review of an exam, by seat."""
    sitting = db.get_one(Sitting, sitting_id)
    chosen = select(Application).where(Application.sitting_id == sitting_id, Application.state.in_(_HERE)).order_by(Application.seat)
    rows = [row for row in db.scalars(chosen) if reviewed(sitting, row)]
    files, slots = files_of(db, [r.id for r in rows]), slots_of(db, [r.id for r in rows])
    return [DefenceLine(r.id, r.seat or 0, files.get(r.id, ()), slots.get(r.id)) for r in rows]


def ready(db: Session, candidates: Sequence[Application]) -> list[Ready]:
    """Which of these have handed in and know their time."""
    ids = [c.id for c in candidates]
    files, slots = files_of(db, ids), slots_of(db, ids)
    return [Ready(c.seat or 0, c.id in files, c.id in slots) for c in sorted(candidates, key=lambda c: c.seat or 0)]


def reviewed(sitting: Sitting, row: Application) -> bool:
    """Whether a candidate sits a comprehensive review before a panel."""
    return Section.COMPREHENSIVE in sitting.panel and Section.COMPREHENSIVE in sat_in(row, Level(sitting.level))


def files_of(db: Session, application_ids: Collection[str]) -> dict[str, tuple[FileLine, ...]]:
    """application → what was handed in."""
    found: dict[str, tuple[FileLine, ...]] = {}
    chosen = select(ReviewFile).where(among(db, ReviewFile.application_id, application_ids)).order_by(ReviewFile.at, ReviewFile.id)
    for row in db.scalars(chosen):
        found[row.application_id] = (*found.get(row.application_id, ()), FileLine(row.id, row.kind, row.size, row.at))
    return found


def slots_of(db: Session, application_ids: Collection[str]) -> dict[str, Slot]:
    """application → when and where."""
    rows = db.execute(
        select(DefenceSlot, SittingRoom.name)
        .join(SittingRoom, SittingRoom.id == DefenceSlot.room_id)
        .where(among(db, DefenceSlot.application_id, application_ids))
    )
    return {row.application_id: Slot(row.begins_at, row.minutes, name) for row, name in rows}


def count_of(db: Session, application_id: str) -> int:
    """How many files one has handed in."""
    return db.scalar(select(func.count()).select_from(ReviewFile).where(ReviewFile.application_id == application_id)) or 0


def own_file(db: Session, box: Box, folder: Path, person_id: str, file_id: str) -> tuple[str, bytes]:
    """(kind, bytes) of a file of one's own. Raises Missing("review_file.unknown"), also when it was erased."""
    row = db.get(ReviewFile, file_id)
    if row is None or db.get_one(Application, row.application_id).person_id != person_id:
        raise Missing("review_file.unknown")
    return _open(row, box, folder)


def judged_file(db: Session, box: Box, folder: Path, sitting_id: str, account: str, file_id: str) -> tuple[str, bytes]:
    """The same for an examiner of the panel while it marks. Raises Missing."""
    row = db.get(ReviewFile, file_id)
    judged = {line.application_id for line in own_sheet(db, sitting_id, Section.COMPREHENSIVE, account).lines}
    if row is None or row.application_id not in judged:
        raise Missing("review_file.unknown")
    return _open(row, box, folder)


def _open(row: ReviewFile, box: Box, folder: Path) -> tuple[str, bytes]:
    try:
        return row.kind, box.open_bytes((folder / FOLDER / row.id).read_bytes(), place_of(row.id, REVIEW_FILE))
    except (FileNotFoundError, Shredded) as gone:
        raise Missing("review_file.unknown") from gone
