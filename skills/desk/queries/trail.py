"""The audit log for those who check: search, one entry, and the proof that it stands in the log unchanged."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Select, String, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from skills.accounts.queries import name_of
from skills.kernel import log, merkle
from skills.kernel.audit import Attempt, AuditEntry, entry_leaf
from skills.kernel.clock import end_of, start_of
from skills.kernel.errors import Missing

PAGE = 50
Kept = TypeVar("Kept", AuditEntry, Attempt)


@dataclass(frozen=True)
class Asked:
    """A search: account, action, an id in the notes, days of Shanghai; empty for any.

    action  the beginning of a code
    named   codes besides, for an action that was asked for in words
    """

    actor: str = ""
    action: str = ""
    named: tuple[str, ...] = ()
    about: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class TrailLine:
    """An act in the list."""

    id: str
    at: datetime
    action: str
    actor: str
    name: str


@dataclass(frozen=True)
class Proof:
    """Whether an entry stands in the log as it was written; `document` is for checking it elsewhere."""

    sealed: bool
    unchanged: bool
    proved: bool
    seq: int | None
    document: dict[str, Any]


@dataclass(frozen=True)
class TrailEntry:
    """One act with its notes and its proof."""

    line: TrailLine
    on_behalf_of: str | None
    notes: tuple[dict[str, Any], ...]
    proof: Proof


@dataclass(frozen=True)
class Head:
    """How long the log is, and the newest signed head."""

    size: int
    waiting: int
    at: datetime | None
    note: str


def search(db: Session, asked: Asked, before: str = "", most: int = PAGE) -> list[TrailLine]:
    """Acts that fit, newest first, `most` of them; `before` is the id of the last one shown."""
    chosen = _newest(AuditEntry, asked, before, most)
    if asked.about:
        chosen = chosen.where(as_type(AuditEntry.notes, String).contains(asked.about, autoescape=True))
    return [_line(db, row) for row in db.scalars(chosen)]


def _newest(of: type[Kept], asked: Asked, before: str, most: int) -> Select[Kept]:
    """What was asked for but `about`, which each says in its own way."""
    chosen = select(of).order_by(of.id.desc()).limit(most)
    if asked.actor:
        chosen = chosen.where(of.actor == asked.actor)
    if asked.action:
        chosen = chosen.where(of.action.startswith(asked.action, autoescape=True) | of.action.in_(asked.named))
    if asked.since:
        chosen = chosen.where(of.at >= start_of(asked.since))
    if asked.until:
        chosen = chosen.where(of.at < end_of(asked.until))
    return chosen.where(of.id < before) if before else chosen


@dataclass(frozen=True)
class AttemptLine:
    """A refusal that was given: what was tried, by whom, about whom (if the order said so), and which sentence was the answer.

    facts  what the sentence was filled with, long digits masked
    kept   the verdict behind it with all that it was decided on, if eligibility was refused
    """

    id: str
    at: datetime
    action: str
    actor: str
    name: str
    subject: str
    code: str
    facts: dict[str, Any]
    kept: str | None


def attempts(db: Session, asked: Asked, before: str = "", most: int = PAGE) -> list[AttemptLine]:
    """Refusals that fit, newest first; `about` is whom they concerned, or the code of the answer."""
    chosen = _newest(Attempt, asked, before, most)
    if asked.about:
        chosen = chosen.where((Attempt.subject == asked.about) | (Attempt.code == asked.about))
    return [
        AttemptLine(row.id, row.at, row.action, row.actor, name_of(db, row.actor), row.subject, row.code, row.facts, row.kept)
        for row in db.scalars(chosen)
    ]


def entry(db: Session, entry_id: str, keys: Sequence[Ed25519PublicKey]) -> TrailEntry:
    """One act with its proof. Raises Missing("audit_entry.unknown")."""
    row = db.get(AuditEntry, entry_id)
    if row is None:
        raise Missing("audit_entry.unknown")
    return TrailEntry(_line(db, row), row.on_behalf_of, tuple(row.notes), prove(db, row, keys))


def prove(db: Session, row: AuditEntry, keys: Sequence[Ed25519PublicKey]) -> Proof:
    """Recompute the leaf from the row and lead it to the root that a log key has signed."""
    leaf = entry_leaf(row)
    receipt = log.receipt(db, log.AUDIT, f"entry:{row.id}")
    if receipt is None:
        return Proof(False, True, False, None, {})
    signed = _opened(receipt.checkpoint, keys)
    proved = signed is not None and merkle.verify_inclusion(
        merkle.leaf_hash(leaf), receipt.seq, signed.size, receipt.hashes, signed.root
    )
    document = {
        "entry": {"id": row.id, "action": row.action, "actor": row.actor, "for": row.on_behalf_of,
                  "at": row.at.isoformat(timespec="microseconds"), "notes": row.notes},
        "leaf": base64.b64encode(leaf).decode(),
        "seq": receipt.seq,
        "hashes": [base64.b64encode(h).decode() for h in receipt.hashes],
        "checkpoint": receipt.checkpoint,
        "keys": [base64.b64encode(_raw(key)).decode() for key in keys],
    }  # fmt: skip
    return Proof(True, leaf == receipt.leaf, proved, receipt.seq, document)


def head(db: Session) -> Head:
    """Where the audit log stands."""
    top = log.head(db, log.AUDIT)
    waiting = log.waiting(db, log.AUDIT)
    return Head(top.size if top else 0, waiting, top.at if top else None, top.note if top else "")


def actions(db: Session) -> list[tuple[str, int]]:
    """How often each action was done, the most frequent first."""
    rows: Any = db.execute(
        select(AuditEntry.action, func.count()).group_by(AuditEntry.action).order_by(func.count().desc()).limit(12)
    )
    return [(name, count) for name, count in rows]


def _line(db: Session, row: AuditEntry) -> TrailLine:
    return TrailLine(row.id, row.at, row.action, row.actor, name_of(db, row.actor))


def _opened(note: str, keys: Sequence[Ed25519PublicKey]) -> merkle.Checkpoint | None:
    origin = note.partition("\n")[0]
    for key in keys:
        try:
            return merkle.open_checkpoint(note, origin, key)
        except merkle.BadNote:
            continue
    return None


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
