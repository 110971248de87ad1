"""学徒工: entered by the firm with a master, graded 转正定级 by another of its people when the time is over; a record without a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.accounts.queries import organisation
from skills.certification.actions.moves import reason_of
from skills.certification.rules.registration import belonging
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.messages.actions import send
from skills.people.queries import may_hold_data, on_record, person
from skills.recognitions.models import Apprenticeship
from skills.recognitions.states import APPRENTICESHIP, PROPOSE, VOTE, ApprenticeshipState
from skills.records import actions as records
from skills.records.queries import facts
from skills.records.rules import LevelHeld
from skills.standards.queries import occupation
from skills.standards.rules import Level


@dataclass(frozen=True)
class Begun:
    """An apprenticeship on record."""

    apprenticeship_id: str


@action("apprentice.begin", may=PROPOSE)
def begin(act: Act, organisation_id: str, person_id: str, master_id: str, occupation_code: str, since: date, ends_on: date) -> Begun:
    """Enter an apprentice with a master, both of the firm. Raises Refusal("apprentice.employers_only" | "apprentice.dates" |
    "apprentice.own_people" | "apprentice.own_master" | "apprentice.already").
    """
    act.require(PROPOSE, organisation_id)
    if organisation(act.db, organisation_id).kind != "enterprise":
        raise Refusal("apprentice.employers_only")
    occupation(act.db, occupation_code)
    if since > act.today or ends_on < since:
        raise Refusal("apprentice.dates")
    if master_id == person_id:
        raise Refusal("apprentice.own_master")
    for one in (person_id, master_id):
        _works_here(act, organisation_id, one)
    may_hold_data(act.db, person_id, act.today).or_refuse()
    wait_exclusive(act.db, f"apprentice:{person_id}")
    known = {"organisation_id": organisation_id, "person_id": person_id, "occupation": occupation_code}
    if act.find(Apprenticeship, **known, state=ApprenticeshipState.BEGUN) is not None:
        raise Refusal("apprentice.already")
    row = act.add(
        Apprenticeship(
            id=act.new_id(), **known, master_id=master_id, since=since, ends_on=ends_on, state=ApprenticeshipState.BEGUN,
            begun_by=act.actor.account, begun_at=act.at,
        )
    )  # fmt: skip
    act.note("apprentice.begin", id=row.id)
    return Begun(row.id)


@action("apprentice.grade", may=VOTE)
def grade(act: Act, apprenticeship_id: str, statement: str) -> None:
    """转正定级 by another hand than entered it, after the last day: the level stands in the record, without number or certificate.

    Raises Refusal("apprentice.own_hand" | "apprentice.too_early" | "certification.reason_needed").
    """
    row = _own(act, apprenticeship_id, VOTE)
    APPRENTICESHIP.check(row.state, "grade")
    if row.begun_by == act.actor.account:
        raise Refusal("apprentice.own_hand")
    if act.today <= row.ends_on:
        raise Refusal("apprentice.too_early", day=row.ends_on)
    _works_here(act, row.organisation_id, row.person_id)
    body, source = organisation(act.db, row.organisation_id), f"apprenticeship:{row.id}"
    act.move(row, APPRENTICESHIP, "grade", graded_by=act.actor.account, graded_on=act.today, statement=reason_of(statement))
    fact = LevelHeld(row.occupation, Level.APPRENTICE, act.today, "", body.name, source=source, strength="compared")
    records.add(act, person_id=row.person_id, kind="level", source=source, strength="compared", body=fact)
    send(act, person_id=row.person_id, code="apprentice.told", body=body.name)
    act.note("apprentice.grade", id=row.id)


@action("apprentice.stop", may=PROPOSE)
def stop(act: Act, apprenticeship_id: str, reason: str) -> None:
    """End an apprenticeship that comes to nothing, with a reason."""
    row = _own(act, apprenticeship_id, PROPOSE)
    act.move(row, APPRENTICESHIP, "stop", statement=reason_of(reason))
    act.note("apprentice.stop", id=row.id)


def _own(act: Act, apprenticeship_id: str, right: str) -> Apprenticeship:
    row = act.get(Apprenticeship, id=apprenticeship_id)
    act.require(right, row.organisation_id)
    return row


def _works_here(act: Act, organisation_id: str, person_id: str) -> None:
    """Somebody belongs to the firm today, in whatever way."""
    on_record(act.db, person_id)
    who = person(act.db, person_id)
    ties = belonging(facts(act.db, who.id, who.birth))
    if not any(one.body == organisation_id and one.on(act.today) for one in ties):
        raise Refusal("apprentice.own_people")
