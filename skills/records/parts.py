"""What the passport forgets of a person: what that person stated; levels, trainings and placings stay by their numbers.

A level certificate of another body was stated, by the person or with the paper in hand: it goes too.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.people.parts import Part, register
from skills.records.models import RecordEntry, RecordEvidence
from skills.records.rules.levels import PREFIX

BY_OTHERS = ("outside", "hours")
STATED = ("work", "education", "title", "standing", "achievement")
_STATED = or_(
    RecordEntry.kind.in_(STATED), and_(RecordEntry.kind == "level", RecordEntry.source.startswith(PREFIX, autoescape=True))
)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """What others attested: levels, trainings, placings; by names of their own, certificates of other issuers and hours taught."""
    kinds = db.execute(
        select(RecordEntry.kind, func.count())
        .where(RecordEntry.person_id == person_id, ~_STATED, RecordEntry.withdrawn_at.is_(None))
        .group_by(RecordEntry.kind)
    )
    found = {"entries": 0, **dict.fromkeys(BY_OTHERS, 0)}
    for kind, count in kinds:
        found[kind if kind in BY_OTHERS else "entries"] += count
    return found


def forget(act: Act, person_id: str) -> None:
    """Take out what was stated of work, schooling, titles and groups."""
    stated = select(RecordEntry.id).where(RecordEntry.person_id == person_id, _STATED)
    for paper in act.db.scalars(select(RecordEvidence).where(RecordEvidence.entry_id.in_(stated))):
        act.db.delete(paper)  # its bytes cannot be read without the person's key, and are swept
    act.db.flush()
    for row in act.db.scalars(select(RecordEntry).where(RecordEntry.person_id == person_id, _STATED)):
        act.db.delete(row)
    act.db.flush()


register("records", Part(forget, stays=stays))
