"""Who teaches a session and where, booked so that nobody and no room is in two places at once."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from skills.kernel.db import Base, Id, UtcTime

_LIVE = text("freed_at IS NULL")


class Booking(Base):
    """A lecturer or a room for the time of one session, over all institutions. Sessions from before the pool have none.

    kind      lecturer or room
    place     address and room as they are compared: one writing for all (rules.bookings.place_of)
    address   the address alone, as it is compared
    makeup    whether the session is a make-up 补课
    freed_at  when the session was moved, given to somebody else or called off; none while it counts
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index("uq_booking_lecturer_live", "session_id", "lecturer_id", unique=True,
              sqlite_where=text("freed_at IS NULL AND kind = 'lecturer'"), postgresql_where=text("freed_at IS NULL AND kind = 'lecturer'")),
        Index("uq_booking_room_live", "session_id", unique=True, sqlite_where=text("freed_at IS NULL AND kind = 'room'"),
              postgresql_where=text("freed_at IS NULL AND kind = 'room'")),
        Index("ix_booking_lecturer_time", "lecturer_id", "starts_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_booking_place_time", "place", "starts_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
        CheckConstraint("(kind = 'lecturer') = (lecturer_id IS NOT NULL)", name="lecturer"),
        CheckConstraint("kind IN ('lecturer', 'room')", name="kind"),
        CheckConstraint("ends_at > starts_at", name="times"),
    )  # fmt: skip
    id: Mapped[Id] = mapped_column(primary_key=True)
    session_id: Mapped[Id] = mapped_column(ForeignKey("class_session.id"), index=True)
    class_id: Mapped[Id] = mapped_column(ForeignKey("course_class.id"), index=True)
    institution_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(12))
    lecturer_id: Mapped[Id | None] = mapped_column(ForeignKey("lecturer.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(140), default="")
    makeup: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    booked_at: Mapped[UtcTime]
    freed_at: Mapped[UtcTime | None]
