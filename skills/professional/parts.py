"""A person on the professional side: no seminar is ahead; statements of hours lose what they say, their numbers stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.acts import Act
from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding
from skills.people.parts import Named, Part, nothing_under_way, register
from skills.professional.models import HoursStatement, Seminar, SeminarSeat
from skills.professional.states import SeminarState
from skills.records import actions as records


def against(db: Session, person_id: str, _day: date) -> Sequence[Finding]:
    """No seminar is ahead."""
    chosen = select(func.count()).select_from(SeminarSeat).join(Seminar, Seminar.id == SeminarSeat.seminar_id)
    ahead = db.scalar(chosen.where(SeminarSeat.person_id == person_id, Seminar.state == SeminarState.APPROVED)) or 0
    return (nothing_under_way("erasure.seminars", ahead),)


def stays(db: Session, person_id: str) -> Mapping[str, int]:
    """Seminars that somebody took part in, as numbers of a year."""
    chosen = select(func.count()).select_from(SeminarSeat)
    return {"seminars": db.scalar(chosen.where(SeminarSeat.person_id == person_id, SeminarSeat.came.is_(True))) or 0}


def forget(act: Act, person_id: str) -> None:
    """What a statement of hours says is theirs; its number stays in the series."""
    for row in act.db.scalars(select(HoursStatement).where(HoursStatement.person_id == person_id)):
        row.figures = {}
    act.db.flush()


def join(act: Act, kept: str, gone: str) -> None:
    """Hours of a seminar stand on record under the seat, which gets the other record's name."""
    seats = select(SeminarSeat.seminar_id).where(SeminarSeat.person_id == gone, SeminarSeat.came.is_(True))
    for seminar_id in act.db.scalars(seats).all():
        records.rename_source(act, kind="hours", source=f"seminar:{seminar_id}:{gone}", becomes=f"seminar:{seminar_id}:{kept}")


def _seat(db: Session, key: tuple[Any, ...]) -> Named:
    seminar, on = db.get_one(Seminar, key[:1]), shanghai_day(db.get_one(SeminarSeat, key).added_at)
    words = f"“{seminar.title}”（{seminar.starts_on}，{on} 列入名册）"
    return Named(words, f"“{seminar.title}” ({seminar.starts_on}, on its roster since {on})", f"/gov/seminars/{seminar.id}")


register("professional", Part(forget, against, stays, join=join, names={"seminar_seat": _seat}))
