"""What the people's room promises: sealed values open, blind indexes fit, nobody's document belongs to two."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.kernel.box import Box, Tampered
from skills.kernel.checks import Bookkeeper, check
from skills.kernel.clock import shanghai_day
from skills.people.models import DocumentOpening, IdentityDocument, Person
from skills.people.rules import OPENING_REASONS, OTHER, age_on, mask_document, normal_name
from skills.standards.queries import value


@check("people.documents_open", "证件号码密文完好 every sealed document number opens and is found by its blind index")
def documents_open(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    for row in book.db.scalars(select(IdentityDocument)):
        try:
            number = box.open(row.number, f"identity_document:{row.id}:number")
        except Tampered:
            yield f"document {row.id}: does not open"
            continue
        if box.blind(f"document:{row.kind}", number) != row.blind or mask_document(number) != row.masked:
            yield f"document {row.id}: index or mask does not fit the number"


@check("people.openings_readable", "证件查看事由可读 every opening of a number has a known reason, and its detail opens")
def openings_readable(book: Bookkeeper) -> Iterator[str]:
    box = book.tools[Box]
    assert isinstance(box, Box)  # noqa: S101
    for row in book.db.scalars(select(DocumentOpening)):
        if row.reason not in OPENING_REASONS or (row.reason == OTHER and row.detail is None):
            yield f"opening {row.id}: no reason"
        try:
            box.open(row.detail, f"document_opening:{row.id}:detail") if row.detail else None
        except Tampered:
            yield f"opening {row.id}: the detail does not open"


@check("people.guardians", "未成年人有监护人同意 consent of a guardian was recorded only while somebody was under age")
def guardians(book: Bookkeeper) -> Iterator[str]:
    given = select(Person.id, Person.birth, Person.guardian_consent_at).where(Person.guardian_consent_at.is_not(None))
    for person_id, birth, at in book.db.execute(given):
        day = shanghai_day(at or book.at)
        if age_on(birth, day) >= value(book.db, "person.guardian_age", day):
            yield f"person {person_id}: was of age when a guardian signed"


@check("people.have_documents", "人员均有证件 every person has a document that counts, or was merged into one who has")
def have_documents(book: Bookkeeper) -> Iterator[str]:
    with_document = set(
        book.db.scalars(select(IdentityDocument.person_id).where(IdentityDocument.ended_at.is_(None)))
    )
    for person_id, merged in book.db.execute(select(Person.id, Person.merged_into)):
        if merged is None and person_id not in with_document:
            yield f"person {person_id}: no document"


@check("people.names_match", "匹配名与姓名一致 the name for matching is made from the name")
def names_match(book: Bookkeeper) -> Iterator[str]:
    for person_id, name, match in book.db.execute(select(Person.id, Person.name, Person.match_name)):
        if normal_name(name) != match:
            yield f"person {person_id}: the name for matching does not fit"
