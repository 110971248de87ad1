"""Whatever happens in whatever order, whoever dies on the way: vouchers, places, money and ledger are what they must be."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from tests.life.faults import FAULTS, Fault, broken
from tests.life.machine import Lives

FEW = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
SOME = settings(FEW, max_examples=5)
MANY = settings(FEW, max_examples=2_000, stateful_step_count=30)
# Until it is noticed: always the same lives, none made smaller afterwards.
NOTICED = settings(FEW, max_examples=400, derandomize=True, database=None, phases=[Phase.generate], print_blob=False, report_multiple_bugs=False)


class _Few(Lives):
    pass


class _Many(Lives):
    pass


_Few.TestCase.settings = FEW
_Many.TestCase.settings = MANY
TestLives = pytest.mark.slow(pytest.mark.row(14)(_Few.TestCase))
TestManyLives = pytest.mark.soak(_Many.TestCase)


@pytest.mark.slow
@pytest.mark.row(14)
def test_lives_on_postgresql(postgres_server: str) -> None:
    _lived_on(postgres_server, SOME)


@pytest.mark.soak
def test_many_lives_on_postgresql(postgres_server: str) -> None:
    _lived_on(postgres_server, settings(MANY, max_examples=500))


def _lived_on(server: str, how: settings) -> None:
    run_state_machine_as_test(type("LivesOnAServer", (Lives,), {"server": server}), settings=how)  # type: ignore[no-untyped-call]


QUICK = 3  # the first of FAULTS are noticed in a few lives


def test_every_fault_still_finds_its_line() -> None:
    """The house moves on; a fault whose line is gone would be noticed for the wrong reason, and in the soak alone."""
    assert len({fault.means for fault in FAULTS}) == len(FAULTS) >= 10
    for fault in FAULTS:
        with broken(fault):
            pass


@pytest.mark.parametrize(
    "fault", [pytest.param(f, id=f.means, marks=pytest.mark.soak if n >= QUICK else ()) for n, f in enumerate(FAULTS)]
)
def test_a_fault_in_the_house_is_noticed(fault: Fault) -> None:
    # The machine sees it, or a constraint of the database lets it not happen.
    with broken(fault), pytest.raises((AssertionError, IntegrityError)):
        run_state_machine_as_test(Lives, settings=NOTICED)  # type: ignore[no-untyped-call]
