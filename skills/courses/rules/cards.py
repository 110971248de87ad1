"""Learners' cards and their PINs (pure). Source: desks.md D4: a printed card and a PIN at a terminal for who has no phone."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from skills.kernel import steps

NUMBER = 10  # characters of a card's number, of the alphabet of codes
KEY = 16  # characters of a terminal's address
PIN = 6


def terminal_key_of(terminal_id: str) -> str:
    """What the address of a terminal is made over."""
    return f"room-terminal:{terminal_id}"


def number_of(typed: str) -> str:
    """A card's number as it was scanned or typed: no letter of it looks like a digit."""
    return steps.read(typed).translate(str.maketrans("OIL", "011"))


def readable(pin: str) -> bool:
    """Whether it is six plain digits."""
    return len(pin) == PIN and pin.isascii() and pin.isdigit()


def guessable(pin: str, birth: date | None) -> bool:
    """Whether who knows a list of the most usual PINs, or the birthday as an institution does, would try it first."""
    digits = [int(each) for each in pin]
    gaps = {b - a for a, b in pairwise(digits)}
    run = len(gaps) == 1 and gaps <= {-1, 0, 1}
    halves = pin[:3] == pin[3:] or pin[:2] * 3 == pin
    birthday = set() if birth is None else {f"{birth:%y%m%d}", f"{birth:%Y%m}", f"{birth:%d%m%y}", f"{birth:%m%d%y}", f"{birth:%m%Y}"}
    return run or halves or pin in birthday


def too_many(by_card: int, by_own: int, percent: int) -> bool:
    """Whether more than this share of a class's scans came through a terminal."""
    return by_card * 100 > percent * (by_card + by_own)
