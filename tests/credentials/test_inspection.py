"""Files in hand: judged by what they are, never VALID for what was not issued, never an exception, never for long."""

from __future__ import annotations

import json
import subprocess
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from sqlalchemy import text

from skills.accounts.rules import Role
from skills.credentials import actions, badge, seal
from skills.credentials.homes import HOMES
from skills.credentials.inspection import pictures
from skills.credentials.inspection.answer import STEPS, Answer
from skills.credentials.inspection.form import own_form
from skills.credentials.inspection.look import inspect, inspect_text
from skills.credentials.inspection.trust import Trust
from skills.credentials.on_record import OnRecord
from skills.credentials.verdicts import State
from skills.kernel.db import writing
from skills.kernel.keys import KeyRing
from tests.credentials.evidence import Evidence, evidence, jpeg, now, png, public_files, signer, trusting
from tests.credentials.test_actions import ABOVE, NUMBER, claims_for, supersede, take_back
from tests.people_and_bodies import acting
from tests.world import World, make_world

GENUINE = {State.VALID, State.GENUINE_STATUS_OLD, State.GENUINE_STATUS_UNKNOWN}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Evidence, Trust]]:
    """One certificate for all tests that change nothing."""
    folder = tmp_path_factory.mktemp("evidence")
    world = make_world(folder / "data", f"sqlite:///{folder}/skills.db")
    forms = evidence(world)
    yield world, forms, trusting(world)
    world.holds(ABOVE)
    world.engine.dispose()


def judged(world: World, data: bytes) -> Answer:
    """The server's verdict, with its record."""
    with world.db() as db:
        trust = signer(world).public_files({}, world.clock.now())
        return inspect(data, trust, now(world), OnRecord(db, trust))


@pytest.mark.row(51)
def test_every_form_is_valid_here_and_elsewhere(held: tuple[World, Evidence, Trust]) -> None:
    world, forms, trust = held
    sent = {
        "pdf": forms.pdf, "credential": forms.credential, "code": forms.address.encode(),
        "picture": jpeg(forms.address),
    }  # fmt: skip
    for what, data in sent.items():
        here, elsewhere = judged(world, data), inspect(data, trust, now(world))
        assert (here.what, here.state, here.reason) == (what, State.VALID, "")
        assert dict(here.steps) == dict.fromkeys(STEPS, True)
        assert here.log is not None
        assert (here.log.index, here.log.size) == (0, 1)
        assert elsewhere.state is State.VALID
        assert elsewhere.subject is not None
        assert here.subject is not None
        assert (elsewhere.subject.number, elsewhere.subject.name) == (NUMBER, forms.who.name)
        assert here.subject.what == "人工智能训练师·三级/高级工"
        # Only the PDF brings its receipt along; for the others the log could not be asked.
        assert dict(elsewhere.steps)["log"] is (True if what == "pdf" else None)


@pytest.mark.row(53)
@pytest.mark.parametrize(("move", "state"), [("suspend", State.SUSPENDED), ("revoke", State.REVOKED)])
def test_what_happened_to_it_shows_in_every_form(lite: World, move: str, state: State) -> None:
    forms = evidence(lite)
    first = acting(Role.BODY_ADMIN, "first", organisation=forms.issuer)
    if move == "suspend":
        lite.perform(actions.suspend, actor=first, number=NUMBER, reason="error")
    else:
        lite.perform(take_back, number=NUMBER, move="revoke", reason="fraud")
    trust = trusting(lite)
    for data in (forms.pdf, forms.credential, forms.address.encode(), png(forms.address)):
        assert judged(lite, data).state is state
        assert inspect(data, trust, now(lite)).state is state
        assert dict(judged(lite, data).steps)["status"] is False


@pytest.mark.row(54)
def test_a_replaced_certificate_names_the_new_one(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(HOMES, "level")  # what certification does then has a test there
    forms = evidence(lite)
    new = replace(claims_for(lite, forms.who), number="Y000050000123263000002")
    lite.perform(supersede, number=NUMBER, claims=new)
    answer = judged(lite, forms.pdf)
    assert (answer.state, answer.replaced_by) == (State.SUPERSEDED, new.number)


def test_old_lists_and_old_keys_never_say_valid(held: tuple[World, Evidence, Trust]) -> None:
    world, forms, trust = held
    files = public_files(world)
    for data in (forms.pdf, forms.credential, forms.address.encode()):
        assert inspect(data, trust, now(world) + 13 * 3600).state is State.GENUINE_STATUS_OLD
        assert inspect(data, trust, now(world) + 8 * 86400).state is State.GENUINE_STATUS_UNKNOWN
        assert inspect(data, replace(trust, lists={}), now(world)).state is State.GENUINE_STATUS_UNKNOWN
        assert inspect(data, replace(trust, fetched_at=0), now(world)).state is State.GENUINE_STATUS_UNKNOWN
        torn = replace(trust, lists={1: files["status-1.cwt"][:-1]})
        assert inspect(data, torn, now(world)).state is State.GENUINE_STATUS_UNKNOWN


def test_no_bit_of_the_paper_is_free(held: tuple[World, Evidence, Trust]) -> None:
    """Every bit of the signature's place and its surroundings, and bits all over the file."""
    world, forms, trust = held
    at = forms.pdf.index(b"/ByteRange")
    start = forms.pdf.rindex(b"/Contents", 0, at)
    places = [*range(start - 40, start + 2_700, 5), *range(at - 30, len(forms.pdf), 5), *range(0, start, 997)]
    assert len(places) > 750
    for number, place in enumerate(places):
        flipped = bytearray(forms.pdf)
        flipped[place] ^= 1 << number % 8
        answer = inspect(bytes(flipped), trust, now(world))
        assert answer.state not in GENUINE, (place, number % 8)
        assert answer.subject is None


def test_the_hex_of_the_seal_has_one_spelling(held: tuple[World, Evidence, Trust]) -> None:
    world, forms, trust = held
    at = forms.pdf.index(b"/Contents <") + len(b"/Contents <")
    end = forms.pdf.index(b">", at)
    mixed = bytearray(forms.pdf)
    letter = next(i for i in range(at, end) if chr(forms.pdf[i]) in "ABCDEF")
    mixed[letter] |= 0x20
    padded = forms.pdf[: end - 1] + b"1" + forms.pdf[end:]
    blank = forms.pdf[: end - 2] + b" \n" + forms.pdf[end:]
    for data in (bytes(mixed), padded, blank):
        assert inspect(data, trust, now(world)).reason == "changed"


def test_what_comes_after_the_seal_is_not_what_was_sealed(
    held: tuple[World, Evidence, Trust], monkeypatch: pytest.MonkeyPatch
) -> None:
    """pdfsig and pyHanko may call such files valid: ours does not."""
    world, forms, trust = held
    for tail in (b"\n", b"%", b"\n%%EOF\n", b"x" * 1000):
        assert inspect(forms.pdf + tail, trust, now(world)).reason == "appended"
    material = signer(world).seal_material(world.clock.now(), world.office.source)
    own = signers.SimpleSigner(signing_cert=seal._asn1(material.certificate), signing_key=_other_key(), cert_registry=None)
    out = BytesIO()
    meta = signers.PdfSignatureMetadata(field_name="Second", md_algorithm="sha256")
    writer = IncrementalPdfFileWriter(BytesIO(forms.pdf))
    monkeypatch.setattr(signers.PdfSigner, "_enforce_certification_constraints", lambda *_: None)  # it would refuse
    signers.PdfSigner(meta, signer=own).sign_pdf(writer, output=out)
    answer = inspect(out.getvalue(), trust, now(world))
    assert (answer.state, answer.reason) == (State.NOT_GENUINE, "second_seal")
    assert judged(world, out.getvalue()).reason == "second_seal"


def _other_key() -> object:
    from asn1crypto import keys
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.derive_private_key(7, ec.SECP256R1())
    return keys.PrivateKeyInfo.load(
        private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def test_another_makers_seal_is_not_ours(held: tuple[World, Evidence, Trust], tmp_path: Path) -> None:
    world, forms, trust = held
    stranger = make_world(tmp_path / "data", f"sqlite:///{tmp_path}/other.db")
    keys = KeyRing(tmp_path / "forged")
    keys.create_missing(world.clock.now(), stranger.office.source)
    from skills.credentials.signing import Signer

    forger = Signer(keys, world.settings.public_base)
    material = forger.seal_material(world.clock.now(), stranger.office.source)
    bare = forms.pdf[: forms.pdf.index(b"%%EOF") + 6]
    forged = seal.seal(bare, material.key, material.certificate, material.root, world.clock.now(), "forged")
    answer = inspect(forged, trust, now(world))
    assert (answer.state, answer.reason) == (State.NOT_GENUINE, "seal_foreign")
    assert dict(answer.steps) == {"format": True, "signature": None, "issuer": False} | dict.fromkeys(STEPS[3:])
    unsealed = inspect(bare, trust, now(world))
    assert (unsealed.state, unsealed.reason) == (State.NOT_GENUINE, "no_seal")
    stranger.engine.dispose()


def test_a_withdrawn_key_ends_what_it_signed(lite: World) -> None:
    forms = evidence(lite)
    keys = lite.tool(KeyRing)
    for purpose in ("seal", "qr", "vc"):
        keys.compromise(keys.active(purpose).kid, lite.clock.now(), lite.office.source)
    signed = type(signer(lite))(KeyRing(lite.settings.keys_dir), lite.settings.public_base)
    trust = signed.public_files({}, lite.clock.now())
    for data, reason in (
        (forms.pdf, "revoked_key"), (forms.address.encode(), "revoked_key"), (forms.credential, "unknown_key"),
    ):  # fmt: skip
        answer = inspect(data, trust, now(lite))
        assert (answer.state, answer.reason, dict(answer.steps)["issuer"]) == (State.NOT_GENUINE, reason, False)
    lite.asked = True  # a stolen key ends every promise about what it signed


def test_a_seal_outlives_its_certificate(held: tuple[World, Evidence, Trust]) -> None:
    """Judged at the moment of sealing: in five years the same file is still the same file."""
    world, forms, trust = held
    later = world.clock.now() + timedelta(days=5 * 365)
    fresh = replace(
        trust, fetched_at=int(later.timestamp()), lists={1: signer(world).phone_list(1, {}, later)},
    )  # fmt: skip
    assert inspect(forms.pdf, fresh, int(later.timestamp())).state is State.VALID


def test_what_the_record_does_not_know_is_not_genuine(lite: World) -> None:
    """A stolen key makes signatures that fit; the record and the log do not know them."""
    forms = evidence(lite)
    claims = replace(claims_for(lite, forms.who), number="Y000050000123263000009", holder_name="冒名者")
    forged = {
        "code": signer(lite).code(claims, 77, lite.clock.now()),
        "credential": signer(lite).credential(claims, 77, lite.clock.now()),
    }
    from skills.credentials import cose

    address = cose.qr_url(lite.settings.public_base, claims.number, forged["code"])
    assert judged(lite, address.encode()).reason == "not_on_record"
    assert judged(lite, address.encode()).state is State.NOT_GENUINE
    assert judged(lite, forged["credential"]).reason == "other_bytes"
    # The same number with other contents.
    renamed = replace(claims_for(lite, forms.who), holder_name="冒名者")
    address = cose.qr_url(lite.settings.public_base, NUMBER, signer(lite).code(renamed, 77, lite.clock.now()))
    assert judged(lite, address.encode()).reason == "not_on_record"
    with writing(lite.engine) as db:
        db.execute(text("update certificate_paper set digest = :d"), {"d": "0" * 64})
    assert judged(lite, forms.pdf).reason == "not_on_record"
    with writing(lite.engine) as db:
        db.execute(text("delete from log_leaf where source like 'issue:%'"))
    assert judged(lite, forms.address.encode()).reason == "log_proof"
    lite.asked = True


def test_a_log_that_was_rewritten_is_named(held: tuple[World, Evidence, Trust]) -> None:
    world, forms, trust = held
    answer = inspect(forms.pdf, trust, now(world))
    assert answer.log is not None
    forked = replace(trust, heads={answer.log.size: b"\0" * 32})
    assert inspect(forms.pdf, forked, now(world)).reason == "log_forked"
    other_log = replace(trust, logs=[])
    assert inspect(forms.pdf, other_log, now(world)).reason == "log_proof"


# credentials ------------------------------------------------------------------------------------------------------


def poison(nodes: int = 7) -> bytes:
    """A small JSON that holds an RDF canonicaliser for seconds: blank nodes that all look alike."""
    names = [f"_:n{i}" for i in range(nodes)]
    body = {
        "@context": badge.CONTEXT,
        "id": "http://localhost/v/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:localhost"},
        "evidence": [{"id": a, "narrative": {"id": b}} for a in names for b in names if a != b],
    }
    return json.dumps(body).encode()


def test_strangers_json_is_never_canonicalised(
    held: tuple[World, Evidence, Trust], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, forms, trust = held
    document = json.loads(forms.credential)

    def changed(**parts: object) -> bytes:
        return json.dumps({**document, **parts}, ensure_ascii=False, separators=(",", ":")).encode()

    def canonicalise(*_args: object, **_more: object) -> str:
        raise AssertionError("canonicalised")

    strange = {
        poison(): "form",
        b'{"a":' * 3_000: "json",
        b"[" * 16_000: "json",
        b'{"type": "OpenBadgeCredential"}': "context",
        b'{"type": "OpenBadgeCredential", "@context": "https://evil.example/"}': "context",
        changed(**{"@context": [*badge.CONTEXT, "https://evil.example/c.json"]}): "context",
        changed(evil=1): "form",
        changed(name=["x"]): "form",
        changed(name="_:b0"): "form",
        changed(id="https://evil.example/v/1"): "form",
        changed(issuer={**document["issuer"], "id": "did:web:evil.example"}): "foreign_issuer",
        changed(credentialStatus=[]): "form",
        changed(proof=document["proof"] * 2): "form",
        forms.credential.replace(b'"name":', b'"name":1,"name":', 1): "json",
        forms.credential + b" " * 16_384: "too_long",
        b'{"a": ' + b"9" * 5_000 + b"}": "json",
    }
    with monkeypatch.context() as patch:
        patch.setattr(badge.jsonld, "normalize", canonicalise)
        for data, reason in strange.items():
            assert inspect(data, trust, now(world)).reason == reason, data[:200]
            assert judged(world, data).state is State.NOT_GENUINE
    # Of our form, but with another name: the proof does not fit; for the record it is simply other bytes.
    other = forms.credential.replace(forms.who.name.encode(), "冒名者".encode())
    assert inspect(other, trust, now(world)).reason == "signature"
    assert judged(world, other).reason == "other_bytes"
    # Saved anew by a wallet: the same meaning, other bytes.
    wallet = json.dumps(document, indent=1).encode()
    assert inspect(wallet, trust, now(world)).state is State.VALID
    assert judged(world, wallet).reason == "other_bytes"


def test_every_kind_of_certificate_has_the_form(held: tuple[World, Evidence, Trust]) -> None:
    world, forms, _ = held
    level = claims_for(world, forms.who)
    none: dict[str, Any] = {"occupation_code": "", "occupation_name": "", "branch": "--", "level_rank": None}
    plain = replace(level, kind="completion", award="直播带货", hours="40学时", **none)
    day = world.today + timedelta(days=365)
    for claims in (
        level, replace(level, branch="--", expires_on=day), plain,
        replace(plain, kind="competition", occupation_code="4-04-05-05", score="第一名"),
    ):  # fmt: skip
        made = badge.credential(claims, 5, world.clock.now(), "https://skills.example.cn")
        made["proof"] = json.loads(forms.credential)["proof"]
        assert own_form(made, "https://skills.example.cn")
        assert not own_form(made, "https://evil.example")


# pictures and other files -------------------------------------------------------------------------------------------


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to width × height grey pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b"\0" * (width + 1)) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_pictures_without_a_code_of_ours(held: tuple[World, Evidence, Trust]) -> None:
    world, forms, trust = held
    page = BytesIO()
    Image.new("RGB", (800, 600), "white").save(page, "PNG")
    cases = {
        page.getvalue(): "no_code",
        jpeg(forms.address)[:3000]: "no_code",
        png("https://example.com/"): "other_code",
        png("https://evil.example/v/" + forms.address.partition("/v/")[2]): "foreign_address",
        png(forms.address.partition("#")[0]): "number_only",
        png(forms.address.replace(NUMBER, NUMBER[:-1] + "2")): "other_number",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100: "no_code",
        b"\xff\xd8\xff" + b"\xff" * 1000: "no_code",
    }
    for data, reason in cases.items():
        for answer in (inspect(data, trust, now(world)), judged(world, data)):
            assert (answer.reason, answer.subject, answer.valid) == (reason, None, False)


def test_a_scan_saved_as_pdf_is_read_for_its_code(held: tuple[World, Evidence, Trust]) -> None:
    world, forms, trust = held
    out = BytesIO()
    Image.open(BytesIO(jpeg(forms.address))).save(out, "PDF")
    answer = inspect(out.getvalue(), trust, now(world))
    assert (answer.what, answer.state) == ("picture", State.VALID)
    blank = BytesIO()
    Image.new("RGB", (800, 600), "white").save(blank, "PDF")
    assert inspect(blank.getvalue(), trust, now(world)).reason == "no_seal"


def test_hostile_files_take_no_time(held: tuple[World, Evidence, Trust]) -> None:
    world, _, trust = held
    hostile = [
        poison(40), b"%PDF-" + b"/ByteRange [0 1 2 3]" * 200_000, b"%PDF-1.7" + b"<<" * 2_400_000,
        b"%PDF-1.7 /ByteRange [0 9 5000000 0] <" + b"30" * 2_400_000 + b">", bomb(12_000, 12_000), bomb(5_000, 5_000),
        b"%PDF-" + b"\xff\xd8\xff" * 1_600_000, b"\xff" * 5_000_000, b"{" * 5_000_000, b" " * 5_000_001,
        b"%PDF-1.7 /ByteRange [0 30 62000 10]" + b"<" + b"3080" * 15_000 + b">", b"/v/" * 2_000,
    ]  # fmt: skip
    for data in hostile:
        begun = time.process_time()
        answer = inspect(data, trust, now(world))
        assert answer.state not in GENUINE
        assert time.process_time() - begun < 10, data[:30]  # ten times what it may take on a quiet machine
    assert pictures.codes(bomb(12_000, 12_000)) == []


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_anything_ends_in_an_answer(held: tuple[World, Evidence, Trust], data: bytes) -> None:
    world, _, trust = held
    for start in (b"", b"%PDF-1.7 /ByteRange [0 40 60 20]", b"{", b"\x89PNG\r\n\x1a\n", b"http://localhost/v/1#"):
        answer = inspect(start + data, trust, now(world))
        assert not answer.valid
        assert answer.subject is None
        json.dumps(answer.plain())


@settings(max_examples=200, deadline=None)
@given(cut=st.integers(0, 400), bit=st.integers(0, 7))
def test_no_bit_of_a_code_is_free(held: tuple[World, Evidence, Trust], cut: int, bit: int) -> None:
    world, forms, trust = held
    raw = bytearray(forms.address.encode())
    raw[cut % len(raw)] ^= 1 << bit
    answer = inspect(bytes(raw), trust, now(world))
    assert answer.state not in GENUINE
    assert inspect_text(forms.address[: cut % len(raw)], trust, now(world)).state not in GENUINE


def test_pdfsig_and_we_agree_on_the_seal(held: tuple[World, Evidence, Trust], tmp_path: Path) -> None:
    world, forms, trust = held
    changed = bytearray(forms.pdf)
    changed[3_000] ^= 1
    for data, good in ((forms.pdf, True), (bytes(changed), False)):
        file = tmp_path / "c.pdf"
        file.write_bytes(data)
        said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True).stdout
        assert ("Signature is Valid" in said) is good
        assert inspect(data, trust, now(world)).valid is good
