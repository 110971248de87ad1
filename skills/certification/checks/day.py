"""What certification promises of the day of an exam."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import aliased

from skills.certification.models import Application, ExamSeat, Presence, Rescheduling, RoomRecord, Sitting, SittingRoom
from skills.certification.rules.day import Found
from skills.certification.states import ApplicationState, SittingState
from skills.certification.states.day import RecordState
from skills.kernel.checks import Bookkeeper, check


@check("certification.rescheduled", "改期两头对得上 who moved gave up one exam, its seat too, and stands in another of the same kind")
def rescheduled(book: Bookkeeper) -> Iterator[str]:
    old, new, before, after = aliased(Application), aliased(Application), aliased(Sitting), aliased(Sitting)
    rows = book.db.execute(
        select(old, new, before, after)
        .join(Rescheduling, Rescheduling.application_id == old.id)
        .join(new, new.id == Rescheduling.new_id)
        .join(before, before.id == old.sitting_id)
        .join(after, after.id == new.sitting_id)
    )
    seated = set(book.db.scalars(select(ExamSeat.application_id)))
    for gone, come, first, second in rows:
        if gone.state != ApplicationState.WITHDRAWN or gone.seat is not None or gone.id in seated:
            yield f"application {gone.id}: moved to {come.id} and still has its place"
        kind = ("organisation_id", "occupation", "branch", "level")
        if gone.person_id != come.person_id or first.id == second.id or any(getattr(first, k) != getattr(second, k) for k in kind):
            yield f"application {gone.id}: moved to {come.id}, which is another person's or another kind of exam"


BEFORE = (ApplicationState.FILED, ApplicationState.ELIGIBLE, ApplicationState.SEATED, ApplicationState.WITHDRAWN)
NOT_HELD = (
    SittingState.PLANNED, SittingState.FILED, SittingState.OPEN, SittingState.CLOSED, SittingState.SEATED, SittingState.CANCELLED,
)  # fmt: skip


@check("certification.room_records", "考场记录两人签字，缺考有据 a held exam has records by two; who sat was there, who is absent was not")
def room_records(book: Bookkeeper) -> Iterator[str]:
    held = set(book.db.scalars(select(Sitting.id).where(Sitting.room_records, Sitting.state.not_in(NOT_HELD))))
    found: dict[str, dict[str, str]] = {}
    for row in book.db.scalars(select(Presence).where(Presence.replaced_at.is_(None))):
        found.setdefault(row.application_id, {})[row.section] = row.found
    rooms: dict[str, dict[str, dict[str, int]]] = {}
    names: dict[str, tuple[str, str]] = {}
    rows = book.db.execute(
        select(Application, SittingRoom).join(ExamSeat, ExamSeat.application_id == Application.id)
        .join(SittingRoom, SittingRoom.id == ExamSeat.room_id).where(Application.state != ApplicationState.WITHDRAWN)
    )  # fmt: skip
    for candidate, room in rows:
        names[room.id] = (room.sitting_id, room.name)
        counts = rooms.setdefault(room.id, {})
        for section, word in found.get(candidate.id, {}).items():
            counts.setdefault(section, {}).setdefault(word, 0)
            counts[section][word] += 1
        if candidate.sitting_id not in held or candidate.state in BEFORE:
            continue
        there = Found.PRESENT in found.get(candidate.id, {}).values()
        if there == (candidate.state == ApplicationState.ABSENT):
            yield f"application {candidate.id}: {candidate.state}, found {found.get(candidate.id)}"
    signed = {r.room_id: r for r in book.db.scalars(select(RoomRecord).where(RoomRecord.state == RecordState.SIGNED))}
    for room_id, (sitting_id, name) in names.items():
        record = signed.get(room_id)
        if record is None and sitting_id in held:
            yield f"sitting {sitting_id}: held without the record of {name}"
        if record is not None and record.counts != rooms[room_id]:
            yield f"record {record.id}: says {record.counts}, was {rooms[room_id]}"
