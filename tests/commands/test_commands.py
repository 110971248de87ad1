"""Commands as their users run them: on an empty folder, in another process, reading what they print."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from skills.app import assemble
from skills.cli import main
from skills.config import read
from skills.demo.programme import FEWEST
from skills.demo.synthetic import people
from skills.kernel.clock import shanghai_day
from tests.people.pairs import join_all, named

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
OURS = ("SKILLS_", "DATABASE_URL", "COV_")


def skills(folder: Path, *args: str, env: str = "demo", text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run `skills …` with its data in a folder."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    environ |= {"SKILLS_ENV": env, "DATA_DIR": str(folder / "var"), "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(
        [sys.executable, "-m", "skills.cli", *args], env=environ, text=True, capture_output=True, input=text, check=False,
        cwd=folder,
    )  # fmt: skip


def here(folder: Path, *args: str) -> Result:
    """The same in this process, which has read everything already: for what is not about the start."""
    environ = dict.fromkeys((name for name in os.environ if name.startswith(OURS)), None)
    return CliRunner().invoke(main, args, env={**environ, "SKILLS_ENV": "demo", "DATA_DIR": str(folder / "var")})


def test_every_command_says_what_it_does(tmp_path: Path) -> None:
    listed = skills(tmp_path, "--help").stdout
    names = [line.split()[0] for line in listed.split("Commands:")[1].splitlines() if line.startswith("  ") and line.strip()]
    assert {"init", "run", "demo", "fsck", "verify", "serve", "worker", "admin", "clock", "docs", "openapi"} <= set(names)
    for name in ("init", "run", "demo", "fsck"):
        assert skills(tmp_path, name, "--help").returncode == 0


def test_init_twice_then_an_administrator_then_fsck_is_clean(tmp_path: Path) -> None:
    done = skills(tmp_path, "init")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ready:")
    assert here(tmp_path, "init").stdout == "ready: 0 occupations, 0 districts, 0 policy rows added\n"
    order = ("admin", "create", "root", "--name", "魏系统", "--role", "system_admin", "--password", "a-long-enough-secret")
    made = skills(tmp_path, *order)
    assert made.returncode == 0, made.stderr
    assert "/sign-in/staff" in made.stdout
    again = skills(tmp_path, *order)
    assert again.returncode == 1
    assert "login" in again.stderr.lower()
    assert "Traceback" not in again.stderr
    link = here(tmp_path, "admin", "link", "root")
    assert link.exit_code == 0, link.stderr
    assert "/set-password/" in link.stdout.splitlines()[0]
    unknown = here(tmp_path, "admin", "link", "nobody")
    assert unknown.exit_code == 1
    assert "no such login" in unknown.stderr
    weak = here(tmp_path, *order[:2], "other", *order[3:-1], "12345678")
    assert (weak.exit_code, weak.stderr.startswith("Error:")) == (1, True)
    wrong = here(tmp_path, *order[:2], "third", "--name", "x", "--role", "emperor", "--password", "a-long-enough-secret")
    assert (wrong.exit_code, wrong.stderr.startswith("Error:")) == (1, True)
    found = skills(tmp_path, "fsck", "--json")
    assert found.returncode == 0, found.stdout
    assert all(lines == [] for lines in json.loads(found.stdout).values())


def test_fsck_names_a_violation_and_fails(tmp_path: Path) -> None:
    import sqlite3

    here(tmp_path, "init")
    here(tmp_path, "admin", "create", "root", "--name", "x", "--role", "auditor", "--password", "a-long-enough-secret")
    with sqlite3.connect(tmp_path / "var" / "skills.db") as db:
        db.execute("UPDATE audit_entry SET actor = 'nobody' WHERE action = 'staff.create'")
    found = skills(tmp_path, "fsck")
    assert found.returncode == 1
    assert "changed after it was logged" in found.stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"PUBLIC_BASE": "http://skills.example.cn"}, "https://"),
        ({"PUBLIC_BASE": "https://skills.example.cn", "SKILLS_LIMITS": "off"}, "SKILLS_LIMITS"),
        ({}, "PUBLIC_BASE"),
    ],
)
def test_an_unsafe_production_start_is_refused_in_one_line(tmp_path: Path, more: dict[str, str], said: str) -> None:
    done = skills(tmp_path, "init", env="production", **more)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_is_refused_in_production_and_on_data_that_is_there(tmp_path: Path) -> None:
    base = {"PUBLIC_BASE": "https://skills.example.cn"}
    assert "not for production" in skills(tmp_path, "demo", env="production", **base).stderr
    assert "people or more" in here(tmp_path, "demo", "--people", "3").stderr
    here(tmp_path, "init")
    here(tmp_path, "admin", "create", "root", "--name", "x", "--role", "auditor", "--password", "a-long-enough-secret")
    assert "accounts already" in here(tmp_path, "demo").stderr
    assert here(tmp_path, "demo", "--if-empty").exit_code == 0


def test_the_demo_programme_loads_prints_its_accounts_and_holds(tmp_path: Path) -> None:
    done = skills(tmp_path, "demo", "--people", str(FEWEST + 4), "--seed", "5")
    assert done.returncode == 0, done.stderr
    assert f"{FEWEST + 4} people" in done.stderr
    for word in ("gov-clerk", "school-admin", "centre-admin", "judge-1", "/v/S0000", "/v/JS-"):
        assert word in done.stdout, word
    found = skills(tmp_path, "fsck", "--json")
    assert found.returncode == 0, found.stdout
    assert all(lines == [] for lines in json.loads(found.stdout).values())
    with closing(sqlite3.connect(tmp_path / "var" / "skills.db")) as db:
        assert db.execute("SELECT count(*) FROM session_change WHERE state = 'asked'").fetchall() == [(1,)], "a late change waits"
        unanswered = db.execute("SELECT count(*) FROM call_back WHERE state <> 'answered'").fetchall()
        assert unanswered == [(0,)], "what the rules make of the answers does not hang on who was drawn"
    held = json.loads((tmp_path / "var" / "demo.json").read_text("utf-8"))
    made = {(who.name, who.number) for who in people(FEWEST, 5, shanghai_day(datetime.now(UTC)))}
    assert {(name, number) for _, _, name, number in held["persons"]} == made, "the seed alone makes the people"
    environ = {"SKILLS_ENV": "demo", "DATA_DIR": str(tmp_path / "var")}
    told = named(assemble(read(environ)))
    assert {"application", "attendance", "competition_entry", "enrolment", "lecturer", "voucher"} <= set(told)
    assert [table for table, name in told.items() if re.search("[0-9A-Z]{26}", name.zh + name.en)] == [], "no row is called by its id"
    moved, refused = join_all(assemble(read(environ)))
    assert {"certificate", "enrolment", "message", "record_entry", "redemption", "voucher"} <= set(moved), "records of every room follow"
    assert "joining.voucher" in refused, "and where people have to settle something first, nothing does"
    assert here(tmp_path, "fsck").exit_code == 0


def test_a_revision_is_written_only_for_a_difference(tmp_path: Path) -> None:
    assert "nothing to write" in skills(tmp_path, "revision", "nothing").stderr
