"""Sixty-four clients claim a batch that is too small for them all: how many a second, and not one too many."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import psycopg

from bench import redemption
from bench.postgres import server
from bench.result import Result
from skills.demo.path import FACE
from skills.kernel.actors import Actor, Grant
from skills.kernel.errors import Refusal
from skills.vouchers.actions import batches, claims

CLIENTS = 64
TOO_MANY = 5  # for every hundred vouchers so many people come too late


def measure(count: int = 10_000) -> list[Result]:
    """Claims of a batch of so many vouchers by sixty-four clients, and of a tenth of them by as many clients as there are processes.

    Raises RuntimeError if a batch gave a voucher too many or too few.
    """
    with server() as postgres, tempfile.TemporaryDirectory() as folder:
        postgres.sql("create database ours")
        environ = redemption.environment(postgres, folder, "ours")
        rooms = count // 10, count
        crowds = [room + room * TOO_MANY // 100 for room in rooms]
        stage, path = redemption.town(environ, sum(crowds))
        rates = []
        for clients, room, crowd in (
            (redemption.CORES, rooms[0], path.ids[: crowds[0]]), (CLIENTS, rooms[1], path.ids[crowds[0] :])
        ):  # fmt: skip
            made = stage.act(batches.draft, "gov-clerk", order=path.order(f"满天星培训券{clients}", room))
            stage.act(batches.approve, "gov-checker", batch_id=made.batch_id)
            stage.act(batches.open_, "gov-clerk", batch_id=made.batch_id)
            wanted = [(person, stage.accounts[person], str(made.batch_id)) for person in crowd]
            threads = max(1, clients // redemption.CORES)
            with ProcessPoolExecutor(redemption.CORES, initializer=redemption.begin, initargs=(environ,)) as pool:
                list(pool.map(redemption.idle, range(redemption.CORES)))
                parts = [(threads, wanted[n :: redemption.CORES]) for n in range(redemption.CORES)]
                start = time.perf_counter()
                given = sum(pool.map(_claim_all, parts))
                rates.append(len(wanted) / (time.perf_counter() - start))
            with psycopg.connect(postgres.url("ours")) as db:
                told = db.execute(
                    "select issued, committed, (select count(*) from voucher where batch_id = b.id) from voucher_batch b where id = %s",
                    [made.batch_id],
                ).fetchone()
            if told != (room, room * FACE, room) or given != room:
                raise RuntimeError(f"{clients} clients: {told} and {given} given, {room} were to be had")
        stage.works.engine.dispose()
    return [
        Result(f"claims of {count:,} by {CLIENTS} clients, none too many", "claims/s", rates[1], rates[0],
               f"the same by {redemption.CORES} clients")
    ]  # fmt: skip


def _claim_all(part: tuple[int, list[tuple[str, str, str]]]) -> int:
    """So many clients of one process claim at once; how many got one."""
    threads, wanted = part
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(_claim, wanted))


def _claim(wanted: tuple[str, str, str]) -> int:
    person, account, batch = wanted
    actor = Actor(account, "", person, frozenset({Grant("voucher.claim")}))
    try:
        redemption.works().office.perform(claims.claim, actor=actor, key=f"claim-{batch}-{person}", batch_id=batch)
    except Refusal as refusal:
        if not refusal.code.startswith("voucher_batch."):
            raise
        return 0
    return 1
