"""The same request gets the same answer: idempotency keys, kept with the act."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from skills.kernel import store
from skills.kernel.box import Box
from skills.kernel.db import Base, UtcTime, wait_exclusive
from skills.kernel.errors import Refusal


class Replay(Base):
    """The answer to a key.

    order   a keyed digest: it may stem from document numbers
    answer  JSON, sealed: it may hold a document number, a one-time code or a second factor
    """

    __tablename__ = "replay"
    unwitnessed = "only repeats an answer; what was done stands in the rows of the act"
    actor: Mapped[str] = mapped_column(String(26), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    action: Mapped[str] = mapped_column(String(64))
    order: Mapped[str] = mapped_column("order_digest", String(64))
    answer: Mapped[bytes] = mapped_column("sealed_answer", LargeBinary())
    at: Mapped[UtcTime]


def find(db: Session, box: Box, actor: str, key: str, action: str, order: str) -> str | None:
    """What was answered to this key, as JSON; None if nothing was. Raises Refusal("key_reused") for another order."""
    wait_exclusive(db, f"{actor}\x1f{key}")
    for answered, asked, sealed in store.read(db, _KEPT, actor=actor, key=key):
        if (answered, asked) != (action, order):
            raise Refusal("key_reused")
        return box.open(sealed, place(actor, key))
    return None


_KEPT = select(Replay.action, Replay.order, Replay.answer).where(Replay.actor == bindparam("actor"), Replay.key == bindparam("key"))


def keep(db: Session, box: Box, actor: str, key: str, action: str, order: str, answer: str, at: datetime) -> None:
    """Keep an answer under its key."""
    sealed = box.seal(answer, place(actor, key))
    store.put(db, Replay(actor=actor, key=key, action=action, order=order, answer=sealed, at=at))


def place(actor: str, key: str) -> str:
    """Where an answer is sealed for."""
    return f"replay:{actor}\x1f{key}:answer"
