"""Learners' cards and rooms' terminals as they are read. No query tells a PIN; that one is set is all that anybody sees."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.courses.models import CardPin, ClassSession, Course, CourseClass, Enrolment, LearnerCard, RoomTerminal
from skills.courses.queries.attendance import is_over, policy_of
from skills.courses.rules import attendance as times
from skills.courses.rules import cards as rules
from skills.kernel import steps
from skills.kernel.errors import Missing
from skills.kernel.keys import KeyRing
from skills.people import queries as people

FIXED = 0  # the step of a code that stays


@dataclass(frozen=True)
class CardLine:
    """A person's newest card. Without a card `number` and `state` are empty."""

    name: str
    number: str
    state: str
    printed_at: datetime | None
    pin_set: bool
    pin_locked: bool


@dataclass(frozen=True)
class LearnerOf:
    """A learner of a class of one's own and the card."""

    class_id: str
    number: str
    card: CardLine


@dataclass(frozen=True)
class TerminalLine:
    """A room's terminal. `code` is the secret end of its address, `side` what may be written now, `opens` when next."""

    terminal_id: str
    code: str
    class_id: str
    session_id: str
    course: str
    number: str
    room: str
    topic: str
    starts_at: datetime
    ends_at: datetime
    open: bool
    over: bool
    side: str | None


def terminal_key(ring: KeyRing, terminal_id: str) -> str:
    """The secret end of a terminal's address; it is stored nowhere."""
    secret = ring.secret("steps", ring.active("steps").kid)
    return steps.code(secret, rules.terminal_key_of(terminal_id), FIXED, rules.KEY)


def card_of(db: Session, person_id: str) -> CardLine:
    """A person's newest card. Raises Missing."""
    # Ids of one millisecond have no order: the one that counts comes first.
    newest = (LearnerCard.ended_at.is_(None).desc(), LearnerCard.printed_at.desc(), LearnerCard.id.desc())
    row = db.scalars(select(LearnerCard).where(LearnerCard.person_id == person_id).order_by(*newest).limit(1)).first()
    pin = db.get(CardPin, person_id)
    name = people.person(db, person_id).name
    locked = pin is not None and pin.locked_at is not None
    if row is None:
        return CardLine(name, "", "", None, pin is not None, locked)
    return CardLine(name, row.number, row.state, row.printed_at, pin is not None, locked)


def learner_of(db: Session, enrolment_id: str, institutions: Collection[str]) -> LearnerOf:
    """A learner of one's own class. Raises Missing("enrolment.unknown")."""
    place = db.get(Enrolment, enrolment_id)
    held = db.get(CourseClass, place.class_id) if place else None
    if place is None or held is None or held.institution_id not in institutions or place.left_at is not None:
        raise Missing("enrolment.unknown")
    return LearnerOf(held.id, held.number, card_of(db, place.person_id))


def terminal_of(db: Session, ring: KeyRing, session_id: str, institutions: Collection[str], now: datetime) -> TerminalLine:
    """The open terminal of a session of one's own, or a line that says there is none. Raises Missing("class_session.unknown")."""
    s = db.get(ClassSession, session_id)
    held = db.get(CourseClass, s.class_id) if s else None
    if s is None or held is None or held.institution_id not in institutions:
        raise Missing("class_session.unknown")
    row = db.scalars(select(RoomTerminal).where(RoomTerminal.session_id == s.id, RoomTerminal.closed_at.is_(None))).one_or_none()
    return _line(db, ring, row, s, now)


def terminal(db: Session, ring: KeyRing, terminal_id: str, code: str, now: datetime) -> TerminalLine:
    """What the device in the room shows, for who knows its address. Raises Missing("room_terminal.unknown")."""
    row = db.get(RoomTerminal, terminal_id)
    if row is None or not hmac.compare_digest(terminal_key(ring, row.id), steps.read(code)):
        raise Missing("room_terminal.unknown")
    return _line(db, ring, row, db.get_one(ClassSession, row.session_id), now)


def _line(db: Session, ring: KeyRing, row: RoomTerminal | None, s: ClassSession, now: datetime) -> TerminalLine:
    held = db.get_one(CourseClass, s.class_id)
    policy = policy_of(db, held.starts_on)
    return TerminalLine(
        row.id if row else "", terminal_key(ring, row.id) if row else "", held.id, s.id, db.get_one(Course, held.course_id).title,
        held.number, s.room, s.topic, s.starts_at, s.ends_at, row is not None and row.closed_at is None, is_over(s, policy, now),
        times.side_now(s.starts_at, s.ends_at, now, policy.times),
    )  # fmt: skip
