"""A person's complaints: an open one is answered first; what was written, and its papers, lie under the person's data key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.complaints.models import Complaint
from skills.complaints.states import OPEN
from skills.kernel.findings import Finding
from skills.people.parts import Part, nothing_under_way, register


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No complaint waits for its answer."""
    chosen = select(func.count()).select_from(Complaint)
    count = db.scalar(chosen.where(Complaint.person_id == person_id, Complaint.state.in_(OPEN))) or 0
    return (nothing_under_way("erasure.complaints", count),)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Numbers, days and outcomes of complaints: no word of what was written can be read any more."""
    count = db.scalar(select(func.count()).select_from(Complaint).where(Complaint.person_id == person_id)) or 0
    return {"complaints": count} if count else {}


register("complaints", Part(against=against, stays=stays))
