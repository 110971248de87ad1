"""Numbers of filings and of level certificates: read, made, and the older ones accepted (pure).

人社鉴发〔2019〕2号: 22 characters = filing number (13) + year of issue (2) + level digit (1) + sequence (6).
There is no check digit. The digit runs against the rank; `standards.rules.Level` owns the inversion.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skills.kernel.errors import Refusal
from skills.standards.rules import Level

MOST = 999_999
CHONGQING = "50"
_FILING = re.compile(r"([YS])([0-9]{4})([0-9]{2})([0-9]{6})")
_ORDINARY = re.compile(r"([YS][0-9]{12})([0-9]{2})([1-5])([0-9]{6})")
_SPECIAL = re.compile(r"([YS][0-9]{12})([0-9]{2})([A-Z])([0-9]{6})")
_OLD = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([0-4])([0-9]{3})([1-5])([0-9]{5})")
_PILOT = re.compile(r"R[GSCX][NW]([0-9]{6})([0-9]{3})([0-9]{2})([1-5])([0-9]{5})")


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


def filing_number(kind: BodyKind, serial: int, province: str = CHONGQING) -> FilingNumber:
    """The number of a body that files with its province. Raises Refusal("number.series_full")."""
    return FilingNumber(kind, "0000", province, serial)


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


def mint(filing: str, issued_on: date, level: Level, sequence: int, special_letter: str) -> str:
    """The number of a new certificate. `special_letter` stands for 特级技师 at position 16 (policy).

    Raises Refusal("number.no_form") for levels without a certificate number, ("number.series_full"),
    ("number.filing_shape").
    """
    body = read_filing(filing)
    if not 1 <= sequence <= MOST:
        raise Refusal("number.series_full", most=MOST)
    return CertificateNumber(body, issued_on.year % 100, level, sequence, mark_of(level, special_letter)).text


def mark_of(level: Level, special_letter: str) -> str:
    """The 16th character for a level. Raises Refusal("number.no_form") for 学徒工 and 首席技师."""
    if level.digit is not None:
        return str(level.digit)
    if level is Level.SPECIAL and re.fullmatch("[A-Z]", special_letter):
        return special_letter
    raise Refusal("number.no_form", level=level.word, level_en=level.english)


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
    """A number that counts as a previous certificate. `form` is today, old (16 digits) or pilot (20)."""

    text: str
    form: str
    level: Level


def read_previous(text: str) -> PreviousNumber:
    """A previous certificate's number in any accepted form. Raises Refusal("number.previous_shape")."""
    plain = _plain(text)
    if found := _OLD.fullmatch(plain):
        if int(found[7]) > 0:
            return PreviousNumber(plain, "old", Level.of_digit(int(found[6])))
    elif found := _PILOT.fullmatch(plain):
        if int(found[5]) > 0:
            return PreviousNumber(plain, "pilot", Level.of_digit(int(found[4])))
    else:
        try:
            return PreviousNumber(plain, "today", read_number(plain).level)
        except Refusal:
            pass
    raise Refusal("number.previous_shape", text=text[:40])


def series_name(filing: str, issued_on: date, level: Level, special_letter: str, scope: Sequence[str]) -> str:
    """The counter a number is drawn from; `scope` names what has one of its own (policy `number.series`)."""
    parts = {"body": filing, "year": f"{issued_on.year % 100:02d}", "level": mark_of(level, special_letter)}
    return ":".join(["certificate", *(parts[part] for part in scope)])


def _plain(text: str) -> str:
    return text.strip().upper() if text.isascii() else ""
