"""How lives of exams begin: from nothing, or in the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from skills.standards.rules import Level

if TYPE_CHECKING:
    from tests.exams.machine import Exams

L4 = int(Level.L4)


def nothing(_life: Exams, _first: str) -> None:
    """From the very beginning."""


def filed(life: Exams, _first: str) -> None:
    life.file_body(False, None)


def old(life: Exams, _first: str) -> None:
    """The term is nearly over."""
    filed(life, "")
    life.wait(1000)
    life.wait(30)


def open_(life: Exams, _first: str) -> None:
    """Two have applied."""
    filed(life, "")
    life.plan(L4, 14, 5, 3, None)
    for who in (0, 1):
        life.apply(who, 0, None)


def seated(life: Exams, _first: str) -> None:
    """The day has come."""
    open_(life, "")
    life.wait(7)
    life.go_on(0, "close", None)
    life.go_on(0, "seat", None)
    life.wait(7)


def held(life: Exams, _first: str) -> None:
    seated(life, "")
    life.go_on(0, "hold", None)


def typed(life: Exams, first: str) -> None:
    held(life, "")
    life.type_all(0, [first, "70"] if first == "59.5" else ["70", first], None)


def scored(life: Exams, first: str) -> None:
    typed(life, first)
    for who in ("checker", "signer"):
        life.sign(0, who, False, None)


def noticed(life: Exams, first: str) -> None:
    scored(life, first)
    life.wait(10)
    life.go_on(0, "review", None)
    life.go_on(0, "notice", None)


def concluded(life: Exams, first: str) -> None:
    noticed(life, first)
    life.wait(10)
    life.go_on(0, "conclude", None)


def certified(life: Exams, first: str) -> None:
    concluded(life, first)
    life.work(None)


def objected(life: Exams, first: str) -> None:
    """Somebody objects on the last day, and the exam is concluded."""
    noticed(life, first)
    life.object(0, None)
    life.wait(10)
    life.go_on(0, "conclude", None)


def taken_back(life: Exams, _first: str) -> None:
    """A certificate rests on a score that was corrected."""
    certified(life, "70")
    life.correct(0, "theory", "59.5", "one", None)
    life.decide(0, True, "two", None)


def resat(life: Exams, _first: str) -> None:
    """What was passed before is kept in a second exam."""
    scored(life, "59.5")
    life.plan(L4, 14, 5, 3, None)
    for who in (0, 1):
        life.apply(who, 0, None)


OPENINGS: dict[str, Callable[[Exams, str], None]] = {
    f.__name__: f
    for f in (nothing, filed, old, open_, seated, held, typed, scored, noticed, concluded, certified, objected, taken_back, resat)
}


class Openings:
    """The part of the machine that begins a life, often in the middle; `Exams` holds the rest."""

    @initialize(opening=st.sampled_from(sorted(OPENINGS)), first=st.sampled_from(["70", "59.5", "缺考"]))
    def begin(self: Exams, opening: str, first: str) -> None:  # type: ignore[misc]
        """What stands late in a life would else hardly ever be reached."""
        OPENINGS[opening](self, first)
