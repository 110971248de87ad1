"""Issuing to a list (verdict, ledger, record of every row) beside a bare COPY of the same rows, indexes and all."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import psycopg

from bench import crowd, redemption
from bench.postgres import server
from bench.result import Result
from skills.demo.stage import Stage
from skills.kernel import jobs
from skills.vouchers.actions import batches, issuing

# Everybody is told by a job of their own afterwards: that is no part of the issue.
TELLING = frozenset({"messages.deliver"})
TABLES = ("voucher", "voucher_entry", "voucher_verdict")
COUNT = int(os.environ.get("SKILLS_BENCH_VOUCHERS", "10000"))  # a million takes twenty minutes


def measure(count: int = COUNT) -> list[Result]:
    """Vouchers a second to `count` people by the job, and by COPY of what it wrote into empty tables of the same making."""
    with server() as postgres, tempfile.TemporaryDirectory() as folder:
        postgres.sql("create database ours")
        environ = redemption.environment(postgres, folder, "ours")
        stage, batch = _listed(environ, count)
        stage.act(issuing.issue, "gov-clerk", batch_id=batch)
        start = time.perf_counter()
        jobs.run_due(stage.works.office, but=TELLING)
        ours = count / (time.perf_counter() - start)
        stage.works.engine.dispose()
        with psycopg.connect(postgres.url("ours")) as db:
            files = {table: _out(db, table, Path(folder)) for table in TABLES}
            db.execute("create schema bare")
            for table in TABLES:
                db.execute(f"create table bare.{table} (like public.{table} including all)")  # type: ignore[call-overload]
            db.commit()
            start = time.perf_counter()
            for table, file in files.items():
                _in(db, table, file)
            db.commit()
            theirs = count / (time.perf_counter() - start)
            (made,) = db.execute("select count(*) from bare.voucher").fetchone() or (0,)
        if made != count:
            raise RuntimeError(f"{made} of {count} vouchers")
    return [Result(f"vouchers issued to a list of {count:,}", "vouchers/s", ours, theirs, "COPY of the same rows", 1.0)]


def _listed(environ: dict[str, str], count: int) -> tuple[Stage, str]:
    """An open batch with so many people on its list."""
    stage, path = redemption.town(environ, 1)
    made = stage.act(batches.draft, "gov-clerk", order=path.order("满天星培训券", count))
    stage.act(batches.approve, "gov-checker", batch_id=made.batch_id)
    stage.act(batches.open_, "gov-clerk", batch_id=made.batch_id)
    crowd.listed(environ["DATABASE_URL"], stage.works, str(made.batch_id), count)
    return stage, str(made.batch_id)


def _out(db: psycopg.Connection[tuple[object, ...]], table: str, folder: Path) -> Path:
    file = folder / f"{table}.copy"
    with file.open("wb") as into, db.cursor().copy(f"copy public.{table} to stdout (format binary)") as copy:  # type: ignore[call-overload]
        for part in copy:
            into.write(part)
    return file


def _in(db: psycopg.Connection[tuple[object, ...]], table: str, file: Path) -> None:
    with file.open("rb") as out, db.cursor().copy(f"copy bare.{table} from stdin (format binary)") as copy:  # type: ignore[call-overload]
        while part := out.read(1 << 20):
            copy.write(part)
