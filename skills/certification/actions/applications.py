"""Applying for a level: by the candidate, or by the body for its people. The verdict is kept with its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import func, select

from skills.certification.actions import examinations, photos
from skills.certification.actions.moves import sitting_for
from skills.certification.models import Application, Filing, Sitting
from skills.certification.queries.carried import kept_for
from skills.certification.queries.decisions import own_people, terms_on
from skills.certification.queries.photos import APPLY
from skills.certification.rules import eligibility
from skills.certification.rules.registration import old_enough
from skills.certification.states import APPLICATION, ApplicationState, SittingState
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.canon import plain
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.queries import by_document, may_hold_data, person
from skills.records.queries import facts as facts_of
from skills.standards.rules import Level


@dataclass(frozen=True)
class Applied:
    """An accepted application and the condition that was met."""

    application_id: str
    condition: str


@action("application.file", may="application.file")
def apply(act: Act, sitting_id: str) -> Applied:
    """Apply for a level in one's own name. Refused with every condition and what is missing."""
    if act.actor.person is None:
        raise Refusal("no_person")
    return apply_as(act, act.actor.person, sitting_id)


def apply_as(act: Act, person_id: str, sitting_id: str) -> Applied:
    """The same in somebody's name, inside the caller's act."""
    return _register(act, act.get(Sitting, id=sitting_id), person_id)


@action("application.enter", may="application.enter")
def enlist(act: Act, sitting_id: str, kind: str, number: str, condition: str = "") -> Applied:
    """Register somebody for a body's exam by identity document. The person is told and can withdraw.

    condition  the one that is relied on, as the official list calls it (L4_2); empty: the first that is met
    """
    sitting = sitting_for(act, sitting_id, "application.enter")
    person_id = by_document(act.db, act.using(Box), kind, number)
    if person_id is None:
        raise Missing("application.person_unknown")
    done = _register(act, sitting, person_id, condition)
    send(act, person_id=person_id, code="exam.enlisted", day=sitting.held_on, site=sitting.site)
    return done


@action("application.withdraw", may="application.file")
def withdraw(act: Act, application_id: str) -> None:
    """Take one's application back while registration is open."""
    withdraw_as(act, act.actor.person, application_id)


def withdraw_as(act: Act, person_id: str | None, application_id: str) -> None:
    """The same in somebody's name, inside the caller's act."""
    row = act.get(Application, id=application_id)
    if person_id is None or row.person_id != person_id:
        raise Missing("application.unknown")
    sitting = act.get(Sitting, id=row.sitting_id)
    if sitting.state != SittingState.OPEN:
        raise Refusal("application.too_late_to_withdraw")
    act.move(row, APPLICATION, "withdraw")


def _register(act: Act, sitting: Sitting, person_id: str, condition: str = "") -> Applied:
    return enter_as(act, sitting, person_id, *_open_for(act, sitting), condition, examine=True)


def enter_as(
    act: Act, sitting: Sitting, person_id: str, ends: date, held_on: date, condition: str = "", *, examine: bool = False
) -> Applied:
    """Register somebody whom the caller has found a place for: every condition is asked at the deadline of this exam.

    examine  whether it waits for the body's examination where policy has one; whoever comes late was looked at by who lets him in
    """
    who = person(act.db, person_id)
    terms = terms_on(act.db, sitting.occupation, ends)
    old_enough(who.birth, terms.day(ends, held_on), terms).or_refuse()  # before consent: no consent makes anybody older
    may_hold_data(act.db, who.id, act.today).or_refuse()
    facts = facts_of(act.db, who.id, who.birth)
    filing = act.get(Filing, id=sitting.filing_id)
    own_people(act.db, facts, filing.kind, sitting.organisation_id, (ends, held_on)).or_refuse()
    day = terms.day(ends, held_on)
    verdict = eligibility.judge(Level(sitting.level), sitting.occupation, facts, day, terms)
    verdict.or_refuse()
    met = eligibility.relied_on(verdict, terms.edition.edition, condition)
    photos.wanted(act, APPLY, [who.id])
    _not_twice(act, sitting, who.id)
    kept = kept_for(act.db, sitting.id, who.id)
    row = act.add(
        Application(
            id=act.new_id(), sitting_id=sitting.id, person_id=who.id, state=ApplicationState.FILED,
            condition=met, edition=terms.edition.edition,
            facts=cast("dict[str, Any]", plain(facts)), verdict=cast("dict[str, Any]", plain(verdict)),
            applied_by=act.actor.on_behalf_of or act.actor.account, applied_at=act.at, kept=cast("list[dict[str, Any]]", plain(kept)),
            terms=eligibility.frozen(Level(sitting.level), sitting.occupation, day, terms),
        )
    )  # fmt: skip
    if not examine or not examinations.wanted(act, row):
        act.move(row, APPLICATION, "accept")
    act.note("application.file", id=row.id, sitting=sitting.id, condition=row.condition)
    return Applied(row.id, row.condition)


def _open_for(act: Act, sitting: Sitting) -> tuple[date, date]:
    """(deadline, exam day) of a sitting that takes candidates today."""
    begins, ends, held_on = sitting.registration_from, sitting.registration_to, sitting.held_on
    if begins is None or ends is None or held_on is None:
        raise Missing("sitting.unknown")
    if sitting.state != SittingState.OPEN or not begins <= act.today <= ends:
        raise Refusal("application.not_open", since=begins, until=ends)
    wait_exclusive(act.db, f"sitting:{sitting.id}")
    act.db.refresh(sitting)  # it may have been closed while we waited
    if sitting.state != SittingState.OPEN:
        raise Refusal("application.not_open", since=begins, until=ends)
    place_left(act, sitting)
    return ends, held_on


def place_left(act: Act, sitting: Sitting) -> None:
    """An exam has a place left; the caller waits at its door. Raises Refusal("application.full")."""
    taken = act.db.scalar(
        select(func.count())
        .select_from(Application)
        .where(Application.sitting_id == sitting.id, Application.state != ApplicationState.WITHDRAWN)
    )
    if (taken or 0) >= sitting.capacity:
        raise Refusal("application.full", capacity=sitting.capacity)


def _not_twice(act: Act, sitting: Sitting, person_id: str) -> None:
    wait_exclusive(act.db, f"candidate:{person_id}")
    same_day = act.db.execute(
        select(Sitting.id, Sitting.held_on)
        .join(Application, Application.sitting_id == Sitting.id)
        .where(
            Application.person_id == person_id,
            Application.state != ApplicationState.WITHDRAWN,
            Sitting.held_on == sitting.held_on,
        )
    ).first()
    if same_day is not None:
        code = "application.already" if same_day[0] == sitting.id else "application.same_day"
        raise Refusal(code, day=sitting.held_on)
