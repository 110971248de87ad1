"""The lock files are whole: they are installed as they stand, so nothing may be missing, and nothing may be an address."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+) \\$", re.M)


def test_what_is_installed_lacks_nothing() -> None:
    """`pip install --no-deps` asks no registry for newer releases; so the file itself must name every dependency."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["app", "dev"])
def test_what_is_wanted_is_locked_with_hashes_and_without_addresses(name: str) -> None:
    lock = (REQUIREMENTS / f"{name}.txt").read_text("utf-8")
    pins = dict(PIN.findall(lock))
    wanted = re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", (REQUIREMENTS / f"{name}.in").read_text("utf-8"), re.M)
    assert {package: pins.get(package) for package, _ in wanted} == dict(wanted)
    assert all(re.search(rf"^{re.escape(package)}==\S+ \\\n +--hash=sha256:", lock, re.M) for package in pins)
    assert "://" not in lock
