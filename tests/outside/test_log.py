"""The log in the hands of others: @sigstore/verify judges heads and proofs, pymerkle whether one head continues another."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from skills.credentials import actions, queries
from skills.credentials.jobs import receipt_json
from skills.kernel import keyacts, log, merkle, tiles
from skills.kernel.keys import KeyRing
from skills.kernel.tiles import Tile
from tests.credentials.test_actions import issue, supersede
from tests.outside import programs
from tests.outside.stage import claims_of, number_of
from tests.people_and_bodies import body, someone
from tests.world import World, make_world

CHANGES = ("flipped leaf", "other place", "flipped proof", "missing step", "extra step", "flipped root", "other size",
           "flipped signature", "other origin", "no signature")  # fmt: skip


@dataclass
class Published:
    """A log with certificates, changes of state, a rotation and days in it; what anybody can fetch of it."""

    world: World
    vkey: str
    receipts: dict[str, dict[str, Any]]
    heads: dict[int, str]
    entries: list[bytes]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("log")
    world = make_world(folder / "data", f"sqlite:///{folder}/skills.db", public_base="https://skills.example.org")
    client, heads, receipts = world.client(), {}, {}
    who, issuer = someone(world, name="古丽·𠮷"), body(world)
    certificates = {}

    def head() -> None:
        world.seal()
        note = client.get("/log/checkpoint").text
        heads[int(note.split("\n")[1])] = note

    for order in range(1, 13):
        kind = "completion" if order == 7 else "level"
        claims = claims_of(kind, number_of(kind, order), who, world.today)
        done = world.perform(issue, claims=claims, person_id=who.id, issuer_id=issuer)
        certificates[done.certificate_id] = claims.number
        head()
        if order == 5:
            actor = world.actor("certificate.suspend", organisation=issuer)
            world.perform(actions.suspend, actor=actor, number=claims.number, reason="review")
            head()
        if order == 7:
            keyacts.rotate(world.office, world.tool(KeyRing), world.works.sealer, "qr")
            world.perform(supersede, number=claims.number, claims=claims_of(kind, number_of(kind, 70), who, world.today))
            keyacts.begin_day(world.office)
            head()
    for certificate_id, number in certificates.items():
        receipt = world.ask(log.receipt, log.CERTIFICATES, f"issue:{certificate_id}")
        receipts[f"{number} in the paper"] = json.loads(receipt_json(receipt))
        digest = _digest(world.ask(queries.credential_of, number))
        told = client.get(f"/log/proof?hash={digest}").json
        receipts[f"{number} asked for"] = {**told, "leaf": "01" + digest}
    entries = []
    for tile in tiles.row(0, max(heads)):
        bundle = Tile(None, tile.place, tile.width)
        entries += tiles.entries_in(bundle, client.get(f"/log/{bundle.path}").data)
    yield Published(world, client.get("/log/vkey").text.splitlines()[0], receipts, heads, entries)
    world.holds(("certification", "courses", "competitions", "aftercare"))
    world.engine.dispose()


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def flipped(text: str, at: int = 3) -> str:
    data = bytearray.fromhex(text)
    data[at] ^= 1
    return data.hex()


def changed(told: dict[str, Any], how: str) -> dict[str, Any]:
    """A receipt with one thing wrong."""
    note, hashes = told["checkpoint"], told["hashes"]
    origin, size, root, gap, signature, *rest = note.split("\n")
    broken_root = base64.b64encode(bytes.fromhex(flipped(base64.b64decode(root).hex()))).decode()
    forged = signature[:-8] + ("A" if signature[-8] != "A" else "B") + signature[-7:]

    def noted(*lines: str) -> dict[str, str]:
        return {"checkpoint": "\n".join([*lines, *rest])}

    wrong: dict[str, dict[str, Any]] = {
        "flipped leaf": {"leaf": flipped(told["leaf"])},
        "other place": {"index": told["index"] ^ 1},
        "flipped proof": {"hashes": [flipped(hashes[0]), *hashes[1:]]},
        "missing step": {"hashes": hashes[:-1]},
        "extra step": {"hashes": [*hashes, hashes[0]]},
        "flipped root": noted(origin, size, broken_root, gap, signature),
        "other size": noted(origin, str(int(size) + 1), root, gap, signature),
        "flipped signature": noted(origin, size, root, gap, forged),
        "other origin": {"checkpoint": note.replace("skills.example.org/certificates", "skills.example.com/certificates")},
        "no signature": {"checkpoint": note.split("\n\n")[0] + "\n\n"},
    }
    return {**told, **wrong[how]}


def test_sigstore_accepts_every_receipt_and_refuses_every_change(published: Published) -> None:
    bad = {f"{name}: {how}": changed(told, how) for name, told in published.receipts.items() for how in CHANGES}
    said = programs.node(programs.HERE / "log.mjs", {"vkey": published.vkey, "cases": {**published.receipts, **bad}})
    assert {name: said[name] for name in published.receipts} == dict.fromkeys(published.receipts, "")
    assert [name for name in bad if not said[name]] == []
    assert len(published.receipts) == 24
    assert {said[name].split(":")[0] for name in bad} == {"TLOG_INCLUSION_PROOF_ERROR"}


def test_sigstore_refuses_another_logs_key(published: Published) -> None:
    vkey = published.world.client().get("/log/audit/vkey").text.splitlines()[0]
    said = programs.node(programs.HERE / "log.mjs", {"vkey": vkey, "cases": published.receipts})
    assert all(said.values())


def test_pymerkle_makes_the_same_roots_and_finds_heads_consistent(published: Published) -> None:
    roots = {size: base64.b64decode(note.split("\n")[2]).hex() for size, note in published.heads.items()}
    sizes = sorted(roots)
    pairs = {f"{a} to {b}": [a, roots[a], b, roots[b]] for a in sizes for b in sizes if a < b}
    forks = {f"{name} forked": [a, flipped(old), b, new] for name, (a, old, b, new) in pairs.items()}
    forks |= {f"{name} rewritten": [a, old, b, flipped(new)] for name, (a, old, b, new) in pairs.items()}
    said = programs.pymerkle({"entries": [e.hex() for e in published.entries], "pairs": {**pairs, **forks}})
    assert {size: said["roots"][size - 1] for size in sizes} == roots
    assert {name for name, why in said["verdicts"].items() if not why} == set(pairs)
    assert len(pairs) > 60


def test_pymerkle_and_we_agree_on_every_size(published: Published) -> None:
    """Far beyond what was published: roots of every size to 300, and consistency by our proofs."""
    entries = [n.to_bytes(4, "big") for n in range(300)]
    tree = merkle.Tree([merkle.leaf_hash(e) for e in entries])
    said = programs.pymerkle({"entries": [e.hex() for e in entries], "pairs": {}})
    assert [tree.root(size).hex() for size in range(1, 301)] == said["roots"]
    for old in (1, 2, 3, 64, 100, 255, 256, 257):
        old_root, new_root = (bytes.fromhex(said["roots"][n - 1]) for n in (old, 300))
        assert merkle.verify_consistency(old, 300, old_root, new_root, tree.consistency(old))


def test_the_order_of_the_programs_is_small(published: Published) -> None:
    """Receipts hold digests, times and signatures, and nothing that names a person."""
    text = json.dumps(published.receipts, ensure_ascii=False) + b"".join(published.entries).hex()
    for secret in ("古丽", "𠮷", "500105", "星图"):
        assert secret not in text
        assert secret.encode().hex() not in text
    assert Path(programs.HERE / "log.mjs").exists()
