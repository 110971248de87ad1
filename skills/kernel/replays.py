"""The same request gets the same answer: idempotency keys, kept with the act."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from skills.kernel.db import Base, UtcTime, wait_exclusive
from skills.kernel.errors import Refusal


class Replay(Base):
    """The answer to a key. `order` is a keyed digest: it may stem from document numbers."""

    __tablename__ = "replay"
    unwitnessed = "only repeats an answer; what was done stands in the rows of the act"
    actor: Mapped[str] = mapped_column(String(26), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    action: Mapped[str] = mapped_column(String(64))
    order: Mapped[str] = mapped_column("order_digest", String(64))
    answer: Mapped[Any] = mapped_column(JSON(none_as_null=False))
    at: Mapped[UtcTime]


def find(db: Session, actor: str, key: str, action: str, order: str) -> Replay | None:
    """What was answered to this key, if anything. Raises Refusal("key_reused") for another order."""
    wait_exclusive(db, f"{actor}\x1f{key}")
    old = db.get(Replay, (actor, key))
    if old is not None and (old.action, old.order) != (action, order):
        raise Refusal("key_reused")
    return old
