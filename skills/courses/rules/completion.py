"""When a training is completed, and the number of its certificate (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from skills.kernel.findings import Finding, Verdict, all_of

LEVEL_NUMBER_LENGTH = 22  # a level certificate's number; a completion number never has as many characters
_NUMBER = re.compile(r"PX-(\d{4})-([0-9A-Z]{9})-(\d{6})")


@dataclass(frozen=True)
class Limits:
    """Policy of the day. Percentages of class hours and attendance, lowest passing score, days after the end."""

    hours_percent: int
    attendance_percent: int
    score: int
    days_after_end: int


@dataclass(frozen=True)
class Result:
    """What an institution reports of a learner."""

    hours: Decimal
    attendance: Decimal
    score: Decimal
    completed_on: date


def reached(hours: Decimal, attendance: Decimal, score: Decimal, course_hours: int, limits: Limits) -> bool:
    """What `judge` decides, for many rows of which hardly any is short."""
    return score >= limits.score and attendance >= limits.attendance_percent and hours * 100 >= course_hours * limits.hours_percent


def judge(result: Result, course_hours: int, limits: Limits) -> Verdict:
    """Whether hours, attendance and score make a completion. `completion.not_reached`."""
    needed = Decimal(course_hours * limits.hours_percent) / 100
    return all_of(
        "completion.not_reached",
        [
            Finding("completions.hours_short", result.hours >= needed, facts={"hours": result.hours, "needed": needed}),
            Finding(
                "completions.attendance_short",
                result.attendance >= limits.attendance_percent,
                facts={"percent": result.attendance, "needed": limits.attendance_percent},
            ),
            Finding(
                "completions.score_short",
                result.score >= limits.score,
                facts={"score": result.score, "needed": limits.score},
            ),
        ],
    )


def completion_number(credit_code: str, year: int, serial: int) -> str:
    """The number of a 培训合格证书: PX-year-body-serial, one gap-free series per institution and year.

    body is the organisation code inside the 统一社会信用代码 (characters 9 to 17), so that the series says whose it
    is without a register. 23 characters, 21 without hyphens: never the 22 of a level certificate.
    Raises ValueError for a malformed code or a serial beyond 999999.
    """
    body = credit_code[8:17].upper()
    number = f"PX-{year:04}-{body}-{serial:06}"
    if not _NUMBER.fullmatch(number) or serial < 1:
        raise ValueError(f"no completion number for serial {serial} of {credit_code!r} in {year}")
    return number


def read_number(number: str) -> tuple[int, str, int] | None:
    """Year, body and serial of a completion number; None for anything else."""
    found = _NUMBER.fullmatch(number)
    return (int(found[1]), found[2], int(found[3])) if found else None
