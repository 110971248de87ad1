"""Registering people, correcting names, opening a sealed number on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.people import queries
from skills.people.models import DocumentOpening, IdentityDocument, NameHistory, Person
from skills.people.rules import (
    check_document,
    check_name,
    check_phone,
    mask_document,
    may_open,
    normal_document,
    normal_name,
    normal_phone,
    tidy_name,
)
from skills.standards.queries import district as district_of
from skills.standards.queries import value


@dataclass(frozen=True)
class Registered:
    """A person on record; `fresh` is false if the document was known already."""

    person_id: str
    fresh: bool


@dataclass(frozen=True)
class Revealed:
    """A document number in full, opened on record."""

    number: str


def register(
    act: Act,
    *,
    name: str,
    document_kind: str,
    document_number: str,
    birth: date,
    sex: str,
    district: str,
    phone: str = "",
    synthetic: bool = False,
) -> Registered:
    """Put a person on record inside the caller's act; a document that is known leads to the person it belongs to.

    Raises Refusal("name.refused" | "document.refused" | "person.other_name" | "phone.refused").
    """
    check_name(name).or_refuse()
    forms = queries.document_forms(act.db, act.today)
    check_document(document_kind, document_number, birth, sex, act.today, forms).or_refuse()
    box = act.using(Box)
    known = queries.by_document(act.db, box, document_kind, document_number)
    if known is not None:
        held = act.get(Person, id=known)
        if held.match_name != normal_name(name):
            raise Refusal("person.other_name", number=mask_document(normal_document(document_kind, document_number)))
        return Registered(known, fresh=False)
    district_of(act.db, district)
    person_id = act.new_id()
    sealed_phone, phone_blind = _phone(act, person_id, phone)
    act.add(
        Person(
            id=person_id,
            name=tidy_name(name),
            match_name=normal_name(name),
            birth=birth,
            sex=sex,
            district=district,
            phone=sealed_phone,
            phone_blind=phone_blind,
            synthetic=synthetic,
            registered_at=act.at,
        )
    )
    _add_document(act, person_id, document_kind, document_number)
    act.note("person.register", id=person_id)
    return Registered(person_id, fresh=True)


@action("person.register", may="person.register")
def register_person(
    act: Act,
    name: str,
    document_kind: str,
    document_number: str,
    birth: date,
    sex: str,
    district: str,
    phone: str = "",
    synthetic: bool = False,
) -> Registered:
    """Put one person on record."""
    return register(
        act,
        name=name,
        document_kind=document_kind,
        document_number=document_number,
        birth=birth,
        sex=sex,
        district=district,
        phone=phone,
        synthetic=synthetic,
    )


@action("person.rename", may="person.register")
def rename(act: Act, person_id: str, name: str, reason: str) -> None:
    """Note a person's new name; the old one stays in the history."""
    check_name(name).or_refuse()
    row = act.get(Person, id=person_id)
    act.add(NameHistory(id=act.new_id(), person_id=row.id, name=row.name, until=act.at, reason=reason))
    row.name, row.match_name = tidy_name(name), normal_name(name)
    act.note("person.rename", id=row.id)


def set_phone(act: Act, person_id: str, phone: str) -> None:
    """Another phone number for a person inside the caller's act; an empty one takes the old away."""
    row = act.get(Person, id=person_id)
    row.phone, row.phone_blind = _phone(act, row.id, phone)


@action("person.consent", may="person.register")
def record_consent(act: Act, person_id: str, form_number: str) -> None:
    """A guardian signed at the counter for somebody under age; the paper is kept under its number."""
    number = form_number.strip()
    if not 1 <= len(number) <= 40:
        raise Refusal("person.consent_number")
    row = act.get(Person, id=person_id)
    if queries.may_hold_data(act.db, row.id, act.today):
        raise Refusal("person.consent_not_needed")
    row.guardian_consent_at = act.at
    row.guardian_form = act.using(Box).seal(number, f"person:{row.id}:guardian_form", row.id)
    act.note("person.consent", id=row.id)


@action("person.reveal", may="person.reveal", step_up=True)
def reveal_document(act: Act, person_id: str, reason: str, detail: str = "") -> Revealed:
    """Open a document number. The class of the reason goes on record, the detail is sealed: it may name somebody.

    Raises Refusal("person.why_needed" | "person.detail_needed").
    """
    may_open(reason, detail).or_refuse()
    box = act.using(Box)
    found = queries.printed_document(act.db, box, person_id)
    opening_id, words = act.new_id(), detail.strip()
    act.add(
        DocumentOpening(
            id=opening_id,
            person_id=person_id,
            reason=reason,
            detail=box.seal(words, f"document_opening:{opening_id}:detail", person_id) if words else None,
            opened_by=act.actor.account,
            opened_at=act.at,
        )
    )
    act.note("person.reveal", id=person_id, reason=reason, opening=opening_id)
    return Revealed(found.number)


def _add_document(act: Act, person_id: str, kind: str, number: str) -> None:
    document_id, plain, box = act.new_id(), normal_document(kind, number), act.using(Box)
    act.add(
        IdentityDocument(
            id=document_id,
            person_id=person_id,
            kind=kind,
            number=box.seal(plain, f"identity_document:{document_id}:number", person_id),
            blind=box.blind(f"document:{kind}", plain),
            masked=mask_document(plain),
            added_at=act.at,
        )
    )


def _phone(act: Act, person_id: str, phone: str) -> tuple[bytes | None, str | None]:
    if not phone:
        return None, None
    check_phone(phone, value(act.db, "person.mobile", act.today)).or_refuse()
    plain, box = normal_phone(phone), act.using(Box)
    return box.seal(plain, f"person:{person_id}:phone", person_id), box.blind("phone", plain)
