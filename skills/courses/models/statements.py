"""Statements of learning platforms (xAPI with the verbs of cmi5), once for each id of an institution."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Json, Sealed, UtcTime, Words


class XapiStatement(Base):
    """What a platform said of a learner. The body is sealed under the person's key; the digest tells the same from another.

    statement_id  the platform's own UUID; the same id with another body is refused
    findings      codes and facts of what the rules of completion found, if it could not be handed in
    return_id     the return of one row that it became
    refers_to     the statement that a voiding one takes back, also one that has not come yet; empty for others
    """

    __tablename__ = "xapi_statement"
    __table_args__ = (
        UniqueConstraint("institution_id", "statement_id"),
        CheckConstraint("(state IN ('filed', 'granted')) = (return_id IS NOT NULL)", name="filed"),
        CheckConstraint("(state IN ('granted', 'refused')) = (decided_at IS NOT NULL)", name="decided"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    institution_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    statement_id: Mapped[str] = mapped_column(String(36))
    enrolment_id: Mapped[Id] = mapped_column(ForeignKey("enrolment.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    verb: Mapped[str] = mapped_column(String(16))
    refers_to: Mapped[str] = mapped_column(String(36), default="", server_default="", index=True)
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[Sealed]
    state: Mapped[str] = mapped_column(String(16), index=True)
    findings: Mapped[Json] = mapped_column(default=dict)
    return_id: Mapped[Id | None] = mapped_column(ForeignKey("filed_return.id"))
    stored_by: Mapped[str] = mapped_column(String(26))
    stored_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[UtcTime | None]
    answer: Mapped[Words] = mapped_column(default="")
