"""Inboxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from skills.kernel.actors import Actor
from skills.messages.models import Message

RIGHT = "inbox.organisation"


@dataclass(frozen=True)
class MessageLine:
    """A message as it lies in the inbox."""

    id: str
    code: str
    facts: dict[str, Any]
    sent_at: datetime
    unread: bool


def inbox(db: Session, actor: Actor, *, before: str | None = None, most: int = 30) -> Sequence[MessageLine]:
    """What was sent to the actor, to the person behind it, or to an organisation it works for; newest first."""
    chosen = select(Message).where(_mine(actor)).order_by(Message.id.desc()).limit(most)
    if before:
        chosen = chosen.where(Message.id < before)
    return [MessageLine(m.id, m.code, m.facts, m.sent_at, m.read_at is None) for m in db.scalars(chosen)]


def unread(db: Session, actor: Actor) -> int:
    """How many messages wait."""
    chosen = select(func.count()).select_from(Message).where(_mine(actor), Message.read_at.is_(None))
    return db.scalar(chosen) or 0


def outgoing(db: Session, message_id: str) -> tuple[str | None, str, dict[str, Any], bool]:
    """(person, code, facts, delivered already) of a message that a job sends out."""
    row = db.get_one(Message, message_id)
    return row.person_id, row.code, row.facts, row.delivered_at is not None


def _mine(actor: Actor) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = [Message.account_id == actor.account]
    if actor.person is not None:
        ways.append(Message.person_id == actor.person)
    if bodies := actor.organisations_for(RIGHT):
        ways.append(Message.organisation_id.in_(bodies))
    return or_(*ways)


def sent(db: Session, code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everybody who was sent this sentence, with its facts."""
    rows = select(Message.person_id, Message.facts).where(Message.code == code, Message.person_id.is_not(None))
    yield from ((person_id, facts) for person_id, facts in db.execute(rows))


def to_bodies(db: Session, code: str) -> Iterator[dict[str, Any]]:
    """The facts of every message with this sentence to an organisation."""
    yield from db.scalars(select(Message.facts).where(Message.code == code, Message.organisation_id.is_not(None)))
