"""Databases, browser and plugins that all tests share.

PostgreSQL is started once for all workers and stopped by the last; each test gets a fresh database. A part that is
missing fails the test under CI=true and skips it elsewhere.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import database

pytest_plugins = ["tests.world", "tests.rows", "tests.browser"]


def _memory() -> str | None:
    """Where files lie in memory, if there is room: every test has databases of its own, and no test takes the power away."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 2**30
    return str(memory) if roomy else None


# What a test writes is not waited for on the disk: a commit of SQLite costs 8 ms there on a busy machine, and 0.03 ms here.
if memory := _memory():
    os.environ["TMPDIR"] = memory
    tempfile.tempdir = memory

# A property is true or not, however slow the machine: a busy one must not make it fail. (CI=true brings the same by itself.)
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if os.environ.get("CI") != "true":
    settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What was read to collect the tests stays: the collector need not look through it again, nor as often through the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def missing(what: str) -> None:
    """A part of the test equipment is not there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: run `make test`, which installs it")
    pytest.skip(f"{what} is not installed; `make test` installs it (what only the long runs need: `make soak`)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file."""
    return f"sqlite:///{tmp_path}/skills.db"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the private PostgreSQL server that all workers share."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    with _counted(shared, +1) as users:
        if users == 1:
            _start(shared)
    port = (shared / "pg-port").read_text()
    yield f"postgresql://postgres@127.0.0.1:{port}"
    with _counted(shared, -1) as users:
        if users == 0:
            _stop(shared)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    with database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@contextlib.contextmanager
def _counted(shared: Path, change: int) -> Iterator[int]:
    """How many workers use the server, changed under a lock."""
    with (shared / "pg-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = shared / "pg-users"
        users = int(file.read_text() if file.exists() else 0) + change
        file.write_text(str(users))
        yield users


def _start(shared: Path) -> None:
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        missing("PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="skills-pg-"))
    folder.chmod(0o755)
    if os.geteuid() == 0:  # initdb refuses root
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    _as_postgres(binaries[-1] / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=400 -c shared_buffers=128MB"
    # No test takes the power from this server, only from its clients: nothing has to be waited for on the disk.
    options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_wal_size=256MB"
    _as_postgres(binaries[-1] / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    (shared / "pg-port").write_text(str(port))
    (shared / "pg-folder").write_text(f"{binaries[-1]}\n{folder}")


def _stop(shared: Path) -> None:
    binaries, folder = (shared / "pg-folder").read_text().split("\n")
    _as_postgres(Path(binaries) / "pg_ctl", "-D", Path(folder) / "data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _as_postgres(*command: object) -> None:
    words = [str(part) for part in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]
    # Not piped: the server would keep the pipe open and we would wait for ever.
    subprocess.run(words, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
