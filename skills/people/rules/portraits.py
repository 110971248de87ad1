"""What a photograph for an exam and its certificate has to be (pure): pixels, ratio, kilobytes, one face, how old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.kernel.findings import Finding, Verdict, all_of


@dataclass(frozen=True)
class Terms:
    """The least width and height in pixels, whose ratio is the picture's too within `ratio_percent`; the most kilobytes; the age in months."""

    width: int
    height: int
    ratio_percent: int
    most_kilobytes: int
    months: int


def read_terms(row: Mapping[str, Any]) -> Terms:
    """The terms as policy `registration.photo_terms` holds them."""
    return Terms(row["width"], row["height"], row["ratio_percent"], row["most_kilobytes"], row["months"])


@dataclass(frozen=True)
class Seen:
    """What a picture is: pixels upright, bytes as sent, how many faces the machine found (None: it did not look), when it was taken."""

    width: int
    height: int
    size: int
    faces: int | None
    taken_on: date


def judge(seen: Seen, terms: Terms, today: date) -> Verdict:
    """Whether a picture is taken in. What the machine does not see somebody may still see: `faces` = 0 is taken in and waits for that."""
    wide, high = cut(seen.width, seen.height, terms)
    off = abs(seen.width * terms.height - seen.height * terms.width) * 100
    shown = {"width": seen.width, "height": seen.height, "least_width": terms.width, "least_height": terms.height}
    since = earliest(today, terms.months)
    return all_of(
        "portrait.refused",
        [
            Finding("portrait.pixels", seen.width >= terms.width and seen.height >= terms.height, "", shown),
            Finding(
                "portrait.ratio", off <= terms.ratio_percent * seen.height * terms.width, "",
                {**shown, "cut_width": wide, "cut_height": high, "percent": terms.ratio_percent},
            ),
            Finding(
                "portrait.kilobytes", seen.size <= terms.most_kilobytes * 1000, "",
                {"kilobytes": -(-seen.size // 1000), "most": terms.most_kilobytes},
            ),
            Finding("portrait.one_face", seen.faces is None or seen.faces <= 1, "", {"faces": seen.faces or 0}),
            Finding(
                "portrait.recent", since <= seen.taken_on <= today, "", {"taken": seen.taken_on, "since": since, "months": terms.months}
            ),
        ],
    )  # fmt: skip


def cut(width: int, height: int, terms: Terms) -> tuple[int, int]:
    """The largest part of a picture that has the right ratio, in pixels."""
    if width * terms.height > height * terms.width:
        return height * terms.width // terms.height, height
    return width, width * terms.height // terms.width


def earliest(today: date, months: int) -> date:
    """The first day on which a picture may have been taken; the 31st becomes the last day of a shorter month."""
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    for day in range(today.day, 0, -1):
        try:
            return date(years, month + 1, day)
        except ValueError:
            continue
    raise ValueError(today)  # no month is shorter than its first day
