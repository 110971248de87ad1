"""The lock files are whole: they are installed as they stand, so nothing may be missing, and nothing may be an address."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements"
NODE_FOLDERS = [lock.parent for deep in ("*", "*/*", "*/*/*") for lock in ROOT.glob(f"{deep}/package-lock.json")]
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+) \\$", re.M)


def test_what_is_installed_lacks_nothing() -> None:
    """`pip install --no-deps` asks no registry for newer releases; so the file itself must name every dependency."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["app", "dev", "node", "oracles", "merkle", "faces"])
def test_what_is_wanted_is_locked_with_hashes_and_without_addresses(name: str) -> None:
    lock = (REQUIREMENTS / f"{name}.txt").read_text("utf-8")
    pins = dict(PIN.findall(lock))
    wanted = re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", (REQUIREMENTS / f"{name}.in").read_text("utf-8"), re.M)
    assert {package: pins.get(package) for package, _ in wanted} == dict(wanted)
    assert all(re.search(rf"^{re.escape(package)}==\S+ \\\n +--hash=sha256:", lock, re.M) for package in pins)
    assert "://" not in lock


@pytest.mark.parametrize("folder", NODE_FOLDERS, ids=lambda folder: folder.name)
def test_packages_for_browsers_and_node_are_locked_by_integrity_and_without_addresses(folder: Path) -> None:
    wanted = json.loads((folder / "package.json").read_text("utf-8"))
    lock = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    root = lock.pop("")
    assert lock
    for kind in ("dependencies", "devDependencies"):
        assert root.get(kind, {}) == wanted.get(kind, {})
        for name, version in wanted.get(kind, {}).items():
            assert lock[f"node_modules/{name}"]["version"] == version, f"{name} is not pinned exactly"
    for name, entry in lock.items():
        assert entry["integrity"].startswith("sha512-"), name
        assert "resolved" not in entry, name


def test_packages_are_installed_once_and_again_only_after_a_change(tmp_path: Path) -> None:
    """The script is run with an npm that only writes down how it was called."""
    tools, folder = tmp_path / "tools", tmp_path / "some"
    tools.mkdir()
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    (folder / "package-lock.json").write_text("{}")
    calls = tmp_path / "calls"
    (tools / "node").write_text("#!/bin/sh\n")
    (tools / "npm").write_text(f'#!/bin/sh\n[ "$1" = ci ] || exit 0\necho "$@" >>{calls}\nmkdir -p node_modules\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)

    def install() -> int:
        command = ["sh", ROOT / "scripts" / "node-packages.sh", folder]
        subprocess.run(command, check=True, env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"})
        return len(calls.read_text().splitlines())

    assert (install(), install()) == (1, 1)
    assert "--ignore-scripts" in calls.read_text()
    (folder / "package-lock.json").write_text('{"packages": {}}')
    assert install() == 2
