"""Supervisions and draws as the authority, the body and the supervisor see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of, organisation
from skills.certification.queries import exams
from skills.certification.queries.exams import SittingLine
from skills.certification.states import SittingState
from skills.credentials.queries.sampling import announcement
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.kernel.shots import take_out
from skills.standards.queries import policy, value
from skills.supervision.models import Supervision, SupervisionDraw, SupervisionExcuse, SupervisionPhoto
from skills.supervision.queries.pool import SHELF
from skills.supervision.rules import PLANNED, SIDE_WORDS, Side, may_notice
from skills.supervision.states import SUPERVISION, SUPERVISION_DRAW, DrawState, SupervisionState

PAGE = 50
BEFORE_NOTICE = (SittingState.HELD, SittingState.SIGNED, SittingState.SCORED, SittingState.REVIEWED)


@dataclass(frozen=True)
class SupervisionLine:
    """A supervision in a list. `findings` are the items answered with no; `account` is the supervisor's."""

    id: str
    side: str
    side_zh: str
    side_en: str
    sitting_id: str
    title: str
    organisation_id: str
    body: str
    site: str
    held_on: date | None
    supervisor: str
    account: str
    state: str
    state_zh: str
    state_en: str
    findings: tuple[str, ...]
    signed_at: datetime | None


@dataclass(frozen=True)
class ItemLine:
    """An item of the list with its answer, "" before it is given."""

    code: str
    zh: str
    en: str
    answer: str
    remark: str


@dataclass(frozen=True)
class PhotoLine:
    """A picture: when it came, and what it says of itself."""

    id: str
    kind: str
    size: int
    digest: str
    at: datetime
    said_at: str
    said_place: str


@dataclass(frozen=True)
class SupervisionPage:
    """Everything on record about one supervision; `seed` of the draw, how many stepped back, why it was excused ("" if it was not)."""

    line: SupervisionLine
    draw_id: str
    place: int
    stepped_back: int
    seed: str
    items: tuple[ItemLine, ...]
    source: str
    photos: tuple[PhotoLine, ...]
    least: int
    remark: str
    excuse: str


@dataclass(frozen=True)
class DrawLine:
    """A draw: from how many exams and supervisors, how many pairs are too near, its digest and, once drawn, its seed."""

    id: str
    side: str
    side_zh: str
    side_en: str
    state: str
    state_zh: str
    state_en: str
    since: date
    until: date
    size: int
    sittings: tuple[tuple[str, str], ...]
    supervisors: tuple[str, ...]
    barred: tuple[tuple[str, str], ...]
    digest: str
    seed: str
    checkpoint: str
    ready: bool
    planned_by: str
    planned_at: datetime
    drawn_at: datetime | None
    reason: str


def listing(
    db: Session, *, districts: Collection[str] | None = None, bodies: Collection[str] | None = None, supervisor: str = "",
    draw_id: str = "",
) -> list[SupervisionLine]:  # fmt: skip
    """The newest supervisions within these bounds."""
    chosen = select(Supervision).where(_within(districts, bodies)).order_by(Supervision.id.desc()).limit(PAGE)
    if supervisor:
        chosen = chosen.where(Supervision.supervisor == supervisor)
    if draw_id:
        chosen = chosen.where(Supervision.draw_id == draw_id)
    return [_line(db, row) for row in db.scalars(chosen)]


def page(
    db: Session, supervision_id: str, today: date, *, districts: Collection[str] | None = None,
    bodies: Collection[str] | None = None, supervisor: str = "",
) -> SupervisionPage:  # fmt: skip
    """One supervision within these bounds. Raises Missing("supervision.unknown")."""
    row = db.scalar(select(Supervision).where(Supervision.id == supervision_id, _within(districts, bodies)))
    if row is None or (supervisor and row.supervisor != supervisor):
        raise Missing("supervision.unknown")
    drawn = db.get_one(SupervisionDraw, row.draw_id)
    excuse = db.get(SupervisionExcuse, row.sitting_id)
    day = row.signed_on or today
    photos = db.scalars(select(SupervisionPhoto).where(SupervisionPhoto.supervision_id == row.id).order_by(SupervisionPhoto.id))
    return SupervisionPage(
        line=_line(db, row), draw_id=row.draw_id, place=row.place, stepped_back=len(row.passed), seed=drawn.seed,
        items=tuple(
            ItemLine(i["code"], i["zh"], i["en"], *row.answers.get(i["code"], ["", ""])) for i in value(db, "supervision.list", day)
        ),
        source=source_of_list(db, day),
        photos=tuple(PhotoLine(p.id, p.kind, p.size, p.digest, p.at, p.said_at, p.said_place) for p in photos),
        least=int(value(db, "supervision.photos", day)["least"]), remark=row.remark, excuse=excuse.reason if excuse else "",
    )  # fmt: skip


def without_report(db: Session, districts: Collection[str] | None, today: date) -> list[SittingLine]:
    """Exams that were held and wait for their notice because the report of an internal supervisor is not there."""
    rows = {row.sitting_id: row.state for row in db.scalars(select(Supervision).where(Supervision.side == Side.INTERNAL))}
    excused = set(db.scalars(select(SupervisionExcuse.sitting_id)))
    wanted = value(db, "supervision.internal", today)
    found = []
    for line in exams.of_bodies(db, None, BEFORE_NOTICE):
        body = organisation(db, line.organisation_id)
        if districts is not None and body.district not in districts:
            continue
        there = rows.get(line.id) == SupervisionState.SIGNED
        if not may_notice(body.kind in wanted, line.id in rows, there, line.id in excused):
            found.append(line)
    return found


def source_of_list(db: Session, day: date) -> str:
    """Where the list of a day comes from."""
    return policy(db, "supervision.list", day).source


def photos_of(db: Session, supervision_id: str) -> list[str]:
    """Ids of the pictures of a supervision."""
    return list(db.scalars(select(SupervisionPhoto.id).where(SupervisionPhoto.supervision_id == supervision_id)))


def photo(db: Session, box: Box, folder: Path, supervision_id: str, photo_id: str) -> tuple[str, bytes]:
    """(kind, bytes) of a picture. Raises Missing("supervision_photo.unknown")."""
    row = db.get(SupervisionPhoto, photo_id)
    data = take_out(box, SHELF, folder, photo_id) if row is not None and row.supervision_id == supervision_id else None
    if row is None or data is None:
        raise Missing("supervision_photo.unknown")
    return row.kind, data


def draws(db: Session, *, districts: Collection[str] | None = None, bodies: Collection[str] | None = None) -> list[DrawLine]:
    """The newest draws of the authority within these districts, or of these bodies."""
    chosen = select(SupervisionDraw).where(_draws_within(districts, bodies)).order_by(SupervisionDraw.id.desc()).limit(PAGE)
    return [_draw(db, row) for row in db.scalars(chosen)]


def one_draw(
    db: Session, draw_id: str, *, districts: Collection[str] | None = None, bodies: Collection[str] | None = None
) -> DrawLine:
    """One draw. Raises Missing("supervision_draw.unknown")."""
    row = db.scalar(select(SupervisionDraw).where(SupervisionDraw.id == draw_id, _draws_within(districts, bodies)))
    if row is None:
        raise Missing("supervision_draw.unknown")
    return _draw(db, row)


def _within(districts: Collection[str] | None, bodies: Collection[str] | None) -> ColumnElement[bool]:
    if bodies is not None:
        return Supervision.organisation_id.in_(sorted(bodies))
    if districts is None:
        return true()
    return Supervision.district.in_(sorted(districts))


def _draws_within(districts: Collection[str] | None, bodies: Collection[str] | None) -> ColumnElement[bool]:
    if bodies is not None:
        return SupervisionDraw.organisation_id.in_(sorted(bodies))
    held = SupervisionDraw.organisation_id.is_(None)
    return held if districts is None else held & SupervisionDraw.district.in_(sorted(districts))


def _line(db: Session, row: Supervision) -> SupervisionLine:
    exam = exams.sitting(db, row.sitting_id)
    return SupervisionLine(
        row.id, row.side, *SIDE_WORDS[Side(row.side)], row.sitting_id, exam.title, row.organisation_id, exam.body, exam.site,
        exam.held_on, name_of(db, row.supervisor), row.supervisor, row.state, *SUPERVISION.words[SupervisionState(row.state)],
        tuple(code for code, (answer, _) in sorted(row.answers.items()) if answer == "no"), row.signed_at,
    )  # fmt: skip


def _draw(db: Session, row: SupervisionDraw) -> DrawLine:
    waits = row.state == DrawState.PLANNED
    return DrawLine(
        row.id, row.side, *SIDE_WORDS[Side(row.side)], row.state, *SUPERVISION_DRAW.words[DrawState(row.state)], row.since, row.until,
        row.size, tuple((s, b) for s, b in row.sittings), tuple(row.supervisors), tuple((a, s) for a, s in row.barred), row.digest,
        row.seed, row.checkpoint, waits and announcement(db, row.id, row.planned_at, PLANNED) is not None,
        name_of(db, row.planned_by), row.planned_at, row.drawn_at, row.reason,
    )  # fmt: skip
