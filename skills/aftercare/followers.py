"""What a room does when a request about a certificate of its kind has ended, inside the act that ends it.

So a completion follows its certificate, and nothing here imports upward.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from skills.kernel.acts import Act


@dataclass(frozen=True)
class Ended:
    """A request that has ended. `changes` are the texts of a correction by field; `asked_by` an account."""

    request_id: str
    kind: str
    reason: str
    number: str
    carried_out: bool
    asked_by: str
    changes: Mapping[str, str]


FOLLOWERS: dict[str, Callable[[Act, Ended], None]] = {}


def follow(kind: str, follower: Callable[[Act, Ended], None]) -> None:
    """Register what follows for a kind of certificate. Raises ValueError if the kind is followed already."""
    if kind in FOLLOWERS:
        raise ValueError(f"requests about certificates of kind {kind} are followed already")
    FOLLOWERS[kind] = follower
