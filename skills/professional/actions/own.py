"""What a person does on the professional side: state works, ask for a certificate of hours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.credentials.characters import unfit
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.people.queries import person
from skills.professional.models import HoursStatement
from skills.professional.queries import own as queries
from skills.professional.rules.hours import statement_digest, statement_number
from skills.records import actions as records
from skills.records.actions import Added
from skills.records.rules.professional import ACHIEVEMENT_WORDS, Achievement

SEE, ADD = "passport.see", "fact.add"


@dataclass(frozen=True)
class StatementMade:
    """A certificate of hours that was given."""

    number: str


@action("achievement.promise", may=ADD)
def promise_achievement(act: Act, kind: str, name: str, number: str, role: str, on: date) -> Added:
    """State a work of one's own on a promise: 软件著作权 with its registration number, or a project with one's part in it.

    Raises Refusal("no_person" | "achievement.incomplete" | "achievement.in_future" | "record.known").
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    return promise_achievement_as(act, act.actor.person, kind, name, number, role, on)


def promise_achievement_as(act: Act, person_id: str, kind: str, name: str, number: str, role: str, on: date) -> Added:
    """The same in somebody's name, inside the caller's act."""
    registered = bool(number.strip()) if kind == "copyright" else bool(role.strip())
    if kind not in ACHIEVEMENT_WORDS or not name.strip() or not registered:
        raise Refusal("achievement.incomplete")
    if on > act.today:
        raise Refusal("achievement.in_future")
    plain = "".join(number.upper().split())[:40]
    digest = hashlib.sha256(plain.encode()).hexdigest()[:24]  # sources hold codes alone
    source = f"copyright:{digest}:{person_id}" if kind == "copyright" else f"promise:{act.new_id()}"
    fact = Achievement(kind, name.strip()[:80], plain, role.strip()[:60], on)
    return records.add(act, person_id=person_id, kind="achievement", source=source, body=fact, strength="promised")


@action("hours.certify", may=SEE)
def certify(act: Act, year: int) -> StatementMade:
    """Give oneself a certificate of the hours of a year, under the next number; its figures stay as they are now.

    Raises Refusal("no_person" | "hours_statement.nothing" | "hours_statement.name_unprintable").
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    found = next((y for y in queries.years(act.db, act.actor.person, act.today) if y.year == year), None)
    if found is None or not found.total:
        raise Refusal("hours_statement.nothing", year=year)
    if lost := unfit(person(act.db, act.actor.person).name):
        raise Refusal("hours_statement.name_unprintable", characters=lost)
    issued = act.today.year
    wait_exclusive(act.db, f"hours_statement:{issued}")
    serial = (act.db.scalar(select(func.max(HoursStatement.serial)).where(HoursStatement.issued_year == issued)) or 0) + 1
    figures = dict(found.counted)
    number = statement_number(issued, serial)
    row = act.add(
        HoursStatement(
            id=act.new_id(), issued_year=issued, serial=serial, person_id=act.actor.person, year=year, figures=figures,
            digest=statement_digest(number, year, figures), issued_at=act.at,
        )
    )  # fmt: skip
    act.note("hours.statement", id=row.id, number=number, digest=row.digest)
    return StatementMade(number)
