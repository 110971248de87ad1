"""Numbers of filings and of level certificates, read: today's form and the older ones that people still hold (pure).

人社鉴发〔2019〕2号: 22 characters = filing number (13) + year of issue (2) + level digit (1) + sequence (6).
There is no check digit. The digit runs against the rank; `standards.rules.Level` owns the inversion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from skills.kernel.errors import Refusal
from skills.standards.rules import Level

MOST = 999_999
_FILING = re.compile(r"([YS])([0-9]{4})([0-9]{2})([0-9]{6})")
_ORDINARY = re.compile(r"([YS][0-9]{12})([0-9]{2})([1-5])([0-9]{6})")
_SPECIAL = re.compile(r"([YS][0-9]{12})([0-9]{2})([A-Z])([0-9]{6})")
_OLD = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([0-4])([0-9]{3})([1-5])([0-9]{5})")
_PILOT = re.compile(r"R[GSCX][NW]([0-9]{6})([0-9]{3})([0-9]{2})([1-5])([0-9]{5})")
_PADDED = "000"  # Shanghai's old numbers have 13 digits and are filled up in front: their first two say no year


class BodyKind(StrEnum):
    """First letter of a filing number: who is assessed."""

    EMPLOYER = "Y"
    PUBLIC = "S"

    @property
    def words(self) -> tuple[str, str]:
        """(Chinese, English)."""
        return _BODY_WORDS[self]


_BODY_WORDS = {
    BodyKind.EMPLOYER: ("用人单位（面向本单位职工）", "employer (its own staff)"),
    BodyKind.PUBLIC: ("社会培训评价组织（面向社会）", "social assessment body (the public)"),
}


@dataclass(frozen=True)
class FilingNumber:
    """A filing number 备案号: letter, ministry code (0000 for a provincial body), province, 6 digits."""

    kind: BodyKind
    ministry: str
    province: str
    serial: int

    def __post_init__(self) -> None:
        if not 1 <= self.serial <= MOST:
            raise Refusal("number.series_full", most=MOST)

    @property
    def text(self) -> str:
        """The 13 characters."""
        return f"{self.kind}{self.ministry}{self.province}{self.serial:06d}"


def read_filing(text: str) -> FilingNumber:
    """A filing number as typed. Raises Refusal("number.filing_shape")."""
    found = _FILING.fullmatch(_plain(text))
    if found is None or int(found[4]) == 0:
        raise Refusal("number.filing_shape", text=text[:40])
    return FilingNumber(BodyKind(found[1]), found[2], found[3], int(found[4]))


@dataclass(frozen=True)
class CertificateNumber:
    """A number of today's form in its parts. `year` has two digits; `mark` is the 16th character."""

    filing: FilingNumber
    year: int
    level: Level
    sequence: int
    mark: str

    @property
    def text(self) -> str:
        """The 22 characters."""
        return f"{self.filing.text}{self.year:02d}{self.mark}{self.sequence:06d}"


def read_number(text: str) -> CertificateNumber:
    """A number of today's form as typed; any capital letter at position 16 is read as 特级技师.

    Raises Refusal("number.shape").
    """
    plain = _plain(text)
    found = _ORDINARY.fullmatch(plain)
    level = Level.of_digit(int(found[3])) if found else Level.SPECIAL
    found = found or _SPECIAL.fullmatch(plain)
    if found is None or int(found[4]) == 0 or int(found[1][7:]) == 0:
        raise Refusal("number.shape", text=text[:40])
    return CertificateNumber(read_filing(found[1]), int(found[2]), level, int(found[4]), found[3])


@dataclass(frozen=True)
class PreviousNumber:
    """A number that counts as a previous certificate. `form` is today (22), old (16 digits) or pilot (20).

    year  of issue in two digits, None where the number does not say it
    """

    text: str
    form: str
    level: Level
    year: int | None


def read_previous(text: str) -> PreviousNumber:
    """A previous certificate's number in any accepted form. Raises Refusal("previous_level.shape")."""
    plain = _plain(text)
    if found := _OLD.fullmatch(plain):
        if int(found[7]) > 0:
            year = None if plain.startswith(_PADDED) else int(found[1])
            return PreviousNumber(plain, "old", Level.of_digit(int(found[6])), year)
    elif found := _PILOT.fullmatch(plain):
        if int(found[5]) > 0:
            return PreviousNumber(plain, "pilot", Level.of_digit(int(found[4])), int(found[3]))
    else:
        try:
            today = read_number(plain)
            return PreviousNumber(plain, "today", today.level, today.year)
        except Refusal:
            pass
    raise Refusal("previous_level.shape", text=text[:40])


def _plain(text: str) -> str:
    return text.strip().upper() if text.isascii() else ""
