"""Where certificates of a kind come from: a room above says what must follow there when one ends or gets a new number.

So a level certificate that was taken back no longer counts for the next exam, and nothing here imports upward.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skills.kernel.acts import Act


@dataclass(frozen=True)
class Issued:
    """A new certificate."""

    certificate_id: str
    number: str
    status_index: int


@dataclass(frozen=True)
class Home:
    """What a room does about its kind of certificate, inside the caller's act.

    ended       (act, number, move): it was revoked, cancelled or voided
    new_number  (act, number) → the next number for a certificate that replaces this one
    renumbered  (act, old number, the new certificate): it goes on under another number
    """

    ended: Callable[[Act, str, str], None]
    new_number: Callable[[Act, str], str]
    renumbered: Callable[[Act, str, Issued], None]


HOMES: dict[str, Home] = {}


def settle(kind: str, home: Home) -> None:
    """Register the room of a kind. Raises ValueError if the kind has one."""
    if kind in HOMES:
        raise ValueError(f"certificates of kind {kind} have a home already")
    HOMES[kind] = home
