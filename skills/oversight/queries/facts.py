"""Gathering the facts of a window from the rooms below: a dozen statements, whatever the number of people."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.rules import OrganisationKind
from skills.accounts.states import OrganisationState
from skills.certification.queries.exams import trails
from skills.certification.queries.given import marks_given
from skills.courses.queries import bookings
from skills.courses.queries import places as courses
from skills.courses.rules.attendance import Way
from skills.kernel import audit
from skills.kernel.clock import shanghai_day
from skills.learning.queries import facts as learning
from skills.oversight.models import CallBack, RegisterEntry
from skills.oversight.rules import RULES
from skills.oversight.rules.facts import (
    Body,
    Budget,
    Candidate,
    Coming,
    Denied,
    Facts,
    Given,
    Lesson,
    Miss,
    Paper,
    Said,
    Sat,
    Seat,
    Status,
    Trouble,
    Typed,
    Use,
)
from skills.oversight.states import CallBackState
from skills.people import queries as people
from skills.records import queries as records
from skills.records.rules import Education, Fact, Standing, Work
from skills.settlement.payee import Payee
from skills.settlement.queries.payees import blinds
from skills.standards import queries as standards
from skills.vouchers.queries import uses as vouchers
from skills.vouchers.states import DisputeState, RedemptionState

FAMILY, HANDS = "oversight.", "hands"  # what one hand's marks are held against has a row of its own, and belongs to F13
REFUSED = ("sign_in.", "second_factor.refused", "code.")
NO_CLASS = courses.Place("", "", "", "", "", "", "", "", "", "", None, date.min, date.min)


def numbers(db: Session, day: date) -> dict[str, Mapping[str, Any]]:
    """rule → its numbers by the policy of a day."""
    held = standards.policies(db, day, [f"{FAMILY}{name}" for name in (*RULES, HANDS)])
    found = {name: held[f"{FAMILY}{name}"].value for name in RULES}
    return {**found, "F13": {**found["F13"], HANDS: held[f"{FAMILY}{HANDS}"].value}}


def gather(db: Session, now: datetime) -> Facts:
    """Everything that the rules are asked on at a moment."""
    day = shanghai_day(now)
    since = now - timedelta(days=int(standards.value(db, "oversight.window_days", day)))
    booked_since = now - timedelta(days=int(standards.value(db, "oversight.bookings_days", day)))
    known = numbers(db, day)
    held = vouchers.uses(db, since, now)
    by_use = {p.redemption_id: p for p in courses.places(db, since - timedelta(days=1))}
    uses = tuple(_use(u, by_use.get(u.id, NO_CLASS)) for u in held)
    accounts_of = blinds(db)
    bodies = _bodies(db, accounts_of)
    paid: dict[str, set[str]] = {}
    for payee, blind in accounts_of.items():
        paid.setdefault(blind, set()).add(f"person:{payee.id}" if payee.person_id else f"organisation:{payee.id}")
    titles = courses.titles(db)
    listed = records.facts_listed(db, sorted({u.person for u in uses}), ("standing", "work", "education"), promised=True)
    return Facts(
        day=day,
        uses=uses,
        misses=tuple(_misses(db, since, now, known["F1"]["codes"], bodies)),
        troubles=tuple(_troubles(db, since, now, int(known["F5"]["codes"]))),
        denied=tuple(_denied(db, since, uses)),
        said=tuple(_said(db, since)),
        by_day=_by_day(db, day),
        bodies=bodies,
        phones=people.shared_phones(db, 2),
        births=people.births(db, {u.person for u in uses}),
        statuses=_statuses(listed),
        employers=_employers(listed),
        payees={account: frozenset(subjects) for account, subjects in paid.items()},
        groups=vouchers.groups_of_batches(db),
        courses={p.course_id: (titles.get(p.course_id, ""), p.institution_id) for p in by_use.values()},
        budgets=tuple(_budgets(db, day)),
        lessons=tuple(_lessons(db, booked_since, now)),
        seats=tuple(_seats(db, booked_since)),
        comings=tuple(_comings(db, booked_since)),
        sittings=tuple(_sittings(db, booked_since)),
        candidates=tuple(_candidates(db, shanghai_day(since))),
        given=tuple(given(db, shanghai_day(since))),
    )


def _use(use: vouchers.Use, place: courses.Place) -> Use:
    result = (place.hours, place.attendance, place.score) if place.state == "completed" else None
    return Use(
        use.id, use.person_id, use.institution_id, use.batch_id, place.course_id, place.class_id, use.cents,
        use.state in (RedemptionState.REDEEMED, RedemptionState.EARNED), use.at, shanghai_day(use.at), use.issued_at,
        use.claimed_at, use.network, use.device, result,
    )  # fmt: skip


def _misses(db: Session, since: datetime, now: datetime, codes: list[str], bodies: Mapping[str, Body]) -> list[Miss]:
    works_for = {account: body.id for body in bodies.values() for account in body.accounts}
    found = []
    for row, actor, subject, _, at in audit.attempts(db, codes, since, now):
        institution = subject if subject in bodies else works_for.get(actor)
        if institution:
            found.append(Miss(row, institution, at))
    return found


def _troubles(db: Session, since: datetime, now: datetime, codes: int) -> list[Trouble]:
    owner = accounts.people_of_accounts(db)
    found = [
        Trouble(row, owner.get(subject) or owner[actor], "refused", at)
        for row, actor, subject, _, at in audit.attempts(db, REFUSED, since, now)
        if subject in owner or actor in owner
    ]
    for at, notes in audit.done(db, "account.replace_phone", since):
        found += [Trouble(f"phone:{note['person']}", note["person"], "phone", at) for note in notes if note.get("person")]
    found += [Trouble(row, person, "code", at) for row, person, at in accounts.codes_of_people(db, since, codes)]
    return sorted(found, key=lambda t: (t.at, t.id))


def _denied(db: Session, since: datetime, uses: tuple[Use, ...]) -> list[Denied]:
    at = {u.id: u for u in uses}
    found = [
        Denied(d.redemption_id, at[d.redemption_id].institution, at[d.redemption_id].person, d.state == DisputeState.UPHELD)
        for d in vouchers.denials(db, since) if d.redemption_id in at
    ]  # fmt: skip
    return [*found, *(Denied(*row, upheld=True) for row in vouchers.denied_elsewhere(db, since))]


def _said(db: Session, since: datetime) -> list[Said]:
    rows = db.execute(
        select(CallBack.id, CallBack.redemption_id, CallBack.institution_id, CallBack.answer)
        .where(CallBack.state == CallBackState.ANSWERED, CallBack.answered_at >= since)
        .order_by(CallBack.id)
    )
    return [Said(*row) for row in map(tuple, rows)]


def _by_day(db: Session, day: date) -> dict[str, list[tuple[date, int]]]:
    found: dict[str, list[tuple[date, int]]] = {}
    for institution, on, count in vouchers.uses_by_day(db, day):
        found.setdefault(institution, []).append((on, count))
    return found


def _bodies(db: Session, payees: Mapping[Payee, str]) -> dict[str, Body]:
    register = {r.organisation_id: r for r in db.scalars(select(RegisterEntry).where(RegisterEntry.ended_at.is_(None)))}
    teaching = courses.teachings(db)
    off = (OrganisationState.SUSPENDED, OrganisationState.CLOSED)
    none = courses.Teaching(frozenset(), frozenset(), frozenset())
    found = {}
    for body in accounts.bodies(db):
        if body.kind == OrganisationKind.BUREAU:
            continue
        entry, taught = register.get(body.id), teaching.get(body.id, none)
        found[body.id] = Body(
            body.id, body.name, body.state in off, shanghai_day(body.registered_at),
            entry.established_on if entry else None, entry.insured if entry else None,
            entry.legal_rep_blind if entry else "", "".join(entry.address.split()) if entry else "", payees.get(Payee(body.id), ""),
            taught.courses, taught.addresses, taught.lecturers, body.accounts,
        )  # fmt: skip
    return found


def _statuses(held: Mapping[str, Sequence[Fact]]) -> dict[str, list[Status]]:
    found: dict[str, list[Status]] = {}
    for person_id, facts in held.items():
        told = [s for fact in facts if fact.strength != "promised" for s in _status(fact)]
        if told:
            found[person_id] = told
    return found


def _status(fact: Fact) -> Iterator[Status]:
    match fact:
        case Standing():
            yield Status(fact.group, fact.since, fact.until, fact.source)
        case Work():
            yield Status("work", fact.since, fact.until, fact.source)
        case Education() if fact.graduated_on is None and fact.expected_on is not None:
            # In the year of graduation one belongs to the graduates: what speaks against a use ends before it.
            first = fact.expected_on.replace(year=fact.expected_on.year - 4, month=1, day=1)
            yield Status("study", first, fact.expected_on.replace(month=1, day=1) - timedelta(days=1), fact.source)
        case _:
            return


def _employers(held: Mapping[str, Sequence[Fact]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for person_id, facts in held.items():
        for fact in facts:
            if isinstance(fact, Work) and fact.employer_id:
                found.setdefault(fact.employer_id, set()).add(person_id)
    return {employer: frozenset(people) for employer, people in found.items()}


def _budgets(db: Session, day: date) -> list[Budget]:
    found = []
    for b in vouchers.budgets(db, day):
        left = b.count_ceiling - b.issued
        if b.face:
            left = min(left, (b.money_ceiling - b.committed) // b.face)
        found.append(Budget(b.batch_id, b.title, left, b.issued + max(0, left), b.issued_lately, b.days, b.claim_until))
    return found


def _lessons(db: Session, since: datetime, now: datetime) -> Iterator[Lesson]:
    for s in bookings.lessons(db, since, now):
        address, room = _plain(s.address), _plain(s.room)
        place = f"{address} {room}" if address and room else ""
        yield Lesson(s.id, s.class_id, s.institution_id, _plain(s.lecturer), s.proof, place, s.starts_at, s.ends_at, s.makes_up)


def _plain(text: str) -> str:
    """A name or an address as it can be compared: width and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _seats(db: Session, since: datetime) -> Iterator[Seat]:
    for s in bookings.seats(db, shanghai_day(since)):
        whole = Decimal(s.attendance) if s.attendance else Decimal(100)
        yield Seat(s.person_id, s.class_id, s.institution_id, max(0, math.ceil(100 - whole)))


def _comings(db: Session, since: datetime) -> Iterator[Coming]:
    for c in bookings.comings(db, since):
        corrected = c.way == Way.CORRECTION
        yield Coming(c.id, c.session_id, c.class_id, c.institution_id, c.person_id, c.there, corrected, c.at, c.closes)


def _sittings(db: Session, since: datetime) -> Iterator[Sat]:
    for s in learning.studies(db, since):
        yield Sat(s.id, s.lesson_id, s.class_id, s.institution_id, s.person_id, s.device, s.starts_at, s.ends_at, s.answers, s.rates)


def _candidates(db: Session, since: date) -> Iterator[Candidate]:
    for t in trails.trails(db, since):
        papers = tuple(
            Paper(p.section, p.hundredths, tuple(Typed(e.id, e.turn, e.hundredths, e.at) for e in p.typed)) for p in t.papers
        )
        yield Candidate(
            t.application_id, t.sitting_id, t.body_id, t.occupation, t.level, t.held_on or since, t.pass_mark, t.passed, papers
        )


def given(db: Session, since: date) -> Iterator[Given]:
    """What each hand gave at exams that were signed off since a day."""
    for m in marks_given(db, since):
        yield Given(
            m.application_id, m.sitting_id, "+".join(m.hands), m.panel, m.body_id, m.occupation, m.level, m.section, m.hundredths,
            m.pass_mark, m.others,
        )  # fmt: skip
