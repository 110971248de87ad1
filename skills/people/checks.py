"""What the people's room promises: sealed values open, blind indexes fit, nobody's document belongs to two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from skills.kernel.box import Box, Shredded, Tampered
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day
from skills.kernel.datakeys import DataKeys
from skills.kernel.jobs import open_of
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
from skills.people.pictures import size_of
from skills.people.queries import (
    birth_place,
    document_blind,
    erased,
    joined,
    likeness,
    name_place,
    person,
    registrations,
    removals,
    written_at,
)
from skills.people.queries.joining import grounds_place, left_behind
from skills.people.queries.portraits import body_place
from skills.people.rules import DESTROY, OPENING_REASONS, OTHER, age_on, mask_document, tidy_name
from skills.people.states import AdditionState, JoinState, RegistrationState, RemovalState
from skills.standards.queries import value


@check("people.documents_open", "证件号码密文完好 every sealed document number opens and is found by its blind index")
def documents_open(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    forgotten = erased(book.db)
    for row in book.db.scalars(select(IdentityDocument)):
        try:
            number = box.open(row.number, f"identity_document:{row.id}:number")
            box.read(row.name, written_at(row.id)) if row.name else None
        except Shredded:
            if row.blind or row.masked or row.ended_at is None:
                yield f"document {row.id}: its person was erased, but it can still be found"
            continue
        except Tampered:
            yield f"document {row.id}: does not open"
            continue
        if row.person_id in forgotten and not (row.blind or row.masked):
            continue  # decided, and the job that destroys the key is on its way
        if box.blind(f"document:{row.kind}", number) != row.blind or mask_document(number) != row.masked:
            yield f"document {row.id}: index or mask does not fit the number"


@check("people.additions_by_two", "追加证件由两人办理 every further document that was asked for and released became one, and what was seen opens")
def additions_by_two(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    became = {d.id: d for d in book.db.scalars(select(IdentityDocument).join(DocumentAddition, DocumentAddition.document_id == IdentityDocument.id))}
    forgotten = erased(book.db)
    for row in book.db.scalars(select(DocumentAddition)):
        try:
            number, _ = (box.read(getattr(row, name), f"document_addition:{row.id}:{name}") for name in ("number", "grounds"))
            for name in ("name", "answer"):
                box.read(sealed, f"document_addition:{row.id}:{name}") if (sealed := getattr(row, name)) else None
        except Tampered:
            yield f"addition {row.id}: does not open"
            continue
        if row.person_id not in forgotten and number and document_blind(box, row.kind, number) != row.blind:
            yield f"addition {row.id}: index does not fit the number"
        if row.state != AdditionState.ADDED:
            continue
        document = became.get(row.document_id or "")
        if document is None or document.person_id != row.person_id or document.blind != row.blind or document.kind != row.kind:
            yield f"addition {row.id}: released, but its document is another"
        if row.decided_by in (None, row.asked_by):
            yield f"addition {row.id}: not by two people"


@check("people.removals_by_two", "撤下证件由两人办理 what was taken off a record has ended, by two people, and what was seen opens")
def removals_by_two(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    found = book.db.execute(
        select(DocumentRemoval, IdentityDocument, DocumentAddition.document_id)
        .join(IdentityDocument, IdentityDocument.id == DocumentRemoval.document_id)
        .outerjoin(DocumentAddition, DocumentAddition.id == DocumentRemoval.addition_id)
    )
    for row, document, came in found:
        try:
            for name in ("grounds", "answer", "identity"):
                box.read(sealed, removals.sealed_at(row.id, name)) if (sealed := getattr(row, name)) else None
        except Tampered:
            yield f"removal {row.id}: does not open"
        if (row.addition_id and came != row.document_id) or document.person_id != row.person_id:
            yield f"removal {row.id}: its document is another, or came by another request"
        if row.state == RemovalState.REMOVED and document.ended_at != row.decided_at:
            yield f"removal {row.id}: released, but its document still counts"
        if row.state == RemovalState.REMOVED and row.decided_by in (None, row.asked_by):
            yield f"removal {row.id}: not by two people"


@check("people.registrations_by_two", "撤下的号码另行登记由两人办理 somebody new by such a number came by two people, and what was said goes")
def registrations_by_two(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    made = select(IdentityDocument.person_id).where(IdentityDocument.person_id == Registration.person_id, IdentityDocument.kind == Registration.kind)
    for row, on_record in book.db.execute(select(Registration, made.where(IdentityDocument.seen.is_not(None)).exists())):
        try:
            for name in ("wanted", "answer"):
                box.read(sealed, registrations.sealed_at(row.id, name)) if (sealed := getattr(row, name)) else None
        except Tampered:
            yield f"registration {row.id}: does not open"
        if (row.wanted is not None) != (row.state == RegistrationState.ASKED) or bool(row.blind) != (row.state == RegistrationState.ASKED):
            yield f"registration {row.id}: what was said of somebody is there after it was decided, or gone before"
        if row.state == RegistrationState.REGISTERED and (not on_record or row.decided_by in (None, row.asked_by)):
            yield f"registration {row.id}: nobody was put on record, or not by two people"


@check("people.numbers_seen", "撤下的号码再用须经核对 nobody is found by a number that was taken off a record, unless the desk says what it saw")
def numbers_seen(book: Bookkeeper) -> Iterator[str]:
    box, before = book.tools[Box], aliased(IdentityDocument)
    assert isinstance(box, Box)  # noqa: S101
    taken_off = select(DocumentRemoval.document_id).where(DocumentRemoval.state == RemovalState.REMOVED)
    again = select(IdentityDocument).join(before, (before.blind == IdentityDocument.blind) & (before.ended_at < IdentityDocument.added_at))
    for row in book.db.scalars(again.where(before.id.in_(taken_off), before.blind != "", before.id != IdentityDocument.id)):
        try:
            seen = box.read(row.seen, removals.seen_at(row.id)) if row.seen else ""
        except Tampered:
            seen = ""
        if not seen:
            yield f"document {row.id}: its number was taken off a record, and nobody says what was seen"


@check("people.joins", "合并由两人办理，并入的档案不再有效 records are joined by two people, in one step, and nothing live names one that is gone")
def joins(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    into, decided = joined(book.db), {}
    for gone, kept in into.items():
        if kept in into:
            yield f"person {gone}: joined into {kept}, which was joined itself"
    for row in book.db.scalars(select(PersonJoin)):
        try:
            box.read(row.grounds, grounds_place(row.id))
            box.read(row.answer, grounds_place(row.id, "answer")) if row.answer else None
        except Tampered:
            yield f"join {row.id}: does not open"
        if row.state == JoinState.JOINED:
            decided[row.gone_id] = into.get(row.kept_id, row.kept_id)
            if row.decided_by in (None, row.proposed_by):
                yield f"join {row.id}: not by two people"
    for person_id in sorted({*into, *decided}):
        if into.get(person_id) != decided.get(person_id):
            yield f"person {person_id}: joined into {into.get(person_id)}, decided was {decided.get(person_id)}"
    for reference, key, person_id in left_behind(book.db):
        yield f"{reference.table.name} {' '.join(map(str, key))}: still names {person_id}, which was joined into another record"


@check("people.openings_readable", "证件查看事由可读 every opening of a number has a known reason, and its detail opens")
def openings_readable(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    for row in book.db.scalars(select(DocumentOpening)):
        if row.reason not in OPENING_REASONS or (row.reason == OTHER and row.detail is None):
            yield f"opening {row.id}: no reason"
        try:
            box.read(row.detail, f"document_opening:{row.id}:detail") if row.detail else None
        except Tampered:
            yield f"opening {row.id}: the detail does not open"


@check("people.guardians", "未成年人有监护人同意 consent of a guardian was recorded only while somebody was under age")
def guardians(book: Bookkeeper) -> Iterator[str]:
    given = select(Person.id, Person.guardian_consent_at).where(Person.guardian_consent_at.is_not(None))
    for person_id, at in book.db.execute(given):
        who, day = person(book.db, person_id), shanghai_day(at or book.at)
        if not who.erased and age_on(who.birth, day) >= value(book.db, "person.guardian_age", day):
            yield f"person {person_id}: was of age when a guardian signed"


@check("people.have_documents", "人员均有证件 every person has a document that counts, or was merged into one who has")
def have_documents(book: Bookkeeper) -> Iterator[str]:
    with_document = set(
        book.db.scalars(select(IdentityDocument.person_id).where(IdentityDocument.ended_at.is_(None)))
    )
    living = select(Person.id).where(Person.merged_into.is_(None), Person.erased_at.is_(None))
    for person_id in book.db.scalars(living):
        if person_id not in with_document:
            yield f"person {person_id}: no document"


@check("people.names_open", "姓名密文完好 every sealed name and birth date opens and is one")
def names_open(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    for row in book.db.scalars(select(Person)):
        try:
            name = box.open(row.name, name_place(row.id))
            birth = date.fromisoformat(box.open(row.birth, birth_place(row.id)))
        except Shredded:
            continue
        except (Tampered, ValueError):
            yield f"person {row.id}: the name or the birth date does not open"
            continue
        if row.likeness is not None and row.likeness != likeness(box, name, birth):
            yield f"person {row.id}: doubles are looked for by another name or birth date"
        if tidy_name(name) != name:
            yield f"person {row.id}: the name is not as names are kept"
    for past in book.db.scalars(select(NameHistory)):
        try:
            box.read(past.name, f"name_history:{past.id}:name")
        except Tampered:
            yield f"name {past.id}: does not open"


@check("people.erased_for_good", "删除即不可恢复 a person's key is destroyed when an erasure was decided, and only then")
def erased_for_good(book: Bookkeeper) -> Iterator[str]:
    keys = book.tools[DataKeys]
    assert isinstance(keys, DataKeys)  # noqa: S101
    destroyed, on_its_way = keys.destroyed(), open_of(book.db, DESTROY)
    for person_id, erased_at in book.db.execute(select(Person.id, Person.erased_at)):
        if erased_at is None and person_id in destroyed:
            yield f"person {person_id}: the key was destroyed, but the record says nothing of an erasure (an older copy?)"
        if erased_at is not None and person_id not in destroyed and not on_its_way:
            yield f"person {person_id}: erased on record, but the key is still there"


@check("people.portraits", "照片完好，已删除的人没有照片 every photograph opens and is the picture that its row says; nobody erased has one")
def portraits_open(book: Bookkeeper) -> Iterator[str]:
    box, forgotten = book.tools[Box], erased(book.db)
    assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
    for row in book.db.scalars(select(Portrait)):
        if row.person_id in forgotten:
            yield f"portrait {row.id}: its person was erased"
            continue
        try:
            data = box.open_bytes(row.body, body_place(row.id))
        except Tampered:
            yield f"portrait {row.id}: does not open"
            continue
        if len(data) != row.size or size_of(data) != (row.width, row.height):
            yield f"portrait {row.id}: is another picture"
