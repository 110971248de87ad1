"""Theory on screens: forms are bound to an exam, rooms let people begin, and what was answered becomes two entries of the score sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from skills.certification.actions import day
from skills.certification.actions.moves import chain, sitting_for
from skills.certification.models import (
    Application,
    ExamSeat,
    RoomDoor,
    ScoreEntry,
    ScoreSheet,
    Sitting,
    SittingPaper,
    SittingRoom,
)
from skills.certification.queries import online
from skills.certification.queries.accommodations import extra_time
from skills.certification.queries.carried import sat_in
from skills.certification.rules import online as rules
from skills.certification.rules.exams import Section
from skills.certification.rules.seating import PAPERS
from skills.certification.states import ApplicationState, SittingState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.papers.actions import marks, runs
from skills.papers.queries import papers
from skills.papers.queries import runs as run_queries
from skills.papers.states import DRAW, INVIGILATE, SIT
from skills.standards.queries import value
from skills.standards.rules import Level


@dataclass(frozen=True)
class Door:
    """A room's code."""

    sitting_id: str
    position: int
    code: str


@dataclass(frozen=True)
class Entered:
    """A paper that is begun or goes on here."""

    run_id: str
    ends_at: datetime


@dataclass(frozen=True)
class RunCode:
    """The code by which a candidate goes on elsewhere, once."""

    application_id: str
    code: str


@dataclass(frozen=True)
class Reached:
    """Of how many candidates something was done."""

    count: int


@action("online.bind", may=DRAW)
def bind(act: Act, sitting_id: str, forms: tuple[str, ...]) -> None:
    """Say which forms are sat on screens, one for each letter in order; none: theory is on paper.

    Raises Missing("sitting.unknown" | "paper_form.unknown"), Refusal("online.over" | "online.begun" | "online.cannot_bind").
    """
    sitting = sitting_for(act, sitting_id, DRAW)
    if sitting.state not in online.BEFORE:
        raise Refusal("online.over")
    held = act.db.scalars(select(SittingPaper).where(SittingPaper.sitting_id == sitting.id)).all()
    if run_queries.begun(act.db, [h.form_id for h in held], [a.id for a in _candidates(act, sitting.id)]):
        raise Refusal("online.begun")
    for one in papers.offered(act.db, forms):
        if one.organisation_id != sitting.organisation_id:
            raise Missing("paper_form.unknown")
    if forms:
        begins = online.theory_of(sitting)
        rules.may_bind(online.offered(act.db, forms), sitting.papers, begins[1] if begins else 0).or_refuse()
    for gone in held:
        act.db.delete(gone)
    act.db.flush()
    for letter, form_id in zip(PAPERS, forms, strict=False):
        act.add(SittingPaper(sitting_id=sitting.id, paper=letter, form_id=form_id, bound_by=act.actor.account, bound_at=act.at))
    act.note("online.bind", id=sitting.id, count=len(forms))


def loosen(act: Act, sitting_id: str) -> None:
    """A plan that was changed has no forms any more: they were bound to its letters, minutes, occupation and level."""
    for gone in act.db.scalars(select(SittingPaper).where(SittingPaper.sitting_id == sitting_id)).all():
        act.db.delete(gone)
    act.db.flush()


@action("online.open_door", may=INVIGILATE)
def open_door(act: Act, sitting_id: str, position: int) -> Door:
    """Show a room's code; shown once more it is another one, and the one before lets nobody begin.

    Raises Missing("sitting.unknown" | "sitting_room.unknown"), Refusal("online.not_online" | "online.door_closed").
    """
    sitting = sitting_for(act, sitting_id, INVIGILATE)
    rules.may_open(act.at, _hour(act, sitting)[0], *_around(act)).or_refuse()
    room = act.get(SittingRoom, sitting_id=sitting.id, position=position)
    door = act.find(RoomDoor, room_id=room.id)
    values = {"code": act.new_code(runs.CODE), "opened_by": act.actor.account, "opened_at": act.at}
    if door is None:
        door = act.add(RoomDoor(room_id=room.id, **values))
    else:
        act.alter(door, **values)
    act.note("online.open_door", id=room.id)
    return Door(sitting.id, position, door.code)


@action("online.enter", may=SIT)
def enter(act: Act, application_id: str, code: str, device: str) -> Entered:
    """Begin one's paper by the room's code, or go on with it on this device by the code that an invigilator gave.

    device  the session in which it is sat from now on
    Raises Missing("application.unknown"), Refusal("online.not_online" | "online.code" | "online.too_early" | "online.too_late" |
    "presence.recorded" | "paper_run.over" | "paper_run.code").
    """
    row = act.get(Application, id=application_id)
    if row.person_id != act.actor.person or row.state != ApplicationState.SEATED:
        raise Missing("application.unknown")
    typed = code.strip().upper()
    if (before := runs.go_on(act, row.id, typed, device)) is not None:
        return Entered(before.run_id, before.ends_at)
    sitting = act.get(Sitting, id=row.sitting_id)
    begins, minutes = _hour(act, sitting)
    form_id = online.form_for(act.db, row.id)
    if form_id is None or Section.THEORY not in sat_in(row, Level(sitting.level)):
        raise Refusal("online.not_online")
    room_id = act.get(ExamSeat, application_id=row.id).room_id
    door = act.find(RoomDoor, room_id=room_id)
    if door is None or door.code != typed:
        raise Refusal("online.code")
    rules.may_begin(act.at, begins, _around(act)[1]).or_refuse()
    day.sits(act, sitting, row.id, room_id)
    run = runs.start(act, form_id, row.id, minutes, extra_time(act.db, row.id), device)
    chain(act, "begin_online", [row.id])
    return Entered(run.run_id, run.ends_at)


@action("online.give_code", may=INVIGILATE)
def give_code(act: Act, application_id: str) -> RunCode:
    """Let a candidate go on at another machine: a code that is good once. Raises Missing, Refusal("paper_run.over")."""
    return RunCode(application_id, runs.give_code(act, _candidate(act, application_id)))


@action("online.pause", may=INVIGILATE)
def pause(act: Act, sitting_id: str, application_ids: tuple[str, ...], minutes: int, reason: str) -> Reached:
    """Give time back, with a reason, to these candidates; to everybody who sits just now if none is named.

    Raises Missing, Refusal("paper_run.over" | "paper_run.pause" | "online.nobody").
    """
    sitting = sitting_for(act, sitting_id, INVIGILATE)
    ours = {a.id for a in _candidates(act, sitting.id)}
    if not set(application_ids) <= ours:
        raise Missing("application.unknown")
    sit = sorted(application_ids) or [one for one, run in run_queries.of_takers(act.db, ours, act.at).items() if run.open]
    if not sit:
        raise Refusal("online.nobody")
    for one in sit:
        runs.pause(act, one, minutes, reason)
    act.note("online.pause", id=sitting.id, count=len(sit), minutes=minutes)
    return Reached(len(sit))


@action("online.collect", may=INVIGILATE)
def collect(act: Act, application_id: str) -> Reached:
    """Take in the paper of a candidate who has left: what was saved counts. Raises Missing, Refusal("paper_run.cannot_collect")."""
    runs.collect(act, _candidate(act, application_id))
    return Reached(1)


@action("online.mark", may="system.jobs")
def mark(act: Act, sitting_id: str, turn: int) -> Reached:
    """Reckon the theory of an exam from what was answered, as the first or the second of two entries. Who did not begin was absent.

    The second is an act of its own, which trusts nothing of the first. Done again it changes nothing.
    """
    sitting = act.get(Sitting, id=sitting_id)
    sheet = act.find(ScoreSheet, sitting_id=sitting.id, section=Section.THEORY)
    column = "first_by" if turn == 1 else "second_by"
    if sheet is None or sheet.way != rules.MACHINE or getattr(sheet, column) is not None or sitting.state != SittingState.HELD:
        return Reached(0)
    sat = [a for a in _candidates(act, sitting.id, ApplicationState.EXAMINED) if Section.THEORY in sat_in(a, Level(sitting.level))]
    points = marks.mark_all(act, [a.id for a in sat], turn)
    for one in sat:
        hundredths = points[one.id] * 100 if one.id in points else None
        act.add(ScoreEntry(
            id=act.new_id(), application_id=one.id, section=Section.THEORY, turn=turn, hundredths=hundredths, by=rules.HANDS[turn - 1],
            at=act.at, replaced_at=None,
        ))  # fmt: skip
    act.alter(sheet, **{column: rules.HANDS[turn - 1]})
    chain(act, f"enter_{turn}:{Section.THEORY}", [one.id for one in sat])
    act.note("score.enter", sitting=sitting.id, section=Section.THEORY, turn=turn, count=len(sat))
    if turn == 1:
        act.later("certification.mark_online", sitting_id=sitting.id, turn=2)
    return Reached(len(sat))


def held(act: Act, sitting: Sitting, sheets: list[ScoreSheet]) -> None:
    """An exam was held: if its theory was on screens, nobody may still sit there, and it is reckoned instead of typed.

    Raises Refusal("online.still_sitting").
    """
    if not online.is_online(act.db, sitting.id):
        return
    if count := run_queries.open_of(act.db, [a.id for a in _candidates(act, sitting.id)]):
        raise Refusal("online.still_sitting", count=count)
    for sheet in sheets:
        if sheet.section == Section.THEORY:
            sheet.way = rules.MACHINE
            act.later("certification.mark_online", sitting_id=sitting.id, turn=1)


def _hour(act: Act, sitting: Sitting) -> tuple[datetime, int]:
    """When theory begins and how many minutes it lasts. Raises Refusal("online.not_online")."""
    found = online.theory_of(sitting)
    if found is None or sitting.state != SittingState.SEATED or not online.is_online(act.db, sitting.id):
        raise Refusal("online.not_online")
    return found


def _around(act: Act) -> tuple[int, int]:
    """How many minutes before and after the beginning a room lets people in."""
    return int(value(act.db, "paper.door_minutes", act.today)), int(value(act.db, "paper.late_minutes", act.today))


def _candidates(act: Act, sitting_id: str, *states: ApplicationState) -> list[Application]:
    chosen = select(Application).where(Application.sitting_id == sitting_id, Application.state != ApplicationState.WITHDRAWN)
    return list(act.db.scalars((chosen.where(Application.state.in_(states)) if states else chosen).order_by(Application.seat, Application.id)))


def _candidate(act: Act, application_id: str) -> str:
    """A candidate over whose exam the actor watches."""
    row = act.get(Application, id=application_id)
    sitting_for(act, row.sitting_id, INVIGILATE)
    return row.id
