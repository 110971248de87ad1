"""What learners may say of a course, and from when it is shown (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skills.kernel.findings import Finding, Verdict, no_fault

MARKS: dict[str, tuple[str, str]] = {
    "teaching": ("老师讲得清楚", "The teaching was clear"),
    "content": ("内容有用", "The content was of use"),
    "practice": ("设备和实操够用", "There was enough practice"),
    "service": ("组织和服务", "Organisation and service"),
    "usefulness": ("对就业和工作有帮助", "It helps at work"),
}
PRIVACY = "《中华人民共和国个人信息保护法》第6条：不得过度收集个人信息"
# Between the digits of a number people write blanks, dashes, dots.
_DIGITS = re.compile(r"\d(?:[\s\-_.·—–~]*\d)+[\s\-_.·—–]*[xX]?")
_DOCUMENT = re.compile(r"\d{17}[\dX]|\d{15}")
_PHONE = re.compile(r"(?:86)?1[3-9]\d{9}|0\d{9,11}")


@dataclass(frozen=True)
class Score:
    """The averages of a course's marks in tenths, by question; their mean as `overall`."""

    count: int
    overall: int
    by_mark: Mapping[str, int]


def clean_words(text: str) -> Verdict:
    """Whether a text names no document number and no phone. `rating.words_refused`."""
    flat = "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFKC", text))
    runs = [re.sub(r"[^0-9X]", "", run.upper()) for run in _DIGITS.findall(flat)]
    return no_fault(
        "rating.words_refused",
        [
            Finding("rating.no_document", not any(_DOCUMENT.search(run) for run in runs), PRIVACY),
            Finding("rating.no_phone", not any(_PHONE.fullmatch(run) for run in runs), PRIVACY),
        ],
    )


@dataclass(frozen=True)
class Place:
    """A place whose holder wants to rate the course."""

    completed: bool
    rated: bool


def may_rate(place: Place, marks: Mapping[str, int]) -> Verdict:
    """Whether a place may rate: completed, not yet, five whole marks from 1 to 5. `rating.not_possible`."""
    return no_fault(
        "rating.not_possible",
        [
            Finding("rating.completed", place.completed),
            Finding("rating.once", not place.rated),
            Finding("rating.marks", set(marks) == set(MARKS) and all(1 <= m <= 5 for m in marks.values())),
        ],
    )


def score(count: int, sums: Sequence[int], least: int) -> Score | None:
    """The averages from the sums of each mark, rounded half up to tenths; None below `least` ratings."""
    if count < max(1, least):
        return None
    tenths = {name: (20 * total + count) // (2 * count) for name, total in zip(MARKS, sums, strict=True)}
    whole = sum(sums)
    return Score(count, (20 * whole + 5 * count) // (10 * count), tenths)
