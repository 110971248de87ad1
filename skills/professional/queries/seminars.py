"""Advanced seminars with their rosters, and how many people they taught year by year."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.professional.models import Seminar, SeminarSeat
from skills.professional.rules.bodies import seminar_number
from skills.professional.states import SEMINAR, SeminarState


@dataclass(frozen=True)
class SeminarLine:
    """A seminar; `taken` are people on its roster, `came` those who took part."""

    id: str
    number: str
    title: str
    field: str
    organiser_id: str
    organiser: str
    venue: str
    starts_on: date
    ends_on: date
    seats: int
    hours: int
    taken: int
    came: int
    state: str
    state_zh: str
    state_en: str


@dataclass(frozen=True)
class SeatLine:
    """Somebody on a roster; the name is masked for the bureau's list."""

    person_id: str
    name: str
    came: bool | None


@dataclass(frozen=True)
class SeminarPage:
    """A seminar with its plan and roster."""

    line: SeminarLine
    plan: str
    reason: str
    applied_by: str
    applied_at: datetime
    decided_at: datetime | None
    seats: tuple[SeatLine, ...]
    moves: tuple[str, ...]


@dataclass(frozen=True)
class YearCount:
    """A year of seminars that were held: people who took part, and the target."""

    year: int
    people: int
    seminars: int
    target: int


def seminars(db: Session, organisers: Collection[str] | None = None) -> list[SeminarLine]:
    """Seminars, newest first; of these organisers if they are named."""
    chosen = select(Seminar).order_by(Seminar.id.desc()).limit(200)
    if organisers is not None:
        chosen = chosen.where(Seminar.organiser_id.in_(organisers))
    return [_line(db, row) for row in db.scalars(chosen)]


def seminar(db: Session, seminar_id: str, organisers: Collection[str] | None = None) -> SeminarPage:
    """One seminar. Raises Missing("seminar.unknown")."""
    row = db.get(Seminar, seminar_id)
    if row is None or (organisers is not None and row.organiser_id not in organisers):
        raise Missing("seminar.unknown")
    seats = db.scalars(select(SeminarSeat).where(SeminarSeat.seminar_id == seminar_id)).all()
    names = people.persons(db, {s.person_id for s in seats})
    lines = sorted((SeatLine(s.person_id, names[s.person_id].name, s.came) for s in seats), key=lambda s: (s.name, s.person_id))
    return SeminarPage(
        _line(db, row), row.plan, row.reason, row.applied_by, row.applied_at, row.decided_at, tuple(lines),
        tuple(m.name for m in SEMINAR.open_moves(row.state)),
    )  # fmt: skip


def by_year(db: Session, target: int, today: date) -> list[YearCount]:
    """This year and the four before, and further back while a seminar was held: people once a year, however many they took part in.

    A seminar counts in the year in which it began, whatever year its number is of.
    """
    began = cast(extract("year", Seminar.starts_on), Integer)
    rows = db.execute(
        select(began, func.count(SeminarSeat.person_id.distinct()), func.count(Seminar.id.distinct()))
        .join(SeminarSeat, SeminarSeat.seminar_id == Seminar.id)
        .where(Seminar.state == SeminarState.HELD, SeminarSeat.came.is_(True))
        .group_by(began)
    )
    held = {year: (count, seminars_) for year, count, seminars_ in rows}
    first = min([*held, today.year - 4])
    return [YearCount(y, *held.get(y, (0, 0)), target) for y in range(first, today.year + 1)]


def _line(db: Session, row: Seminar) -> SeminarLine:
    words = SEMINAR.words[SeminarState(row.state)]
    came = db.scalars(select(SeminarSeat.came).where(SeminarSeat.seminar_id == row.id)).all()
    return SeminarLine(
        row.id, seminar_number(row.year, row.serial), row.title, row.field, row.organiser_id,
        accounts.organisation(db, row.organiser_id).name, row.venue, row.starts_on, row.ends_on, row.seats, row.hours, len(came),
        sum(bool(c) for c in came), row.state, *words,
    )  # fmt: skip
