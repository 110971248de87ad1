"""Learners without a phone: a printed card, a PIN that they alone set, a terminal in the room that is nobody's word.

An institution prints cards and opens terminals; it can set, read or open no PIN, so it can write nobody's attendance.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from skills.accounts.secrets import hash_password, password_fits
from skills.courses.actions.attendance import MANAGE, SCAN, Attended, refuse_outside, refuse_place, write
from skills.courses.models import CardPin, CardScan, ClassSession, CourseClass, Enrolment, LearnerCard, RoomTerminal
from skills.courses.queries import attendance as queries
from skills.courses.queries.cards import terminal_key
from skills.courses.rules import attendance as times
from skills.courses.rules import cards as rules
from skills.courses.rules.attendance import Way
from skills.courses.states import CARD, CardState
from skills.kernel import steps
from skills.kernel.acts import ANYONE, Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.ids import secret_code
from skills.kernel.keys import KeyRing
from skills.messages.actions import send
from skills.people import queries as people
from skills.standards.queries import value

COUNTER = "slip.print"


@dataclass(frozen=True)
class CardMade:
    """A card to be printed."""

    card_id: str
    number: str


@dataclass(frozen=True)
class CardEnded:
    """A card that counts no more."""

    card_id: str
    state: str


@dataclass(frozen=True)
class PinSet:
    """Since when a PIN counts."""

    at: datetime


@dataclass(frozen=True)
class Terminal:
    """A terminal of a session, and until when it was open."""

    terminal_id: str
    session_id: str
    closed_at: datetime | None


@dataclass(frozen=True)
class Presented:
    """What a terminal answers. A wrong PIN is kept, so it is an answer with a count and not an error that undoes itself.

    refused  empty, or the refusal's code: learner_card.wrong_pin, learner_card.pin_locked
    left     tries that are left
    """

    attended: Attended | None
    refused: str
    left: int


# Cards -----------------------------------------------------------------------------------------------------------


@action("learner_card.print", may=MANAGE)
def print_for(act: Act, enrolment_id: str) -> CardMade:
    """Print the card of a learner of one's own class; an earlier card counts no more, the PIN stays the learner's own.

    Raises Missing("enrolment.unknown"), Refusal("attendance.not_enrolled").
    """
    return _print(act, _own_learner(act, enrolment_id), "institution")


@action("learner_card.print_at_counter", may=COUNTER)
def print_at_counter(act: Act, person_id: str) -> CardMade:
    """Print the card of somebody who stands at the counter. Raises Missing, Refusal("learner_card.no_class")."""
    people.person(act.db, person_id)
    places = select(Enrolment.id).where(Enrolment.person_id == person_id, Enrolment.left_at.is_(None))
    if act.db.scalar(places.limit(1)) is None:
        raise Refusal("learner_card.no_class")
    return _print(act, person_id, "counter")


def _print(act: Act, person_id: str, hand: str) -> CardMade:
    _lock(act, person_id)
    old = act.find(LearnerCard, person_id=person_id, state=CardState.LIVE)
    if old is not None:
        act.move(old, CARD, "replace", ended_at=act.at, ended_as=hand)
        act.db.flush()
    number = secret_code(act.source, rules.NUMBER)
    row = act.add(
        LearnerCard(id=act.new_id(), person_id=person_id, number=number, state=CARD.start, printed_as=hand, printed_at=act.at)
    )
    act.note("learner_card.print", id=row.id, by=hand, replaces=old.id if old else "")
    send(act, code="learner_card.told_printed", person_id=person_id)
    return CardMade(row.id, row.number)


@action("learner_card.block", may=SCAN)
def block(act: Act) -> CardEnded:
    """Block one's own lost card. Raises Missing("learner_card.none")."""
    if act.actor.person is None:
        raise Refusal("no_person")
    return _block(act, act.actor.person, "learner")


@action("learner_card.block_for", may=MANAGE)
def block_for(act: Act, enrolment_id: str) -> CardEnded:
    """Block the lost card of a learner of one's own class; the learner is told. Raises as `block`, Missing("enrolment.unknown")."""
    return _block(act, _own_learner(act, enrolment_id), "institution")


@action("learner_card.block_at_counter", may=COUNTER)
def block_at_counter(act: Act, person_id: str) -> CardEnded:
    """Block somebody's lost card at the counter. Raises as `block` does."""
    return _block(act, person_id, "counter")


def _block(act: Act, person_id: str, hand: str) -> CardEnded:
    _lock(act, person_id)
    row = act.find(LearnerCard, person_id=person_id, state=CardState.LIVE)
    if row is None:
        raise Missing("learner_card.none")
    act.move(row, CARD, "block", ended_at=act.at, ended_as=hand)
    act.note("learner_card.block", id=row.id, by=hand)
    send(act, code="learner_card.told_blocked", person_id=person_id)
    return CardEnded(row.id, row.state)


def _own_learner(act: Act, enrolment_id: str) -> str:
    """The person behind a place in a class of one's own."""
    place = act.find(Enrolment, id=enrolment_id)
    if place is None or not act.actor.may(MANAGE, act.get(CourseClass, id=place.class_id).institution_id):
        raise Missing("enrolment.unknown")
    if place.left_at is not None:
        raise Refusal("attendance.not_enrolled")
    return place.person_id


# PINs ------------------------------------------------------------------------------------------------------------


@action("card_pin.set", may=SCAN)
def set_pin(act: Act, pin: str) -> PinSet:
    """Set one's own PIN, signed in as oneself; it opens a locked one. A relative or an institution cannot.

    Raises Refusal("card_pin.unreadable" | "card_pin.guessable").
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    return _set(act, act.actor.person, pin, "learner")


@action("card_pin.set_at_counter", may=COUNTER)
def set_pin_at_counter(act: Act, person_id: str, pin: str) -> PinSet:
    """At the counter the learner types the PIN unseen, after the document was compared. Raises as `set_pin` does."""
    people.person(act.db, person_id)
    return _set(act, person_id, pin, "counter")


def _set(act: Act, person_id: str, pin: str, where: str) -> PinSet:
    if not rules.readable(pin):
        raise Refusal("card_pin.unreadable")
    born = people.births(act.db, [person_id]).get(person_id)
    if rules.guessable(pin, born[0] if born else None):
        raise Refusal("card_pin.guessable")
    _lock(act, person_id)
    row = act.find(CardPin, person_id=person_id)
    if row is None:
        act.add(CardPin(person_id=person_id, pin=hash_password(pin), misses=0, set_at=act.at))
    else:
        row.pin, row.misses, row.set_at, row.locked_at = hash_password(pin), 0, act.at, None
    act.note("card_pin.set", where=where)
    send(act, code="card_pin.told_set", person_id=person_id)
    return PinSet(act.at)


# Terminals -------------------------------------------------------------------------------------------------------


@action("room_terminal.open", may=MANAGE)
def open_terminal(act: Act, session_id: str) -> Terminal:
    """Open the terminal of one session of one's own class; an earlier one of this session is closed.

    Raises Missing("class_session.unknown"), Refusal("attendance.class_not_running" | "attendance.too_late").
    """
    s = _own_session(act, session_id)
    held = act.get(CourseClass, id=s.class_id)
    policy = queries.policy_of(act.db, held.starts_on)
    refuse_place(held.state, None)
    if queries.is_over(s, policy, act.at):
        raise refuse_outside(s, act.at, policy.times)
    wait_exclusive(act.db, f"terminal:{s.id}")
    old = act.find(RoomTerminal, session_id=s.id, closed_at=None)
    if old is not None:
        old.closed_at = act.at
        act.db.flush()
    row = act.add(RoomTerminal(id=act.new_id(), session_id=s.id, opened_by=act.actor.account, opened_at=act.at))
    act.note("room_terminal.open", id=row.id, session=s.id)
    return Terminal(row.id, s.id, None)


@action("room_terminal.close", may=MANAGE)
def close_terminal(act: Act, session_id: str) -> Terminal:
    """Close the terminal of a session. Raises Missing("class_session.unknown" | "room_terminal.unknown")."""
    s = _own_session(act, session_id)
    wait_exclusive(act.db, f"terminal:{s.id}")
    row = act.get(RoomTerminal, session_id=s.id, closed_at=None)
    row.closed_at = act.at
    act.note("room_terminal.close", id=row.id)
    return Terminal(row.id, s.id, row.closed_at)


def _own_session(act: Act, session_id: str) -> ClassSession:
    s = act.get(ClassSession, id=session_id)
    if not act.actor.may(MANAGE, act.get(CourseClass, id=s.class_id).institution_id):
        raise Missing("class_session.unknown")
    return s


@action("attendance.scan_card", may=ANYONE)
def scan_card(act: Act, terminal_id: str, terminal_code: str, card: str, pin: str) -> Presented:
    """Write the attendance of who presents card and PIN at an open terminal. Nobody need be signed in at the device.

    Outside its window a terminal tries no PIN at all. Raises Missing("room_terminal.unknown" | "learner_card.unknown"),
    Refusal("room_terminal.closed" | "learner_card.replaced" | "learner_card.blocked" | "learner_card.no_pin") and what
    `attendance.scan` refuses but for codes.
    """
    here = act.find(RoomTerminal, id=terminal_id)
    if here is None or not hmac.compare_digest(terminal_key(act.using(KeyRing), here.id), steps.read(terminal_code)):
        raise Missing("room_terminal.unknown")
    if here.closed_at is not None:
        raise Refusal("room_terminal.closed")
    s = act.get(ClassSession, id=here.session_id)
    held = act.get(CourseClass, id=s.class_id)
    policy = queries.policy_of(act.db, held.starts_on)
    if times.side_now(s.starts_at, s.ends_at, act.at, policy.times) is None:
        raise refuse_outside(s, act.at, policy.times)
    row = act.find(LearnerCard, number=rules.number_of(card))
    if row is None:
        raise Missing("learner_card.unknown")
    if row.state != CardState.LIVE:
        raise Refusal(f"learner_card.{row.state}")
    place = act.find(Enrolment, class_id=held.id, person_id=row.person_id, left_at=None)
    if place is None:
        raise Refusal("attendance.not_enrolled")
    refuse_place(held.state, place.state)
    wrong = _try_pin(act, row, pin)
    if wrong is not None:
        return wrong
    done = write(act, row.person_id, s, None, Way.CARD)
    act.add(CardScan(attendance_id=done.attendance_id, terminal_id=here.id, card_id=row.id))
    return Presented(done, "", 0)


def _try_pin(act: Act, card: LearnerCard, pin: str) -> Presented | None:
    """None if the PIN fits; else what is answered, with the miss counted. Only one tries a person's PIN at a time."""
    _lock(act, card.person_id)
    held = act.db.get(CardPin, card.person_id, populate_existing=True)
    if held is None:
        raise Refusal("learner_card.no_pin")
    if held.locked_at is not None:
        return Presented(None, "learner_card.pin_locked", 0)
    if password_fits(held.pin, pin):
        held.misses = 0
        return None
    held.misses += 1
    left = max(int(value(act.db, "attendance.pin_tries", act.today)) - held.misses, 0)
    act.note("card_pin.miss", card=card.id, left=left)
    if left == 0:
        held.locked_at = act.at
        send(act, code="card_pin.told_locked", person_id=card.person_id)
        return Presented(None, "learner_card.pin_locked", 0)
    return Presented(None, "learner_card.wrong_pin", left)


def _lock(act: Act, person_id: str) -> None:
    wait_exclusive(act.db, f"learner-card:{person_id}")


