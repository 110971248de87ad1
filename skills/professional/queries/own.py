"""A person's professional side: hours by year, statements, certificates, and the dossier of a title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.people.rules import normal_name
from skills.professional.models import HoursStatement
from skills.professional.rules.crosswalks import (
    NoWay,
    Recognised,
    listed_exams,
    nowhere,
    read_recognitions,
    recognised,
    software,
)
from skills.professional.rules.hours import Year, of_year, read_statement_number, spread, statement_number
from skills.professional.rules.routes import Opened, openings, read_routes
from skills.records import queries as records
from skills.records.queries import EntryLine
from skills.records.rules import LevelHeld, Training
from skills.records.rules.professional import Achievement, HoursTaught, OutsideCertificate
from skills.records.rules.titles import TitleOpening, read_rules
from skills.standards.queries import policy, value

LISTS = ("title.routes", "title.software_exams", "title.software_names", "title.foreign", "title.of_level")


@dataclass(frozen=True)
class StatementLine:
    """A certificate of hours as it was given."""

    number: str
    year: int
    figures: dict[str, int]
    digest: str
    issued_at: datetime


@dataclass(frozen=True)
class Edition:
    """The list that an answer rests on: its policy, its source, the first day on which it counts."""

    name: str
    source: str
    since: date


@dataclass(frozen=True)
class Dossier:
    """What a person has for a title 职称, and which rule opens which: `opened` by policy rows, `by_level` by skill levels.

    foreign  certificates from abroad that are recognised; nowhere: certificates that lead to no title, each with the reason
    """

    certificates: tuple[EntryLine, ...]
    achievements: tuple[EntryLine, ...]
    levels: tuple[EntryLine, ...]
    years: tuple[Year, ...]
    opened: tuple[Opened, ...]
    by_level: tuple[TitleOpening, ...]
    source: str
    since: date
    foreign: tuple[Recognised, ...] = ()
    nowhere: tuple[NoWay, ...] = ()
    editions: tuple[Edition, ...] = ()


def taught(db: Session, person_id: str, day: date) -> list[HoursTaught]:
    """All hours on record: imported ones, seminars, and trainings completed here (as professional subjects)."""
    day_hours = int(value(db, "hours.day", day))
    found: list[HoursTaught] = []
    for line in records.passport(db, person_id):
        if isinstance(line.fact, HoursTaught):
            found.append(line.fact)
        elif isinstance(line.fact, Training):
            t = line.fact
            since = spread(t.completed_on, t.hours, day_hours)
            found.append(HoursTaught("professional", t.certificate_number, "", t.hours, since, t.completed_on, t.source, t.strength))
    return found


def years(db: Session, person_id: str, day: date) -> list[Year]:
    """Every year with hours, and this one, newest first."""
    held = taught(db, person_id, day)
    wanted = sorted({t.until.year for t in held} | {day.year}, reverse=True)
    return [of_year(y, held, int(value(db, "hours.day", day)), value(db, "hours.yearly", day)) for y in wanted]


def statements(db: Session, person_id: str) -> Sequence[StatementLine]:
    """A person's own certificates of hours, newest first."""
    rows = db.scalars(select(HoursStatement).where(HoursStatement.person_id == person_id).order_by(HoursStatement.id.desc()))
    return [_line(row) for row in rows]


def own_statement(db: Session, person_id: str, number: str) -> StatementLine:
    """One of a person's own. Raises Missing("hours_statement.unknown")."""
    row = _row(db, number)
    if row is None or row.person_id != person_id:
        raise Missing("hours_statement.unknown")
    return _line(row)


def verified(db: Session, number: str, name: str) -> StatementLine | None:
    """A statement by number and its holder's name; none if the two do not belong together, or the holder was erased."""
    row = _row(db, number)
    if row is None or not row.figures or normal_name(people.person(db, row.person_id).name) != normal_name(name):
        return None
    return _line(row)


def _row(db: Session, number: str) -> HoursStatement | None:
    read = read_statement_number(number)
    if read is None:
        return None
    return db.scalars(select(HoursStatement).where(HoursStatement.issued_year == read[0], HoursStatement.serial == read[1])).one_or_none()


def _line(row: HoursStatement) -> StatementLine:
    return StatementLine(statement_number(row.issued_year, row.serial), row.year, dict(row.figures), row.digest, row.issued_at)


def dossier(db: Session, person_id: str, day: date) -> Dossier:
    """Everything for a title that is on record, and each rule with what it still wants."""
    lines = records.passport(db, person_id)

    def of(kind: str) -> tuple[EntryLine, ...]:
        return tuple(line for line in lines if line.kind == kind)

    lists = [policy(db, name, day) for name in LISTS]
    rule, exam_rule, names, abroad, of_level = lists
    routes = (*read_routes(rule.value), *read_routes(exam_rule.value))
    exams, recognitions = listed_exams(names.value), read_recognitions(abroad.value)
    certificates = [line.fact for line in lines if isinstance(line.fact, OutsideCertificate)]
    held = [line.fact for line in lines if isinstance(line.fact, LevelHeld)]
    works = [line.fact for line in lines if isinstance(line.fact, Achievement)]
    return Dossier(
        of("outside"), of("achievement"), of("level"), tuple(years(db, person_id, day)),
        tuple(openings(routes, software(certificates, exams), works)), tuple(records.titles(db, person_id, day)), rule.source,
        rule.valid_from, tuple(recognised(certificates, recognitions, day)),
        tuple(nowhere(certificates, held, routes, exams, recognitions, {r.level for r in read_rules(of_level.value)}, day)),
        tuple(Edition(p.name, p.source, p.valid_from) for p in lists),
    )  # fmt: skip
