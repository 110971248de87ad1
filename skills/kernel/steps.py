"""Codes that change with time (pure): what a screen shows now, what somebody scans or types a moment later.

A code is an HMAC over what it is bound to and the number of the time step. A step lasts 30 seconds and its code counts
in its own step and in the one after: it is good for exactly 60 seconds from its beginning, and whoever is shown one has
at least 30 of them. The alphabet holds no I, J, O, 0, 1, and no L and U, so that nothing read aloud is taken for another.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

ALPHABET = "23456789ABCDEFGHKMNPQRSTVWXYZ"
LENGTH = 8
STEP_SECONDS = 30
STEPS_GOOD = 2  # a code counts in so many steps: its own and those right after it


def code(secret: bytes, bound_to: str, step: int, length: int = LENGTH) -> str:
    """The code of a step: `length` characters of 4.86 bits.

    secret    a key that only the server knows
    bound_to  what the code is for, with its purpose: "voucher:<id>:<person>", "session:<id>"; another text, another code
    step      what `step_of` gave, or a number of one's own for a code that does not change
    """
    seal = hmac.digest(secret, f"{len(bound_to)}:{bound_to}:{step}".encode(), hashlib.sha256)
    rest = int.from_bytes(seal, "big")
    out = ""
    for _ in range(length):
        rest, place = divmod(rest, len(ALPHABET))
        out += ALPHABET[place]
    return out


def step_of(now: datetime, seconds: int = STEP_SECONDS) -> int:
    """The number of the step in which a moment falls. `now` is aware."""
    return int(now.timestamp() // seconds)


def seconds_left(now: datetime, seconds: int = STEP_SECONDS) -> int:
    """Whole seconds until the next step begins, at least 1: when a page should ask again."""
    return seconds - int(now.timestamp() % seconds)


def matches(
    secret: bytes, bound_to: str, given: str, step: int, *, good: int = STEPS_GOOD, length: int = LENGTH
) -> bool:
    """Whether a code counts in this step. `given` as `read` gives it. Takes as long for a yes as for a no."""
    return steps_ago(secret, bound_to, given, step, look_back=good, length=length) is not None


def steps_ago(
    secret: bytes, bound_to: str, given: str, step: int, *, look_back: int, length: int = LENGTH
) -> int | None:
    """How many steps ago this was the code (0: now), among the last `look_back` steps; None if in none of them.

    Less than `STEPS_GOOD` counts; more tells a code that has rotated out from one that never was.
    """
    found = None
    for ago in range(look_back):
        same = hmac.compare_digest(code(secret, bound_to, step - ago, length).encode(), given.encode())
        found = ago if same and found is None else found
    return found


def read(text: str) -> str:
    """What a person typed, as it was written: capitals of half width, nothing but letters and digits."""
    half = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    return "".join(c for c in half.upper() if c.isascii() and c.isalnum())


def shown(text: str) -> str:
    """A code in groups of four, to be read and typed: ABCD EFGH."""
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))
