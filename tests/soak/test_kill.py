"""Long runs with faults: workers killed at any moment, and everything holds afterwards."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.test_commands import ROOT, skills

pytestmark = pytest.mark.soak
MOMENTS = (0.9, 1.3, 1.1, 2.0, 1.6, 1.2, 2.4, 1.05, 1.8, 1.4)


def test_a_worker_killed_at_any_moment_leaves_nothing_half_done(tmp_path: Path) -> None:
    assert skills(tmp_path, "demo", "--people", "60").returncode == 0
    environ = {**os.environ, "SKILLS_ENV": "demo", "DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT)}
    for moment in MOMENTS:
        worker = subprocess.Popen([sys.executable, "-m", "skills.cli", "worker"], env=environ, cwd=tmp_path)
        time.sleep(moment)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        found = skills(tmp_path, "fsck", "--json")
        assert found.returncode == 0, found.stdout
    skills(tmp_path, "clock", "+2hours")
    for _ in range(3):
        assert skills(tmp_path, "worker", "--once").returncode == 0
        skills(tmp_path, "clock", "+10minutes")
    with sqlite3.connect(tmp_path / "var" / "skills.db") as db:
        states = dict(db.execute("SELECT state, count(*) FROM job GROUP BY state"))
        papers = db.execute("SELECT count(*) FROM certificate_paper").fetchone()[0]
        certificates = db.execute("SELECT count(*) FROM certificate").fetchone()[0]
    assert set(states) == {"done"}, states
    assert papers == certificates, "every certificate was printed, and once"
    found = skills(tmp_path, "fsck", "--json")
    assert found.returncode == 0
    assert all(lines == [] for lines in json.loads(found.stdout).values())
