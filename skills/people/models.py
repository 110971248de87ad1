"""People and their documents. A person is not a number: one may have several documents, and names change."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Sealed, UtcTime

_JOINED = text("merged_into IS NOT NULL")


class Person(Base):
    """Somebody. What names a person lies sealed under that person's own data key; the name as it was written.

    guardian_form  the number of the paper that a guardian signed: it may hold a name
    merged_into  the record that this one turned out to be, which is itself joined into none
    likeness     keyed digest of the name as it is matched and the birth date: equal ones may be one person's. None: not made yet
    erased_at    since when the register no longer knows who this is
    """

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_joined", "merged_into", sqlite_where=_JOINED, postgresql_where=_JOINED),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[Sealed]
    birth: Mapped[Sealed]
    sex: Mapped[str] = mapped_column(String(1))
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary())
    phone_blind: Mapped[str | None] = mapped_column(String(64), index=True)
    likeness: Mapped[str | None] = mapped_column(String(64), index=True)
    synthetic: Mapped[bool] = mapped_column(Boolean())
    registered_at: Mapped[UtcTime]
    guardian_consent_at: Mapped[UtcTime | None]
    guardian_form: Mapped[bytes | None] = mapped_column(LargeBinary())
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    erased_at: Mapped[UtcTime | None]


class IdentityDocument(Base):
    """One document of a person: number sealed, found by its blind index. Once at a time over all people.

    name           as it is written on this document, sealed; None as on the record
    blind, masked  empty once the person was erased
    added_by       whose act it was; nobody's on record before that was kept
    seen           what was seen when the number had been taken off another record before, sealed
    """

    __tablename__ = "identity_document"
    __table_args__ = (
        Index(
            "uq_identity_document_live",
            "blind",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[bytes] = mapped_column(LargeBinary())
    blind: Mapped[str] = mapped_column(String(64))
    masked: Mapped[str] = mapped_column(String(32))
    name: Mapped[bytes | None] = mapped_column(LargeBinary())
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    added_at: Mapped[UtcTime]
    added_by: Mapped[str | None] = mapped_column(String(26))
    seen: Mapped[bytes | None] = mapped_column(LargeBinary())
    ended_at: Mapped[UtcTime | None]


_ASKED = text("state = 'asked'")


class DocumentAddition(Base):
    """A further document of somebody, asked by one at the desk and released by another; the document finds nobody before that.

    number       sealed, as it will be; `blind` finds a second request for it; both empty once the person was erased
    name         as it is written on the document, sealed; None as on the record
    reason       its class; `grounds` what was seen that shows both documents to be one person's, sealed
    answer       why it was refused, sealed
    document_id  the document that it became
    """

    __tablename__ = "document_addition"
    __table_args__ = (
        Index("uq_document_addition_asked", "blind", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
        CheckConstraint("state <> 'added' OR (document_id IS NOT NULL AND decided_by <> asked_by)", name="two_people"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[Sealed]
    blind: Mapped[str] = mapped_column(String(64))
    masked: Mapped[str] = mapped_column(String(32))
    name: Mapped[bytes | None] = mapped_column(LargeBinary())
    reason: Mapped[str] = mapped_column(String(16))
    grounds: Mapped[Sealed]
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[UtcTime]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary())
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    document_id: Mapped[str | None] = mapped_column(ForeignKey("identity_document.id"))


_ON_ITS_WAY = text("state IN ('asked', 'removed')")


class DocumentRemoval(Base):
    """A document that somebody got by mistake is taken off, asked by one at the desk and released by another.

    The document stays with the record as one that has ended, and so does everything that came by it: nothing is deleted.

    addition_id  the request by which it came; none of a document with which a record was made
    reason       its class; `grounds` what was seen, sealed; `answer` why it was refused, sealed
    identity     birth date and sex as they were read off a document that stays, sealed; None where its number says them
    """

    __tablename__ = "document_removal"
    __table_args__ = (
        Index("uq_document_removal_live", "document_id", unique=True, sqlite_where=_ON_ITS_WAY, postgresql_where=_ON_ITS_WAY),
        CheckConstraint("state <> 'removed' OR (decided_by IS NOT NULL AND decided_by <> asked_by)", name="two_people"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    addition_id: Mapped[str | None] = mapped_column(ForeignKey("document_addition.id"))
    document_id: Mapped[str] = mapped_column(ForeignKey("identity_document.id"))
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(16))
    grounds: Mapped[Sealed]
    identity: Mapped[bytes | None] = mapped_column(LargeBinary())
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[UtcTime]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary())
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]


class Registration(Base):
    """Somebody new by a number that was taken off another record: asked by one at the desk, put on record by another.

    wanted     who it is and what was seen, sealed; nothing once it was decided: then it is on the person's record, or nowhere
    blind      finds a second wish for the number; empty once it was decided
    answer     why it was refused, sealed
    person_id  who is on record since; once they were erased `masked` is empty too
    """

    __tablename__ = "registration"
    __table_args__ = (
        Index("uq_registration_asked", "blind", unique=True, sqlite_where=_ASKED, postgresql_where=_ASKED),
        CheckConstraint(
            "state <> 'registered' OR (person_id IS NOT NULL AND decided_by IS NOT NULL AND decided_by <> asked_by)", name="two_people"
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    blind: Mapped[str] = mapped_column(String(64))
    masked: Mapped[str] = mapped_column(String(32))
    wanted: Mapped[bytes | None] = mapped_column(LargeBinary())
    district: Mapped[str] = mapped_column(ForeignKey("district.code"))
    synthetic: Mapped[bool] = mapped_column(Boolean())
    asked_by: Mapped[str] = mapped_column(String(26))
    asked_at: Mapped[UtcTime]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary())
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)


class NameHistory(Base):
    """A name that a person bore before, sealed."""

    __tablename__ = "name_history"
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Sealed]
    until: Mapped[UtcTime]
    reason: Mapped[str] = mapped_column(String(200))


class Portrait(Base):
    """A photograph of somebody's face 证件照, sealed under that person's own data key; all go with an erasure.

    taken_on  the day on which it was taken, as whoever brought it says
    faces     how many the machine found in it; None: it did not look
    seen_by   who looked at it and found the person's face; needed where the machine did not find exactly one
    replaced_at  since when another one counts; it stays for the certificates that were issued with it
    """

    __tablename__ = "portrait"
    __table_args__ = (CheckConstraint("(seen_by IS NULL) = (seen_at IS NULL)", name="seen"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    body: Mapped[Sealed]
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    taken_on: Mapped[date]
    faces: Mapped[int | None]
    added_by: Mapped[str] = mapped_column(String(26))
    added_at: Mapped[UtcTime]
    seen_by: Mapped[str | None] = mapped_column(String(26))
    seen_at: Mapped[UtcTime | None]
    replaced_at: Mapped[UtcTime | None]


class DocumentOpening(Base):
    """Somebody opened a document number: for which class of reason, and the detail, sealed. The person may read it."""

    __tablename__ = "document_opening"
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(16))
    detail: Mapped[bytes | None] = mapped_column(LargeBinary())
    opened_by: Mapped[str] = mapped_column(String(26))
    opened_at: Mapped[UtcTime]


_PROPOSED = text("state = 'proposed'")


class PersonJoin(Base):
    """Two records that are said to be one person's: `gone` is to be joined into `kept`; proposed by one, decided by another.

    reason   its class; `grounds` what was seen, sealed; `answer` why it was refused, sealed
    moved    how many rows of each table followed, by table
    """

    __tablename__ = "person_join"
    __table_args__ = (
        Index("uq_person_join_proposed", "gone_id", unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
        Index("uq_person_join_joined", "gone_id", unique=True, sqlite_where=text("state = 'joined'"), postgresql_where=text("state = 'joined'")),
        CheckConstraint("kept_id <> gone_id", name="two_records"),
        CheckConstraint("state <> 'joined' OR (decided_by IS NOT NULL AND decided_by <> proposed_by)", name="two_people"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    kept_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    gone_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    reason: Mapped[str] = mapped_column(String(16))
    grounds: Mapped[Sealed]
    proposed_by: Mapped[str] = mapped_column(String(26))
    proposed_at: Mapped[UtcTime]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary())
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    moved: Mapped[dict[str, int]] = mapped_column(JSON(), default=dict)
