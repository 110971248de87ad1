"""What always holds of lecturers and rooms: nobody and no room is in two places at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select

from skills.courses.models import ClassSession, CourseClass
from skills.courses.models.bookings import Booking
from skills.courses.states import ClassState
from skills.kernel.checks import Bookkeeper, check

DRAFT = (ClassState.PLANNED, ClassState.RETURNED)  # a timetable that overlaps itself is found when it is applied for


@check("courses.bookings", "同一教师、同一教室同一时段只安排一处 no lecturer and no room is booked twice at the same time")
def bookings(book: Bookkeeper) -> Iterator[str]:
    held: dict[str, list[Booking]] = defaultdict(list)
    states = dict(book.db.execute(select(CourseClass.id, CourseClass.state)).all())
    for row in book.db.scalars(select(Booking).where(Booking.freed_at.is_(None)).order_by(Booking.starts_at, Booking.ends_at, Booking.id)):
        held[row.lecturer_id or row.place].append(row)
    for rows in held.values():
        last = rows[0]
        for row in rows[1:]:
            same_draft = row.class_id == last.class_id and states.get(row.class_id) in DRAFT
            if row.starts_at < last.ends_at and not same_draft:
                yield f"bookings {last.id} and {row.id} of one {row.kind} overlap"
            if row.ends_at > last.ends_at:
                last = row


@check("courses.booked_as_held", "安排与课次一致 a booking says what its session says, and none is left of a class that was called off")
def booked_as_held(book: Bookkeeper) -> Iterator[str]:
    rows = book.db.execute(
        select(Booking, ClassSession, CourseClass)
        .join(ClassSession, ClassSession.id == Booking.session_id)
        .join(CourseClass, CourseClass.id == Booking.class_id)
        .where(Booking.freed_at.is_(None))
    )
    for row, session, held in rows:
        same = (row.starts_at, row.ends_at, row.class_id, row.institution_id, row.makeup)
        if same != (session.starts_at, session.ends_at, session.class_id, held.institution_id, session.makes_up_for is not None):
            yield f"booking {row.id} does not say what its session {session.id} says"
        if held.state == ClassState.CANCELLED:
            yield f"booking {row.id} is of class {held.number}, which was called off"
