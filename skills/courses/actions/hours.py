"""Whoever keeps the ledger of class hours is told of every change of attendance, inside the act that made it."""

from __future__ import annotations

from collections.abc import Callable

from skills.kernel.acts import Act
from skills.kernel.db import wait_exclusive

Listener = Callable[[Act, str], None]
_LISTENERS: list[Listener] = []


def register(listener: Listener) -> None:
    """Name who is told: (act, person). The room above does it when it is loaded."""
    _LISTENERS.append(listener)


def attended(act: Act, person_id: str) -> None:
    """Tell that a person's attendance has changed. The caller holds the person's lock."""
    act.db.flush()
    for listener in _LISTENERS:
        listener(act, person_id)


def lock(act: Act, person_id: str) -> None:
    """One act at a time writes where a person was, whatever the room and whether in one at all."""
    wait_exclusive(act.db, f"attendance:{person_id}")
