"""What an insider may try against the log, and which check names it."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import text

from skills.kernel import log, merkle
from skills.kernel.db import writing
from skills.kernel.keys import KeyRing
from skills.standards.actions import load
from tests.world import World


def fill(world: World, count: int = 5) -> None:
    for number in range(count):
        world.perform(load, key=f"fill-{number}")
        world.seal()


EDITS = {
    "an entry's notes": "update audit_entry set notes = '[]' where id = (select min(id) from audit_entry)",
    "an entry's actor": "update audit_entry set actor = 'nobody' where id = (select min(id) from audit_entry)",
    "an entry's time": "update audit_entry set at = '2020-01-01 00:00:00' where id = (select min(id) from audit_entry)",
    "an entry removed": "delete from audit_entry where id = (select min(id) from audit_entry)",
    "a leaf changed": "update log_leaf set leaf = x'30' where stream = 'audit' and seq = 1",
    "a leaf removed": "delete from log_leaf where stream = 'audit' and seq = 1",
    "the last leaf removed": "delete from log_leaf where stream = 'audit' and seq = 5",
    "a checkpoint changed": "update log_checkpoint set note = 'x' where size = 3",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_every_direct_edit_is_named(world: World, edit: str) -> None:
    fill(world)
    world.holds()
    statement = edit
    if world.engine.dialect.name == "postgresql":
        statement = edit.replace("leaf = x'30'", "leaf = '\\x30'::bytea")
    with writing(world.engine) as db:
        db.execute(text(statement.replace(":", "\\:")))
    assert set(world.violations()) & {"audit.unchanged", "log.streams_fit"}


def test_a_consistent_rewrite_contradicts_the_checkpoints_outside(world: World) -> None:
    """The insider recomputes leaves, nodes and heads with the real key; only the file outside still knows better."""
    fill(world)
    keys: KeyRing = world.tool(KeyRing)
    with writing(world.engine) as db:
        db.execute(text("update log_leaf set leaf = (select leaf from log_leaf other where other.stream='audit' and "
                        "other.seq = 2) where stream='audit' and seq = 1"))  # fmt: skip
        leaves = db.execute(text("select leaf from log_leaf where stream='audit' order by seq")).scalars().all()
        tree = merkle.Tree([merkle.leaf_hash(bytes(leaf)) for leaf in leaves])
        key = keys.ed25519(keys.active("log").kid)
        for size in db.execute(text("select size from log_checkpoint where stream='audit'")).scalars().all():
            head = merkle.Checkpoint(f"{world.settings.host}/audit", size, tree.root(size))
            db.execute(
                text("update log_checkpoint set note = :n where stream='audit' and size = :s"),
                {"n": merkle.sign_checkpoint(head, key), "s": size},
            )
    lines = world.violations()["log.streams_fit"]
    assert lines
    assert all("outside checkpoint" in line for line in lines)


def test_every_entry_has_a_proof_that_a_stranger_can_check(world: World) -> None:
    fill(world, 9)
    keys: KeyRing = world.tool(KeyRing)
    public = keys.ed25519(keys.active("log").kid).public_key()
    with world.db() as db:
        sources = db.execute(text("select source from log_leaf where stream='audit'")).scalars().all()
        assert len(sources) == 10
        for source in sources:
            receipt = log.receipt(db, log.AUDIT, source)
            assert receipt is not None
            head = merkle.open_checkpoint(receipt.checkpoint, f"{world.settings.host}/audit", public)
            assert merkle.verify_inclusion(
                merkle.leaf_hash(receipt.leaf), receipt.seq, head.size, receipt.hashes, head.root
            )


def test_two_sealers_leave_no_gap(world: World) -> None:
    import threading

    for number in range(40):
        world.perform(load, key=f"n{number}")
    threads = [threading.Thread(target=world.works.sealer.seal_all) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.holds()


def test_an_entry_that_waits_too_long_is_named(world: World) -> None:
    world.perform(load, key="late")
    world.clock.forward(minutes=2)
    from skills.kernel import checks

    found = {c.name: lines for c, lines in checks.run(world.engine, world.clock.now(), world.office.tools)}
    assert found["log.sealed_soon"]


def test_the_checkpoint_file_outside_is_readable_by_hand(lite: World) -> None:
    fill(lite, 1)
    line = (lite.settings.checkpoints_dir / "audit.log").read_text().splitlines()[-1]
    size, _, body = line.partition(" ")
    assert base64.b64decode(body).decode().splitlines()[1] == size
