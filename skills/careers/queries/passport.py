"""A person's passport as one sheet: levels, trainings, competitions and titles, with where each certificate is checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.credentials import queries as credentials
from skills.credentials.states import CertificateState
from skills.kernel.box import Box
from skills.people import queries as people
from skills.records import queries as records
from skills.records.queries import EntryLine
from skills.records.rules import LevelHeld, Training
from skills.records.rules.professional import Achievement, HoursTaught, OutsideCertificate

# The four parts of the sheet, with the kinds of facts in each. What somebody is (standing) or where they work is no part of it.
PARTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "levels": ("技能等级和证书", "Skill levels and certificates", ("level", "outside")),
    "trainings": ("培训和继续教育", "Trainings and continuing education", ("training", "hours")),
    "competitions": ("技能竞赛", "Competitions", ("placing",)),
    "titles": ("职称和业绩", "Titles and achievements", ("title", "achievement")),
}


@dataclass(frozen=True)
class Row:
    """An entry of the sheet. `check`: the address behind its code, with which it is verified; empty if it was not issued here."""

    line: EntryLine
    number: str
    check: str


@dataclass(frozen=True)
class Passport:
    """Everything of one person. `document`: kind and masked number."""

    name: str
    document: str
    day: date
    parts: tuple[tuple[str, tuple[Row, ...]], ...]


def passport(db: Session, box: Box, person_id: str, day: date, public_base: str) -> Passport:
    """The sheet of a person on a day; every part is there, also an empty one. Nothing of it is kept anywhere.

    Raises Missing for somebody whose data were erased: no document of theirs is on record.
    """
    kind, masked = people.masked_document(db, box, person_id)
    valid = {c.number for c in credentials.of_person(db, person_id) if c.state == CertificateState.ISSUED and not c.erased}
    lines = records.passport(db, person_id)

    def row(line: EntryLine) -> Row:
        number = number_of(line)
        return Row(line, number, credentials.address_of(db, number, public_base) if number in valid else "")

    parts = tuple((part, tuple(row(x) for x in lines if x.kind in kinds)) for part, (_, _, kinds) in PARTS.items())
    return Passport(people.person(db, person_id).name, f"{kind} {masked}", day, parts)


def number_of(line: EntryLine) -> str:
    """The number of the certificate behind an entry; empty if it has none."""
    match line.fact:
        case LevelHeld(number=number) | OutsideCertificate(number=number) | Achievement(number=number):
            return number
        case Training(certificate_number=number):
            return number
        case HoursTaught() | _:
            return ""
