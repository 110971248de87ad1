"""Redemptions while the sealer orders what they log, beside redemptions without it; and how long an entry waits for its place."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench import redemption
from bench.postgres import server
from bench.result import Result

LIMIT = 1.0  # seconds after which 99 of 100 entries must have their place
SEALER = """
import json, sys, time
from pathlib import Path
from skills import config
from skills.app import assemble
from skills.worker import PAUSE
works = assemble(config.read(json.loads(sys.argv[1])))
stop = Path(sys.argv[2])
print("ready", flush=True)
while not stop.exists():
    works.sealer.seal_all()
    time.sleep(PAUSE)
works.sealer.seal_all()
"""


def measure(count: int = 400) -> list[Result]:
    """Half of the redemptions with the sealer at work, as the worker runs it, half without, by turns in one database."""
    with server() as postgres, tempfile.TemporaryDirectory() as folder:
        postgres.sql("create database ours")
        environ = redemption.environment(postgres, folder, "ours")
        tickets = redemption.prepare(environ, count)
        rounds = 2 * redemption.ROUNDS
        shares = [
            [tickets[r::rounds][n :: redemption.CORES] for n in range(redemption.CORES)] for r in range(rounds)
        ]
        took = {True: 0.0, False: 0.0}
        done = {True: 0, False: 0}
        redemption.seal_now(environ)
        spans: list[tuple[float, float]] = []
        with ProcessPoolExecutor(redemption.CORES, initializer=redemption.begin, initargs=(environ,)) as pool:
            list(pool.map(redemption.idle, range(redemption.CORES)))
            for number, round_ in enumerate(shares):
                sealed = number % 2 == 0
                with sealing(environ, Path(folder)) if sealed else nothing():
                    times = list(pool.map(redemption.share, round_))
                span = min(start for start, _ in times), max(end for _, end in times)
                took[sealed] += span[1] - span[0]
                done[sealed] += sum(len(part) for part in round_)
                if sealed:
                    spans.append(span)
                else:
                    redemption.seal_now(environ)  # what waited meanwhile is none of the sealer's doing
        with psycopg.connect(postgres.url("ours")) as db:
            lag = _lag(db, spans)
    return [
        Result(f"redemptions while entries are sealed, {redemption.CORES} processes", "redemptions/s",
               done[True] / took[True], done[False] / took[False], "the same without the sealer", 0.95),
        Result("99 of 100 entries have their place", "waits/s", 1 / lag, 1 / LIMIT, "a wait of one second", 1.0),
    ]  # fmt: skip


@contextmanager
def sealing(environ: dict[str, str], folder: Path) -> Iterator[None]:
    """The sealer in a process of its own."""
    stop = folder / f"stop-{time.time_ns()}"
    words = [sys.executable, "-c", SEALER, json.dumps(environ), str(stop)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        stop.touch()
        if process.wait():
            raise RuntimeError("the sealer failed")


@contextmanager
def nothing() -> Iterator[None]:
    """No sealer."""
    yield


def _lag(db: psycopg.Connection[tuple[object, ...]], spans: list[tuple[float, float]]) -> float:
    """Seconds that 99 of 100 entries of these spans waited between their act and the signed head that holds them."""
    waits: list[float] = []
    for start, end in spans:
        rows = db.execute(
            """
            select extract(epoch from (
                select min(c.at) from log_checkpoint c where c.stream = 'audit' and c.size > l.seq) - l.at)
            from log_leaf l where l.stream = 'audit' and l.at between to_timestamp(%s) and to_timestamp(%s)
            """,
            [start, end],
        ).fetchall()
        waits += [float(str(row[0])) for row in rows]
    if not waits:
        raise RuntimeError("nothing was sealed")
    return sorted(waits)[len(waits) * 99 // 100]
