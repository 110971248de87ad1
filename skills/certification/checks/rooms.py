"""What certification promises of rooms: everybody with a seat sits in a room of their exam, on a place that is there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from skills.certification.models import Application, ExamSeat, SittingRoom
from skills.kernel.checks import Bookkeeper, check


@check("certification.seats", "座位都在考场里 every seat is a place of a room of the candidate's exam; who has a ticket has a seat there")
def seats(book: Bookkeeper) -> Iterator[str]:
    rooms = {room.id: room for room in book.db.scalars(select(SittingRoom))}
    named = {room.sitting_id for room in rooms.values()}
    held = {seat.application_id: seat for seat in book.db.scalars(select(ExamSeat))}
    for own, sitting_id, number, ticket in book.db.execute(
        select(Application.id, Application.sitting_id, Application.seat, Application.ticket)
    ):
        seat = held.pop(own, None)
        if seat is None:
            if number is not None and sitting_id in named:
                yield f"application {own}: seat {number} in no room"
            continue
        room = rooms[seat.room_id]
        if room.sitting_id != sitting_id:
            yield f"application {own}: sits in a room of exam {room.sitting_id}"
        if not (1 <= seat.row_no <= room.row_count and 1 <= seat.column_no <= room.column_count):
            yield f"application {own}: row {seat.row_no}, column {seat.column_no} of room {room.name}"
        if number is None or not ticket:
            yield f"application {own}: a place without number or ticket"
