"""Keys change, keys are stolen: what holds afterwards, for whoever has the bytes, for the server and for the phone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import delete

from skills.credentials import cose, queries
from skills.credentials.inspection.answer import Answer
from skills.credentials.inspection.look import inspect
from skills.credentials.on_record import OnRecord
from skills.credentials.verdicts import State
from skills.kernel import keyacts, log
from skills.kernel.db import writing
from skills.kernel.keys import KeyFact, KeyRing
from tests.credentials.evidence import Evidence, evidence, now, signer, trusting
from tests.credentials.site import Site, state
from tests.credentials.test_actions import ABOVE, NUMBER, claims_for, issue, issued, take_back
from tests.people_and_bodies import someone
from tests.world import World

OTHER = "Y000050000123263000002"


def ring_of(world: World) -> KeyRing:
    ring: KeyRing = world.tool(KeyRing)
    return ring


def steal(world: World, *purposes: str) -> dict[str, str]:
    """Declare the keys in use for these purposes stolen; their names."""
    kids = {purpose: ring_of(world).active(purpose).kid for purpose in purposes}
    for kid in kids.values():
        keyacts.compromise(world.office, ring_of(world), world.works.sealer, kid, "the laptop was lost")
    return kids


def by_server(world: World, data: bytes) -> Answer:
    """What the server answers, which has the record."""
    trust = signer(world).public_files({}, world.clock.now())
    with world.db() as db:
        return inspect(data, trust, now(world), OnRecord(db, trust))


def forms_of(held: Evidence) -> dict[str, bytes]:
    return {"paper": held.pdf, "credential": held.credential, "code": held.address.encode()}


@pytest.mark.row(52)
def test_after_a_rotation_everything_older_still_holds(lite: World) -> None:
    held = evidence(lite)
    lite.clock.forward(hours=1)
    for purpose in ("qr", "vc", "seal", "status", "log"):
        keyacts.rotate(lite.office, ring_of(lite), lite.works.sealer, purpose)
    for name, data in forms_of(held).items():
        assert inspect(data, trusting(lite), now(lite)).state is State.VALID, name
        assert by_server(lite, data).state is State.VALID, name
    did = lite.client().get("/.well-known/did.json").json
    assert len(did["assertionMethod"]) == 4  # both keys of both purposes
    lite.clock.forward(days=1)
    someone(lite, 3)
    lite.holds(ABOVE)


def test_after_a_theft_the_log_vouches_and_the_signature_does_not(lite: World) -> None:
    held = evidence(lite)
    lite.clock.forward(hours=1)
    kids = steal(lite, "qr", "vc", "seal")
    lite.run_jobs()
    lite.seal()
    elsewhere = trusting(lite)
    for name, data in forms_of(held).items():
        alone = inspect(data, elsewhere, now(lite))
        assert (alone.state, alone.subject) == (State.NOT_GENUINE, None), name
        assert alone.reason in {"revoked_key", "unknown_key"}, name
        asked = by_server(lite, data)
        assert asked.state == State.GENUINE_BY_LOG, (name, asked)
        assert not asked.valid
        assert asked.subject is not None
        steps = dict(asked.steps)
        assert (steps["issuer"], steps["log"], steps["status"]) == (False, True, True), name
    keys = lite.client().get("/keys.json").json
    assert keys[kids["qr"]]["revoked"] is True
    assert keys[kids["qr"]]["to"] is not None
    assert kids["vc"] not in lite.client().get("/.well-known/did.json").text
    lite.holds(ABOVE)


def test_with_the_logs_own_key_stolen_the_server_proves_afresh(lite: World) -> None:
    """The receipt in the paper is under the stolen key; the log itself is signed by the new one now."""
    held = evidence(lite)
    steal(lite, "log")
    alone = inspect(held.pdf, trusting(lite), now(lite))
    assert (alone.state, alone.reason) == (State.NOT_GENUINE, "log_proof")
    asked = by_server(lite, held.pdf)
    assert asked.state is State.VALID
    assert dict(asked.steps)["log"] is True
    for data in (held.credential, held.address.encode()):
        assert inspect(data, trusting(lite), now(lite)).state is State.VALID
    lite.run_jobs()
    lite.holds(ABOVE)


def test_page_and_api_say_the_same(lite: World) -> None:
    held = evidence(lite)
    steal(lite, "qr")
    code = held.address.partition("#")[2]
    told = lite.client().post("/api/v1/verifications", json={"code": code}).json
    assert told["state"] == "GENUINE_BY_LOG"
    page = lite.client().post("/verify", data={"code": code}).text
    assert "真证，凭日志核实" in page
    assert 'data-state="GENUINE_BY_LOG"' in page
    assert held.who.name in page


def test_a_revoked_certificate_of_a_stolen_key_is_revoked(lite: World) -> None:
    held = evidence(lite)
    steal(lite, "qr", "vc", "seal")
    lite.perform(take_back, number=NUMBER, move="revoke", reason="fraud")
    for name, data in forms_of(held).items():
        assert by_server(lite, data).state is State.REVOKED, name


def test_what_the_thief_signs_is_nothing(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the real key: another name under a real number, and a number that nobody gave."""
    held = evidence(lite)
    stolen = ring_of(lite).p256(ring_of(lite).active("qr").kid)
    steal(lite, "qr")
    honest = claims_for(lite, held.who)
    for claims in (replace(honest, holder_name="冒名者"), replace(honest, number=OTHER)):
        message = cose.sign(cose.payload_of(claims, 4, lite.clock.now()), stolen)
        address = cose.qr_url(lite.settings.public_base, claims.number, message)
        answer = by_server(lite, address.encode())
        assert (answer.state, answer.reason, answer.subject) == (State.NOT_GENUINE, "revoked_key", None)


def test_a_certificate_put_in_after_the_theft_is_named(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An insider who kept the stolen keys in use: the log has the certificate too late."""
    _, issuer = issued(lite)
    lite.run_jobs()
    lite.seal()
    kids = steal(lite, "qr", "vc")
    real = KeyRing.active

    def stale(self: KeyRing, purpose: str) -> KeyFact:
        return self.fact(kids[purpose]) if purpose in kids else real(self, purpose)

    who = someone(lite, 5)
    with monkeypatch.context() as patched:
        patched.setattr(KeyRing, "active", stale)
        late = replace(claims_for(lite, who, OTHER))
        lite.perform(issue, claims=late, person_id=who.id, issuer_id=issuer)
        lite.seal()
    code = lite.ask(queries.address_of, OTHER, lite.settings.public_base)
    answer = by_server(lite, code.encode())
    assert (answer.state, answer.reason) == (State.NOT_GENUINE, "revoked_key")
    found = lite.violations(ABOVE)["credentials.not_after_theft"]
    assert all(OTHER in line for line in found)
    assert {kid for kid in kids.values() if any(kid in line for line in found)} == set(kids.values())


def test_without_the_entry_of_the_theft_nothing_is_vouched_for(lite: World) -> None:
    """Whoever takes the theft out of the log does not make the codes good again."""
    held = evidence(lite)
    kids = steal(lite, "qr")
    with writing(lite.engine) as db:
        db.execute(delete(log.LogLeaf).where(log.LogLeaf.source == f"key:compromised:{kids['qr']}"))
    assert by_server(lite, held.address.encode()).state is State.NOT_GENUINE
    assert {"log.streams_fit", "credentials.logged"} <= set(lite.violations(ABOVE))


def standing(world: World, number: str, digest: str) -> Any:
    return world.client().get(f"/log/standing?number={number}&code={digest}")


def test_the_question_of_the_phone(lite: World) -> None:
    held = evidence(lite)
    code = cose.message_of(held.address.partition("#")[2])
    digest = hashlib.sha256(code).hexdigest()
    assert standing(lite, NUMBER, digest).json == {"before_theft": False}  # no theft: the signature is enough
    steal(lite, "qr")
    assert standing(lite, NUMBER, digest).json == {"before_theft": True}
    unknown, wrong = standing(lite, OTHER, digest), standing(lite, NUMBER, "00" * 32)
    assert unknown.data == wrong.data == b'{"before_theft": false}'
    assert standing(lite, NUMBER, "xyz").status_code == 404
    assert "Set-Cookie" not in unknown.headers


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Site]:
    """A site of its own: what is stolen here must not be missing elsewhere."""
    made = Site(tmp_path / "site")
    yield made
    made.close()


@pytest.mark.browser
@pytest.mark.xdist_group("shell")
def test_the_phone_asks_the_log_and_believes_nothing_without_it(apart: Site, page: Page) -> None:
    site = apart
    site.own_keys = False
    site.world.clock.set(site.now + timedelta(minutes=1))
    who, _ = issued(site.world)
    site.world.seal()
    address = site.world.ask(queries.address_of, NUMBER, site.base)
    page.goto(address)
    state(page, "VALID")
    steal(site.world, "qr")
    page.goto("about:blank")
    page.goto(address)
    state(page, "GENUINE_BY_LOG")
    assert who.name in page.inner_text("main")
    assert "凭日志核实" in page.inner_text("#verdict")
    asked = [line for line in site.asked if "/log/standing" in line]
    assert asked == ["GET /log/standing"]
    site.stop()
    page.goto("about:blank")
    page.goto(address)
    state(page, "NOT_GENUINE")
    assert "失窃" not in page.inner_text("#verdict")


def test_the_vouching_is_in_the_book_of_cases() -> None:
    from tests.credentials.make_vectors import FILE

    cases = json.loads(FILE.read_text("utf-8"))["cases"]
    assert {c["state"] for c in cases if c.get("before_theft")} >= {"GENUINE_BY_LOG", "REVOKED", "NOT_GENUINE"}
