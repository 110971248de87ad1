"""What learning names to the rooms below: the ledger to courses, and what it knows of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.courses.actions import hours as told
from skills.courses.queries import hours
from skills.kernel.acts import Act
from skills.kernel.clock import SHANGHAI
from skills.kernel.findings import Finding
from skills.learning.actions import forgetting
from skills.learning.actions.ledger import bring_up
from skills.learning.models import ClassHour, Lesson, Overlap, Study
from skills.learning.queries import ledger
from skills.learning.states import OVERLAP, OverlapState
from skills.people.parts import Named, Part, nothing_under_way, register


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """Nothing waits for the bureau; open classes are named by courses already."""
    chosen = select(func.count()).select_from(Overlap)
    count = db.scalar(chosen.where(Overlap.person_id == person_id, Overlap.state == OverlapState.OPEN)) or 0
    return (nothing_under_way("erasure.overlaps", count),)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Lines of the ledger: minutes of a number; sittings in front of lessons, by which they are proved; two places at once."""
    return {
        name: db.scalar(select(func.count()).select_from(model).where(model.person_id == person_id)) or 0
        for name, model in (("class_hours", ClassHour), ("studies", Study), ("overlaps", Overlap))
    }


def forget(act: Act, person_id: str) -> None:
    """From which device the person learned, and why the bureau decided what it did."""
    forgetting.forget_person(act, person_id)


def joined(act: Act, kept: str, _gone: str) -> None:
    """Two places at once may be found now that both are one person's."""
    bring_up(act, kept)


def _study(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Study, key)
    title, at = db.get_one(Lesson, (row.lesson_id,)).title, f"{row.started_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return Named(f"“{title}”（{at} 开始）", f"“{title}” (since {at})")


def _overlap(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Overlap, key)
    (zh, en), at = OVERLAP.words[OverlapState(row.state)], f"{row.starts_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return Named(f"{at}（{zh}）", f"{at} ({en})", "/gov/overlaps")


register("learning", Part(forget, against, stays, joined=joined, names={"study": _study, "overlap": _overlap}))
hours.register(hours.Readers(ledger.ledgers, ledger.excluded, ledger.online_minutes, ledger.decided))
told.register(bring_up)
