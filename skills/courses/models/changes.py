"""Changes of an approved class 变更报备, and contracts of order classes 订单班."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, Json, UtcTime, Words


class SessionChange(Base):
    """A session is moved to another time, room or lecturer. `before` and `after` are rules.changes.Seat in JSON terms.

    In time it takes effect when it is filed; late it waits for the bureau, and lapses if the session begins before.
    """

    __tablename__ = "session_change"
    __table_args__ = (
        Index("uq_session_change_asked", "session_id", unique=True, sqlite_where=text("state = 'asked'"),
              postgresql_where=text("state = 'asked'")),
        CheckConstraint("decided_by IS NULL OR decided_by <> filed_by", name="two_people"),
        CheckConstraint("(state = 'asked') = (closed_at IS NULL)", name="closed"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    session_id: Mapped[Id] = mapped_column(ForeignKey("class_session.id"))
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    district: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    before: Mapped[Json]
    after: Mapped[Json]
    reason: Mapped[Words]
    state: Mapped[str] = mapped_column(String(16), index=True)
    filed_by: Mapped[str] = mapped_column(String(26))
    filed_at: Mapped[UtcTime]
    decided_by: Mapped[str | None] = mapped_column(String(26))
    answer: Mapped[Words] = mapped_column(default="")
    closed_at: Mapped[UtcTime | None]


class OrderContract(Base):
    """An employer's contract for seats of a class: only its people take them, until `until`. One at a time for a class.

    title  what the class is called after (冠名班), empty without
    seats  how many of the class's seats are the employer's
    """

    __tablename__ = "order_contract"
    __table_args__ = (
        Index("uq_order_contract_live", "class_id", unique=True, sqlite_where=text("state = 'live'"),
              postgresql_where=text("state = 'live'")),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("until >= signed_on", name="term"),
        CheckConstraint("(state = 'live') = (closed_at IS NULL)", name="closed"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"))
    employer_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(40), default="")
    signed_on: Mapped[date]
    seats: Mapped[int]
    until: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), index=True)
    recorded_by: Mapped[str] = mapped_column(String(26))
    recorded_at: Mapped[UtcTime]
    closed_by: Mapped[str | None] = mapped_column(String(26))
    closed_at: Mapped[UtcTime | None]
    reason: Mapped[Words] = mapped_column(default="")


class OrderSeat(Base):
    """A seat of an order class that somebody holds or asked for, and the employment that entitles the person to it.

    order_id  the contract; class_id the class in which the seat is
    entry_id  the entry of the record (kind work) that proved the employment on that day; it goes when a person is erased
    freed_at  when the person gave the seat up or left; a person has one live seat of a contract
    """

    __tablename__ = "order_seat"
    __table_args__ = (
        Index("uq_order_seat_live", "order_id", "person_id", unique=True, sqlite_where=text("freed_at IS NULL"),
              postgresql_where=text("freed_at IS NULL")),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(ForeignKey("order_contract.id"))
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("person.id"), index=True)
    entry_id: Mapped[str] = mapped_column(String(26))
    taken_on: Mapped[date]
    freed_at: Mapped[UtcTime | None]
