"""Training standards as they are listed and read: in force for everybody, drafts for those who write, review or publish them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.standards import queries as standards
from skills.training_standards.models import StandardObjection, StandardReview, StandardVersion, TrainingStandard
from skills.training_standards.rules import Difference, Task, compare, from_json, notice_runs, sealed_at, total
from skills.training_standards.states import OBJECTION, ObjectionState, StandardState

SEEN = (StandardState.ON_NOTICE, StandardState.PUBLISHED, StandardState.REPLACED)


@dataclass(frozen=True)
class ExpertLine:
    """A named expert and the opinion, None while there is none."""

    account_id: str
    name: str
    agrees: bool | None
    words: str


@dataclass(frozen=True)
class StandardLine:
    """A version of a standard with its tasks. `code`: the standard's number, empty before the first publication.

    hours  class hours by level (rank)
    """

    id: str
    standard_id: str
    code: str
    title: str
    occupation: str
    occupation_name: str
    levels: tuple[int, ...]
    number: int
    state: str
    reason: str
    drafted_by: str
    tasks: tuple[Task, ...]
    hours: dict[int, int]
    noticed_on: date | None
    notice_until: date | None
    published_on: date | None
    replaced_on: date | None


@dataclass(frozen=True)
class StandardPage:
    """A version with how it differs from the one before it, its experts, and the other versions, newest first."""

    line: StandardLine
    before: int | None
    differences: tuple[Difference, ...]
    experts: tuple[ExpertLine, ...]
    versions: tuple[StandardLine, ...]


@dataclass(frozen=True)
class StandardObjectionLine:
    """An objection as its author reads it by the receipt: what it is about, what it said, what it came to."""

    id: str
    receipt: str
    version_id: str
    title: str
    state: str
    state_zh: str
    state_en: str
    text: str
    raised_at: datetime
    decided_at: datetime | None
    reply: str


@dataclass(frozen=True)
class StandardObjectionCase:
    """An objection as whoever answers it reads it: with the name and the contact that nobody else sees; empty once their time is over."""

    line: StandardObjectionLine
    name: str
    contact: str


def published(db: Session) -> list[StandardLine]:
    """The standards in force, by number."""
    return _lines(db, db.execute(_joined().where(StandardVersion.state == StandardState.PUBLISHED).order_by(TrainingStandard.number)).all())


def on_notice(db: Session) -> list[StandardLine]:
    """What is on public notice, by the end of the notice."""
    chosen = _joined().where(StandardVersion.state == StandardState.ON_NOTICE).order_by(StandardVersion.notice_until, StandardVersion.id)
    return _lines(db, db.execute(chosen).all())


def count(db: Session) -> int:
    """How many standards are in force: the figure that runs towards thirty."""
    return db.scalar(select(func.count()).select_from(StandardVersion).where(StandardVersion.state == StandardState.PUBLISHED)) or 0


def under_way(db: Session) -> list[StandardLine]:
    """Versions that are not published yet, newest first."""
    open_ = (StandardState.DRAFT, StandardState.IN_REVIEW, StandardState.ON_NOTICE)
    return _lines(db, db.execute(_joined().where(StandardVersion.state.in_(open_)).order_by(StandardVersion.id.desc())).all())


def to_review(db: Session, account_id: str) -> list[StandardLine]:
    """Versions that wait for this expert's opinion."""
    mine = select(StandardReview.version_id).where(
        StandardReview.account_id == account_id, StandardReview.given_at.is_(None), StandardReview.ended_at.is_(None)
    )
    chosen = _joined().where(StandardVersion.state == StandardState.IN_REVIEW, StandardVersion.id.in_(mine))
    return _lines(db, db.execute(chosen.order_by(StandardVersion.id)).all())


def named(db: Session, ids: Collection[str]) -> dict[str, StandardLine]:
    """These versions by id, whatever became of them."""
    return {line.id: line for line in _lines(db, db.execute(_joined().where(StandardVersion.id.in_(ids))).all())}


def norm_words(line: StandardLine | None) -> tuple[str, str]:
    """A version as whoever points at it names it, in both languages; empty for none."""
    if line is None:
        return "", ""
    old = line.state == StandardState.REPLACED
    return (
        f"{line.code} {line.title}（第 {line.number} 版{'，已有新版' if old else ''}）",
        f"{line.code} {line.title} (version {line.number}{', a later one is in force' if old else ''})",
    )


def page(db: Session, version_id: str, public: bool) -> StandardPage:
    """A version; `public`: only what everybody may see. Raises Missing("training_standard.unknown")."""
    line = named(db, [version_id]).get(version_id)
    if line is None or (public and line.state not in SEEN):
        raise Missing("training_standard.unknown")
    every = _lines(db, db.execute(
        _joined().where(StandardVersion.standard_id == line.standard_id).order_by(StandardVersion.number.desc())
    ).all())  # fmt: skip
    before = next((v for v in every if v.number < line.number and v.state in SEEN), None)
    experts = _experts(db, version_id)
    if public:  # who looked at it is public; how each voted, and by which account, is not
        experts = [ExpertLine("", e.name, None, "") for e in experts]
        line, every = replace(line, drafted_by=""), [replace(v, drafted_by="") for v in every if v.state in SEEN]
    return StandardPage(
        line, before.number if before else None, compare(before.tasks, line.tasks) if before else (), tuple(experts), tuple(every)
    )


def may_object(line: StandardLine, day: date) -> bool:
    """Whether the notice of a version runs on this day."""
    return notice_runs(line.state == StandardState.ON_NOTICE, line.notice_until, day)


def unanswered(db: Session, version_id: str | None = None) -> int:
    """How many objections wait for an answer: to this version, or to any."""
    chosen = select(func.count()).select_from(StandardObjection).where(StandardObjection.state == ObjectionState.RAISED)
    return db.scalar(chosen if version_id is None else chosen.where(StandardObjection.version_id == version_id)) or 0


def objections(db: Session, version_id: str) -> list[StandardObjectionLine]:
    """The objections to a version, the oldest first."""
    return _objections(db, StandardObjection.version_id == version_id)


def objection(db: Session, receipt: str) -> StandardObjectionLine:
    """An objection by its receipt. Raises Missing("training_standard_objection.unknown")."""
    for line in _objections(db, StandardObjection.receipt == receipt.strip().upper()):
        return line
    raise Missing("training_standard_objection.unknown")


def objection_case(db: Session, box: Box, objection_id: str) -> StandardObjectionCase:
    """An objection for whoever answers it. Raises Missing("training_standard_objection.unknown")."""
    row = db.get(StandardObjection, objection_id)
    if row is None:
        raise Missing("training_standard_objection.unknown")
    (line,) = _objections(db, StandardObjection.id == objection_id)
    return StandardObjectionCase(
        line, box.open(row.name, sealed_at(row.id, "name")) if row.name else "",
        box.open(row.contact, sealed_at(row.id, "contact")) if row.contact else "",
    )


def _objections(db: Session, which: ColumnElement[bool]) -> list[StandardObjectionLine]:
    rows = db.execute(
        select(StandardObjection, TrainingStandard.title)
        .join(StandardVersion, StandardVersion.id == StandardObjection.version_id)
        .join(TrainingStandard, TrainingStandard.id == StandardVersion.standard_id)
        .where(which).order_by(StandardObjection.id)
    ).all()  # fmt: skip
    return [
        StandardObjectionLine(
            r.id, r.receipt, r.version_id, title, r.state, *OBJECTION.words[ObjectionState(r.state)], r.text, r.raised_at, r.decided_at, r.reply
        )
        for r, title in rows
    ]


def _experts(db: Session, version_id: str) -> list[ExpertLine]:
    rows = db.scalars(
        select(StandardReview).where(StandardReview.version_id == version_id, StandardReview.ended_at.is_(None)).order_by(StandardReview.id)
    )
    return [ExpertLine(r.account_id, accounts.name_of(db, r.account_id), r.agrees, r.words) for r in rows]


def _joined() -> Select[StandardVersion, TrainingStandard]:
    return select(StandardVersion, TrainingStandard).join(TrainingStandard, TrainingStandard.id == StandardVersion.standard_id)


def _lines(db: Session, rows: Iterable[Any]) -> list[StandardLine]:
    names = {o.code: o.name for o in standards.occupations(db)}
    found = []
    for v, s in rows:
        tasks = from_json(v.body)
        found.append(StandardLine(
            v.id, s.id, s.number or "", s.title, s.occupation, names.get(s.occupation, s.occupation), tuple(s.levels), v.number, v.state,
            v.reason, v.drafted_by, tasks, {n: total(tasks, n) for n in s.levels}, v.noticed_on, v.notice_until, v.published_on,
            v.replaced_on,
        ))  # fmt: skip
    return found
