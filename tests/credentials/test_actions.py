"""Issued in one act with its number, proof, status and log entry; changed only on record."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cbor2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from PIL import Image
from sqlalchemy import text

from skills.accounts.rules import Role
from skills.config import Settings
from skills.credentials import actions, queries
from skills.credentials.claims import Claims
from skills.credentials.homes import HOMES
from skills.credentials.lint import ids
from skills.credentials.lint.draft import Grounds
from skills.credentials.statuslist import Status
from skills.kernel import log, merkle
from skills.kernel.acts import Act, action
from skills.kernel.db import writing
from skills.kernel.keys import KeyRing
from skills.people.actions import rename
from tests.credentials.page import Untried
from tests.people_and_bodies import Someone, acting, body, someone
from tests.world import World

# Certificates are issued here without the award that stands behind them in life.
ABOVE = ("certification", "courses", "competitions", "aftercare")
NUMBER = "Y000050000123263000001"


@action("test.issue", may="test.issue")
def issue(act: Act, claims: Claims, person_id: str, issuer_id: str) -> actions.Issued:
    """Issue a certificate as a domain would."""
    return actions.issue(
        act, claims=claims, person_id=person_id, issuer_id=issuer_id, synthetic=True, grounds=grounds_for(claims)
    )


def grounds_for(claims: Claims) -> Grounds | None:
    """A filing and an exam that fit the claims of a level certificate; the other kinds need none."""
    if claims.kind != "level":
        return None
    day = claims.issued_on
    return Grounds(
        claims.filing_number, day - timedelta(days=400), day + timedelta(days=600), True, True,
        day - timedelta(days=40), day - timedelta(days=1), int(claims.number[16:]), "T",
    )  # fmt: skip


@action("test.supersede", may="test.issue")
def supersede(act: Act, number: str, claims: Claims) -> actions.Issued:
    """Replace a certificate as a domain would."""
    return actions.supersede(act, certificate_id=queries.certificate(act.db, number).id, claims=claims)


@action("test.take_back", may="test.issue")
def take_back(act: Act, number: str, move: str, reason: str) -> None:
    """End a certificate as a request would."""
    actions.take_back(act, queries.certificate(act.db, number).id, move, reason)


def claims_for(world: World, who: Someone, number: str = NUMBER) -> Claims:
    return Claims(
        kind="level",
        number=number,
        holder_name=who.name,
        document_kind="居民身份证",
        document_masked=who.number[:4] + "*" * 10 + who.number[-4:],
        issuer_name="重庆星图软件有限公司",
        issued_on=world.today,
        filing_number=NUMBER[:13],
        occupation_code="4-04-05-05",
        occupation_name="人工智能训练师",
        branch="数据标注员",
        level_rank=4,
    )


def issued(world: World) -> tuple[Someone, str]:
    """One certificate; its holder and its body."""
    who, issuer = someone(world, phone="13812345678"), body(world)
    world.perform(issue, claims=claims_for(world, who), person_id=who.id, issuer_id=issuer)
    return who, issuer


def test_a_number_is_given_once(world: World) -> None:
    who, issuer = issued(world)
    with world.refused("certificate.number_taken"):
        world.perform(issue, claims=claims_for(world, who), person_id=who.id, issuer_id=issuer)
    world.holds(ABOVE)


def test_a_certificate_bears_the_day_of_its_signing(world: World) -> None:
    who, issuer = someone(world), body(world)
    late = replace(claims_for(world, who), issued_on=world.today.replace(day=1))
    with world.refused("certificate.lint") as held:
        world.perform(issue, claims=late, person_id=who.id, issuer_id=issuer)
    assert "L028" in ids(held[0].findings)
    world.holds(ABOVE)


@pytest.mark.row(51)
@pytest.mark.row(56)
def test_only_the_right_pair_is_answered(world: World) -> None:
    who, _ = issued(world)
    assert world.ask(queries.lookup, NUMBER, who.name, Untried()) is not None
    assert world.ask(queries.lookup, NUMBER, who.number[-4:], Untried()) is not None
    for number, proof in ((NUMBER, "陈星雨"), (NUMBER, ""), (NUMBER[:-1] + "2", who.name), (NUMBER, "0000")):
        assert world.ask(queries.lookup, number, proof, Untried()) is None


def test_numbered_then_sealed_then_printed(world: World) -> None:
    issued(world)
    assert world.ask(queries.certificate, NUMBER).stage == "numbered"
    world.seal()
    assert world.ask(queries.certificate, NUMBER).stage == "sealed"
    world.run_jobs()
    assert world.ask(queries.certificate, NUMBER).stage == "printed"
    world.holds(ABOVE)


@pytest.mark.row(52)
def test_the_printed_code_verifies_with_code_that_is_not_ours(lite: World, tmp_path: Path) -> None:
    """150 dpi, an independent decoder, and a verification written from the standards alone."""
    who, _ = issued(lite)
    lite.run_jobs()
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-", str(tmp_path / "page")], input=lite.pdf(NUMBER), check=True)
    [picture] = tmp_path.glob("page*.png")
    [found] = zxingcpp.read_barcodes(Image.open(picture))
    address, _, fragment = found.text.partition("#")
    assert address == f"http://localhost/v/{NUMBER}"
    import base64

    message = cbor2.loads(base64.urlsafe_b64decode(fragment + "=" * (-len(fragment) % 4)))
    protected, _, payload, signature = message
    kid = cbor2.loads(protected)[4].hex()
    jwk = json.loads(lite.client().get("/keys.json").data)[kid]["jwk"]
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[c] + "=="), "big") for c in "xy")
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    key.verify(der, signed, ec.ECDSA(SHA256()))
    claims = cbor2.loads(payload)
    assert claims[7].decode() == NUMBER
    assert claims[-70000][1] == who.name
    assert claims[-70000][3] == 4


def test_every_certificate_is_in_the_log_for_strangers(world: World) -> None:
    issued(world)
    world.seal()
    credential = world.ask(queries.credential_of, NUMBER)
    digest = hashlib.sha256(credential).hexdigest()
    client = world.client()
    proof = client.get(f"/log/proof?hash={digest}").get_json()
    keys: KeyRing = world.tool(KeyRing)
    public = keys.ed25519(keys.active("log").kid).public_key()
    head = merkle.open_checkpoint(proof["checkpoint"], f"{world.settings.host}/certificates", public)
    leaf = merkle.leaf_hash(b"\x01" + bytes.fromhex(digest))
    hashes = [bytes.fromhex(h) for h in proof["hashes"]]
    assert merkle.verify_inclusion(leaf, proof["index"], head.size, hashes, head.root)
    assert client.get("/log/proof?hash=00").status_code == 404
    assert client.get("/log/checkpoint").text.startswith(f"{world.settings.host}/certificates\n")


def test_another_body_cannot_touch_it(world: World) -> None:
    issued(world)
    other = acting(Role.BODY_ADMIN, organisation=body(world, order=2, name="别家公司"))
    with world.refused("not_allowed"):
        world.perform(actions.suspend, actor=other, number=NUMBER, reason="x")
    world.holds(ABOVE)


def test_suspended_and_reinstated(world: World) -> None:
    _, issuer = issued(world)
    admin = acting(Role.BODY_ADMIN, organisation=issuer)
    world.perform(actions.suspend, actor=admin, number=NUMBER, reason="review")
    assert list(world.ask(queries.exceptions, 1).values()) == [Status.SUSPENDED]
    world.perform(actions.reinstate, actor=admin, number=NUMBER)
    assert world.ask(queries.exceptions, 1) == {}
    world.holds(ABOVE)


@pytest.mark.row(54)
def test_a_replaced_certificate_leads_to_the_new_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(HOMES, "level")  # what certification does then has a test there
    who, _ = issued(world)
    world.perform(supersede, number=NUMBER, claims=claims_for(world, who, NUMBER[:-1] + "2"))
    old, new = world.ask(queries.certificate, NUMBER), world.ask(queries.certificate, NUMBER[:-1] + "2")
    assert (old.state, old.replaced_by, new.replaces) == ("superseded", new.number, old.number)
    page = world.client().post("/verify", data={"number": NUMBER, "name": who.name})
    assert new.number in page.text
    world.holds(ABOVE)


@pytest.mark.parametrize(("move", "reason"), [("revoke", "fraud"), ("cancel", "holder"), ("void", "misprint")])
def test_three_ways_to_end_are_one_bit_for_phones_and_three_words_for_people(lite: World, move: str, reason: str) -> None:
    who, _ = issued(lite)
    lite.perform(take_back, number=NUMBER, move=move, reason=reason)
    assert list(lite.ask(queries.exceptions, 1).values()) == [Status.REVOKED]
    told = lite.ask(queries.happened, NUMBER)
    assert (told.what, told.reason, told.on, told.successor) == (
        {"revoke": "revoked", "cancel": "cancelled", "void": "voided"}[move], reason, lite.today, None,
    )  # fmt: skip
    page = lite.client().post("/verify", data={"number": NUMBER, "name": who.name}).text
    assert told.words[0] in page
    assert told.reason_words[0] in page
    lite.holds(ABOVE)


def test_a_number_may_pass_to_the_corrected_certificate_and_both_codes_tell_their_own_story(world: World) -> None:
    who, _ = issued(world)
    old = world.ask(queries.certificate, NUMBER)
    world.clock.forward(days=1)
    fresh = replace(claims_for(world, who), branch="人工智能算法测试员")
    world.perform(supersede, number=NUMBER, claims=fresh)
    new = world.ask(queries.certificate, NUMBER)
    assert new.id != old.id
    assert (new.state, new.replaces, new.claims.branch) == ("issued", NUMBER, "人工智能算法测试员")
    told_old = world.ask(queries.happened, NUMBER, old.status_index)
    told_new = world.ask(queries.happened, NUMBER, new.status_index)
    assert (told_old.what, told_old.successor, told_old.same_number, told_old.address) == (
        "exchanged", NUMBER, True, f"/v/{NUMBER}",
    )  # fmt: skip
    assert (told_new.what, told_new.predecessor, told_new.successor) == ("", NUMBER, None)
    assert world.ask(queries.exceptions, 1) == {old.status_index: Status.SUPERSEDED}
    with world.refused("certificate.number_taken"):
        world.perform(issue, claims=claims_for(world, who), person_id=who.id, issuer_id=new.issuer_id)
    world.run_jobs()
    world.holds(ABOVE)


def test_an_old_name_still_finds_the_old_certificate_of_a_number(lite: World) -> None:
    who, _ = issued(lite)
    lite.clock.forward(days=1)
    lite.perform(rename, person_id=who.id, name="陈星羽", reason="户口簿")
    lite.perform(supersede, number=NUMBER, claims=replace(claims_for(lite, who), holder_name="陈星羽"))
    assert lite.ask(queries.lookup, NUMBER, who.name, Untried()).state == "superseded"
    assert lite.ask(queries.lookup, NUMBER, "陈星羽", Untried()).state == "issued"
    sent = {"number": NUMBER, "name": who.name}
    assert lite.client().post("/api/v1/verifications", json=sent).get_json()["state"] == "SUPERSEDED"
    assert "已更正" not in lite.client().post("/verify", data={"number": NUMBER, "name": "陈星羽"}).text
    lite.holds(ABOVE)


EDITS = {
    "credential": "update certificate set credential_digest = '00'",
    "holder": "update certificate set holder = credential",
    "looked up": "update certificate set name_proof = four_proof",
    "code": "update certificate set code_digest = '00'",
    "key": "update certificate set credential_kid = code_kid",
    "hidden": "update certificate set name_proof = '', four_proof = ''",
    "body": "update certificate set claims = json_set(claims, '$.issuer_name', '别家公司')",
    "level": "update certificate set claims = json_set(claims, '$.level_rank', 6)",
    "state": "update certificate set state = 'suspended'",
    "index": "update certificate set status_index = status_index + 1",
    "removed": "delete from certificate_paper",
    "serial": "update certificate_paper set serial = '0000000-1'",
    "copy": "update certificate_paper set copy = 2",
    "upload": "delete from national_upload",
    "searchable": "update national_upload set state = 'confirmed'",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_direct_edit_is_named(lite: World, edit: str) -> None:
    issued(lite)
    lite.run_jobs()
    lite.holds(ABOVE)
    with writing(lite.engine) as db:
        db.execute(text(edit))
    assert lite.violations(ABOVE)


def test_a_changed_pdf_is_named(lite: World) -> None:
    issued(lite)
    lite.run_jobs()
    settings: Settings = lite.tool(Settings)
    pdf = settings.files_dir / lite.ask(queries.paper_of, NUMBER).path
    pdf.write_bytes(pdf.read_bytes() + b" ")
    assert list(lite.violations(ABOVE)) == ["credentials.papers_unchanged"]


def test_printing_twice_makes_one_paper(lite: World) -> None:
    from skills.credentials.jobs import print_certificate
    from skills.kernel.jobs import Bench

    issued(lite)
    lite.run_jobs()
    first = lite.ask(queries.paper_of, NUMBER).digest
    print_certificate(Bench("again", lite.office), lite.ask(queries.certificate, NUMBER).id)
    assert lite.ask(queries.paper_of, NUMBER).digest == first
    lite.holds(ABOVE)


def test_the_log_stream_of_certificates_is_separate(lite: World) -> None:
    issued(lite)
    lite.seal()
    with lite.db() as db:
        assert log.size_of(db, log.CERTIFICATES) == 1
        assert log.size_of(db, log.AUDIT) > 1
