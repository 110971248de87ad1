"""The sitting of a paper on a screen: begun and gone on with by a code, every answer saved at once, ended by the server's clock.

Who may begin, and for how long, the room above knows: it calls `start` and `go_on` in an act of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.papers.models import FormItem, ItemVersion, PaperAnswer, PaperPause, PaperRun
from skills.papers.queries.runs import facts
from skills.papers.rules import runs as rules
from skills.papers.rules.items import LETTERS, Kind, normal_answer
from skills.papers.states import RUN, SIT, RunState
from skills.standards.queries import value as policy

CODE = 6  # letters and digits that are read out in a room


@dataclass(frozen=True)
class Saved:
    """An answer as it stands after an act, and the server's clock. left: seconds."""

    run_id: str
    place: int
    value: str
    flagged: bool
    turn: int
    now: datetime
    ends_at: datetime
    left: int


@dataclass(frozen=True)
class Alive:
    """A run and the server's clock. left: seconds."""

    run_id: str
    state: str
    now: datetime
    ends_at: datetime
    left: int


@dataclass(frozen=True)
class Ended:
    """How many runs the clock ended."""

    count: int


def start(act: Act, form_id: str, taker: str, minutes: int, extra_percent: int, device: str) -> Alive:
    """Begin a run for whoever acts; the clock runs from now."""
    row = act.add(PaperRun(
        id=act.new_id(), form_id=form_id, taker=taker, account=act.actor.account, state=RUN.start, device=device, code=None, begun_at=act.at,
        minutes=minutes, extra_percent=extra_percent, added=0, ends_at=rules.ends(act.at, minutes, extra_percent, 0), turns=0, seen_at=act.at,
        closed_at=None,
    ))  # fmt: skip
    act.note("paper_run.begin", id=row.id, form=form_id)
    return _alive(act, row)


def go_on(act: Act, taker: str, code: str, device: str) -> Alive | None:
    """Go on with a run on another device by the code that an invigilator gave; the device before is out from now on.

    None if the taker has begun none; on the device on which it goes on already nothing is asked.
    Raises Missing("paper_run.unknown"), Refusal("paper_run.over" | "paper_run.code").
    """
    row = act.find(PaperRun, taker=taker)
    if row is None:
        return None
    if row.account != act.actor.account:
        raise Missing("paper_run.unknown")
    if row.state != RunState.OPEN:
        raise Refusal("paper_run.over")
    if row.device != device:
        if row.code is None or code != row.code or not act.alter(row, PaperRun.code == code, device=device, code=None, seen_at=act.at):
            raise Refusal("paper_run.code")
        act.note("paper_run.go_on", id=row.id)
    return _alive(act, row)


def give_code(act: Act, taker: str) -> str:
    """A new code by which a run goes on elsewhere, once; one that was given before is void. Raises Missing, Refusal("paper_run.over")."""
    row = act.get(PaperRun, taker=taker)
    if not act.alter(row, PaperRun.state == RunState.OPEN, code=act.new_code(CODE)):
        raise Refusal("paper_run.over")
    act.note("paper_run.give_code", id=row.id)
    return row.code or ""


def pause(act: Act, taker: str, minutes: int, reason: str) -> None:
    """Give time back to a run that is under way. Raises Missing, Refusal("paper_run.over" | "paper_run.pause")."""
    if not 1 <= minutes <= rules.MOST_PAUSE or not reason.strip():
        raise Refusal("paper_run.pause", most=rules.MOST_PAUSE)
    row = act.get(PaperRun, taker=taker)
    added = row.added + minutes * 60
    until = rules.ends(row.begun_at, row.minutes, row.extra_percent, added)
    if not act.alter(row, PaperRun.state == RunState.OPEN, PaperRun.added == row.added, added=added, ends_at=until):
        raise Refusal("paper_run.over")
    act.add(PaperPause(id=act.new_id(), run_id=row.id, seconds=minutes * 60, reason=reason.strip()[:400], by=act.actor.account, at=act.at))
    act.note("paper_run.pause", id=row.id, minutes=minutes)


def collect(act: Act, taker: str) -> None:
    """Take a paper in for a candidate who has left: what was saved counts. Raises Missing, Refusal("paper_run.cannot_collect")."""
    act.move(act.get(PaperRun, taker=taker), RUN, "collect", closed_at=act.at)


@action("run.answer", may=SIT)
def answer(
    act: Act, run_id: str, place: int, value: str, device: str, flagged: bool = False, said_at: datetime | None = None
) -> Saved:
    """Save an answer; the last one to a place counts. An empty one takes it back.

    device   the session in which the paper is sat
    said_at  for what waited for the network: when it was answered, by the server's clock as the device knew it
    Raises Missing("paper_run.unknown" | "paper_item.unknown"), Refusal("paper_run.elsewhere" | "paper_run.over" |
    "paper_run.time_over" | "paper_answer.unreadable").
    """
    row = _own(act, run_id)
    grace = int(policy(act.db, "paper.grace_seconds", act.today))
    rules.may_answer(facts(row), device, act.at, said_at, grace).or_refuse()
    given = _read(act, row, place, value)
    if not act.alter(row, PaperRun.state == RunState.OPEN, PaperRun.device == device, turns=PaperRun.turns + 1, seen_at=act.at):
        raise Refusal("paper_run.elsewhere")
    act.add(PaperAnswer(run_id=row.id, turn=row.turns, place=place, value=given, flagged=flagged, said_at=said_at, at=act.at))
    act.note("run.answer", id=row.id, place=place, turn=row.turns)
    return Saved(row.id, place, given, flagged, row.turns, act.at, row.ends_at, rules.left(row.ends_at, act.at))


@action("run.beat", may=SIT)
def beat(act: Act, run_id: str, device: str) -> Alive:
    """A sign of life of the device; answers what the clock says, with pauses. Raises Missing, Refusal("paper_run.elsewhere")."""
    row = _own(act, run_id)
    if row.device != device:
        raise Refusal("paper_run.elsewhere")
    act.alter(row, PaperRun.state == RunState.OPEN, PaperRun.device == device, seen_at=act.at)
    return _alive(act, row)


@action("run.hand_in", may=SIT)
def hand_in(act: Act, run_id: str, device: str) -> Alive:
    """Hand the paper in: nothing can be answered any more. Raises Missing, Refusal("paper_run.elsewhere" | "paper_run.over")."""
    row = _own(act, run_id)
    if row.device != device:
        raise Refusal("paper_run.elsewhere")
    if row.state != RunState.OPEN:
        raise Refusal("paper_run.over")
    act.move(row, RUN, "hand_in", closed_at=act.at)
    return _alive(act, row)


@action("run.end", may="system.jobs")
def end(act: Act) -> Ended:
    """End runs whose time and grace are over, some at a time."""
    over = act.at - timedelta(seconds=int(policy(act.db, "paper.grace_seconds", act.today)))
    rows = act.db.scalars(
        select(PaperRun).where(PaperRun.state == RunState.OPEN, PaperRun.ends_at <= over).order_by(PaperRun.id).limit(100)
    ).all()
    for row in rows:
        act.move(row, RUN, "end", closed_at=act.at)
    return Ended(len(rows))


def _alive(act: Act, row: PaperRun) -> Alive:
    return Alive(row.id, row.state, act.at, row.ends_at, rules.left(row.ends_at, act.at))


def _own(act: Act, run_id: str) -> PaperRun:
    row = act.get(PaperRun, id=run_id)
    if row.account != act.actor.account:
        raise Missing("paper_run.unknown")
    return row


def _read(act: Act, row: PaperRun, place: int, value: str) -> str:
    held = act.find(FormItem, form_id=row.form_id, place=place)
    if held is None:
        raise Missing("paper_item.unknown")
    if not value.strip():
        return ""
    version = act.get(ItemVersion, id=held.version_id)
    kind, given = Kind(version.kind), normal_answer(Kind(version.kind), value)
    offered = LETTERS[: len(version.options)] if version.options else ""
    if given is None or len(given) > 20 or (offered and not set(given) <= set(offered)) or (kind is Kind.SINGLE and len(given) > 1):
        raise Refusal("paper_answer.unreadable", place=place)
    return given

