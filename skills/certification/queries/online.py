"""Theory on screens: what lies there, who is in, how far they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.certification.models import Application, ExamSeat, Sitting
from skills.certification.models.online import RoomDoor, SittingPaper
from skills.certification.queries.exams import MyExam, SittingLine
from skills.certification.queries.rooms import RoomPlan, room_plans
from skills.certification.rules.exams import Section
from skills.certification.rules.online import Offered, begins_at
from skills.certification.states import SittingState
from skills.kernel.actors import Actor
from skills.papers.queries import papers, runs
from skills.papers.queries.runs import RunLine
from skills.papers.states import DRAW

BEFORE = (SittingState.PLANNED, SittingState.FILED, SittingState.OPEN, SittingState.CLOSED, SittingState.SEATED)


@dataclass(frozen=True)
class Bound:
    """A letter of an exam with its form."""

    paper: str
    form_id: str
    code: str
    title: str


@dataclass(frozen=True)
class Taker:
    """Somebody in a room: the seat, and the run if there is one. sits: False for who keeps the section from before."""

    application_id: str
    name: str
    seat: int
    paper: str
    sits: bool
    run: RunLine | None


@dataclass(frozen=True)
class Hall:
    """A room on the day: its code if it was shown, who is in it."""

    position: int
    name: str
    code: str
    takers: tuple[Taker, ...]

    def count(self, kind: str) -> int:
        """How many are `out` (not begun), `open`, `silent` (open, but without a sign), `closed`."""
        return sum(kind in _kinds(t.run) for t in self.takers if t.sits)


def bound(db: Session, sitting_id: str) -> tuple[Bound, ...]:
    """The forms of an exam, by letter; empty if its theory is on paper."""
    rows = db.scalars(select(SittingPaper).where(SittingPaper.sitting_id == sitting_id).order_by(SittingPaper.paper)).all()
    lines = {o.form_id: o for o in papers.offered(db, [r.form_id for r in rows])}
    return tuple(Bound(r.paper, r.form_id, lines[r.form_id].code, lines[r.form_id].title) for r in rows)


def is_online(db: Session, sitting_id: str) -> bool:
    """Whether the theory of an exam is sat on screens."""
    return db.scalar(select(SittingPaper.form_id).where(SittingPaper.sitting_id == sitting_id).limit(1)) is not None


def offered(db: Session, form_ids: Collection[str]) -> list[Offered]:
    """These forms as the rules see them."""
    return [Offered(o.form_id, o.code, o.blueprint_id, o.minutes, o.points) for o in papers.offered(db, form_ids)]


def choices(db: Session, actor: Actor, organisation_id: str) -> list[tuple[str, str]]:
    """(id, title) of the forms that this body's drawer can put on screens, the newest first."""
    if not actor.may(DRAW, organisation_id):
        return []
    return [(o.form_id, f"{o.title} {o.code}") for o in papers.drawn(db, organisation_id)]


def theory_of(row: Sitting | SittingLine) -> tuple[datetime, int] | None:
    """When theory begins, and for how many minutes it lasts; None if the plan does not say."""
    held = {h.section: (h.begins, h.minutes) for h in row.hours} if isinstance(row, SittingLine) else row.hours
    if row.held_on is None or Section.THEORY not in held:
        return None
    hour, minutes = held[Section.THEORY]
    return begins_at(row.held_on, hour), minutes


def halls(db: Session, sitting_id: str, now: datetime) -> list[Hall]:
    """The rooms of an exam with who is in."""
    plans: list[RoomPlan] = list(room_plans(db, sitting_id))
    ids = [one.application_id for plan in plans for one in plan.people]
    sat = runs.of_takers(db, ids, now)
    codes = {r.room_id: r.code for r in db.scalars(select(RoomDoor).where(RoomDoor.room_id.in_([p.room.id for p in plans])))}
    kept: Mapping[str, list[dict[str, object]]] = dict(
        db.execute(select(Application.id, Application.kept).where(Application.sitting_id == sitting_id)).all()
    )
    return [
        Hall(p.room.position, p.room.planned.name, codes.get(p.room.id, ""), tuple(
            Taker(o.application_id, o.name, o.seat, o.paper, all(k["section"] != Section.THEORY for k in kept[o.application_id]),
                  sat.get(o.application_id))
            for o in p.people
        ))
        for p in plans
    ]  # fmt: skip


def run_of(db: Session, application_id: str, now: datetime) -> RunLine | None:
    """The run of an application."""
    return runs.of_takers(db, [application_id], now).get(application_id)


def sits_online(db: Session, exam: MyExam) -> bool:
    """Whether a candidate sits theory on a screen."""
    return exam.seat is not None and Section.THEORY in exam.sits and is_online(db, exam.sitting.id)


def form_for(db: Session, application_id: str) -> str | None:
    """The form that lies on a candidate's screen."""
    return db.scalar(
        select(SittingPaper.form_id).join(Application, Application.sitting_id == SittingPaper.sitting_id)
        .join(ExamSeat, (ExamSeat.application_id == Application.id) & (ExamSeat.paper == SittingPaper.paper))
        .where(Application.id == application_id)
    )  # fmt: skip


def _kinds(run: RunLine | None) -> tuple[str, ...]:
    if run is None:
        return ("out",)
    return ("closed",) if not run.open else ("open", "silent") if run.silent else ("open",)
