"""Who works for a firm: stated on its promise, told to the person, compared by the authority where money rests on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from skills.accounts.queries import organisation
from skills.certification.rules.filings import employment_source
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.queries import by_document, named
from skills.records import actions as records
from skills.records.queries import facts_of_source
from skills.records.rules import Work
from skills.standards.queries import occupation

ENTER = "application.enter"


@dataclass(frozen=True)
class Employed:
    """An employment on record."""

    entry_id: str


@action("employment.declare", may=ENTER)
def declare(
    act: Act, organisation_id: str, kind: str, number: str, occupation_code: str, since: date, name: str | None = None
) -> Employed:
    """State that somebody works for the firm, on its promise; the person is told and can object.

    name  as the firm knows it: with another one nobody is found, so that a number alone tells nobody's name
    Raises Missing("application.person_unknown"), Refusal("employment.dates" | "employment.known"), Forbidden.
    """
    act.require(ENTER, organisation_id)
    occupation(act.db, occupation_code)
    if since > act.today:
        raise Refusal("employment.dates")
    box = act.using(Box)
    person_id = by_document(act.db, box, kind, number) if name is None else named(act.db, box, kind, number, name)
    if person_id is None:
        raise Missing("application.person_unknown")
    wait_exclusive(act.db, employment_source(organisation_id, person_id))
    held = facts_of_source(act.db, Work, employment_source(organisation_id, person_id))
    if any(w.fact.until is None or w.fact.until >= since for w in held):
        raise Refusal("employment.known")
    body = organisation(act.db, organisation_id)
    source = employment_source(organisation_id, person_id) + since.isoformat()
    fact = Work(occupation_code, False, since, None, body.name, body.id)
    done = records.add(act, person_id=person_id, kind="work", source=source, body=fact, strength="promised")
    send(act, person_id=person_id, code="exam.employed", body=body.name, since=since)
    return Employed(done.entry_id)


@action("employment.end", may=ENTER)
def end(act: Act, organisation_id: str, entry_id: str, until: date) -> Employed:
    """The last day on which somebody worked for the firm; how well the employment was proven stays.

    Raises Missing("employment.unknown"), Refusal("employment.over" | "employment.dates"), Forbidden.
    """
    act.require(ENTER, organisation_id)
    held = next((w for w in facts_of_source(act.db, Work, employment_source(organisation_id)) if w.id == entry_id), None)
    if held is None:
        raise Missing("employment.unknown")
    if held.fact.until is not None:
        raise Refusal("employment.over", until=held.fact.until)
    if not held.fact.since <= until <= act.today:
        raise Refusal("employment.dates")
    records.withdraw(act, kind="work", source=held.fact.source, reason=f"ended {until}")
    act.db.flush()
    ended = replace(held.fact, until=until)
    done = records.add(
        act, person_id=held.person_id, kind="work", source=held.fact.source, body=ended, strength=held.fact.strength
    )
    send(act, person_id=held.person_id, code="employment.told_ended", body=held.fact.employer, until=until)
    return Employed(done.entry_id)
