"""Who belongs to a body without being employed by it: own students, dispatched staff, apprentices; told to the person, ended by the body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from skills.accounts.queries import organisation
from skills.certification.queries.decisions import admitted_ties
from skills.certification.rules.filings import EMPLOYEE, TIES, member_source
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.queries import by_document, named
from skills.records import actions as records
from skills.records.queries import facts_of_source
from skills.records.rules import Standing

ENTER = "application.enter"


@dataclass(frozen=True)
class Belongs:
    """Somebody who is on record as belonging to a body."""

    entry_id: str


@action("member.declare", may=ENTER)
def declare(
    act: Act, organisation_id: str, tie: str, kind: str, number: str, since: date, until: date | None, name: str | None = None
) -> Belongs:
    """State that somebody belongs to the body, on its promise; the person is told and can object.

    tie    one of rules.filings.TIES but for employees, admitted by policy for this kind of body
    until  the last day, for a student the expected end of studies (needed); None: it goes on
    name   as the body knows it: with another one nobody is found
    Raises Missing("application.person_unknown"), Refusal("member.tie" | "member.dates" | "member.known"), Forbidden.
    """
    act.require(ENTER, organisation_id)
    admitted = admitted_ties(act.db, organisation_id, act.today)
    if tie == EMPLOYEE or tie not in admitted:
        words = [TIES[t] for t in admitted if t != EMPLOYEE]
        raise Refusal("member.tie", ties="、".join(zh for zh, _ in words) or "—", ties_en=", ".join(en for _, en in words) or "—")
    if since > act.today or (until is None and tie == "own_student") or (until is not None and until < since):
        raise Refusal("member.dates")
    box = act.using(Box)
    person_id = by_document(act.db, box, kind, number) if name is None else named(act.db, box, kind, number, name)
    if person_id is None:
        raise Missing("application.person_unknown")
    source = member_source(organisation_id, person_id)
    wait_exclusive(act.db, source)
    held = facts_of_source(act.db, Standing, source)
    if any(one.fact.until is None or one.fact.until >= since for one in held):
        raise Refusal("member.known")
    fact = Standing(tie, since, until)
    done = records.add(act, person_id=person_id, kind="standing", source=source + since.isoformat(), body=fact, strength="promised")
    zh, en = TIES[tie]
    send(act, person_id=person_id, code="exam.belongs", body=organisation(act.db, organisation_id).name, since=since, tie=zh, tie_en=en)
    return Belongs(done.entry_id)


@action("member.end", may=ENTER)
def end(act: Act, organisation_id: str, entry_id: str, until: date) -> Belongs:
    """The last day on which somebody belonged to the body; how well it was proven stays.

    Raises Missing("member.unknown"), Refusal("member.dates"), Forbidden.
    """
    act.require(ENTER, organisation_id)
    held = next((one for one in facts_of_source(act.db, Standing, member_source(organisation_id)) if one.id == entry_id), None)
    if held is None:
        raise Missing("member.unknown")
    if not held.fact.since <= until <= act.today:
        raise Refusal("member.dates")
    records.withdraw(act, kind="standing", source=held.fact.source, reason=f"ended {until}")
    act.db.flush()
    done = records.add(
        act, person_id=held.person_id, kind="standing", source=held.fact.source, body=replace(held.fact, until=until),
        strength=held.fact.strength,
    )  # fmt: skip
    zh, en = TIES[held.fact.group]
    body = organisation(act.db, organisation_id).name
    send(act, person_id=held.person_id, code="exam.belongs_no_more", body=body, until=until, tie=zh, tie_en=en)
    return Belongs(done.entry_id)
