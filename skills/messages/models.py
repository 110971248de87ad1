"""Messages, addressed by id; the words are made when they are read, in the reader's language."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime


class Message(Base):
    """One message to a person, an account or an organisation. `facts` fill the sentence of `code`."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(
            "(case when person_id is null then 0 else 1 end) + (case when account_id is null then 0 else 1 end)"
            " + (case when organisation_id is null then 0 else 1 end) = 1",
            name="one_addressee",
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    code: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON())
    sent_at: Mapped[UtcTime]
    read_at: Mapped[UtcTime | None]
    delivered_at: Mapped[UtcTime | None]
