"""The comprehensive review: the candidate hands in a paper or summary, the body sets times for the defence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from skills.certification.actions.moves import sitting_for
from skills.certification.models import Application, DefenceSlot, ReviewFile, Sitting, SittingRoom
from skills.certification.queries.defences import FOLDER, HANDED_IN, count_of, defences, reviewed
from skills.certification.rules.defences import turns
from skills.certification.rules.exams import Section
from skills.certification.states import SittingState
from skills.config import Settings
from skills.kernel.acts import Act, action
from skills.kernel.clock import end_of
from skills.kernel.errors import Missing, Refusal
from skills.kernel.files import PAPERS
from skills.messages.actions import send_each
from skills.records.actions import Paper
from skills.standards.queries import value

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class HandedIn:
    """How many files lie there now."""

    files: int


@dataclass(frozen=True)
class Timed:
    """How many candidates have a time."""

    count: int


@action("review_file.hand_in", may="application.file")
def hand_in(act: Act, application_id: str, papers: tuple[Paper, ...]) -> HandedIn:
    """Hand in files for one's own comprehensive review, until the exam takes place.

    Raises Missing, Refusal("review_file.too_late" | "evidence.too_many" | "evidence.gone").
    """
    candidate = act.find(Application, id=application_id, person_id=act.actor.person) if act.actor.person else None
    if candidate is None:
        raise Missing("application.unknown")
    sitting = act.get(Sitting, id=candidate.sitting_id)
    if not reviewed(sitting, candidate):
        raise Missing("review_file.unknown")
    if sitting.state not in HANDED_IN:
        raise Refusal("review_file.too_late", day=sitting.held_on)
    limits = value(act.db, "exam.review_files", act.today)
    if count_of(act.db, candidate.id) + len(papers) > limits["most"]:
        raise Refusal("evidence.too_many", most=limits["most"])
    folder = act.using(Settings).files_dir / FOLDER
    for paper in papers:
        if paper.kind not in PAPERS or not 0 < paper.size <= limits["bytes"] or not (folder / paper.id).is_file():
            raise Refusal("evidence.gone")
        act.add(
            ReviewFile(id=paper.id, application_id=candidate.id, kind=paper.kind, size=paper.size, digest=paper.digest, at=act.at)
        )
    act.note("review_file.hand_in", application=candidate.id, files=len(papers))
    return HandedIn(count_of(act.db, candidate.id))


@action("review_file.take_back", may="application.file")
def take_back(act: Act, file_id: str) -> None:
    """Take a file back, to hand in another one, until the exam takes place."""
    row = act.get(ReviewFile, id=file_id)
    candidate = act.get(Application, id=row.application_id)
    if act.actor.person is None or candidate.person_id != act.actor.person:
        raise Missing("review_file.unknown")
    sitting = act.get(Sitting, id=candidate.sitting_id)
    if sitting.state not in HANDED_IN:
        raise Refusal("review_file.too_late", day=sitting.held_on)
    act.db.delete(row)  # its bytes are swept
    act.note("review_file.take_back", application=candidate.id, id=file_id)


@action("defence.set", may="plan.make")
def set_times(act: Act, sitting_id: str, position: int, begins: str, minutes: int) -> Timed:
    """Set the times of all defences of a seated exam in one of its rooms, by seat one after another; candidates are told.

    begins   HH:MM in Shanghai, of the first
    minutes  for each, at least what policy says. Raises Missing, Refusal("defence.not_seated" | "defence.short" | "defence.day_full").
    """
    row = sitting_for(act, sitting_id, "plan.make")
    if row.state != SittingState.SEATED or row.held_on is None:
        raise Refusal("defence.not_seated")
    least = int(value(act.db, "exam.least_minutes", act.today).get(Section.COMPREHENSIVE, 1))
    if minutes < least:
        raise Refusal("defence.short", least=least)
    room = act.find(SittingRoom, sitting_id=row.id, position=position)
    waiting = defences(act.db, row.id)
    if room is None or not waiting:
        raise Missing("sitting_room.unknown")
    first = datetime.combine(row.held_on, time.fromisoformat(begins), SHANGHAI)
    moments = turns(first, minutes, len(waiting), end_of(row.held_on))
    if moments is None:
        raise Refusal("defence.day_full", count=len(waiting), minutes=minutes)
    held = act.db.scalars(select(DefenceSlot).where(DefenceSlot.application_id.in_([one.application_id for one in waiting])))
    for old in held.all():
        act.db.delete(old)
    act.db.flush()
    people = dict(act.db.execute(select(Application.id, Application.person_id).where(Application.sitting_id == row.id)).all())
    told: list[tuple[str, dict[str, object]]] = []
    for one, moment in zip(waiting, moments, strict=True):
        act.add(
            DefenceSlot(
                application_id=one.application_id, room_id=room.id, begins_at=moment, minutes=minutes, set_by=act.actor.account, set_at=act.at
            )
        )
        told.append((people[one.application_id], {"day": row.held_on, "time": f"{moment:%H:%M}", "site": f"{row.site} {room.name}"}))
    send_each(act, code="exam.defence", told=told)
    act.note("defence.set", sitting=row.id, count=len(waiting))
    return Timed(len(waiting))
