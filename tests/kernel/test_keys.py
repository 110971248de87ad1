"""Keys change hands on record, running programs notice, and nobody but the signer sees a private key."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from skills.cli import main
from skills.credentials import cose
from skills.kernel import keyacts, log
from skills.kernel.audit import AuditEntry
from skills.kernel.box import Box, Tampered
from skills.kernel.ids import SeededSource
from skills.kernel.keyfiles import Public, SoftKey, raw_of
from skills.kernel.keys import FOR_LIFE, SECRET, SIGNING, KeyRing
from skills.kernel.leaves import key_head
from skills.kernel.sessions import Sessions
from tests.people_and_bodies import someone
from tests.world import NOON, World

ROOT = Path(__file__).parents[2]


def ring_of(world: World) -> KeyRing:
    ring: KeyRing = world.tool(KeyRing)
    return ring


@pytest.mark.parametrize("purpose", [p for p in (*SIGNING, *SECRET) if p not in FOR_LIFE])
def test_a_rotation_is_on_record_and_noticed_by_a_running_program(lite: World, purpose: str) -> None:
    running = KeyRing(lite.settings.keys_dir)
    old = running.active(purpose)
    done = keyacts.rotate(lite.office, ring_of(lite), lite.works.sealer, purpose)
    assert running.active(purpose).kid == done.kid != old.kid
    assert running.fact(old.kid).until
    with lite.db() as db:
        entry = next(e for e in db.query(AuditEntry) if e.action == "keys.record")
        assert entry.notes[0]["event"] == "key.rotated"
        assert entry.notes[0]["kid"] == done.kid
        assert log.place_of(db, log.CERTIFICATES, f"key:rotated:{done.kid}") is not None
        leaf = db.query(log.LogLeaf).filter_by(stream=log.CERTIFICATES).one().leaf
    algorithm = SIGNING.get(purpose, "secret")
    public = done.kid.encode() if algorithm == "secret" else raw_of(running.public(done.kid))
    assert leaf[:34] == key_head("rotated", purpose, algorithm, public)
    lite.holds()


def _power_cut(*_: object) -> None:
    raise OSError("power")


def test_a_crash_between_record_and_ring_is_mended_by_doing_it_again(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = ring_of(lite)
    old = ring.active("qr")
    with monkeypatch.context() as broken:
        broken.setattr(KeyRing, "activate", _power_cut)
        with pytest.raises(OSError, match="power"):
            keyacts.rotate(lite.office, ring, lite.works.sealer, "qr")
    assert ring.active("qr") == old
    done = keyacts.rotate(lite.office, ring, lite.works.sealer, "qr")
    with lite.db() as db:
        assert [e.notes[0]["kid"] for e in db.query(AuditEntry) if e.action == "keys.record"] == [done.kid]
    assert len(ring.of("qr")) == 2
    lite.holds()


def test_a_theft_can_be_declared_again_after_a_crash(lite: World) -> None:
    ring = ring_of(lite)
    kid = ring.active("status").kid
    ring.compromise(kid, lite.clock.now(), lite.office.source)  # the crash came before anything was on record
    done = keyacts.compromise(lite.office, ring, lite.works.sealer, kid, "lost")
    assert ring.fact(kid).revoked
    assert ring.active("status").kid == done.kid
    assert keyacts.compromise(lite.office, ring, lite.works.sealer, kid, "lost") == done
    with lite.db() as db:
        assert log.place_of(db, log.CERTIFICATES, f"key:compromised:{kid}") is not None
    lite.holds()


def test_keys_that_find_what_is_stored_stay(lite: World) -> None:
    for purpose in FOR_LIFE:
        with lite.refused("key.for_life"):
            keyacts.rotate(lite.office, ring_of(lite), lite.works.sealer, purpose)
    with lite.refused("key.unknown"):
        keyacts.rotate(lite.office, ring_of(lite), lite.works.sealer, "nothing")
    with lite.refused("key.unknown"):
        keyacts.compromise(lite.office, ring_of(lite), lite.works.sealer, "00000000", "why")
    with lite.refused("key.reason_needed"):
        keyacts.compromise(lite.office, ring_of(lite), lite.works.sealer, ring_of(lite).active("qr").kid, " ")


def test_both_keys_cover_the_minutes_of_the_change(lite: World) -> None:
    """An act that began before the change may sign after it; one that began after may have read the ring before."""
    ring, now = ring_of(lite), lite.clock.now()
    lite.clock.forward(hours=1)
    done = keyacts.rotate(lite.office, ring, lite.works.sealer, "qr")
    old, new = ring.of("qr")
    change = lite.clock.now()
    assert old.since == now.isoformat()
    assert new.kid == done.kid
    assert new.since == (change - timedelta(minutes=5)).isoformat()
    assert old.until == (change + timedelta(minutes=5)).isoformat()


def test_what_was_sealed_before_opens_after_in_a_box_that_was_there_all_along(lite: World) -> None:
    box: Box = lite.tool(Box)
    sealed = box.seal("500105200301011234", "t:1:c")
    keyacts.rotate(lite.office, ring_of(lite), lite.works.sealer, "box")
    fresh = box.seal("500105200301011234", "t:1:c")
    assert sealed[2:10] != fresh[2:10]
    assert box.open(sealed, "t:1:c") == box.open(fresh, "t:1:c")
    someone(lite)
    lite.holds()


def test_a_sealed_value_cannot_name_a_key_of_another_purpose(lite: World) -> None:
    box: Box = lite.tool(Box)
    sealed = bytearray(box.seal("x", "p"))
    sealed[2:10] = ring_of(lite).active("session").kid.encode()
    with pytest.raises(Tampered):
        box.open(bytes(sealed), "p")


def test_a_new_session_key_ends_every_session(lite: World) -> None:
    sessions: Sessions = lite.tool(Sessions)
    now = lite.clock.now()
    cookie = sessions.begin("somebody", now)
    assert lite.ask(sessions.find, cookie, now) is not None
    keyacts.rotate(lite.office, ring_of(lite), lite.works.sealer, "session")
    assert lite.ask(sessions.find, cookie, now) is None
    assert lite.ask(sessions.find, sessions.begin("somebody", now), now) is not None


def test_forms_are_signed_with_the_present_key(lite: World) -> None:
    client = lite.client()
    client.get("/sign-in")
    before = lite.app.config["SECRET_KEY"]
    keyacts.rotate(lite.office, ring_of(lite), lite.works.sealer, "session")
    client.get("/sign-in")
    assert before != lite.app.config["SECRET_KEY"] == ring_of(lite).secret("session")


def test_rows_written_under_the_old_witness_key_still_stand(lite: World) -> None:
    someone(lite, 1)
    keyacts.rotate(lite.office, ring_of(lite), lite.works.sealer, "witness")
    someone(lite, 3)
    lite.holds()


class Elsewhere:
    """Stands for an HSM: holds keys by name and answers nothing but signatures and public halves."""

    def __init__(self) -> None:
        self.keys = {"aaaaaaaa": SoftKey(ec.derive_private_key(99, ec.SECP256R1())),
                     "bbbbbbbb": SoftKey(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))}  # fmt: skip
        self.asked: list[str] = []

    def sign(self, kid: str, data: bytes) -> bytes:
        self.asked.append(kid)
        return self.keys[kid].sign(data)

    def public(self, kid: str) -> Public:
        return self.keys[kid].public_key()


def test_an_hsm_signs_in_place_of_the_files(tmp_path: Path) -> None:
    facts = [{"kid": "aaaaaaaa", "purpose": "qr", "algorithm": "ES256", "since": NOON.isoformat()},
             {"kid": "bbbbbbbb", "purpose": "log", "algorithm": "Ed25519", "since": NOON.isoformat()}]  # fmt: skip
    (tmp_path / "ring.json").write_text(json.dumps(facts))
    hsm = Elsewhere()
    ring = KeyRing(tmp_path, hsm)
    key = ring.p256(ring.active("qr").kid)
    message = cose.sign({cose.IAT: 1}, key)
    assert cose.open_signed(message, lambda _kid: key.public_key()).payload
    note = ring.ed25519("bbbbbbbb").sign(b"text")
    ring.ed25519("bbbbbbbb").public_key().verify(note, b"text")
    assert hsm.asked == ["aaaaaaaa", "bbbbbbbb"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ring.json"]


def test_no_other_file_touches_a_private_key() -> None:
    touches = re.compile(r"PrivateKey|load_pem_private|load_der_private|private_bytes|derive_private_key|SimpleSigner")
    found = {str(p.relative_to(ROOT)) for p in (ROOT / "skills").rglob("*.py") if touches.search(p.read_text("utf-8"))}
    assert found == {"skills/kernel/keyfiles.py"}


def test_a_private_key_is_not_printed_by_accident() -> None:
    key = SoftKey(ec.derive_private_key(99, ec.SECP256R1()))
    assert "derive" not in repr(key)
    assert not [name for name in vars(key) if not name.startswith("_SoftKey__")]


@pytest.mark.parametrize("name", ["root.pem", "{qr}.pem", "{box}.key"])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, name: str) -> None:
    ring = KeyRing(tmp_path)
    ring.create_missing(NOON, SeededSource("k"))
    kids = {purpose: ring.active(purpose).kid for purpose in ("qr", "box", "seal")}
    ring.seal_certificates(kids["seal"], NOON, SeededSource("c"))
    (tmp_path / f"seal-{kids['seal']}.crt").unlink()
    (tmp_path / name.format(**kids)).chmod(0o640)
    fresh = KeyRing(tmp_path)
    with pytest.raises(PermissionError, match="chmod 600"):
        {"root.pem": lambda: fresh.seal_certificates(kids["seal"], NOON, SeededSource("c")),
         "{qr}.pem": lambda: fresh.p256(kids["qr"]).sign(b""),
         "{box}.key": lambda: fresh.secret("box")}[name]()  # fmt: skip


def test_the_roots_key_may_be_taken_offline(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    ring.create_missing(NOON, SeededSource("k"))
    kid = ring.active("seal").kid
    made = ring.seal_certificates(kid, NOON, SeededSource("c"))
    (tmp_path / "root.pem").unlink()
    assert KeyRing(tmp_path).seal_certificates(kid, NOON, SeededSource("c")) == made
    with pytest.raises(LookupError, match=r"root\.pem"):
        ring.seal_certificates(ring.rotate("seal", NOON, SeededSource("n")).kid, NOON, SeededSource("c"))


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SKILLS_ENV": "test", "DATA_DIR": str(tmp_path), "PUBLIC_BASE": "http://localhost"}.items():
        monkeypatch.setenv(name, value)
    run = CliRunner().invoke
    assert run(main, ["init"]).exit_code == 0
    listed = json.loads(run(main, ["keys", "list", "--json"]).output)
    assert {fact["purpose"] for fact in listed} == {*SIGNING, *SECRET}
    kid = next(fact["kid"] for fact in listed if fact["purpose"] == "qr")
    assert next(fact for fact in listed if fact["purpose"] == "log")["vkey"].startswith("localhost/certificates+")

    refused = run(main, ["keys", "rotate", "qr"], input="n\n")
    assert refused.exit_code == 1
    assert len(json.loads(run(main, ["keys", "list", "--json"]).output)) == len(listed)
    done = run(main, ["keys", "rotate", "qr", "--json", "--yes"])
    assert json.loads(done.output)["purpose"] == "qr"
    assert run(main, ["keys", "rotate", "index", "--yes"]).exit_code == 2
    assert run(main, ["keys", "compromise", kid, "--yes"]).exit_code == 2  # no reason
    stolen = run(main, ["keys", "compromise", kid, "--reason", "stick lost on the bus"], input="y\n")
    assert stolen.exit_code == 0, stolen.output
    unknown = run(main, ["keys", "compromise", "00000000", "--reason", "x", "--yes"])
    assert unknown.exit_code == 1
    assert "没有这个密钥" in unknown.output
    shown = run(main, ["keys", "list"]).output
    assert "失窃 stolen" in shown
    assert "在用 in use" in shown
    for command in (["keys"], ["keys", "list"], ["keys", "rotate"], ["keys", "compromise"], ["log"], ["log", "monitor"],
                    ["log", "checkpoint"], ["fsck"]):  # fmt: skip
        helped = run(main, [*command, "--help"])
        assert helped.exit_code == 0
        assert len(helped.output) > 100

    assert run(main, ["fsck"]).exit_code == 0
    printed = run(main, ["log", "checkpoint"]).output
    assert printed.startswith("localhost/certificates\n")
    head = tmp_path / "mirrored.txt"
    head.write_text(printed)
    assert run(main, ["log", "checkpoint", "--day", "1999-01-01"]).exit_code == 1
    assert run(main, ["log", "checkpoint", "--days"]).output.strip()
    assert run(main, ["fsck", "--checkpoint", str(head)]).exit_code == 0
    assert run(main, ["fsck", "--checkpoint", str(tmp_path / "checkpoints")]).exit_code == 0
    (tmp_path / "not-one.txt").write_text("hello")
    assert run(main, ["fsck", "--checkpoint", str(tmp_path / "not-one.txt")]).exit_code == 1
    origin, size, rest = printed.split("\n", 2)
    head.write_text(f"{origin}\n{int(size) + 1}\n{rest}")
    altered = run(main, ["fsck", "--checkpoint", str(head)])
    assert altered.exit_code == 1
    assert "not signed by a log key of ours" in altered.output


def test_a_mirrored_head_finds_a_history_that_was_rewritten_everywhere_here(tmp_path: Path) -> None:
    """The insider has the keys, the database and DATA_DIR; only the head that was mailed away knows better."""
    settings = {"SKILLS_ENV": "test", "DATA_DIR": str(tmp_path / "data"), "PUBLIC_BASE": "http://localhost", "DATABASE_URL": None}

    def skills(*command: str) -> Result:
        return CliRunner().invoke(main, command, env=settings)

    assert skills("init").exit_code == 0
    mailed = tmp_path / "mailed.txt"
    mailed.write_text(skills("log", "checkpoint", "--stream", "audit").stdout)
    data = tmp_path / "data"
    for path in [data / "skills.db", data / "skills.db-wal", data / "skills.db-shm"]:
        path.unlink(missing_ok=True)
    for path in (data / "checkpoints").rglob("*.*"):
        path.unlink()
    assert skills("init").exit_code == 0
    assert skills("fsck").exit_code == 0
    found = skills("fsck", "--checkpoint", str(mailed))
    assert found.exit_code == 1
    assert "log.kept_heads_fit" in found.stdout
    assert "history was changed" in found.stdout or "does not reach it" in found.stdout
