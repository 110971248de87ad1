"""A person's complaints: an open one is answered first; text, contact and answer lie under the person's data key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.complaints.models import Complaint
from skills.complaints.queries import OPEN
from skills.kernel.findings import Finding
from skills.people.parts import Part, nothing_under_way, register


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No complaint waits for its answer."""
    chosen = select(func.count()).select_from(Complaint)
    count = db.scalar(chosen.where(Complaint.person_id == person_id, Complaint.state.in_(OPEN))) or 0
    return (nothing_under_way("erasure.complaints", count),)


register("complaints", Part(against=against))
