"""Anybody can watch the log: what a rewritten, shortened, re-keyed or silent log looks like from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from werkzeug.serving import make_server

from skills.kernel import keyacts, log, merkle, monitor
from skills.kernel.actors import SYSTEM
from skills.kernel.db import writing
from skills.kernel.keys import KeyRing
from skills.kernel.monitor import Alarm, Monitor, Seen, Unreachable
from skills.standards.actions import load
from tests.world import World

ROOT = Path(__file__).parents[2]


def fetch_of(world: World, prefix: str = "/log/audit") -> Callable[[str], bytes]:
    client = world.client()

    def fetch(path: str) -> bytes:
        answer = client.get(f"{prefix}/{path}")
        if answer.status_code != 200:
            raise Unreachable(f"{path}: {answer.status_code}")
        return answer.data

    return fetch


def grow(world: World, count: int = 3) -> None:
    for number in range(count):
        world.office.perform(load, actor=SYSTEM, key=f"grow-{world.clock.now().isoformat()}-{number}")
    world.seal()


def looked(world: World, before: Seen | None = None, **how: object) -> Seen:
    return Monitor(fetch_of(world), **how).look(before, world.clock.now())[1]  # type: ignore[arg-type]


@contextmanager
def alarm(code: str) -> Iterator[list[Alarm]]:
    held: list[Alarm] = []
    with pytest.raises(Alarm) as caught:
        yield held
    assert caught.value.code == code, f"{caught.value.code}: {caught.value}"
    held.append(caught.value)


def rewrite(world: World, keep: int | None = None) -> None:
    """The insider with every key: another first entry, or fewer entries, and all heads signed anew."""
    keys: KeyRing = world.tool(KeyRing)
    with writing(world.engine) as db:
        rows = db.scalars(select(log.LogLeaf).where(log.LogLeaf.stream == log.AUDIT).order_by(log.LogLeaf.seq)).all()
        if keep is None:
            rows[0].leaf = b"\0" * 32
        else:
            for model, column in ((log.LogLeaf, log.LogLeaf.seq), (log.LogCheckpoint, log.LogCheckpoint.size)):
                limit = keep if model is log.LogLeaf else keep + 1
                db.execute(delete(model).where(model.stream == log.AUDIT, column >= limit))
            rows = rows[:keep]
        tree = merkle.Tree([merkle.leaf_hash(row.leaf) for row in rows])
        db.execute(delete(log.LogNode).where(log.LogNode.stream == log.AUDIT))
        db.execute(delete(log.LogCheckpoint).where(log.LogCheckpoint.stream == log.AUDIT))
        for level, hashes in enumerate(tree._rows):
            db.add_all(log.LogNode(stream=log.AUDIT, level=level, place=n, hash=h) for n, h in enumerate(hashes))
        head = merkle.Checkpoint(f"{world.settings.host}/audit", len(tree), tree.root())
        note = merkle.sign_checkpoint(head, keys.ed25519(keys.active("log").kid))
        db.add(log.LogCheckpoint(stream=log.AUDIT, size=len(tree), note=note, at=world.clock.now()))
    world.asked = True


@pytest.mark.parametrize("full", [False, True])
def test_a_log_that_grows_is_fine(lite: World, full: bool) -> None:
    grow(lite)
    seen = looked(lite, full=full)
    lite.clock.forward(hours=1)
    grow(lite, 4)
    report, again = Monitor(fetch_of(lite), full=full).look(seen, lite.clock.now())
    assert report.grown == 4
    assert report.known_before
    assert report.entries == (again.size if full else 0)
    assert again.vkey == seen.vkey


@pytest.mark.parametrize("full", [False, True])
def test_a_rewritten_history_is_a_fork(lite: World, full: bool) -> None:
    grow(lite)
    seen = looked(lite, full=full)
    rewrite(lite)
    with alarm("fork") as held:
        looked(lite, seen, full=full)
    assert len(held[0].evidence) == 2
    grow_note = held[0].evidence[1]
    assert grow_note != seen.note


def test_a_rewritten_history_that_grew_is_a_fork(lite: World) -> None:
    grow(lite)
    seen = looked(lite)
    rewrite(lite)
    lite.clock.forward(hours=1)
    grow(lite)
    with alarm("fork"):
        looked(lite, seen)
    with alarm("fork"):
        looked(lite, seen, full=True)


def test_a_log_that_lost_its_end_has_shrunk(lite: World) -> None:
    grow(lite, 5)
    seen = looked(lite)
    rewrite(lite, keep=3)
    with alarm("shrunken"):
        looked(lite, seen)


def test_a_head_that_stands_still_is_stale(lite: World) -> None:
    grow(lite)
    seen = looked(lite)
    lite.clock.forward(hours=25)
    seen = looked(lite, seen)
    lite.clock.forward(hours=2)
    with alarm("stale"):
        looked(lite, seen)
    keyacts.begin_day(lite.office)
    lite.seal()
    assert looked(lite, seen).size == seen.size + 1


def test_a_day_is_begun_once(lite: World) -> None:
    for _ in range(3):
        keyacts.begin_day(lite.office)
    lite.seal()
    assert lite.ask(log.size_of, log.CERTIFICATES) == 1
    lite.clock.forward(days=1)
    keyacts.begin_day(lite.office)
    lite.seal()
    assert lite.ask(log.size_of, log.CERTIFICATES) == 2
    lite.holds()


def test_another_key_is_not_believed(lite: World) -> None:
    grow(lite)
    seen = looked(lite)
    ring: KeyRing = lite.tool(KeyRing)
    ring.rotate("log", lite.clock.now(), lite.office.source)  # nobody put this on record
    lite.clock.forward(hours=1)
    grow(lite)
    with alarm("signature"):
        looked(lite, seen)
    lite.asked = True


def test_a_key_that_was_handed_over_is_followed(lite: World) -> None:
    """Twice, while the monitor slept: it follows from key to key."""
    grow(lite)
    seen = looked(lite)
    ring: KeyRing = lite.tool(KeyRing)
    for _ in range(2):
        lite.clock.forward(hours=1)
        keyacts.rotate(lite.office, ring, lite.works.sealer, "log")
        grow(lite)
    report, again = Monitor(fetch_of(lite)).look(seen, lite.clock.now())
    assert report.handed_over
    assert again.vkey != seen.vkey
    assert merkle.verifier_key("localhost/audit", ring.ed25519(ring.active("log").kid).public_key()) == again.vkey
    lite.holds()


def test_a_stolen_key_hands_over_to_nobody(lite: World) -> None:
    grow(lite)
    seen = looked(lite)
    ring: KeyRing = lite.tool(KeyRing)
    keyacts.compromise(lite.office, ring, lite.works.sealer, ring.active("log").kid, "stick was lost")
    grow(lite)
    with alarm("signature"):
        looked(lite, seen)
    new = fetch_of(lite)("vkey").decode().splitlines()[0]
    assert looked(lite, seen, vkey=new).vkey == new  # learned on another way
    lite.holds()


def test_a_forged_handover_is_not_followed(lite: World) -> None:
    """Somebody with a key of their own serves a head under it, and a handover that the real log never held."""
    from cryptography.hazmat.primitives.asymmetric import ed25519

    grow(lite)
    seen = looked(lite)
    thief = ed25519.Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
    honest = fetch_of(lite)
    size = seen.size
    real = honest("checkpoint").decode()
    root = merkle.open_checkpoint(real, *monitor.read_vkey(seen.vkey)).root
    forged = merkle.sign_checkpoint(merkle.Checkpoint("localhost/audit", size, root), thief)
    leaf = b"\6\2" + bytes(32)
    step = {"public": thief.public_key().public_bytes_raw().hex(), "leaf": leaf.hex(), "index": 0, "checkpoint": real, "hashes": []}

    def fetch(path: str) -> bytes:
        return {"checkpoint": forged.encode(), "handovers": json.dumps([step, "x", {}]).encode()}.get(path) or honest(path)

    with alarm("signature"):
        Monitor(fetch).look(seen, lite.clock.now())


@pytest.mark.parametrize("what", ["tile/0/000", "tile/entries/000"])
def test_a_changed_tile_or_entry_is_named(lite: World, what: str) -> None:
    grow(lite)
    honest = fetch_of(lite)

    def fetch(path: str) -> bytes:
        data = bytearray(honest(path))
        if path.startswith(what):
            data[7] ^= 1
        return bytes(data)

    with pytest.raises(Alarm) as caught:
        Monitor(fetch, full=True).look(None, lite.clock.now())
    assert caught.value.code in {"tiles", "fork"}


@pytest.mark.parametrize("answer", [b"\xff\xfe", b"", b"not a note", b"{}", b"x\n1\nAAAA\n\n\xe2\x80\x94 x AAAA\n"])
def test_nonsense_is_no_head(lite: World, answer: bytes) -> None:
    grow(lite, 1)
    honest = fetch_of(lite)
    with pytest.raises((Alarm, Unreachable)):
        Monitor(lambda path: answer if path == "checkpoint" else honest(path)).look(None, lite.clock.now())


def test_the_command_needs_neither_database_nor_settings(lite: World, tmp_path: Path) -> None:
    """From another folder, with an empty environment: first look, growth, fork with evidence, exit codes, JSON."""
    grow(lite)
    server = make_server("127.0.0.1", 0, lite.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def watch(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "skills.cli", "log", "monitor", f"http://127.0.0.1:{server.port}/log/audit", *more]
        bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        return subprocess.run(command, cwd=elsewhere, env=bare, capture_output=True, text=True, timeout=300, check=False)

    try:
        first = watch("--once", "--json")
        assert first.returncode == 0, first.stderr
        assert json.loads(first.stdout)["known_before"] is False
        lite.clock.forward(hours=1)
        grow(lite)
        second = watch("--full")
        assert second.returncode == 0, second.stderr
        assert "+3" in second.stdout
        rewrite(lite)
        third = watch("--json")
        assert third.returncode == monitor.CODES["fork"]
        told = json.loads(third.stdout)
        assert (told["ok"], told["finding"]) == (False, "fork")
        assert len(told["evidence"]) == 2
        assert all((elsewhere / file).read_text().startswith("localhost/audit\n") for file in told["evidence"])
        assert watch().returncode == monitor.CODES["fork"]  # what was seen first is not forgotten
    finally:
        server.shutdown()
        thread.join()
    assert watch().returncode == monitor.CODES["unreachable"]
    assert sorted(p.name for p in elsewhere.iterdir() if p.suffix == ".json") == [
        f"127.0.0.1-{server.port}-log-audit.monitor.json"
    ]


def test_stale_hours_are_measured_from_the_first_sight(lite: World) -> None:
    grow(lite)
    seen = looked(lite, stale=timedelta(hours=1))
    lite.clock.forward(minutes=59)
    seen = looked(lite, seen, stale=timedelta(hours=1))
    lite.clock.forward(minutes=2)
    with alarm("stale"):
        looked(lite, seen, stale=timedelta(hours=1))
