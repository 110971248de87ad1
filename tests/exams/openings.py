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


def rested(life: Exams, _first: str) -> None:
    """The body was stopped on the day of its exam, works again, and would hold it."""
    seated(life, "")
    for how in ("suspend", "resume"):
        life.supervise(how, None)
    life.go_on(0, "hold", None)


def stopped(life: Exams, first: str) -> None:
    """It is stopped while its exam is on notice, and would go on."""
    noticed(life, first)
    life.supervise("suspend", None)
    life.wait(10)
    life.go_on(0, "conclude", None)
    life.supervise("resume", None)


def added(life: Exams, _first: str) -> None:
    """More is in the scope since today: an exam of it is planned for yesterday, and one that may be."""
    filed(life, "")
    life.wait(1)
    life.change_filing("addition", None)
    life.plan(int(Level.L5), -1, 0, 3, None)
    life.plan(int(Level.L5), 14, 5, 3, None)
    life.apply(0, 0, None)


def renewed(life: Exams, _first: str) -> None:
    """A renewal is tried too early and in time."""
    filed(life, "")
    life.wait(1000)
    life.change_filing("renewal", None)
    life.wait(10)
    life.change_filing("renewal", None)


def asked(life: Exams, first: str) -> None:
    """A review is asked for, and the window is over before it is answered."""
    scored(life, first)
    life.ask(0, "theory", None)
    life.wait(10)
    life.go_on(0, "review", None)


def late(life: Exams, _first: str) -> None:
    """Who failed has passed after all when the exam is concluded, and the worker looks at once."""
    concluded(life, "59.5")
    for pick, section in ((0, "theory"), (1, "practical"), (0, "practical"), (1, "theory")):
        life.correct(pick, section, "70", "one", None)
        if any(f.state == "proposed" for f in life.fixes()):
            life.decide(0, True, "two", None)
    if life.model.orders:
        life.work(None)


def kept(life: Exams, _first: str) -> None:
    """Of one exam one section is passed; another follows within the year, and one after it."""
    scored(life, "59.5")
    life.wait(300)
    life.plan(L4, 40, 5, 3, None)
    life.apply(0, 0, None)
    life.wait(30)
    life.plan(L4, 40, 5, 3, None)
    life.apply(1, 0, None)


def halves(life: Exams, _first: str) -> None:
    """Each section was passed in another of two exams, and a third follows."""
    filed(life, "")
    for ahead in (14, 10):
        life.plan(L4, ahead, 5, 3, None)
        life.apply(0, 0, None)
    life.wait(7)
    for pick in (0, 1):
        life.go_on(pick, "close", None)
        life.go_on(pick, "seat", None)
    life.wait(7)
    for pick, marks in enumerate((["59.5", "70"], ["70", "59.5"])):
        life.go_on(pick, "hold", None)
        life.type_all(0, marks, None)
        for who in ("checker", "signer"):
            life.sign(0, who, False, None)
    life.plan(L4, 14, 5, 3, None)
    life.apply(0, 0, None)


OPENINGS: dict[str, Callable[[Exams, str], None]] = {
    f.__name__: f
    for f in (nothing, filed, old, open_, seated, held, typed, scored, noticed, concluded, certified, objected, taken_back, resat,
              rested, stopped, added, renewed, asked, late, kept, halves)
}


class Openings:
    """The part of the machine that begins a life, often in the middle; `Exams` holds the rest."""

    @initialize(opening=st.sampled_from(sorted(OPENINGS)), first=st.sampled_from(["70", "59.5", "缺考"]))
    def begin(self: Exams, opening: str, first: str) -> None:  # type: ignore[misc]
        """What stands late in a life would else hardly ever be reached."""
        OPENINGS[opening](self, first)
