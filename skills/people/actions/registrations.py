"""Somebody new by a number that was taken off another record: put down at the desk by one, put on record by another.

Taking a document off needs two people. If one were enough to make a new record of it, one clerk could make two people of one,
each with a voucher of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.people import queries
from skills.people.actions.register import register
from skills.people.models import Registration
from skills.people.queries.registrations import sealed_at
from skills.people.queries.removals import past_uses
from skills.people.rules import check_document, check_name, check_phone, mask_document, normal_document, tidy_name
from skills.people.rules.additions import answered, second_person
from skills.people.rules.registrations import may_ask
from skills.people.states import REGISTRATION, RegistrationState
from skills.standards.queries import district as district_of
from skills.standards.queries import value


@dataclass(frozen=True)
class RegistrationAsked:
    """A wish that waits for a second person."""

    registration_id: str


@dataclass(frozen=True)
class RegistrationDecided:
    """How it ended, and the person who is on record now, if there is one."""

    registration_id: str
    state: str
    person_id: str | None


@action("registration.ask", may="person.register")
def ask_registration(
    act: Act, name: str, document_kind: str, document_number: str, birth: date, sex: str, district: str, seen: str,
    phone: str = "", synthetic: bool = False,
) -> RegistrationAsked:  # fmt: skip
    """Somebody is at the desk with a number that was taken off another record: put down who, and what was seen.

    Raises Refusal("registration.refused" | "name.refused" | "document.refused" | "phone.refused").
    """
    box, number = act.using(Box), normal_document(document_kind, document_number)
    check_name(name).or_refuse()
    check_document(document_kind, number, birth, sex, act.today, queries.document_forms(act.db, act.today)).or_refuse()
    if phone:
        check_phone(phone, value(act.db, "person.mobile", act.today)).or_refuse()
    district_of(act.db, district)
    blind = queries.document_blind(box, document_kind, number)
    waits = act.find(Registration, blind=blind, state=RegistrationState.ASKED) is not None
    may_ask(
        bool(past_uses(act.db, box, [(document_kind, number)])), queries.by_document(act.db, box, document_kind, number), waits, seen
    ).or_refuse()
    new = act.new_id()
    wanted = {
        "name": tidy_name(name), "document_number": number, "birth": birth.isoformat(), "sex": sex, "phone": phone, "seen": seen.strip(),
    }  # fmt: skip
    act.add(
        Registration(
            id=new, state=RegistrationState.ASKED, kind=document_kind, blind=blind, masked=mask_document(number),
            wanted=box.seal(json.dumps(wanted, ensure_ascii=False), sealed_at(new, "wanted"), new), district=district,
            synthetic=synthetic, asked_by=act.actor.account, asked_at=act.at,
        )
    )  # fmt: skip
    act.note("registration.ask", id=new)
    return RegistrationAsked(new)


@action("registration.decide", may="person.decide", step_up=True)
def decide_registration(act: Act, registration_id: str, agree: bool, answer: str = "") -> RegistrationDecided:
    """The second person: somebody is on record from now on, or not, with the reason. What was asked then is asked again now.

    Raises Refusal("person.second_person" | "person.answer" | "registration.refused") and what registering raises.
    """
    row, box = act.get(Registration, id=registration_id), act.using(Box)
    REGISTRATION.check(row.state, "release")
    second_person(row.asked_by, act.actor.account).or_refuse()
    by = {"decided_by": act.actor.account, "decided_at": act.at}
    if not agree:
        answered(answer).or_refuse()
        sealed = box.seal(answer.strip(), sealed_at(row.id, "answer"), row.id)
        act.move(row, REGISTRATION, "refuse", answer=sealed, wanted=None, blind="", **by)
        return RegistrationDecided(row.id, row.state, None)
    assert row.wanted is not None  # noqa: S101 - it is there as long as nobody has decided
    wanted = json.loads(box.open(row.wanted, sealed_at(row.id, "wanted")))
    number = wanted["document_number"]
    past, holder = past_uses(act.db, box, [(row.kind, number)]), queries.by_document(act.db, box, row.kind, number)
    may_ask(bool(past), holder, False, wanted["seen"]).or_refuse()
    made = register(
        act, name=wanted["name"], document_kind=row.kind, document_number=number, birth=date.fromisoformat(wanted["birth"]),
        sex=wanted["sex"], district=row.district, phone=wanted["phone"], synthetic=row.synthetic, seen=wanted["seen"],
    )  # fmt: skip
    act.move(row, REGISTRATION, "release", person_id=made.person_id, wanted=None, blind="", **by)
    return RegistrationDecided(row.id, row.state, made.person_id)


@action("registration.withdraw", may="person.register")
def withdraw_registration(act: Act, registration_id: str) -> None:
    """Take it back, as long as nobody has decided."""
    row = act.get(Registration, id=registration_id)
    act.move(row, REGISTRATION, "withdraw", wanted=None, blind="", decided_by=act.actor.account, decided_at=act.at)
