"""Who belongs to a body without being employed by it, as the body itself entered them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.certification.queries.decisions import admitted_ties
from skills.certification.rules.filings import EMPLOYEE, TIES, member_source
from skills.people import queries as people
from skills.records.queries import facts_of_source
from skills.records.rules import Standing


@dataclass(frozen=True)
class Member:
    """Somebody who belongs, or belonged, to a body. `tie` a code of rules.filings.TIES; `counts`: policy admits it today."""

    id: str
    name: str
    tie: str
    tie_words: tuple[str, str]
    since: date
    until: date | None
    strength: str
    counts: bool


def members(db: Session, organisation_id: str, day: date, after: str = "", most: int | None = None) -> list[Member]:
    """Whom a body entered, newest first."""
    found = facts_of_source(db, Standing, member_source(organisation_id))
    held = [one for one in found if not after or one.id < after][:most]
    names = people.persons(db, {one.person_id for one in held})
    admitted = admitted_ties(db, organisation_id, day) if held else ()
    return [
        Member(
            one.id, names[one.person_id].name, one.fact.group, TIES[one.fact.group], one.fact.since, one.fact.until,
            one.fact.strength, one.fact.group in admitted,
        )
        for one in held
    ]  # fmt: skip


def ties_to_enter(db: Session, organisation_id: str, day: date) -> tuple[str, ...]:
    """The ties that policy admits for this body besides employment."""
    return tuple(tie for tie in admitted_ties(db, organisation_id, day) if tie != EMPLOYEE)
