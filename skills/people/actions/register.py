"""Registering people, correcting names, opening a sealed number on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.clock import shanghai_day
from skills.kernel.errors import Refusal
from skills.people import queries
from skills.people.models import (
    DocumentAddition,
    DocumentOpening,
    DocumentRemoval,
    IdentityDocument,
    NameHistory,
    Person,
    PersonJoin,
    Portrait,
    Registration,
)
from skills.people.queries.removals import PastUse, past_uses, seen_at
from skills.people.rules import (
    DESTROY,
    check_document,
    check_name,
    check_phone,
    mask_document,
    may_open,
    normal_document,
    normal_phone,
    tidy_name,
)
from skills.people.rules.removals import seen_enough
from skills.people.states import ADDITION, JOIN, REMOVAL, AdditionState, JoinState, RemovalState
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
    seen: str = "",
) -> Registered:
    """Put a person on record inside the caller's act; a document that is known leads to the person it belongs to.

    seen  what the desk saw of whoever comes with a number that was taken off another record, once a second person releases it
    Raises Refusal("name.refused" | "document.refused" | "document.seen" | "document.taken_off" | "person.other_name" |
    "phone.refused").
    """
    check_name(name).or_refuse()
    forms = queries.document_forms(act.db, act.today)
    check_document(document_kind, document_number, birth, sex, act.today, forms).or_refuse()
    box = act.using(Box)
    known = queries.by_document(act.db, box, document_kind, document_number)
    if known is not None:
        if queries.named(act.db, box, document_kind, document_number, name) is None:
            raise Refusal("person.other_name", number=mask_document(normal_document(document_kind, document_number)))
        return Registered(known, fresh=False)
    district_of(act.db, district)
    person_id = act.new_id()
    sealed_phone, phone_blind = _phone(act, person_id, phone)
    act.add(
        Person(
            id=person_id,
            name=box.seal(tidy_name(name), queries.name_place(person_id), person_id),
            birth=box.seal(birth.isoformat(), queries.birth_place(person_id), person_id),
            sex=sex,
            district=district,
            phone=sealed_phone,
            phone_blind=phone_blind,
            likeness=queries.likeness(box, name, birth),
            synthetic=synthetic,
            registered_at=act.at,
        )
    )
    add_document(act, person_id, document_kind, document_number, seen)
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
    """Put one person on record. By a number that was taken off another record that takes two (`ask_registration`)."""
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
    row, box, history_id = known(act, person_id), act.using(Box), act.new_id()
    before = box.open(row.name, queries.name_place(row.id))
    sealed = box.seal(before, f"name_history:{history_id}:name", row.id)
    act.add(NameHistory(id=history_id, person_id=row.id, name=sealed, until=act.at, reason=reason))
    row.name = box.seal(tidy_name(name), queries.name_place(row.id), row.id)
    row.likeness = queries.likeness(box, name, queries.person(act.db, row.id).birth)
    act.note("person.rename", id=row.id)


def set_phone(act: Act, person_id: str, phone: str) -> None:
    """Another phone number for a person inside the caller's act; an empty one takes the old away."""
    row = known(act, person_id)
    row.phone, row.phone_blind = _phone(act, row.id, phone)


@action("person.consent", may="person.register")
def record_consent(act: Act, person_id: str, form_number: str) -> None:
    """A guardian signed at the counter for somebody under age; the paper is kept under its number."""
    number = form_number.strip()
    if not 1 <= len(number) <= 40:
        raise Refusal("person.consent_number")
    row = known(act, person_id)
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


@action("person.note_likeness", may="system.jobs")
def note_likeness(act: Act, most: int) -> None:
    """Note by what double records are found, of so many people on record since before it was noted."""
    box = act.using(Box)
    for row in act.db.scalars(select(Person).where(unnoted()).order_by(Person.id).limit(most)).all():
        who = queries.person(act.db, row.id)
        row.likeness = queries.likeness(box, who.name, who.birth)
    act.db.flush()


def unnoted() -> ColumnElement[bool]:
    """People of whom it is not yet noted by what double records are found."""
    return Person.likeness.is_(None) & Person.erased_at.is_(None) & Person.merged_into.is_(None)


def add_document(act: Act, person_id: str, kind: str, number: str, seen: str = "", name: str = "") -> str:
    """Put a document on record for a person inside the caller's act; its id. Whether it may be is the caller's to ask.

    name  as it is written on the document, if otherwise than on the record
    seen  what was seen; kept with a number that was taken off a record before, by which nobody is somebody new unseen
    Raises Refusal("document.taken_off" | "document.seen").
    """
    document_id, plain, box = act.new_id(), normal_document(kind, number), act.using(Box)
    before = past_uses(act.db, box, [(kind, plain)]).get((kind, plain), ())
    if before:
        _seen(before[0], plain, seen)
    act.add(
        IdentityDocument(
            id=document_id,
            person_id=person_id,
            kind=kind,
            number=box.seal(plain, f"identity_document:{document_id}:number", person_id),
            blind=queries.document_blind(box, kind, plain),
            masked=mask_document(plain),
            name=box.seal(tidy_name(name), queries.written_at(document_id), person_id) if name else None,
            added_at=act.at,
            added_by=act.actor.account,
            seen=box.seal(seen.strip(), seen_at(document_id), person_id) if before else None,
        )
    )
    if before:
        act.note("document.taken_up", document=document_id, person=person_id)
    return document_id


def _seen(past: PastUse, number: str, seen: str) -> None:
    if not seen.strip():
        raise Refusal(
            "document.taken_off", number=mask_document(number), person=past.person_id, day=shanghai_day(past.until),
            why=past.reason_zh, why_en=past.reason_en,
        )  # fmt: skip
    seen_enough(seen).or_refuse()


def _phone(act: Act, person_id: str, phone: str) -> tuple[bytes | None, str | None]:
    if not phone:
        return None, None
    check_phone(phone, value(act.db, "person.mobile", act.today)).or_refuse()
    plain, box = normal_phone(phone), act.using(Box)
    return box.seal(plain, f"person:{person_id}:phone", person_id), box.blind("phone", plain)


def erase(act: Act, person_id: str) -> None:
    """Forget who somebody is, inside the deciding act; the job that it orders destroys the data key.

    Everything sealed for this person becomes unreadable in this database and in every copy of it. Records that were
    merged into this one go with it. The district stays: the programme's figures are counted by it.
    """
    ids = queries.group(act.db, person_id)
    for row in act.db.scalars(select(Person).where(Person.id.in_(ids))):
        row.erased_at, row.phone, row.phone_blind, row.sex, row.guardian_form = act.at, None, None, "", None
        row.likeness = None
    for document in act.db.scalars(select(IdentityDocument).where(IdentityDocument.person_id.in_(ids))):
        document.ended_at, document.blind, document.masked = document.ended_at or act.at, "", ""
    for asked in act.db.scalars(select(DocumentAddition).where(DocumentAddition.person_id.in_(ids))):
        asked.blind, asked.masked = "", ""
        if asked.state == AdditionState.ASKED:
            act.move(asked, ADDITION, "withdraw", decided_by=act.actor.account, decided_at=act.at)
    for wanted in act.db.scalars(select(DocumentRemoval).where(DocumentRemoval.person_id.in_(ids), DocumentRemoval.state == RemovalState.ASKED)):
        act.move(wanted, REMOVAL, "withdraw", decided_by=act.actor.account, decided_at=act.at)
    for registration in act.db.scalars(select(Registration).where(Registration.person_id.in_(ids))):
        registration.masked = ""
    named = PersonJoin.kept_id.in_(ids) | PersonJoin.gone_id.in_(ids)
    for proposed in act.db.scalars(select(PersonJoin).where(named, PersonJoin.state == JoinState.PROPOSED)):
        act.move(proposed, JOIN, "withdraw", decided_by=act.actor.account, decided_at=act.at)
    for portrait in act.db.scalars(select(Portrait).where(Portrait.person_id.in_(ids))):
        act.db.delete(portrait)
    for past in act.db.scalars(select(NameHistory).where(NameHistory.person_id.in_(ids))):
        past.reason = ""
    act.db.flush()
    act.later(DESTROY, key=f"erase:{person_id}")
    act.note("person.erase", id=person_id, records=len(ids))


def known(act: Act, person_id: str) -> Person:
    """Somebody whom the register still knows. Raises Missing("person.unknown"), Refusal("person.erased" | "person.joined")."""
    row = act.get(Person, id=person_id)
    if row.erased_at is not None:
        raise Refusal("person.erased")
    if row.merged_into is not None:
        raise Refusal("person.joined", id=row.merged_into)
    return row
