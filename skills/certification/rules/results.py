"""The result file of an exam and its control total, and numbers that come from the authority (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from skills.certification.rules.exams import Section
from skills.certification.rules.numbers import read_number
from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding
from skills.standards.rules import Level


@dataclass(frozen=True)
class Result:
    """A pass as it is sent: marks in hundredths by section (None: absent)."""

    application_id: str
    marks: tuple[tuple[Section, int | None], ...]

    @property
    def digest(self) -> str:
        """What its marks are known by."""
        return hashlib.sha256(";".join(f"{s}={m}" for s, m in self.marks).encode()).hexdigest()[:32]


def control_total(results: Iterable[Result]) -> int:
    """The sum of all marks, in hundredths."""
    return sum(mark or 0 for one in results for _, mark in one.marks)


def file_digest(results: Iterable[Result]) -> str:
    """What a file is known by: its rows in the order of their ids."""
    rows = sorted((one.application_id, one.digest) for one in results)
    return hashlib.sha256("\n".join(f"{a} {d}" for a, d in rows).encode()).hexdigest()


@dataclass(frozen=True)
class NumberLine:
    """A line of the list with numbers: ticket and number, as they stand there."""

    ticket: str
    number: str


@dataclass(frozen=True)
class Numbering:
    """What numbers of an exam have to agree with.

    tickets  of passes that have no certificate yet
    taken    numbers that stand on a certificate, whatever became of it, or were imported before
    minted   in each series (filing and year and mark, 16 characters): the last sequence that was minted here
    year     in which the certificates are made, two digits: a number carries the year of its certificate
    """

    filing: str
    level: Level
    year: int
    tickets: Collection[str]
    taken: Collection[str]
    minted: dict[str, int]


def number_faults(lines: Sequence[NumberLine], known: Numbering) -> list[Finding]:
    """What is wrong with a list of numbers, line by line; empty if nothing is."""
    found: list[Finding] = []
    tickets, numbers = [line.ticket for line in lines], [line.number for line in lines]
    for row, line in enumerate(lines, 1):
        code = _fault(line, known)
        if not code and (tickets.count(line.ticket) > 1 or numbers.count(line.number) > 1):
            code = "numbers.twice"
        if code:
            found.append(Finding(code, False, "", {"row": row, "ticket": line.ticket, "number": line.number, "year": f"{known.year:02d}"}))
    return found


def _fault(line: NumberLine, known: Numbering) -> str:
    if line.ticket not in known.tickets:
        return "numbers.ticket"
    try:
        read = read_number(line.number)
    except Refusal:
        return "numbers.shape"
    if read.filing.text != known.filing or read.level is not known.level:
        return "numbers.not_this"
    if read.year != known.year:
        return "numbers.year"
    if read.text in known.taken:
        return "numbers.taken"
    return "numbers.minted" if read.sequence <= known.minted.get(read.text[:16], 0) else ""
