"""Numbers of filings and of level certificates, made; how they are read lies below, with the facts of a person (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from skills.kernel.errors import Refusal
from skills.records.rules.numbers import MOST as MOST
from skills.records.rules.numbers import BodyKind as BodyKind
from skills.records.rules.numbers import CertificateNumber, FilingNumber
from skills.records.rules.numbers import read_filing as read_filing
from skills.records.rules.numbers import read_number as read_number
from skills.standards.rules import Level

CHONGQING = "50"


def filing_number(kind: BodyKind, serial: int, province: str = CHONGQING) -> FilingNumber:
    """The number of a body that files with its province. Raises Refusal("number.series_full")."""
    return FilingNumber(kind, "0000", province, serial)


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


def series_name(filing: str, issued_on: date, level: Level, special_letter: str, scope: Sequence[str]) -> str:
    """The counter a number is drawn from; `scope` names what has one of its own (policy `number.series`)."""
    parts = {"body": filing, "year": f"{issued_on.year % 100:02d}", "level": mark_of(level, special_letter)}
    return ":".join(["certificate", *(parts[part] for part in scope)])


def series_of_head(head: str, scope: Sequence[str]) -> str:
    """The counter of numbers that begin with these 16 characters: filing, year and mark."""
    parts = {"body": head[:13], "year": head[13:15], "level": head[15:16]}
    return ":".join(["certificate", *(parts[part] for part in scope)])


def exam_number(planned_on: date, sequence: int) -> str:
    """The number by which lists name an exam: KS2026-0001."""
    return f"KS{planned_on.year}-{sequence:04d}"


def read_exam(text: str) -> tuple[int, int]:
    """(year, place in its series) of an exam's number. Raises Refusal("number.exam_shape")."""
    read = _EXAM.fullmatch(text)
    if read is None:
        raise Refusal("number.exam_shape", shown=text[:20])
    return int(read[1]), int(read[2])


_EXAM = re.compile(r"KS(20[0-9]{2})-([0-9]{4,6})")
