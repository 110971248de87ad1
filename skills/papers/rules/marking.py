"""What an answer is worth: the same answers give the same marks, whoever asks and whenever (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skills.papers.rules.items import Kind, decimal, normal_answer


@dataclass(frozen=True)
class Wanted:
    """One item of a form as it is marked. tolerance: of a number, empty for others."""

    kind: Kind
    answer: str
    tolerance: str
    points: int


@dataclass(frozen=True)
class Marks:
    """What a paper came to. right: one for each item, in order; points of `most` that there were."""

    right: tuple[bool, ...]
    points: int
    most: int


def is_right(wanted: Wanted, answer: str) -> bool:
    """Whether an answer is the right one: all letters and no other, the same truth, a number within the tolerance.

    Nothing, or what cannot be read, is wrong; there are no parts of points.
    """
    given = normal_answer(wanted.kind, answer)
    if given is None:
        return False
    if wanted.kind is not Kind.NUMERIC:
        return given == wanted.answer
    number, right, tolerance = decimal(given), decimal(wanted.answer), decimal(wanted.tolerance)
    return number is not None and right is not None and tolerance is not None and abs(number - right) <= tolerance


def mark(form: Sequence[Wanted], answers: Mapping[int, str]) -> Marks:
    """A paper's marks; answers by the place of the item, from 1."""
    right = tuple(is_right(wanted, answers.get(place, "")) for place, wanted in enumerate(form, 1))
    return Marks(right, sum(w.points for w, ok in zip(form, right, strict=True) if ok), sum(w.points for w in form))
