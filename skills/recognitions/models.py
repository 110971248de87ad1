"""Recognitions, their committees, whom they propose, with what evidence, and how each member voted."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime
from skills.kernel.guards import guard

# The day of the committee's decision is the exam day of such a certificate; nobody has it without a paper and a notice.
guard(
    "award_after_recognition",
    "award",
    """
    substr(NEW.grounds, 1, 12) <> 'recognition:' OR EXISTS (
        SELECT 1 FROM recognised_person p JOIN recognition r ON r.id = p.recognition_id
        WHERE p.id = substr(NEW.grounds, 13) AND p.person_id = NEW.person_id AND p.state IN ('confirmed', 'awarded')
          AND r.filing_id = NEW.filing_id AND r.occupation = NEW.occupation AND r.branch = NEW.branch AND r.level = NEW.level
          AND r.decided_on = NEW.examined_on AND r.state = 'concluded'
          AND EXISTS (SELECT 1 FROM recognition_paper e WHERE e.recognised_person_id = p.id))
    """,
)


class Recognition(Base):
    """People whom a firm proposes for one level of its filing, from the draft to the certificates.

    kind       method: direct, or appointment to 特级技师 and 首席技师
    made_by    who proposes, and so does not vote
    decided_on the day of the committee's decision: the exam day of the certificates
    reviewed_on, document  the authority's data review, where policy wants one before the number
    """

    __tablename__ = "recognition"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> made_by", name="two_people"),
        CheckConstraint("(decided_by IS NULL) = (decided_on IS NULL)", name="decided"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    filing_id: Mapped[str] = mapped_column(ForeignKey("filing.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    branch: Mapped[str] = mapped_column(String(80))
    level: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    made_by: Mapped[str] = mapped_column(String(26))
    made_at: Mapped[UtcTime]
    submitted_by: Mapped[str | None] = mapped_column(String(26))
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_on: Mapped[date | None]
    noticed_on: Mapped[date | None]
    notice_to: Mapped[date | None] = mapped_column(index=True)
    reviewed_by: Mapped[str | None] = mapped_column(String(26))
    reviewed_on: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(80), default="")
    concluded_on: Mapped[date | None]


class RecognitionMember(Base):
    """A member of a committee: an account of the firm's own staff."""

    __tablename__ = "recognition_member"
    __table_args__ = (
        Index("uq_recognition_member_chair", "recognition_id", unique=True, sqlite_where=text("chair"), postgresql_where=text("chair")),
    )
    recognition_id: Mapped[str] = mapped_column(ForeignKey("recognition.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    chair: Mapped[bool]


class RecognisedPerson(Base):
    """One person of a recognition.

    way        by which rule: condition or norm; empty until it is said
    statement  what this person has done, in the firm's words
    verdict    the conditions with their facts as they stood when the committee got them
    held       why somebody confirmed has no certificate yet: objection, filing, refused; empty if nothing holds it
    problem    with refused: the refusal's code, facts and findings
    """

    __tablename__ = "recognised_person"
    __table_args__ = (UniqueConstraint("recognition_id", "person_id"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    recognition_id: Mapped[str] = mapped_column(ForeignKey("recognition.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    place: Mapped[int]
    way: Mapped[str] = mapped_column(String(16), default="")
    norm_id: Mapped[str | None] = mapped_column(ForeignKey("norm.id"))
    statement: Mapped[str] = mapped_column(String(400), default="")
    verdict: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    proposed_by: Mapped[str] = mapped_column(String(26))
    state: Mapped[str] = mapped_column(String(16), index=True)
    held: Mapped[str] = mapped_column(String(16), default="")
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class RecognitionPaper(Base):
    """Evidence that the firm handed in. Its bytes lie sealed under the person's data key in `files/recognitions/<id>`."""

    __tablename__ = "recognition_paper"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)
    id: Mapped[Id] = mapped_column(primary_key=True)
    recognised_person_id: Mapped[str] = mapped_column(ForeignKey("recognised_person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    added_by: Mapped[str] = mapped_column(String(26))
    at: Mapped[UtcTime]


class RecognitionVote(Base):
    """What one member says of one person, once; a no with its reason."""

    __tablename__ = "recognition_vote"
    recognised_person_id: Mapped[str] = mapped_column(ForeignKey("recognised_person.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    yes: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[UtcTime]


class Appointment(Base):
    """Somebody in office as 特级技师 or 首席技师 of a firm; `until` is the last day of the term, None without end."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint("until IS NULL OR until >= since", name="term"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    recognised_person_id: Mapped[str] = mapped_column(ForeignKey("recognised_person.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_by: Mapped[str | None] = mapped_column(String(26))
    reason: Mapped[str] = mapped_column(String(400), default="")


class Apprenticeship(Base):
    """学徒工 of a firm: who, under which master, from when to when; graded 转正定级 by another hand. There is no number.

    statement  what was assessed, or why it ended
    """

    __tablename__ = "apprenticeship"
    __table_args__ = (
        Index(
            "uq_apprenticeship_begun", "organisation_id", "person_id", "occupation", unique=True,
            sqlite_where=text("state = 'begun'"), postgresql_where=text("state = 'begun'"),
        ),
        CheckConstraint("graded_by IS NULL OR graded_by <> begun_by", name="two_people"),
        CheckConstraint("(state = 'graded') = (graded_on IS NOT NULL)", name="graded"),
        CheckConstraint("ends_on >= since", name="term"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    master_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    since: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), index=True)
    begun_by: Mapped[str] = mapped_column(String(26))
    begun_at: Mapped[UtcTime]
    graded_by: Mapped[str | None] = mapped_column(String(26))
    graded_on: Mapped[date | None]
    statement: Mapped[str] = mapped_column(String(400), default="")
