"""What the passport forgets of a person: what that person stated; levels, trainings and placings stay by their numbers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.people.parts import Part, register
from skills.records.models import RecordEntry

STATED = ("work", "education", "title", "standing", "achievement")


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Entries that stay, as facts about a number."""
    held = (
        select(func.count())
        .select_from(RecordEntry)
        .where(RecordEntry.person_id == person_id, RecordEntry.kind.not_in(STATED), RecordEntry.withdrawn_at.is_(None))
    )
    return {"entries": db.scalar(held) or 0}


def forget(act: Act, person_id: str) -> None:
    """Take out what was stated of work, schooling, titles and groups."""
    for row in act.db.scalars(
        select(RecordEntry).where(RecordEntry.person_id == person_id, RecordEntry.kind.in_(STATED))
    ):
        act.db.delete(row)
    act.db.flush()


register("records", Part(forget, stays=stays))
