"""The people of a firm, as the firm itself entered them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.certification.rules.filings import employment_source
from skills.people import queries as people
from skills.records.queries import facts_of_source
from skills.records.rules import STRENGTH_WORDS, Work
from skills.standards import queries as standards


@dataclass(frozen=True)
class Employee:
    """Somebody who works, or worked, for a firm. `proven` in both languages: by whom it was compared."""

    id: str
    name: str
    occupation: str
    since: date
    until: date | None
    strength: str
    proven: tuple[str, str]


def employees(db: Session, organisation_id: str, after: str = "", most: int | None = None) -> list[Employee]:
    """Whom a firm entered, newest first."""
    found = facts_of_source(db, Work, employment_source(organisation_id))
    held = [w for w in found if not after or w.id < after][:most]
    names = people.persons(db, {w.person_id for w in held})
    jobs = {o.code: o.name for o in standards.occupations(db)}
    return [
        Employee(
            w.id, names[w.person_id].name, jobs.get(w.fact.occupation, w.fact.occupation), w.fact.since, w.fact.until, w.fact.strength,
            STRENGTH_WORDS[w.fact.strength] if w.fact.strength != "promised" else ("本单位承诺，待核验", "on the firm's word, not compared yet"),
        )
        for w in held
    ]  # fmt: skip


def at_work(db: Session, organisation_id: str, day: date) -> list[tuple[str, str, str]]:
    """(person, name, occupation) of whoever works for a firm on a day, by the firm's word, in the order in which they came."""
    found = [
        w for w in facts_of_source(db, Work, employment_source(organisation_id))
        if w.fact.since <= day and (w.fact.until is None or day <= w.fact.until)
    ]  # fmt: skip
    names = people.persons(db, {w.person_id for w in found})
    jobs = {o.code: o.name for o in standards.occupations(db)}
    return [(w.person_id, names[w.person_id].name, jobs.get(w.fact.occupation, w.fact.occupation)) for w in reversed(found)]
