"""`skills returns check|submit FILE`: the same rules from the command line, and an exit code that tells."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from skills import cli
from skills.kernel.sheets import write_csv, write_xlsx
from tests.returns import test_actions as stage
from tests.world import World

tally = stage.tally
CODE = "91500112MA5U1Q2X36"


@pytest.fixture
def command(lite: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """The command line over a world with one school."""
    made = lite.perform(
        stage.register_organisation, name="星河职业培训学校", kind="institution", credit_code=CODE, district="500112"
    )
    if lite.ask(lambda db: db.get(stage.Organisation, made.id)).state != "approved":
        lite.perform(stage.approve_organisation, organisation_id=made.id)
    monkeypatch.setattr(cli, "works", lambda: lite.works)

    def run(word: str, data: bytes, *more: str) -> Result:
        file = tmp_path / "completions.dat"
        file.write_bytes(data)
        return CliRunner().invoke(
            cli.main, ["returns", word, str(file), "--kind", "tally", "--organisation", CODE, *more]
        )

    return run


def test_check_writes_nothing_and_names_every_cell(lite: World, command: Callable[..., Result], tally: Any) -> None:
    before = stage.everything(lite)
    good = command("check", write_csv(stage.rows_of(60, 70)))
    assert (good.exit_code, "2 good" in good.output) == (0, True)
    bad = command("check", write_xlsx(stage.rows_of(60, 101)), "--json")
    assert bad.exit_code == 1
    told = json.loads(bad.output)
    assert [(f["at"], f["code"]) for f in told["findings"]] == [("B3", "completions.score_above")]
    assert (told["totals"]["worth"], told["totals"]["blocked"]) == (100, 100)
    assert stage.everything(lite) == before


def test_submit_hands_in_once_and_says_when_nothing_changed(
    lite: World, command: Callable[..., Result], tally: Any
) -> None:
    held = command("submit", write_csv(stage.rows_of(60, 101)))
    assert held.exit_code == 1
    assert "B3" in held.output
    assert "HZ" not in held.output
    part = command("submit", write_csv(stage.rows_of(60, 101)), "--good-rows")
    assert part.exit_code == 0
    assert "1 rows handed in" in part.output
    lite.run_jobs()
    again = command("submit", write_csv(stage.rows_of(60)))
    assert again.exit_code == 0
    assert "未作任何更改" in again.output
    assert tally.applied == ["学员0"]
    lite.holds()


def test_an_unreadable_file_and_an_unknown_organisation_are_told_in_both_languages(
    command: Callable[..., Result], tally: Any
) -> None:
    for word in ("check", "submit"):
        told = command(word, b"%PDF-1.7")
        assert told.exit_code == 1
        assert "这不是电子表格文件" in told.output
        assert "not a spreadsheet" in told.output
    assert command("check", write_csv(stage.rows_of(60)), "--organisation", "nobody").exit_code == 1
