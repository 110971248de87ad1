"""Runs: as who sits one reads it, and as the rooms above ask for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.kernel.box import Box
from skills.kernel.db import among
from skills.kernel.errors import Missing
from skills.papers.models import FormItem, ItemVersion, PaperAnswer, PaperRun
from skills.papers.queries.banks import key_of
from skills.papers.rules.items import Kind
from skills.papers.rules.marking import Wanted
from skills.papers.rules.runs import Facts, is_silent, left
from skills.papers.states import RUN, RunState


@dataclass(frozen=True)
class Question:
    """One item as whoever sits the paper has it: never with its key.

    turn: the one in which the answer was saved, 0 for none. said_at: when it was given, for none None.
    """

    place: int
    kind: str
    stem: str
    options: tuple[str, ...]
    points: int
    value: str
    flagged: bool
    turn: int
    said_at: datetime | None


@dataclass(frozen=True)
class RunPage:
    """A paper that is sat, with everything that was saved. left: seconds, by the server's clock at `now`."""

    id: str
    state: str
    state_zh: str
    state_en: str
    taker: str
    here: bool
    now: datetime
    begun_at: datetime
    ends_at: datetime
    left: int
    closed_at: datetime | None
    questions: tuple[Question, ...]

    @property
    def open(self) -> bool:
        """Whether answers are taken."""
        return self.state == RunState.OPEN

    @property
    def answered(self) -> int:
        """How many items have an answer."""
        return sum(bool(q.value) for q in self.questions)

    @property
    def flagged(self) -> int:
        """How many items are to be looked at once more."""
        return sum(q.flagged for q in self.questions)


@dataclass(frozen=True)
class RunLine:
    """A run as whoever watches over it sees it: how many items have an answer, never which."""

    id: str
    taker: str
    form_id: str
    state: str
    state_zh: str
    state_en: str
    silent: bool
    seen_at: datetime
    begun_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    left: int
    added: int
    extra_percent: int
    answered: int
    items: int
    code: str

    @property
    def open(self) -> bool:
        """Whether it is under way."""
        return self.state == RunState.OPEN


def own(db: Session, run_id: str, account: str, device: str, now: datetime) -> RunPage:
    """One's own paper. On a device on which it does not go on it is without questions. Raises Missing("paper_run.unknown")."""
    row = db.get(PaperRun, run_id)
    if row is None or row.account != account:
        raise Missing("paper_run.unknown")
    here = row.device == device
    said = answers(db, [row.id]).get(row.id, {}) if here else {}
    questions = tuple(
        Question(f.place, v.kind, v.stem, tuple(v.options), f.points, a.value if (a := said.get(f.place)) else "", bool(a and a.flagged),
                 a.turn if a else 0, (a.said_at or a.at) if a else None)
        for f, v in form_items(db, row.form_id)
    ) if here and row.state == RunState.OPEN else ()  # fmt: skip
    words = RUN.words[RunState(row.state)]
    return RunPage(
        row.id, row.state, *words, row.taker, here, now, row.begun_at, row.ends_at, left(row.ends_at, now), row.closed_at, questions
    )


def of_takers(db: Session, takers: Collection[str], now: datetime) -> dict[str, RunLine]:
    """The runs of these takers, by taker."""
    rows = db.scalars(select(PaperRun).where(among(db, PaperRun.taker, takers))).all()
    said = answers(db, [r.id for r in rows])
    items = dict(db.execute(
        select(FormItem.form_id, func.count()).where(FormItem.form_id.in_({r.form_id for r in rows})).group_by(FormItem.form_id)
    ).all())  # fmt: skip
    return {r.taker: _line(r, sum(bool(a.value) for a in said.get(r.id, {}).values()), items.get(r.form_id, 0), now) for r in rows}


def open_of(db: Session, takers: Collection[str]) -> int:
    """How many of these sit their paper just now."""
    chosen = select(func.count()).select_from(PaperRun).where(among(db, PaperRun.taker, takers), PaperRun.state == RunState.OPEN)
    return db.scalar(chosen) or 0


def begun(db: Session, form_ids: Iterable[str], takers: Collection[str]) -> bool:
    """Whether one of these has begun one of these forms."""
    chosen = select(PaperRun.id).where(PaperRun.form_id.in_(sorted(form_ids)), among(db, PaperRun.taker, takers)).limit(1)
    return db.scalar(chosen) is not None


def begun_by(db: Session, takers: Collection[str]) -> set[str]:
    """Who of these has begun a paper."""
    return set(db.scalars(select(PaperRun.taker).where(among(db, PaperRun.taker, takers))))


def answers(db: Session, run_ids: Collection[str]) -> dict[str, dict[int, PaperAnswer]]:
    """By run and place the answer that counts: the last turn."""
    found: dict[str, dict[int, PaperAnswer]] = {}
    for row in db.scalars(select(PaperAnswer).where(among(db, PaperAnswer.run_id, run_ids)).order_by(PaperAnswer.run_id, PaperAnswer.turn)):
        found.setdefault(row.run_id, {})[row.place] = row
    return found


def wanted(db: Session, box: Box, form_id: str) -> list[Wanted]:
    """The keys of a form, in order. Raises Tampered."""
    return [Wanted(Kind(v.kind), *key_of(box, v), f.points) for f, v in form_items(db, form_id)]


def facts(row: PaperRun) -> Facts:
    """A run as its rules see it."""
    return Facts(row.state, row.device, row.begun_at, row.ends_at)


def form_items(db: Session, form_id: str) -> list[tuple[FormItem, ItemVersion]]:
    """The items of a form with their versions, in order."""
    chosen = (
        select(FormItem, ItemVersion).join(ItemVersion, ItemVersion.id == FormItem.version_id).where(FormItem.form_id == form_id)
        .order_by(FormItem.place)
    )  # fmt: skip
    return [(f, v) for f, v in db.execute(chosen)]


def _line(row: PaperRun, answered: int, items: int, now: datetime) -> RunLine:
    return RunLine(
        row.id, row.taker, row.form_id, row.state, *RUN.words[RunState(row.state)], is_silent(facts(row), row.seen_at, now), row.seen_at,
        row.begun_at, row.ends_at, row.closed_at, left(row.ends_at, now), row.added, row.extra_percent, answered, items, row.code or "",
    )  # fmt: skip
