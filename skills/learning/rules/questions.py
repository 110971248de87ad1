"""When the server asks whether somebody is there, and what it asks: drawn from a secret that no page ever sees (pure)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

WORDS: tuple[tuple[str, str], ...] = (
    ("山", "mountain"), ("水", "water"), ("星", "star"), ("木", "tree"), ("火", "fire"), ("云", "cloud"),
    ("月", "moon"), ("鱼", "fish"), ("鸟", "bird"), ("门", "door"), ("车", "cart"), ("书", "book"),
)  # fmt: skip
CHOICES = 4


def drawn(secret: bytes, study: str, turn: int, purpose: str) -> int:
    """A number that only the server can know, the same whenever it is asked for."""
    seal = hmac.digest(secret, f"study:{study}:{turn}:{purpose}".encode(), hashlib.sha256)
    return int.from_bytes(seal[:8], "big")


def due(secret: bytes, study: str, turn: int, proof: datetime, least: int, most: int) -> datetime:
    """When question `turn` is asked: `least` to `most` minutes after the last proof, to the second."""
    seconds = least * 60 + drawn(secret, study, turn, "when") % ((most - least) * 60 + 1)
    return proof + timedelta(seconds=seconds)


def choices(secret: bytes, study: str, turn: int) -> tuple[int, Sequence[int]]:
    """(the right word, the words to choose from), as places in WORDS."""
    rest = drawn(secret, study, turn, "what")
    left = list(range(len(WORDS)))
    picked = []
    for _ in range(CHOICES):
        rest, place = divmod(rest, len(left))
        picked.append(left.pop(place))
    return picked[drawn(secret, study, turn, "which") % CHOICES], tuple(picked)


def token(secret: bytes, study: str, number: int, last: datetime) -> str:
    """What the next sign of life must show: bound to its number and to the moment of the one before."""
    return hmac.digest(secret, f"beat:{study}:{number}:{last.timestamp():.6f}".encode(), hashlib.sha256).hex()[:32]
