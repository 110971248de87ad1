"""A person's line in the lecturer pool goes with the person: nobody is named from it any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.kernel.clock import shanghai_day
from skills.people.parts import Named, Part, register
from skills.resources.models import Lecturer, Qualification
from skills.resources.states import LECTURER, LecturerState

LIVE = (LecturerState.PROPOSED, LecturerState.CONFIRMED)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """That somebody of the pool taught these classes, without a name."""
    held = db.scalar(select(Lecturer.id).where(Lecturer.person_id == person_id))
    return {"lecturer": 1} if held else {}


def forget(act: Act, person_id: str) -> None:
    """Out of the pool; no paper can be found by its number again."""
    row = act.find(Lecturer, person_id=person_id)
    if row is None:
        return
    if row.state in LIVE:
        act.move(row, LECTURER, "withdraw", decided_by=act.actor.account, decided_at=act.at, reason="—")
    row.reason = "—"
    for q in act.db.scalars(select(Qualification).where(Qualification.lecturer_id == row.id)):
        q.blind, q.source, q.name, q.issuer = "", "", "—", ""
        q.ended_at = q.ended_at or act.at
    act.db.flush()


def _lecturer(db: Session, key: tuple[Any, ...]) -> Named:
    row = db.get_one(Lecturer, key)
    (zh, en), on = LECTURER.words[LecturerState(row.state)], shanghai_day(row.proposed_at)
    return Named(f"师资（{on} 提出，{zh}）", f"lecturer (proposed {on}, {en})", f"/gov/lecturers/{row.id}")


register(
    "resources",
    Part(forget=forget, stays=stays, rests={Lecturer.person_id: Lecturer.state.not_in(LIVE)}, names={"lecturer": _lecturer}),
)
