"""How lives begin: from nothing, or in the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize

if TYPE_CHECKING:
    from tests.life.machine import Lives


def nothing(_life: Lives, _school: int) -> None:
    """From the very beginning."""


def trained(life: Lives, _school: int) -> None:
    """Somebody has been trained within the year, and asks for a second voucher."""
    life.claim(0, 0, None)
    life.enrol(0, 0, "mine", 0, None)
    life.begin(0, None)
    life.complete(0, True, None)
    life.claim(0, 1, None)


def claimed(life: Lives, _school: int) -> None:
    """Everybody holds a voucher."""
    for who, lot in enumerate((0, 0, 1)):
        life.claim(who, lot, None)


def lapsed(life: Lives, school: int) -> None:
    """The last day of the vouchers is over, and one is tried."""
    claimed(life, school)
    life.wait(95)
    life.enrol(0, school * 2 + 1, "any", 0, None)


def dear(life: Lives, _school: int) -> None:
    """There is money for two of the dear vouchers, and three want one."""
    for who in range(3):
        life.claim(who, 1, None)


def enrolled(life: Lives, school: int) -> None:
    """Everybody has a place in the class of three seats, by their voucher."""
    claimed(life, school)
    for who in range(3):
        life.enrol(who, school * 2 + 1, "mine", 0, None)


def attending(life: Lives, school: int) -> None:
    enrolled(life, school)
    life.begin(0, None)


def completed(life: Lives, school: int) -> None:
    attending(life, school)
    life.complete(0, True, None)


def paid(life: Lives, school: int) -> None:
    """The bank has paid for one."""
    completed(life, school)
    life.pay_quarter(school, None, False, None)


def paid_back(life: Lives, school: int) -> None:
    """And all of it has come back."""
    paid(life, school)
    life.claw_back(0, 1, True, None)


def queued(life: Lives, school: int) -> None:
    """The one seat of the first class is taken, or that of the other is kept; two wait behind it."""
    for who in (0, 1):
        life.claim(who, 0, None)
    (life.ask if school else life.enrol)(0, school * 2, "mine", 0, None)
    for who in (1, 2):
        life.ask(who, school * 2, "", 0, None)


def late(life: Lives, school: int) -> None:
    """What was kept was kept too long."""
    queued(life, school)
    if not school:
        life.withdraw(0, None)
    life.wait(6)
    life.tidy(school * 2, None)


def answered(life: Lives, school: int, how: str = "") -> None:
    """The seat that came free is taken, or confirmed."""
    queued(life, school)
    if not school:
        life.withdraw(0, None)
    life.wait(1)
    if life.kept():
        life.answer(0, how, True, None)


def regretted(life: Lives, school: int) -> None:
    """Or it is given back."""
    answered(life, school, "take_back")


OPENINGS: dict[str, Callable[[Lives, int], None]] = {
    f.__name__: f
    for f in (nothing, claimed, lapsed, dear, enrolled, attending, completed, trained, paid, paid_back, queued, late, answered, regretted)
}


class Openings:
    """The part of the machine that begins a life, often in the middle; `Lives` holds the rest."""

    @initialize(opening=st.sampled_from(sorted(OPENINGS)), school=st.integers(0, 1))
    def open(self: Lives, opening: str, school: int) -> None:  # type: ignore[misc]
        """What stands late in a life would else hardly ever be reached."""
        OPENINGS[opening](self, school)
