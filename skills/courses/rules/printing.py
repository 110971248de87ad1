"""What a certificate of completion could not bear: said when the row is checked, not when its certificate is refused (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skills.returns.rules import Rule, Severity

RARE = ["𫏷（U+2B3F7）"]
PRINT_RULES = (
    Rule("completions.name_unprintable", Severity.ERROR, "name", {"characters": RARE}),
    Rule("completions.class_unprintable", Severity.ERROR, "class", {"text": "课程名称", "text_en": "course title", "characters": RARE}),
    Rule("completions.code_full", Severity.ERROR, "class", {"cut": 12}),
)


@dataclass(frozen=True)
class Unfit:
    """A text that every certificate of a class bears and that cannot be printed.

    words       what it is: the title of the course, the institution's name …
    characters  why, as it is told to people
    """

    words: tuple[str, str]
    characters: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """What the two-dimensional code of a class's certificates leaves for the holder's name: `room` in bytes, beside the course's title."""

    room: int
    title: str

    def cut(self, taken: int) -> int:
        """How many characters the title has too many for a name that takes so many bytes; 0 if it fits."""
        over = taken - self.room
        lengths = range(len(self.title) + 1)
        return next((n for n in lengths if len(self.title[len(self.title) - n :].encode()) >= over), len(self.title))


def against_print(
    name: tuple[str, ...], texts: Iterable[Unfit], code: Code | None = None, taken: int = 0
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Column, code and facts of what stands against a certificate.

    name   the characters of the holder's name that are unfit
    taken  bytes that the name takes in the code, if so many that they may not fit
    """
    if name:
        yield "name", "completions.name_unprintable", {"characters": name}
    for text in texts:
        zh, en = text.words
        yield "class", "completions.class_unprintable", {"text": zh, "text_en": en, "characters": text.characters}
    if code is not None and (cut := code.cut(taken)):
        yield "class", "completions.code_full", {"cut": cut}
