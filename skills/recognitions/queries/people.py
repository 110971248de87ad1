"""What stands behind a person of a recognition: papers, the conditions as they are today, the firm's norm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Norm
from skills.certification.queries.decisions import terms_on
from skills.certification.rules import eligibility
from skills.certification.rules.norms import written
from skills.certification.states.norms import NormState
from skills.kernel.box import Box, Shredded
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.kernel.findings import Verdict
from skills.people.queries import person
from skills.recognitions.models import RecognisedPerson, RecognitionPaper
from skills.recognitions.queries.appointments import post_on
from skills.recognitions.rules import may_hold
from skills.records.queries import facts, place_of
from skills.standards.rules import Level

FOLDER = "recognitions"  # of sealed papers, beside `evidence`


@dataclass(frozen=True)
class PaperLine:
    """A paper that the firm handed in; size in bytes."""

    id: str
    kind: str
    size: int


def papers_of(db: Session, recognised: Iterable[str]) -> dict[str, list[PaperLine]]:
    """person of a recognition → papers, oldest first."""
    found: dict[str, list[PaperLine]] = {}
    chosen = select(RecognitionPaper).where(among(db, RecognitionPaper.recognised_person_id, recognised))
    for row in db.scalars(chosen.order_by(RecognitionPaper.at, RecognitionPaper.id)):
        found.setdefault(row.recognised_person_id, []).append(PaperLine(row.id, row.kind, row.size))
    return found


def paper(db: Session, box: Box, files_dir: Path, recognised_id: str, paper_id: str) -> tuple[str, bytes]:
    """(kind, bytes) of a paper. Raises Missing("recognition_paper.unknown"), also when it was erased with its owner."""
    row = db.get(RecognitionPaper, paper_id)
    if row is None or row.recognised_person_id != recognised_id:
        raise Missing("recognition_paper.unknown")
    try:
        return row.kind, box.open_bytes((files_dir / FOLDER / row.id).read_bytes(), place_of(row.id))
    except (FileNotFoundError, Shredded) as gone:
        raise Missing("recognition_paper.unknown") from gone


def verdict_on(db: Session, person_id: str, occupation: str, level: Level, day: date) -> Verdict:
    """What a level asks for on a day: the conditions of the national standard; of 特级 and 首席 what policy asks of the post."""
    who = person(db, person_id)
    if level > Level.L1:
        return may_hold(post_on(db, level, day), facts(db, who.id, who.birth).levels, occupation, day)
    return eligibility.judge(level, occupation, facts(db, who.id, who.birth), day, terms_on(db, occupation, day))


def norm_for(db: Session, filing_id: str, occupation: str, branch: str, level: Level) -> str | None:
    """The firm's own norm in force that says something of this level: that of the branch before that of the occupation."""
    rows = db.scalars(
        select(Norm).where(
            Norm.filing_id == filing_id, Norm.occupation == occupation, Norm.branch.in_((branch, "")), Norm.state == NormState.FILED
        )
    ).all()
    said = [row for row in rows if any(written(text) for text in row.cells.get(str(int(level)), {}).values())]
    return max(said, key=lambda row: row.branch).id if said else None


def owner(db: Session, recognised_id: str) -> tuple[str, str]:
    """(recognition, person record) of a person of a recognition. Raises Missing("recognised_person.unknown")."""
    row = db.get(RecognisedPerson, recognised_id)
    if row is None:
        raise Missing("recognised_person.unknown")
    return row.recognition_id, row.person_id
