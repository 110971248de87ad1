"""The day of an exam: who was there, and the record of each room under the signatures of two invigilators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from skills.certification.actions.moves import reason_of, sitting_for
from skills.certification.models import Application, ExamSeat, Sitting, SittingRoom
from skills.certification.models.day import Presence, RoomRecord
from skills.certification.queries.carried import sat_in
from skills.certification.queries.duties import staff_of
from skills.certification.rules.day import Found, may_countersign, missed
from skills.certification.rules.duties import Duty
from skills.certification.rules.exams import Section
from skills.certification.states import SittingState
from skills.certification.states.day import ROOM_RECORD, RecordState
from skills.kernel.acts import Act, action
from skills.kernel.db import among, wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.papers.queries.runs import begun_by
from skills.standards.rules import Level

WATCH = "room.watch"


@dataclass(frozen=True)
class Noted:
    """What was found of the holder of a ticket in a section (present, late, no_document, wrong_document, away).

    scanned  whether the ticket's code was read; else its number was typed
    """

    ticket: str
    section: str
    found: str
    scanned: bool = False


@dataclass(frozen=True)
class PresenceNoted:
    """How many notes were new or changed."""

    count: int


@dataclass(frozen=True)
class RecordWritten:
    """The record of a room, and how many were there in one section at least."""

    record_id: str
    present: int


@dataclass(frozen=True)
class RecordDecided:
    """Where the record of a room stands now: signed or sent_back."""

    state: str


@action("presence.note", may=WATCH)
def note(act: Act, sitting_id: str, lines: tuple[Noted, ...]) -> PresenceNoted:
    """Note who is there: from the exam's day on, until the record of the room is written.

    Raises Refusal("presence.not_today" | "presence.recorded" | "presence.unknown_word" | "presence.sits"), Missing("ticket.unknown" |
    "score.section_unknown").
    """
    sitting = _on_the_day(act, sitting_id)
    rows = act.db.execute(
        select(Application, ExamSeat.room_id)
        .join(ExamSeat, ExamSeat.application_id == Application.id)
        .where(Application.sitting_id == sitting.id, among(act.db, Application.ticket, [line.ticket for line in lines]))
    )
    known = {candidate.ticket: (candidate, room_id) for candidate, room_id in rows}
    recorded = _recorded(act, sitting.id)
    begun = begun_by(act.db, [candidate.id for candidate, _ in known.values()])
    count = 0
    for line in lines:
        if line.ticket not in known:
            raise Missing("ticket.unknown")
        candidate, room_id = known[line.ticket]
        if line.section not in sat_in(candidate, Level(sitting.level)):
            raise Missing("score.section_unknown")
        if line.found not in set(Found):
            raise Refusal("presence.unknown_word", word=line.found[:16])
        if room_id in recorded:
            raise Refusal("presence.recorded")
        if line.section == Section.THEORY and candidate.id in begun and line.found != Found.PRESENT:
            raise Refusal("presence.sits", ticket=line.ticket)
        count += _write(act, candidate.id, line.section, line.found, "scan" if line.scanned else "typed")
    act.note("presence.note", sitting=sitting.id, count=count)
    return PresenceNoted(count)


@action("room_record.write", may=WATCH)
def write(act: Act, sitting_id: str, position: int, remarks: str) -> RecordWritten:
    """Write and sign the record of a room as the first of two: whoever was not noted in a section was away.

    Raises Missing("sitting_room.unknown"), Refusal("presence.not_today" | "presence.recorded").
    """
    sitting = _on_the_day(act, sitting_id)
    room = act.get(SittingRoom, sitting_id=sitting.id, position=position)
    candidates = list(
        act.db.scalars(
            select(Application).join(ExamSeat, ExamSeat.application_id == Application.id)
            .where(ExamSeat.room_id == room.id).order_by(Application.seat)
        )
    )  # fmt: skip
    if not candidates:
        raise Missing("sitting_room.unknown")
    if room.id in _recorded(act, sitting.id):
        raise Refusal("presence.recorded")
    held = found_of(act, [one.id for one in candidates])
    for candidate in candidates:
        for section in sat_in(candidate, Level(sitting.level)):
            if (candidate.id, section) not in held:
                _write(act, candidate.id, section, Found.AWAY, "record")
    found = found_of(act, [one.id for one in candidates])
    counts: dict[str, Counter[str]] = {}
    for (_, sat), word in found.items():
        counts.setdefault(sat, Counter())[word] += 1
    row = act.add(
        RoomRecord(
            id=act.new_id(), room_id=room.id, state=RecordState.WRITTEN, counts={s: dict(sorted(c.items())) for s, c in sorted(counts.items())},
            remarks=remarks.strip()[:1000], first_by=act.actor.account, first_at=act.at,
        )
    )  # fmt: skip
    act.note("room_record.write", id=row.id, room=room.id)
    there = {candidate for (candidate, _), word in found.items() if word == Found.PRESENT}
    return RecordWritten(row.id, len(there))


@action("room_record.countersign", may=WATCH)
def countersign(act: Act, record_id: str) -> RecordDecided:
    """Sign the record of a room as the second of two. Raises Refusal("room_record.second_person")."""
    row = _record(act, record_id)
    ROOM_RECORD.check(row.state, "countersign")
    may_countersign(row.first_by, act.actor.account).or_refuse()
    act.move(row, ROOM_RECORD, "countersign", second_by=act.actor.account, second_at=act.at)
    return RecordDecided(row.state)


@action("room_record.send_back", may=WATCH)
def send_back(act: Act, record_id: str, reason: str) -> RecordDecided:
    """Do not sign the record of a room, with a reason: it is written again, and who was there can be noted anew."""
    row = _record(act, record_id)
    ROOM_RECORD.check(row.state, "send_back")
    may_countersign(row.first_by, act.actor.account).or_refuse()
    act.move(row, ROOM_RECORD, "send_back", second_by=act.actor.account, second_at=act.at, reason=reason_of(reason))
    return RecordDecided(row.state)


def sits(act: Act, sitting: Sitting, application_id: str, room_id: str) -> None:
    """Who begins a paper on a screen is there in theory; not who was turned away at the door.

    Raises Refusal("presence.recorded" | "presence.turned_away").
    """
    if not sitting.room_records:
        return
    wait_exclusive(act.db, f"sitting:{sitting.id}")
    if room_id in _recorded(act, sitting.id):
        raise Refusal("presence.recorded")
    if found_of(act, [application_id]).get((application_id, Section.THEORY)) in (Found.LATE, Found.NO_DOCUMENT, Found.WRONG_DOCUMENT):
        raise Refusal("presence.turned_away")
    _write(act, application_id, Section.THEORY, Found.PRESENT, "screen")


def all_recorded(act: Act, sitting_id: str) -> None:
    """Every room in which somebody sits has its record under two signatures. Raises Refusal("sitting.records_wanted")."""
    signed = select(RoomRecord.room_id).where(RoomRecord.state == RecordState.SIGNED)
    wanting = act.db.scalars(
        select(SittingRoom.name)
        .where(SittingRoom.sitting_id == sitting_id, SittingRoom.id.in_(select(ExamSeat.room_id)), SittingRoom.id.not_in(signed))
        .order_by(SittingRoom.position)
    ).all()
    if wanting:
        raise Refusal("sitting.records_wanted", rooms="、".join(wanting), count=len(wanting))


def absences(act: Act, candidates: Sequence[Application], level: Level) -> dict[str, Found]:
    """Who of these was in no section that they had to sit, and why."""
    found = found_of(act, [one.id for one in candidates])
    why = {
        one.id: missed([Found(found.get((one.id, section), Found.AWAY)) for section in sat_in(one, level)]) for one in candidates
    }
    return {one: word for one, word in why.items() if word is not None}


def found_of(act: Act, application_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """What was found, by application and section."""
    rows = act.db.execute(
        select(Presence.application_id, Presence.section, Presence.found).where(
            among(act.db, Presence.application_id, application_ids), Presence.replaced_at.is_(None)
        )
    )
    return {(one, section): word for one, section, word in rows}


def not_there(act: Act, sitting_id: str, section: str) -> set[str]:
    """Applications that were noted as not there in a section."""
    return set(
        act.db.scalars(
            select(Presence.application_id).join(Application, Application.id == Presence.application_id).where(
                Application.sitting_id == sitting_id, Presence.section == section, Presence.found != Found.PRESENT,
                Presence.replaced_at.is_(None),
            )
        )
    )  # fmt: skip


def _on_the_day(act: Act, sitting_id: str) -> Sitting:
    sitting = sitting_for(act, sitting_id, WATCH)
    wait_exclusive(act.db, f"sitting:{sitting.id}")
    act.db.refresh(sitting)
    if sitting.state != SittingState.SEATED or sitting.held_on is None or act.today < sitting.held_on:
        raise Refusal("presence.not_today", day=sitting.held_on)
    _serves(act, sitting.id)
    return sitting


def _serves(act: Act, sitting_id: str) -> None:
    """Who notes and signs was named as an invigilator of this exam; of one planned before accounts were named, anybody of the body."""
    named = staff_of(act.db, [sitting_id]).get(sitting_id, {}).get(Duty.INVIGILATOR, ())
    if named and act.actor.account not in named:
        raise Refusal("presence.not_named")


def _recorded(act: Act, sitting_id: str) -> set[str]:
    """Rooms whose record was written."""
    return set(act.db.scalars(
        select(RoomRecord.room_id).join(SittingRoom, SittingRoom.id == RoomRecord.room_id)
        .where(SittingRoom.sitting_id == sitting_id, RoomRecord.state != RecordState.SENT_BACK)
    ))  # fmt: skip


def _record(act: Act, record_id: str) -> RoomRecord:
    row = act.get(RoomRecord, id=record_id)
    _serves(act, sitting_for(act, act.get(SittingRoom, id=row.room_id).sitting_id, WATCH).id)
    return row


def _write(act: Act, application_id: str, section: str, found: str, way: str) -> int:
    held = act.find(Presence, application_id=application_id, section=section, replaced_at=None)
    if held is not None:
        if held.found == found:
            return 0
        held.replaced_at = act.at
        act.db.flush()
    act.db.add(
        Presence(id=act.new_id(), application_id=application_id, section=section, found=found, way=way, by=act.actor.account, at=act.at)
    )
    act.db.flush()
    return 1
