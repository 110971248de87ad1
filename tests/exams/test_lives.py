"""Whatever happens in whatever order, whoever dies on the way: filings, exams, scores and certificates are what they must be."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import DBAPIError

from tests.exams.faults import FAULTS
from tests.exams.machine import Exams
from tests.life.faults import Fault, broken

FEW = settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=2_000, stateful_step_count=25)
# Until it is noticed: always the same lives, none made smaller afterwards.
NOTICED = settings(FEW, max_examples=200, derandomize=True, database=None, phases=[Phase.generate], print_blob=False, report_multiple_bugs=False)


class _Few(Exams):
    pass


class _Many(Exams):
    pass


_Few.TestCase.settings = FEW
_Many.TestCase.settings = MANY
TestExams = pytest.mark.row(36)(_Few.TestCase)
TestManyExams = pytest.mark.soak(_Many.TestCase)


@pytest.mark.row(36)
def test_exams_on_postgresql(postgres_server: str) -> None:
    _lived_on(postgres_server, settings(FEW, max_examples=3))


@pytest.mark.soak
def test_many_exams_on_postgresql(postgres_server: str) -> None:
    _lived_on(postgres_server, settings(MANY, max_examples=500))


def _lived_on(server: str, how: settings) -> None:
    run_state_machine_as_test(type("ExamsOnAServer", (Exams,), {"server": server}), settings=how)  # type: ignore[no-untyped-call]


def test_every_fault_still_finds_its_line() -> None:
    """The house moves on; a fault whose line is gone would be noticed for the wrong reason, and in the soak alone."""
    assert len({fault.means for fault in FAULTS}) == len(FAULTS) >= 8
    for fault in FAULTS:
        with broken(fault):
            pass


@pytest.mark.soak
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.means) for fault in FAULTS])
def test_a_fault_in_the_house_is_noticed(fault: Fault) -> None:
    # The machine sees it, or the database lets it not happen.
    with broken(fault), pytest.raises((AssertionError, DBAPIError)):
        run_state_machine_as_test(Exams, settings=NOTICED)  # type: ignore[no-untyped-call]
