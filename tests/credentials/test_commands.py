"""`skills verify`: with public files alone, in an empty environment, and 0 only for VALID."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from skills.credentials import commands, fetching
from skills.credentials.inspection import trust
from skills.credentials.inspection.trust import BadTrust
from skills.kernel import merkle
from skills.kernel.keys import KeyRing
from tests.commands.test_commands import ROOT
from tests.credentials.evidence import Evidence, evidence, png, signer
from tests.credentials.test_actions import NUMBER
from tests.world import World, make_world


@dataclass(frozen=True)
class Kept:
    """A folder of public files that was fetched over HTTP, and what a holder holds."""

    world: World
    base: str
    forms: Evidence
    folder: Path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A server that is stopped after its files were fetched: the command uses the clock of this machine."""
    home = tmp_path_factory.mktemp("command")
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [])
    base = f"http://127.0.0.1:{server.server_port}"
    moment = datetime.now(UTC).replace(microsecond=0)
    world = make_world(home / "data", f"sqlite:///{home}/skills.db", now=moment, limits="off", public_base=base)
    forms = evidence(world)
    server.app = world.app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    done = run("--fetch", base, "--keys", str(home / "public"))
    server.shutdown()
    thread.join()
    server.server_close()
    assert done.exit_code == 0, done.output
    assert base in done.output
    for name, data in (("c.pdf", forms.pdf), ("c.json", forms.credential), ("c.png", png(forms.address))):
        (home / name).write_bytes(data)
    yield Kept(world, base, forms, home)
    world.asked = True
    world.engine.dispose()


def run(*args: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(commands.verify, args)


def as_json(result: Result) -> dict[str, object]:
    found: dict[str, object] = json.loads(result.output)
    return found


@pytest.mark.row(52)
def test_every_form_is_valid_with_nothing_but_the_folder(kept: Kept) -> None:
    for what in ("c.pdf", "c.json", "c.png", kept.forms.address, kept.forms.address.partition("#")[2]):
        file = str(kept.folder / what) if what.startswith("c.") else what
        done = run(file, "--keys", str(kept.folder / "public"), "--json")
        assert done.exit_code == 0, done.output
        said = as_json(done)
        assert (said["state"], said["number"], said["name"]) == ("VALID", NUMBER, kept.forms.who.name)
    told = run(str(kept.folder / "c.pdf"), "--keys", str(kept.folder / "public")).output
    assert told.startswith("有效 VALID\n")
    for line in (
        "姓名 name: 陈星宇",
        "通过 passed: 公开日志 Public log",
        "日志 log: 0 / 1",
        "通过 passed: 撤销状态 Revocation status",
    ):
        assert line in told


def test_in_an_empty_environment_and_an_empty_folder(kept: Kept, tmp_path: Path) -> None:
    """No database, no setting, no server: another process that knows a path to Python and the public files."""
    done = subprocess.run(
        [sys.executable, "-m", "skills.cli", "verify", "-", "--keys", str(kept.folder / "public"), "--json"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}, cwd=tmp_path, input=kept.forms.pdf, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "VALID"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.row(53)
def test_everything_else_exits_with_one(kept: Kept, tmp_path: Path) -> None:
    public = str(kept.folder / "public")
    cases = {
        "appended": kept.forms.pdf + b"\n",
        "changed": kept.forms.pdf[:-20] + b"x" + kept.forms.pdf[-19:],
        "no_seal": b"%PDF-1.7\n",
        "empty": b"",
        "no_code": b"\x89PNG\r\n\x1a\n",
        "json": b"{",
        "kind": b"\x00\x01\x02",
        "too_large": b"x" * 5_000_001,
    }
    for reason, data in cases.items():
        file = tmp_path / "file"
        file.write_bytes(data)
        done = run(str(file), "--keys", public, "--json")
        assert (done.exit_code, as_json(done)["reason"]) == (1, reason)
    for text, reason in (
        (NUMBER, "kind"), (kept.forms.address.partition("#")[0], "number_only"), ("x" * 5_000, "kind"),
        (kept.forms.address.replace("127.0.0.1", "127.0.0.2"), "foreign_address"), (kept.forms.address[:-4], "signature"),
    ):  # fmt: skip
        done = run(text, "--keys", public, "--json")
        assert done.exit_code == 1
        assert as_json(done)["reason"] in (reason, "format", "encoding")


def copied(kept: Kept, tmp_path: Path) -> Path:
    folder = tmp_path / "public"
    shutil.copytree(kept.folder / "public", folder)
    return folder


def test_without_a_fresh_status_nothing_is_valid(kept: Kept, tmp_path: Path) -> None:
    folder = copied(kept, tmp_path)

    def verdict() -> tuple[int, object]:
        done = run(str(kept.folder / "c.pdf"), "--keys", str(folder), "--json")
        return done.exit_code, as_json(done)["state"]

    old = kept.world.clock.now() - timedelta(hours=13)
    (folder / "status-1.cwt").write_bytes(signer(kept.world).phone_list(1, {}, old))
    assert verdict() == (1, "GENUINE_STATUS_UNKNOWN")  # made before the key's first day
    (folder / "status-1.cwt").unlink()
    assert verdict() == (1, "GENUINE_STATUS_UNKNOWN")
    shutil.copy(kept.folder / "public" / "status-1.cwt", folder)
    assert verdict() == (0, "VALID")
    (folder / "fetched.txt").write_text((kept.world.clock.now() - timedelta(days=8)).isoformat())
    assert verdict() == (1, "GENUINE_STATUS_UNKNOWN")


def test_the_four_files_by_themselves_do_as_well(kept: Kept, tmp_path: Path) -> None:
    body = json.loads((kept.folder / "public" / "trust.json").read_text())
    folder = tmp_path / "four"
    folder.mkdir()
    (folder / "keys.json").write_text(json.dumps(body["keys"]))
    (folder / "did.json").write_text(json.dumps(body["did"]))
    (folder / "log.vkey").write_text("\n".join(body["log"]))
    (folder / "root.pem").write_text("".join(body["roots"]))
    shutil.copy(kept.folder / "public" / "status-1.cwt", folder / "1.cwt")
    # did:web names a host and means https; an installation on http says so in trust.json alone.
    done = run(str(kept.folder / "c.pdf"), "--keys", str(folder), "--json")
    assert as_json(done)["state"] != "VALID"
    (folder / "trust.json").write_text(json.dumps({k: body[k] for k in ("public_base", "keys", "did", "log", "roots")}))
    assert run(str(kept.folder / "c.pdf"), "--keys", str(folder)).exit_code == 0
    secure = type(signer(kept.world))(kept.world.tool(KeyRing), "https://skills.example.cn")
    whole = json.loads(secure.trust_json(1))
    four = {"keys.json": json.dumps(whole["keys"]), "did.json": json.dumps(whole["did"]), "root.pem": whole["roots"][0]}
    held = trust.from_files({name: text.encode() for name, text in {**four, "log.txt": whole["log"][0]}.items()}, 0)
    assert held.public_base == "https://skills.example.cn"
    assert (len(held.methods), len(held.logs), len(held.roots)) == (1, 1, 1)
    one = run(str(kept.folder / "c.pdf"), "--keys", str(folder / "trust.json"), "--json")
    assert (one.exit_code, as_json(one)["state"]) == (1, "GENUINE_STATUS_UNKNOWN")


def test_files_that_are_not_public_files_are_refused_before_anything_is_judged(kept: Kept, tmp_path: Path) -> None:
    body = json.loads((kept.folder / "public" / "trust.json").read_text())
    bad = [
        {}, {**body, "keys": None}, {**body, "log": ["localhost/certificates+0+AAAA"]}, {**body, "roots": ["x"]},
        {**body, "did": {**body["did"], "id": "did:web:evil.example"}}, {**body, "log": [body["log"][0].replace("+", "x+", 1)]},
        [], "x",
    ]  # fmt: skip
    for content in bad:
        file = tmp_path / "trust.json"
        file.write_text(json.dumps(content))
        done = run(NUMBER, "--keys", str(file))
        assert done.exit_code == 2, (content, done.output)
        assert done.exception is None or isinstance(done.exception, SystemExit)
    assert run(NUMBER, "--keys", str(tmp_path / "nowhere")).exit_code == 2
    folder = copied(kept, tmp_path)
    (folder / "checkpoint-old.txt").write_text("nonsense")
    assert run(NUMBER, "--keys", str(folder)).exit_code == 2


@pytest.mark.row(53)
def test_a_folder_is_only_ever_continued(kept: Kept, tmp_path: Path) -> None:
    """Another root, a lost log key, a rewritten log: the second fetch says so and changes nothing."""
    folder = copied(kept, tmp_path)
    before = fetching.read_folder(folder)
    client = kept.world.client()
    moment = kept.world.clock.now()

    def get(path: str) -> bytes:
        return client.get(path).data

    def refused(**replaced: bytes) -> str:
        with pytest.raises(BadTrust) as caught:
            fetching.fetch(
                kept.base,
                lambda path: replaced.get(path.strip("/").translate({46: "_", 47: "_"})) or get(path),
                folder,
                moment,
            )
        assert fetching.read_folder(folder) == before
        return str(caught.value)

    kept.world.seal()  # the paper's entry: the log has grown since the first fetch
    grown = fetching.fetch(kept.base, get, tmp_path / "second", moment)
    assert max(grown.heads) == 2
    body = json.loads(get("/trust.json"))
    other = KeyRing(tmp_path / "other")
    other.create_missing(moment, kept.world.office.source)
    stranger = type(signer(kept.world))(other, kept.base)
    stranger.seal_material(moment, kept.world.office.source)
    theirs = json.loads(stranger.trust_json(1))
    assert "root" in refused(trust_json=json.dumps({**body, "roots": theirs["roots"]}).encode())
    assert "head" in refused(trust_json=json.dumps({**body, "log": theirs["log"]}).encode())
    key = kept.world.tool(KeyRing)
    forged = merkle.sign_checkpoint(
        merkle.Checkpoint(grown.origin, 1, b"\0" * 32), key.ed25519(key.active("log").kid)
    ).encode()
    assert "rewritten" in refused(log_checkpoint=forged)
    assert "calls itself" in refused(trust_json=json.dumps(theirs | {"public_base": "http://evil.example", "did": {
        **theirs["did"], "id": "did:web:evil.example"}, "log": []}).encode())  # fmt: skip
    fetching.fetch(kept.base, get, folder, moment)
    assert set(trust.from_files(fetching.read_folder(folder), 0).heads) == {1, 2}
    assert run(str(kept.folder / "c.pdf"), "--keys", str(folder)).exit_code == 0


def test_only_web_addresses_are_fetched(tmp_path: Path) -> None:
    for address in ("file:///etc", "ftp://x", "x", "http://127.0.0.1:9/"):
        done = run("--fetch", address, "--keys", str(tmp_path / "p"))
        assert done.exit_code == 2
    assert not (tmp_path / "p").exists()
