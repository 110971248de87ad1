"""Reading people; documents come masked unless an act needs the whole number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from skills.kernel import store
from skills.kernel.box import Box, Shredded, box_of
from skills.kernel.db import among
from skills.kernel.errors import Missing, Refusal
from skills.kernel.findings import Verdict
from skills.people.models import DocumentAddition, DocumentOpening, IdentityDocument, Person
from skills.people.rules import (
    OPENING_REASONS,
    DocumentForms,
    DocumentKind,
    guardian_rule,
    mask_name,
    matched_document,
    normal_name,
)
from skills.people.rules.removals import HeldDocument, named_by
from skills.standards.queries import value

GONE = "（已删除）"  # the name of somebody whose data were erased
NO_DAY = date(1, 1, 1)  # and their birth date


@dataclass(frozen=True)
class PersonLine:
    """A person as other rooms see one; of somebody erased the name is GONE and the birth date NO_DAY."""

    id: str
    name: str
    masked_name: str
    birth: date
    sex: str
    district: str
    synthetic: bool
    consent_at: datetime | None = None

    @property
    def erased(self) -> bool:
        """Whether the register no longer knows who this is."""
        return self.birth == NO_DAY


@dataclass(frozen=True)
class Resident:
    """When a person was born, NO_DAY of somebody erased, and the code of the district where they live."""

    birth: date
    district: str


@dataclass(frozen=True)
class DocumentLine:
    """A document, masked. `founded`: a record was made with it."""

    id: str
    kind: str
    kind_zh: str
    kind_en: str
    masked: str
    valid_to: date | None
    founded: bool


@dataclass(frozen=True)
class PrintedDocument:
    """A document as the original certificate prints it: the whole number."""

    kind: str
    kind_word: str
    number: str
    masked: str


@dataclass(frozen=True)
class OpeningLine:
    """When somebody opened a document number, and why; the detail is for those who may open numbers themselves."""

    at: datetime
    zh: str
    en: str
    by: str
    detail: str


def document_forms(db: Session, day: date) -> DocumentForms:
    """What documents look like by the policy of a day."""
    return DocumentForms(value(db, "document.areas", day), value(db, "document.foreign_pr", day))


def person(db: Session, person_id: str) -> PersonLine:
    """One person; the record that a merged one became. Raises Missing("person.unknown")."""
    row = store.get(db, Person, person_id)
    while row is not None and row.merged_into is not None:
        row = db.get(Person, row.merged_into)
    if row is None:
        raise Missing("person.unknown")
    return _line(box_of(db), row)


def on_record(db: Session, person_id: str) -> None:
    """Somebody is on record under this id. Raises Missing("person.unknown"), Refusal("person.erased" | "person.joined")."""
    row = store.get(db, Person, person_id)
    if row is None:
        raise Missing("person.unknown")
    if row.erased_at is not None:
        raise Refusal("person.erased")
    if row.merged_into is not None:
        raise Refusal("person.joined", id=row.merged_into)


def may_hold_data(db: Session, person_id: str, day: date) -> Verdict:
    """Whether somebody's data may be used on a day: of age, or with a guardian's consent on record."""
    who = person(db, person_id)
    return guardian_rule(who.birth, day, value(db, "person.guardian_age", day), who.consent_at is not None)


def persons(db: Session, ids: Iterable[str]) -> dict[str, PersonLine]:
    """Several people by id."""
    chosen = select(
        Person.id, Person.name, Person.birth, Person.sex, Person.district, Person.synthetic, Person.guardian_consent_at
    )
    rows, box = db.execute(chosen.where(among(db, Person.id, ids))).all(), box_of(db)
    named = box.read_all([(row.name, name_place(row.id)) for row in rows], GONE)
    born = box.read_all([(row.birth, birth_place(row.id)) for row in rows])
    return {
        row.id: PersonLine(row.id, name, mask_name(name), _day(birth), row.sex, row.district, row.synthetic, row.guardian_consent_at)
        for row, name, birth in zip(rows, named, born, strict=True)
    }


def residents(db: Session, ids: Iterable[str]) -> dict[str, Resident]:
    """Several people by id, as far as what they are entitled to hangs on it: nobody's name is opened."""
    rows = db.execute(select(Person.id, Person.birth, Person.district).where(among(db, Person.id, ids))).all()
    born = box_of(db).read_all([(birth, birth_place(person_id)) for person_id, birth, _ in rows])
    return {row[0]: Resident(_day(birth), row[2]) for row, birth in zip(rows, born, strict=True)}


def names(db: Session, ids: Iterable[str]) -> dict[str, str]:
    """The names of many people by id, as they were written; GONE of somebody erased."""
    rows = db.execute(select(Person.id, Person.name).where(among(db, Person.id, ids))).all()
    read = box_of(db).read_all([(name, name_place(person_id)) for person_id, name in rows], GONE)
    return {person_id: name for (person_id, _), name in zip(rows, read, strict=True)}


_LIVING = and_(Person.erased_at.is_(None), Person.merged_into.is_(None))


def walk(db: Session, after: str, most: int) -> Sequence[str]:
    """The next people on the register behind an id, in the order of ids: neither erased nor merged into another."""
    chosen = select(Person.id).where(Person.id > after, _LIVING).order_by(Person.id).limit(most)
    return db.scalars(chosen).all()


def how_many(db: Session) -> int:
    """How many people `walk` comes by."""
    return db.scalar(select(func.count()).select_from(Person).where(_LIVING)) or 0


def erased(db: Session) -> frozenset[str]:
    """Everybody whose data were erased."""
    return frozenset(db.scalars(select(Person.id).where(Person.erased_at.is_not(None))))


def by_document(db: Session, box: Box, kind: str, number: str) -> str | None:
    """The person whose document this is, or None."""
    return by_documents(db, box, [(kind, number)]).get((kind, number))


def by_documents(db: Session, box: Box, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Several people by (kind, number as typed): each document of somebody leads to the same person."""
    return holders(db, box, wanted)[0]


def holders(db: Session, box: Box, wanted: Iterable[tuple[str, str]]) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """The one door through which anybody is found by a document: (kind, number as typed) → person; and, of the documents that
    bear another name than the record, that name for matching.

    Numbers that are written differently lead to the same person.
    """
    typed: dict[str, list[tuple[str, str]]] = {}
    for kind, number in wanted:
        typed.setdefault(document_blind(box, kind, number), []).append((kind, number))
    rows = db.execute(
        select(IdentityDocument.blind, IdentityDocument.person_id, IdentityDocument.id, IdentityDocument.name).where(
            among(db, IdentityDocument.blind, typed), IdentityDocument.ended_at.is_(None)
        )
    ).all()
    persons = {each: person_id for blind, person_id, _, _ in rows for each in typed[blind]}
    written = {
        each: normal_name(box.read(name, written_at(document_id)))
        for blind, _, document_id, name in rows if name is not None for each in typed[blind]
    }  # fmt: skip
    return persons, written


def named(db: Session, box: Box, kind: str, number: str, name: str) -> str | None:
    """The person whose document this is, if the name is theirs too: as on the record, or as written on that document."""
    persons, written = holders(db, box, [(kind, number)])
    person_id, called = persons.get((kind, number)), normal_name(name)
    if person_id is None or called not in (normal_name(person(db, person_id).name), written.get((kind, number))):
        return None
    return person_id


def written_at(document_id: str) -> str:
    """Where the name is sealed for that a document bears."""
    return f"identity_document:{document_id}:name"


def document_blind(box: Box, kind: str, number: str) -> str:
    """The keyed digest under which a document is found."""
    return box.blind(f"document:{kind}", matched_document(kind, number))


def documents(db: Session, person_id: str) -> Sequence[DocumentLine]:
    """A person's documents, the newest first."""
    further = select(DocumentAddition.id).where(DocumentAddition.document_id == IdentityDocument.id).exists()
    rows = db.execute(
        select(IdentityDocument, further)
        .where(IdentityDocument.person_id == person_id, IdentityDocument.ended_at.is_(None))
        .order_by(IdentityDocument.added_at.desc())
    )
    return [DocumentLine(row.id, row.kind, *DocumentKind(row.kind).words, row.masked, row.valid_to, not added) for row, added in rows]


def printed_document(db: Session, box: Box, person_id: str) -> PrintedDocument:
    """The document that a certificate bears: a resident card first, else the newest. For award and print alone."""
    rows = db.scalars(
        select(IdentityDocument)
        .where(IdentityDocument.person_id == person_id, IdentityDocument.ended_at.is_(None))
        .order_by(IdentityDocument.added_at.desc())
    ).all()
    if not rows:
        raise Missing("identity_document.unknown")
    row = next((r for r in rows if r.kind == DocumentKind.RESIDENT), rows[0])
    return PrintedDocument(row.kind, DocumentKind(row.kind).words[0], box.open(row.number, number_place(row.id)), row.masked)


def number_to_print(db: Session, box: Box, person_id: str, word: str, masked: str, at: datetime) -> str | None:
    """The whole number for the paper of what was issued at a moment naming this kind (in Chinese) and masked number, whatever
    documents came since. None if that document was taken off: the paper bears the masked number then, as what was signed does.
    """
    chosen = named_by(word, masked, at, held_documents(db, person_id))
    if chosen is None:
        return printed_document(db, box, person_id).number
    row = db.get_one(IdentityDocument, chosen)
    return box.open(row.number, number_place(row.id)) if row.ended_at is None else None


def held_documents(db: Session, person_id: str) -> list[HeldDocument]:
    """Every document that a person has or had, masked, to be found on what was issued before."""
    rows, box = db.scalars(select(IdentityDocument).where(IdentityDocument.person_id == person_id)), box_of(db)
    return [
        HeldDocument(
            d.id, DocumentKind(d.kind).words[0], d.masked, normal_name(box.read(d.name, written_at(d.id))) if d.name else "",
            d.added_at, d.ended_at,
        )
        for d in rows
    ]  # fmt: skip


def number_place(document_id: str) -> str:
    """Where a document's number is sealed for."""
    return f"identity_document:{document_id}:number"


def numbers(db: Session, box: Box, person_id: str) -> set[tuple[DocumentKind, str]]:
    """Kind and number of every document a person has or had: to find what bears them, or would tell who it is; to show to nobody.

    What was taken off and finds somebody else now is that person's.
    """
    theirs = aliased(IdentityDocument)
    others = (theirs.blind == IdentityDocument.blind) & theirs.ended_at.is_(None) & (theirs.person_id != person_id)
    rows = db.scalars(select(IdentityDocument).where(IdentityDocument.person_id == person_id, ~select(theirs.id).where(others).exists()))
    return {(DocumentKind(r.kind), box.read(r.number, f"identity_document:{r.id}:number")) for r in rows} - {(k, "") for k in DocumentKind}


def masked_document(db: Session, box: Box, person_id: str) -> tuple[str, str]:
    """(kind in Chinese, masked number) of the document that a certificate bears."""
    found = printed_document(db, box, person_id)
    return found.kind_word, found.masked


def openings(db: Session, person_id: str, box: Box | None = None) -> Sequence[OpeningLine]:
    """Who opened a person's number and why, the newest first; details only with the box."""
    rows = db.scalars(
        select(DocumentOpening).where(DocumentOpening.person_id == person_id).order_by(DocumentOpening.id.desc())
    )
    return [
        OpeningLine(
            row.opened_at, *OPENING_REASONS[row.reason], row.opened_by,
            box.read(row.detail, f"document_opening:{row.id}:detail") if box and row.detail else "",
        )
        for row in rows
    ]  # fmt: skip


def name_place(person_id: str) -> str:
    """Where a person's name is sealed for."""
    return f"person:{person_id}:name"


def birth_place(person_id: str) -> str:
    """Where a person's birth date is sealed for."""
    return f"person:{person_id}:birth"


def likeness(box: Box, name: str, birth: date) -> str:
    """The keyed digest that two records of one person share: of the name as it is matched and the birth date."""
    return box.blind("person:likeness", f"{normal_name(name)} {birth}")


def group(db: Session, person_id: str) -> list[str]:
    """A person's record, and those that were joined into it."""
    return [person_id, *db.scalars(select(Person.id).where(Person.merged_into == person_id).order_by(Person.id))]


def here(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Rows whose person was not joined into another record: what rests with a record that went is nobody's turn any more."""
    return column.not_in(select(Person.id).where(Person.merged_into.is_not(None)))


def joined(db: Session) -> dict[str, str]:
    """Every record that was joined → the one into which."""
    rows = db.execute(select(Person.id, Person.merged_into).where(Person.merged_into.is_not(None)))
    return {gone: kept for gone, kept in rows if kept is not None}


def _line(box: Box, row: Person) -> PersonLine:
    try:
        name = box.open(row.name, name_place(row.id))
        birth = date.fromisoformat(box.open(row.birth, birth_place(row.id)))
    except Shredded:
        name, birth = GONE, NO_DAY
    return PersonLine(
        row.id, name, mask_name(name), birth, row.sex, row.district, row.synthetic, row.guardian_consent_at
    )


def _day(birth: str) -> date:
    return date.fromisoformat(birth) if birth else NO_DAY


def guardian_form(db: Session, box: Box, person_id: str) -> str:
    """The number of the paper that a guardian signed; empty without one."""
    sealed = db.scalar(select(Person.guardian_form).where(Person.id == person_id))
    return "" if sealed is None else box.read(sealed, f"person:{person_id}:guardian_form")


def phone_of(db: Session, box: Box, person_id: str) -> str | None:
    """A person's phone number in full: to send a code to, never to show."""
    sealed = db.scalar(select(Person.phone).where(Person.id == person_id))
    return None if sealed is None else box.open(sealed, f"person:{person_id}:phone")


def shared_phones(db: Session, least: int) -> dict[str, list[str]]:
    """keyed digest of a phone number → the people who gave it, for numbers that at least so many gave."""
    shared = (
        select(Person.phone_blind)
        .where(Person.phone_blind.is_not(None), Person.merged_into.is_(None))
        .group_by(Person.phone_blind)
        .having(func.count() >= least)
    )
    found: dict[str, list[str]] = {}
    rows = db.execute(
        select(Person.phone_blind, Person.id)
        .where(Person.phone_blind.in_(shared), Person.merged_into.is_(None))
        .order_by(Person.phone_blind, Person.id)
    )
    for blind, person_id in rows:
        if blind is not None:
            found.setdefault(blind, []).append(person_id)
    return found


def births(db: Session, ids: Iterable[str]) -> dict[str, tuple[date, str]]:
    """person → birth date and sex; those who were erased are left out."""
    wanted, box = sorted(set(ids)), box_of(db)
    found: dict[str, tuple[date, str]] = {}
    for start in range(0, len(wanted), 500):
        chosen = select(Person.id, Person.birth, Person.sex).where(Person.id.in_(wanted[start : start + 500]), Person.erased_at.is_(None))
        for person_id, birth, sex in db.execute(chosen):
            told = box.read(birth, birth_place(person_id))
            if told:
                found[person_id] = date.fromisoformat(told), sex
    return found
