"""Issuing to a list (verdict, ledger, record of every row) beside a bare COPY of the same rows, indexes and all."""

from __future__ import annotations

import tempfile
import time

import psycopg

from bench import redemption
from bench.postgres import server
from bench.result import Result
from skills.demo.stage import Stage
from skills.kernel import jobs
from skills.vouchers.actions import batches, issuing

# Everybody is told by a job of their own afterwards: that is no part of the issue.
TELLING = frozenset({"messages.deliver"})
TABLES = ("voucher", "voucher_entry", "voucher_verdict")


def measure(count: int = 10_000) -> list[Result]:
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
            rows = {table: _out(db, table) for table in TABLES}
            db.execute("create schema bare")
            for table in TABLES:
                db.execute(f"create table bare.{table} (like public.{table} including all)")  # type: ignore[call-overload]
            db.commit()
            start = time.perf_counter()
            for table, body in rows.items():
                with db.cursor().copy(f"copy bare.{table} from stdin (format binary)") as copy:  # type: ignore[call-overload]
                    copy.write(body)
            db.commit()
            theirs = count / (time.perf_counter() - start)
            (made,) = db.execute("select count(*) from bare.voucher").fetchone() or (0,)
        if made != count:
            raise RuntimeError(f"{made} of {count} vouchers")
    return [Result(f"vouchers issued to a list of {count:,}", "vouchers/s", ours, theirs, "COPY of the same rows", 1.0)]


def _listed(environ: dict[str, str], count: int) -> tuple[Stage, str]:
    """An open batch with so many people on its list."""
    stage, path = redemption.town(environ, count)
    made = stage.act(batches.draft, "gov-clerk", order=path.order("满天星培训券", count))
    stage.act(batches.approve, "gov-checker", batch_id=made.batch_id)
    stage.act(batches.open_, "gov-clerk", batch_id=made.batch_id)
    stage.act(issuing.list_people, "gov-clerk", batch_id=made.batch_id, person_ids=tuple(path.ids))
    stage.work()
    return stage, str(made.batch_id)


def _out(db: psycopg.Connection[tuple[object, ...]], table: str) -> bytes:
    with db.cursor().copy(f"copy public.{table} to stdout (format binary)") as copy:  # type: ignore[call-overload]
        return b"".join(bytes(part) for part in copy)
