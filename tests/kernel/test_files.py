"""What a crash leaves of a file, at any byte, and that nobody takes it for more than it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.kernel import checks, files
from skills.standards.actions import load
from tests.kernel.test_log import fill
from tests.world import World

AT = """
import os, signal, sys
from pathlib import Path
from skills.kernel import files
step = sys.argv[2]
at = getattr(os, step) if hasattr(os, step) else None
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
if step == "replace": Path.replace = die
else: setattr(os, step, die)
files.put(Path(sys.argv[1]), b"new")
"""


@pytest.mark.parametrize("step", ["open", "fdopen", "fsync", "replace"])
def test_killed_at_any_step_the_old_file_stands_and_the_half_one_is_known(tmp_path: Path, step: str) -> None:
    path = tmp_path / "head.txt"
    files.put(path, b"old")
    done = subprocess.run([sys.executable, "-c", AT, str(path), step], env={**os.environ}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert all(files.is_half(file) for file in tmp_path.iterdir() if file != path)
    assert not files.is_half(path)
    files.put(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_file_for_its_owner_is_never_open_to_others(tmp_path: Path) -> None:
    files.put(tmp_path / "key", b"secret", 0o600)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


@given(st.lists(st.text(st.characters(codec="ascii", blacklist_characters="\r\n"), max_size=30), max_size=5), st.integers(0, 200))
def test_a_line_torn_at_any_byte_is_cut_off_and_the_whole_ones_stay(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], cut: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "audit.log"
    for line in lines:
        files.append_line(path, line)
    whole = path.read_bytes() if lines else b""
    torn = whole[: min(cut, len(whole))]
    path.write_bytes(torn)
    files.append_line(path, "next")
    assert path.read_bytes() == torn[: torn.rfind(b"\n") + 1] + b"next\n"


def test_a_line_longer_than_what_is_read_back_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too long"):
        files.append_line(tmp_path / "audit.log", "x" * files.LONGEST)


def test_what_crashes_leave_beside_the_log_is_no_violation(lite: World) -> None:
    fill(lite, 3)
    outside = lite.settings.checkpoints_dir
    [daily] = (outside / "daily").glob("*-audit.txt")
    whole = (outside / "audit.log").read_bytes()
    (daily.parent / f".{daily.name}.26366.new").write_bytes(b"")
    (daily.parent / f".{daily.name}.26367.new").write_bytes(daily.read_bytes()[:40])
    for torn in (1, 20, 100):
        (outside / "audit.log").write_bytes(whole[:-torn])
        assert {c.name for c, lines in checks.run(lite.engine, lite.clock.now(), lite.office.tools) if lines} == set()
    lite.perform(load, key="after the crash")
    lite.seal()
    assert (outside / "audit.log").read_bytes().startswith(whole[: whole.rstrip().rfind(b"\n") + 1])
    lite.holds()
