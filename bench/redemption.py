"""One redemption (the whole act: place, ledger, audit, replay) beside pgbench running the very same statements."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import set_json_dumps
from sqlalchemy import event

from bench.postgres import Server, server
from bench.result import Result
from skills import config
from skills.app import Works, assemble
from skills.courses.actions import enrolments
from skills.demo import cast
from skills.demo.path import CHUNK
from skills.demo.path import Path as DemoPath
from skills.demo.stage import Stage
from skills.demo.synthetic import people
from skills.kernel.actors import SYSTEM, Actor, Grant
from skills.kernel.canon import to_store
from skills.kernel.clock import FixedClock, SystemClock
from skills.migrations import upgrade
from skills.standards.actions import load as load_standards
from skills.start import settle
from skills.vouchers.actions import batches
from skills.vouchers.queries import usable

PROCESSES = 4  # whatever the cores: as many clients of pgbench share them with their server alike
CORES = min(PROCESSES, os.cpu_count() or 1)
ROUNDS = 5
Share = list[tuple[str, str, str, str]]  # (person, account, class, voucher)


def measure(count: int = 400) -> list[Result]:
    """Redemptions a second: four processes of ours and as many clients of pgbench on a copy, by turns.

    By turns, because the speed of a machine that others use too changes within seconds.
    """
    with server() as postgres, tempfile.TemporaryDirectory() as folder:
        postgres.sql("create database ours")
        environ = environment(postgres, folder, "ours")
        tickets = prepare(environ, count)
        for copy in ("recorded", "replayed"):
            postgres.sql(f"create database {copy} template ours")
        rounds = [[part[n::PROCESSES] for n in range(PROCESSES)] for part in (tickets[r::ROUNDS] for r in range(ROUNDS))]
        scripts = _scripts(environment(postgres, folder, "recorded"), rounds, Path(folder))
        took = theirs_took = 0.0
        with ProcessPoolExecutor(PROCESSES, initializer=begin, initargs=(environ,)) as pool:
            list(pool.map(idle, range(PROCESSES)))
            for shares, script in zip(rounds, scripts, strict=True):
                times = list(pool.map(share, shares))
                took += max(end for _, end in times) - min(start for start, _ in times)
                theirs_took += _pgbench(postgres, script)
        ours, theirs = count / took, count / theirs_took
        for database in ("ours", "replayed"):
            with psycopg.connect(postgres.url(database)) as check:
                done = check.execute("select count(*) from redemption").fetchone()
            if done != (count,):
                raise RuntimeError(f"{database}: {done} of {count} redemptions")
    return [
        Result(f"one redemption, {PROCESSES} processes (PostgreSQL)", "redemptions/s", ours, theirs,
               f"pgbench, same statements, {PROCESSES} clients", 0.3)
    ]  # fmt: skip


def environment(postgres: Server, folder: str, database: str) -> dict[str, str]:
    """Settings of an installation on one database; the keys are shared."""
    return {"SKILLS_ENV": "demo", "DATA_DIR": folder, "PUBLIC_BASE": "http://localhost", "SKILLS_LIMITS": "off",
            "DATABASE_URL": postgres.url(database)}  # fmt: skip


def town(environ: dict[str, str], count: int) -> tuple[Stage, DemoPath]:
    """A fresh installation with so many people on record, entitled to a voucher."""
    clock = FixedClock(SystemClock().now())
    house = assemble(config.read(environ), clock)
    upgrade(house.engine)
    house.office.perform(load_standards, actor=SYSTEM)
    stage = Stage(house, clock, clock.now())
    cast.bodies(stage)
    cast.staff(stage)
    path = DemoPath(stage, list(people(count, 3, stage.today)), lambda _steps: None, ())
    for start in range(0, count, CHUNK):
        path.ids += cast.people(stage, path.crowd[start : start + CHUNK], unemployed=True)
    return stage, path


def prepare(environ: dict[str, str], count: int) -> Share:
    """People who hold a voucher, and classes with seats for them all."""
    stage, path = town(environ, count)
    made = stage.act(batches.draft, "gov-clerk", order=path.order("满天星培训券", count))
    stage.act(batches.approve, "gov-checker", batch_id=made.batch_id)
    stage.act(batches.open_, "gov-clerk", batch_id=made.batch_id)
    path.batch = made.batch_id
    path.publish_courses()
    for index in range(count):
        path.claim(index)
    for number in range(PROCESSES):
        path.open_class(f"class-{number}", "coding", 20, 200)
    held = [stage.ask(usable, person, stage.today)[0].id for person in path.ids]
    stage.works.engine.dispose()
    return [
        (person, stage.accounts[person], path.classes[f"class-{n % PROCESSES}"], voucher)
        for n, (person, voucher) in enumerate(zip(path.ids, held, strict=True))
    ]


_works: Works | None = None


def begin(environ: dict[str, str]) -> None:
    global _works
    _works = assemble(config.read(environ))
    _works.office.ask(lambda db: db.connection())
    settle()  # as a process does that reads the house by a command or as a server


def works() -> Works:
    """The installation that `begin` opened in this process."""
    assert _works is not None
    return _works


def seal_now(environ: dict[str, str]) -> None:
    """Everything that waits gets its place."""
    house = assemble(config.read(environ))
    house.sealer.seal_all()
    house.engine.dispose()


def redeem(house: Works, ticket: tuple[str, str, str, str]) -> None:
    """The act itself, as the page performs it."""
    person, account, class_id, voucher = ticket
    actor = Actor(account, "", person, frozenset({Grant("enrolment.enrol")}))
    house.office.perform(
        enrolments.enrol, actor=actor, key=f"bench-{person}", class_id=class_id, voucher_id=voucher
    )


def share(tickets: Share) -> tuple[float, float]:
    """Redeem these one after the other; when that began and ended."""
    start = time.time()
    for ticket in tickets:
        redeem(works(), ticket)
    return start, time.time()


def idle(_: int) -> None:
    """Wakes a process, so that starting it is not measured."""
    time.sleep(0.2)


def _scripts(environ: dict[str, str], rounds: Sequence[Sequence[Share]], folder: Path) -> list[Path]:
    """What the acts of each round said to the database, with their values, a branch for each client; as files for pgbench."""
    house = assemble(config.read(environ))
    said: list[str] = []
    connection = psycopg.connect(environ["DATABASE_URL"])
    set_json_dumps(to_store, connection)  # as the house's own engine writes it
    pen = psycopg.ClientCursor(connection)

    @event.listens_for(house.engine, "before_cursor_execute")
    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        for values in parameters if many else [parameters]:
            said.append(pen.mogrify(statement, values or None) + ";")

    made = []
    for number, shares in enumerate(rounds):
        lines: list[str] = []
        for client, tickets in enumerate(shares):
            lines.append(f"\\{'el' if client else ''}if :client_id = {client}")
            for ticket in tickets:
                said.clear()
                redeem(house, ticket)
                lines += ["BEGIN;", *said, "COMMIT;"]
        made.append(folder / f"redemptions-{number}.sql")
        made[-1].write_text("\n".join([*lines, "\\endif", ""]), "utf-8")
        made[-1].chmod(0o644)
    house.engine.dispose()
    folder.chmod(0o755)
    return made


def _pgbench(postgres: Server, script: Path) -> float:
    """Seconds that the replay took; every statement must succeed."""
    words = [postgres.programs / "pgbench", "-n", "-h", "127.0.0.1", "-p", postgres.port, "-U", "postgres", "-c", PROCESSES,
             "-j", PROCESSES, "-t", 1, "-f", script, "replayed"]  # fmt: skip
    done = subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if failed is None or failed[1] != "0" or "aborted" in done.stderr:
        raise RuntimeError(done.stdout + done.stderr)
    latency = re.search(r"latency average = ([\d.]+) ms", done.stdout)
    assert latency is not None
    return float(latency[1]) / 1000
