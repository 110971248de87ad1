"""One entry per act, written in its transaction and sealed into the audit stream afterwards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, String, cast, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from skills.kernel import log, store
from skills.kernel.actors import ANONYMOUS, SYSTEM
from skills.kernel.canon import canon, exact
from skills.kernel.db import Base, Id, UtcTime


class AuditEntry(Base):
    """What was done: ids and codes only, never names or document numbers.

    turn  the act's place among those that touched the same rows
    rows  a keyed digest of every row that the act wrote (`kernel.witness`)
    """

    __tablename__ = "audit_entry"
    unwitnessed = "every entry is a leaf of the signed log: audit.unchanged"
    id: Mapped[Id] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    actor: Mapped[str] = mapped_column(String(26), index=True)
    on_behalf_of: Mapped[str | None] = mapped_column(String(26))
    at: Mapped[UtcTime] = mapped_column(index=True)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    turn: Mapped[int | None] = mapped_column(BigInteger(), index=True)
    rows: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Attempt(Base):
    """A refusal that was given. Locks ("ten misses") are decided on these rows.

    kept  the row that holds what the no was decided on, if the room that gave it keeps such rows
    """

    __tablename__ = "attempt"
    unwitnessed = "every attempt is a leaf of the signed log: audit.unchanged"
    id: Mapped[Id] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    actor: Mapped[str] = mapped_column(String(26), index=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    code: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON())
    at: Mapped[UtcTime] = mapped_column(index=True)
    kept: Mapped[str | None] = mapped_column(String(26))


def entry_text(entry: AuditEntry) -> str:
    """Everything that an entry says, in one canonical line."""
    body: dict[str, Any] = {
        "id": entry.id,
        "action": entry.action,
        "actor": entry.actor,
        "for": entry.on_behalf_of,
        "at": entry.at.isoformat(timespec="microseconds"),
        "notes": entry.notes,
    }
    if entry.turn is not None:
        body |= {"turn": entry.turn, "rows": entry.rows}
    return exact(body)


def text_leaf(text: str) -> bytes:
    """The bytes that are logged for an entry of this text: whoever holds the text can prove where it stands."""
    return hashlib.sha256(text.encode()).digest()


def entry_leaf(entry: AuditEntry) -> bytes:
    """The bytes that are logged for an entry: a digest over everything it says."""
    return text_leaf(entry_text(entry))


def entry_about(db: Session, action: str, at: datetime, row_id: str) -> AuditEntry | None:
    """The entry of the act of this name and moment that notes this row."""
    entries = db.scalars(select(AuditEntry).where(AuditEntry.action == action, AuditEntry.at == at))
    return next((e for e in entries if any(note.get("id") == row_id for note in e.notes)), None)


def attempt_leaf(attempt: Attempt) -> bytes:
    """The bytes that are logged for a refused attempt."""
    body: dict[str, Any] = {
        "id": attempt.id,
        "action": attempt.action,
        "actor": attempt.actor,
        "subject": attempt.subject,
        "code": attempt.code,
        "facts": attempt.facts,
        "at": attempt.at.isoformat(timespec="microseconds"),
    }
    if attempt.kept is not None:
        body["kept"] = attempt.kept
    return hashlib.sha256(canon(body).encode()).digest()


def append(db: Session, entry: AuditEntry) -> None:
    """Write an entry and queue its leaf."""
    store.put(db, entry)
    log.enqueue(db, log.AUDIT, f"entry:{entry.id}", entry_leaf(entry), entry.at)


def append_attempt(db: Session, attempt: Attempt) -> None:
    """Write a refused attempt and queue its leaf."""
    store.put(db, attempt)
    log.enqueue(db, log.AUDIT, f"attempt:{attempt.id}", attempt_leaf(attempt), attempt.at)


def misses(
    db: Session, action: str, *, actor: str | None = None, subject: str | None = None, since: datetime,
    codes: Collection[str] | None = None,
) -> int:  # fmt: skip
    """How often an action was refused since a moment, by actor or by subject; with one of these codes, if they are named."""
    chosen = select(Attempt.id).where(Attempt.action == action, Attempt.at >= since)
    if codes is not None:
        chosen = chosen.where(Attempt.code.in_(codes))
    if actor is not None:
        chosen = chosen.where(Attempt.actor == actor)
    if subject is not None:
        chosen = chosen.where(Attempt.subject == subject)
    return len(db.scalars(chosen).all())


# Commands of an administrator at the machine, which speak of keys and tables in a sentence of their own.
_IN_WORDS = {("rows.adopt", "reason"), ("key.compromised", "reason")}
_CODE = re.compile(r"[!-~]*")
# Eighteen places with a date of birth in the middle, or a mobile number: neither is an id of this house.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(\d{6}(19|20)\d\d(0[1-9]|1[0-2])\d{5}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z])")


def talking(notes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Where notes hold more than ids, codes and amounts: prose, a name, a document or phone number (pure)."""
    for note in notes:
        event = note.get("event", "")
        for name, value in note.items():
            if (event, name) not in _IN_WORDS:
                for text in _texts(value):
                    if not _CODE.fullmatch(text) or _PERSONAL.search(text):
                        yield f"{event} {name}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, held in value.items():
            yield from _texts(name)
            yield from _texts(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _texts(held)


def unlogged(db: Session) -> Iterator[str]:
    """Entries and attempts whose content no longer equals what the stream holds, and leaves without their row."""
    leaves = dict(db.execute(select(log.LogLeaf.source, log.LogLeaf.leaf).where(log.LogLeaf.stream == log.AUDIT)).all())
    leaves |= dict(
        db.execute(select(log.LogQueue.source, log.LogQueue.leaf).where(log.LogQueue.stream == log.AUDIT)).all()
    )
    for entry in db.scalars(select(AuditEntry)):
        yield from _compare(f"entry:{entry.id}", entry_leaf(entry), leaves)
    for attempt in db.scalars(select(Attempt)):
        yield from _compare(f"attempt:{attempt.id}", attempt_leaf(attempt), leaves)
    for source in leaves:
        yield f"{source} is in the log but its row is gone"


def _compare(source: str, leaf: bytes, leaves: dict[str, bytes]) -> Iterator[str]:
    logged = leaves.pop(source, None)
    if logged is None:
        yield f"{source} was never logged"
    elif logged != leaf:
        yield f"{source} was changed after it was logged"


def attempts(db: Session, codes: Sequence[str], since: datetime, until: datetime) -> list[tuple[str, str, str, str, datetime]]:
    """(id, actor, subject, code, at) of refusals in a window whose code is one of these or begins with one that ends in "."."""
    exact = [c for c in codes if not c.endswith(".")]
    asked = or_(Attempt.code.in_(exact), *(Attempt.code.startswith(c, autoescape=True) for c in codes if c.endswith(".")))
    rows = db.execute(
        select(Attempt.id, Attempt.actor, Attempt.subject, Attempt.code, Attempt.at)
        .where(Attempt.at >= since, Attempt.at <= until, asked)
        .order_by(Attempt.at, Attempt.id)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def done(db: Session, action: str, since: datetime) -> list[tuple[datetime, list[dict[str, Any]]]]:
    """(when, notes) of every act of a kind since a moment."""
    rows = db.execute(select(AuditEntry.at, AuditEntry.notes).where(AuditEntry.action == action, AuditEntry.at >= since))
    return [(at, notes) for at, notes in rows]


def hands_on(db: Session, row_id: str, since: datetime | None = None) -> set[str]:
    """The accounts whose acts noted this row, since a moment or ever (then every entry is read)."""
    chosen = select(AuditEntry.actor).where(cast(AuditEntry.notes, String).contains(row_id, autoescape=True)).distinct()
    if since is not None:
        chosen = chosen.where(AuditEntry.at >= since)
    return set(db.scalars(chosen)) - {SYSTEM.account, ANONYMOUS.account}
