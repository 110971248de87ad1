"""`skills returns check|submit` with a large file: the same answers, the same exit codes, the same money."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from skills.kernel.sheets import write_csv
from skills.returns import actions, intake
from tests.returns import test_actions as stage
from tests.returns import test_command as small
from tests.world import World

tally, command = stage.tally, small.command


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_AT_ONCE", 30)
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 30)


@pytest.mark.row(58)
def test_check_writes_nothing_and_its_money_is_that_of_the_submission(
    lite: World, command: Callable[..., Result], tally: Any
) -> None:
    data = write_csv(stage.rows_of(*[60] * 60, 101, 102))
    before = stage.everything(lite)
    dry = command("check", data, "--json")
    assert stage.everything(lite) == before
    assert dry.exit_code == 1
    told = json.loads(dry.output)
    assert [(f["at"], f["row"], f["code"]) for f in told["findings"]] == [
        ("B62", 62, "completions.score_above"), ("B63", 63, "completions.score_above")
    ]  # fmt: skip
    plain = command("check", data)
    assert "B62" in plain.output
    assert "completions.score_above" in plain.output
    assert "成绩不能超过 100 分" in plain.output
    assert "60 good (¥60), 2 with errors (¥2 held back)" in plain.output
    assert command("submit", data).exit_code == 1
    assert stage.everything(lite) == before, "without --good-rows nothing is handed in while a row has an error"
    done = command("submit", data, "--good-rows")
    assert (done.exit_code, "60 rows handed in" in done.output) == (0, True)
    lite.run_jobs()
    assert len(tally.applied) == 60
    assert 100 * len(tally.applied) == told["totals"]["worth"]
    lite.holds()
