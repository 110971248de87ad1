"""Software that others wrote accepts what is good and refuses what is not: credentials, codes, lists and papers.

Every case stands for all three kinds of certificate. None of these programs sees our code or a network: they get the
files that we publish and the bytes that a holder has.
"""

from __future__ import annotations

import base64
import json
import subprocess
import zlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import cbor2
import pikepdf
import pytest
import zxingcpp
from asn1crypto.keys import PrivateKeyInfo
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from PIL import Image
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from skills.credentials import badge, cose, seal
from skills.kernel import keyfiles
from skills.kernel.keyfiles import SoftKey
from tests.outside import programs
from tests.outside.stage import BASE, DID, FIRST, KINDS, PRESENT, PRINTED, STATES, Stage, set_up

pytestmark = pytest.mark.xdist_group("outside")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Eighteen certificates: three kinds in six states."""
    made = set_up(tmp_path_factory.mktemp("stage"))
    made.world.holds(without=("certification", "courses", "competitions", "aftercare"))
    return made


# ---- credentials


def renamed(document: Json) -> None:
    document["credentialSubject"]["identifier"][0]["identityHash"] = "王小明"


def promoted(document: Json) -> None:
    document["credentialSubject"]["achievement"]["name"] = "首席技师"


def prolonged(document: Json) -> None:
    document["validUntil"] = "2099-12-31T16:00:00Z"


def unlisted(document: Json) -> None:
    del document["credentialStatus"]


def moved_in_the_list(document: Json) -> None:
    for entry in document["credentialStatus"]:
        entry["statusListIndex"] = str(int(entry["statusListIndex"]) ^ 1)
        entry["id"] = entry["id"].partition("#")[0] + "#" + entry["statusListIndex"]


def unsigned(document: Json) -> None:
    del document["proof"]


def one_letter_of_the_proof(document: Json) -> None:
    value = document["proof"][0]["proofValue"]
    document["proof"][0]["proofValue"] = value[:20] + ("2" if value[20] != "2" else "3") + value[21:]


def undefined_term(document: Json) -> None:
    document["favouriteColour"] = "red"


CHANGES: dict[str, Callable[[Json], None]] = {
    change.__name__: change
    for change in (renamed, promoted, prolonged, unlisted, moved_in_the_list, unsigned, one_letter_of_the_proof, undefined_term)
}


def changed(text: str, change: Callable[[Json], None]) -> str:
    document = json.loads(text)
    change(document)
    return json.dumps(document, ensure_ascii=False)


def forged(text: str, kid: str) -> str:
    """The same statement, properly signed by somebody else's key under a name of ours (or of nobody's)."""
    document = json.loads(text)
    del document["proof"]
    stranger = ed25519.Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
    return badge.sign(document, stranger, kid, FIRST, BASE).decode()


def bad_credentials(stage: Stage) -> dict[str, str]:
    """By kind and fault: what nobody may accept."""
    kid = json.loads(stage.files[f"{BASE}/.well-known/did.json"])["verificationMethod"][0]["id"].partition("#")[2]
    found = {}
    for kind in KINDS:
        good, other = (stage.credentials[f"{kind} {state}"].decode() for state in ("good", "before_rotation"))
        found |= {f"{kind} {name}": changed(good, change) for name, change in CHANGES.items()}
        found[f"{kind} proof of another"] = json.dumps({**json.loads(good), "proof": json.loads(other)["proof"]})
        found[f"{kind} forged under our key's name"] = forged(good, kid)
        found[f"{kind} signed by a key we never had"] = forged(good, "0badc0de")
    return found


@pytest.fixture(scope="module")
def answers(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the npm packages say of everything, asked once."""
    folder = tmp_path_factory.mktemp("pictures")
    good = {name: data.decode() for name, data in stage.credentials.items()}
    order = {
        "now": PRESENT.isoformat(),
        "files": {address: data.decode() for address, data in stage.files.items() if not address.endswith(".cwt")},
        "credentials": good | bad_credentials(stage),
        "pictures": {name: pixels(photographed(stage.papers[name], folder), folder) for name in PRINTED},
    }
    answered: Json = programs.node(programs.HERE / "ask.mjs", order)
    return answered


@pytest.fixture(scope="module")
def python_answers(stage: Stage) -> Json:
    """What the Python packages say of everything, asked once."""
    messages = stage.codes | bad_codes(stage) | {"list": stage.files[f"{BASE}/status/1.cwt"]}
    order = {
        "now": PRESENT.isoformat(),
        "files": {address: data.decode() for address, data in stage.files.items() if not address.endswith(".cwt")},
        "credentials": {name: data.decode() for name, data in stage.credentials.items()} | bad_credentials(stage),
        "messages": {name: base64.b64encode(data).decode() for name, data in messages.items()},
        "keys": json.loads(stage.files[f"{BASE}/keys.json"]),
    }
    answered: Json = programs.oracles(order)
    return answered


def bazaar_says(answer: Json) -> str:
    """Digital Bazaar's word; it calls a revoked credential verified and leaves the bits to the caller."""
    if not answer["verified"]:
        return "expired" if "validUntil" in answer["error"] else "refused"
    assert answer["statuses"].keys() == {"revocation", "suspension"}
    return next((purpose for purpose, bit in answer["statuses"].items() if bit), "good")


def core_says(answer: Json) -> str:
    """The Digital Credentials Consortium's word. That no registry of theirs names the issuer is no fault of the paper."""
    steps = answer["steps"]
    if answer["errors"] or steps.get("valid_signature") is not True:
        return "refused"
    assert steps.keys() == {"valid_signature", "expiration", "revocation_status", "suspension_status", "registered_issuer"}
    for step, word in (("expiration", "expired"), ("revocation_status", "revocation"), ("suspension_status", "suspension")):
        if steps[step] is not True:
            return word
    return "good"


def lib_says(answer: str) -> str:
    """openbadgeslib's word."""
    for sign, word in (("has expired", "expired"), ("'revocation' is set", "revocation"), ("'suspension' is set", "suspension")):
        if sign in answer:
            return word
    return "refused" if answer else "good"


TRUTH = {
    "before_rotation": "good", "good": "good", "expired": "expired", "revoked": "revocation", "suspended": "suspension",
    "superseded": "revocation",
}  # fmt: skip


@pytest.mark.row(52)
def test_digital_bazaar_tells_every_credential_apart(answers: Json, stage: Stage) -> None:
    said = {name: bazaar_says(answer) for name, answer in answers["bazaar"].items()}
    assert said == expected(stage)


@pytest.mark.row(52)
def test_the_credentials_consortium_tells_every_credential_apart(answers: Json, stage: Stage) -> None:
    said = {name: core_says(answer) for name, answer in answers["core"].items()}
    without_status = {f"{kind} unlisted" for kind in KINDS}
    assert {name: word for name, word in said.items() if name not in without_status} == {
        name: word for name, word in expected(stage).items() if name not in without_status
    }
    assert {said[name] for name in without_status} == {"refused"}


def test_openbadgeslib_tells_every_credential_apart(python_answers: Json, stage: Stage) -> None:
    said = {name: lib_says(answer) for name, answer in python_answers["badges"].items()}
    assert said == expected(stage)


def expected(stage: Stage) -> dict[str, str]:
    """The truth about every credential that was asked about."""
    good = {f"{kind} {state}": TRUTH[state] for kind in KINDS for state in STATES}
    assert good.keys() == stage.credentials.keys()
    return good | dict.fromkeys(bad_credentials(stage), "refused")


def test_verifiers_need_nothing_but_what_is_published_and_the_standards_contexts(answers: Json) -> None:
    ours = {address for address in answers["asked"] if address.startswith(BASE)}
    assert ours == {f"{BASE}/.well-known/did.json", f"{BASE}/status/revocation/1", f"{BASE}/status/suspension/1"}
    assert set(answers["asked"]) - ours == set(badge._FILES)


# ---- codes


def bad_codes(stage: Stage) -> dict[str, bytes]:
    """Codes whose signature does not hold, under the keys' true names."""
    found = {}
    for kind in KINDS:
        good = stage.codes[f"{kind} good"]
        inside, last = bytearray(good), bytearray(good)
        inside[len(good) // 2] ^= 1
        last[-1] ^= 1
        stranger = SoftKey(ec.derive_private_key(99, ec.SECP256R1()))
        header, _, body, signature = _parts(good)
        _, _, _, strange = _parts(cose.sign(cbor2.loads(body), stranger))
        found |= {
            f"{kind} bit of the contents": bytes(inside),
            f"{kind} bit of the signature": bytes(last),
            f"{kind} forged": _join(header, body, strange),
            f"{kind} contents of another": _join(header, _parts(stage.codes[f"{kind} expired"])[2], signature),
            f"{kind} unknown key": cose.sign(cbor2.loads(body), stranger),
        }
    return found


def _parts(message: bytes) -> tuple[bytes, Any, bytes, bytes]:
    protected, unprotected, body, signature = cbor2.loads(message)
    return protected, unprotected, body, signature


def _join(protected: bytes, body: bytes, signature: bytes) -> bytes:
    return cbor2.dumps([protected, {}, body, signature])


@pytest.mark.parametrize("library", ["cwt", "cose"])
def test_two_cose_libraries_accept_every_code_and_no_other(library: str, python_answers: Json, stage: Stage) -> None:
    said = python_answers[library]
    for name, number in stage.numbers.items():
        assert isinstance(said[name], dict), (name, said[name])
        assert bytes.fromhex(said[name]["7"]).decode() == number
        assert said[name]["-70000"]["1"] == "古丽·𠮷"
        assert said[name]["-70000"]["5"] == KINDS.index(name.split()[0]) + 1
    for name in bad_codes(stage):
        assert isinstance(said[name], str), name


@pytest.mark.parametrize("library", ["cwt", "cose"])
def test_the_phones_list_opens_elsewhere_and_says_the_same(library: str, python_answers: Json, stage: Stage) -> None:
    """IETF Token Status List with two bits, read by its text: zlib, least significant bits first."""
    content = python_answers[library]["list"]
    assert content["2"] == f"{BASE}/status/1.cwt"
    assert content["4"] > content["6"] == int(PRESENT.timestamp())
    assert content["65533"]["bits"] == 2
    packed = zlib.decompress(bytes.fromhex(content["65533"]["lst"]))
    bits = {"revoked": 1, "suspended": 2, "superseded": 3}
    for name in stage.numbers:
        place = python_answers[library][name]["-70000"]["4"]
        assert packed[place // 4] >> place % 4 * 2 & 3 == bits.get(name.split()[1], 0), name
    assert sum((byte >> shift & 3) != 0 for byte in packed for shift in (0, 2, 4, 6)) == len(KINDS) * len(bits)


def photographed(paper: bytes, folder: Path) -> Path:
    """The page at 150 dpi."""
    (folder / "page.pdf").write_bytes(paper)
    command = ["pdftoppm", "-r", "150", "-png", "-singlefile", str(folder / "page.pdf"), str(folder / "page")]
    subprocess.run(command, check=True)
    return folder / "page.png"


def pixels(picture: Path, folder: Path) -> Json:
    """What a camera that is held over the code sees, as bare RGBA bytes for jsQR: the lower left third of the page.

    jsQR looks for one code and is led astray by the frame's ornament if it is given the whole page.
    """
    with Image.open(picture) as whole:
        image = whole.crop((0, whole.height // 2, whole.width * 35 // 100, whole.height))
        file = folder / f"{len(list(folder.iterdir()))}.rgba"
        file.write_bytes(image.convert("RGBA").tobytes())
        return {"file": str(file), "width": image.width, "height": image.height}


@pytest.mark.parametrize("name", PRINTED)
def test_two_readers_find_the_code_on_the_printed_page(name: str, answers: Json, stage: Stage, tmp_path: Path) -> None:
    address = cose.qr_url(BASE, stage.numbers[name], stage.codes[name])
    assert answers["codes"][name] == address
    with Image.open(photographed(stage.papers[name], tmp_path)) as page:
        assert [found.text for found in zxingcpp.read_barcodes(page)] == [address]


# ---- papers


def bad_papers(stage: Stage) -> dict[str, bytes]:
    """By kind and fault."""
    found = {}
    for kind in KINDS:
        good = stage.papers[f"{kind} good"]
        stream = good.index(b"stream", len(good) // 2)
        flipped = bytearray(good)
        flipped[stream + 40] ^= 1
        found |= {f"{kind} bit": bytes(flipped), f"{kind} byte appended": good + b"\n", f"{kind} cut": good[:-100]}
        found |= {f"{kind} edited": edited(good), f"{kind} re-sealed by a stranger": sealed_by_a_stranger(unsealed(good))}
    return found


def edited(paper: bytes) -> bytes:
    """Opened and saved by an editor, with another title."""
    out = BytesIO()
    with pikepdf.open(BytesIO(paper)) as pdf:
        pdf.docinfo["/Title"] = "首席技师"
        pdf.save(out)
    return out.getvalue()


def unsealed(paper: bytes) -> bytes:
    """The paper with the seal and its permissions torn off."""
    out = BytesIO()
    with pikepdf.open(BytesIO(paper)) as pdf:
        for part in ("/AcroForm", "/Perms", "/Extensions"):
            if part in pdf.Root:
                del pdf.Root[part]
        if "/Annots" in pdf.pages[0]:
            del pdf.pages[0]["/Annots"]
        pdf.save(out)
    return out.getvalue()


def sealed_by_a_stranger(paper: bytes) -> bytes:
    """Sealed again, faultlessly, under a root that bears our name."""
    keys = [ec.derive_private_key(n, ec.SECP256R1()) for n in (71, 72)]
    root = keyfiles.make_root(keys[0], "满天星 Document Root", FIRST, 1)
    certificate = keyfiles.make_seal_certificate(keys[1].public_key(), "满天星 Seal", root, keys[0], FIRST, 2)
    return seal.seal(paper, SoftKey(keys[1]), certificate, root, FIRST + timedelta(days=1), "重庆星图软件有限公司")


GOOD_SEAL = {"intact": True, "trusted": True, "bottom_line": True, "whole": True, "seals": 1}


@pytest.mark.row(51)
def test_pyhanko_trusts_every_paper_under_the_root_alone_and_no_other(stage: Stage) -> None:
    said = programs.pyhanko(stage.root, PRESENT, stage.papers | bad_papers(stage))
    assert {name: said[name] for name in PRINTED} == dict.fromkeys(PRINTED, GOOD_SEAL)
    for name in bad_papers(stage):
        assert said[name] != GOOD_SEAL, name


def test_a_paper_is_still_good_when_its_holder_shows_it_thirty_years_later(stage: Stage) -> None:
    later = PRESENT + timedelta(days=30 * 365)
    assert programs.pyhanko(stage.root, later, stage.papers) == dict.fromkeys(PRINTED, GOOD_SEAL)
    for name in PRINTED:
        assert seal.check_pdf(stage.papers[name], stage.seal_root, "skills.example.org", later).intact


@pytest.mark.parametrize("name", PRINTED)
def test_poppler_finds_the_seal_valid_and_the_whole_document_sealed(name: str, stage: Stage, tmp_path: Path) -> None:
    said = programs.pdfsig(stage.papers[name], tmp_path)
    assert said.count("Signature Validation:") == 1
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@pytest.mark.parametrize("kind", KINDS)
def test_poppler_refuses_what_was_changed(kind: str, stage: Stage, tmp_path: Path) -> None:
    for fault in ("bit", "byte appended", "cut", "edited"):
        said = programs.pdfsig(bad_papers(stage)[f"{kind} {fault}"], tmp_path)
        assert not ("Signature is Valid" in said and "Total document signed" in said), (fault, said)


def signed_again(paper: bytes) -> bytes:
    """A second signature laid upon the seal, by a library that was told to ignore what the seal allows."""
    keys = [ec.derive_private_key(n, ec.SECP256R1()) for n in (71, 72)]
    root = keyfiles.make_root(keys[0], "满天星 Document Root", FIRST, 1)
    certificate = keyfiles.make_seal_certificate(keys[1].public_key(), "满天星 Seal", root, keys[0], FIRST, 2)
    signer = signers.SimpleSigner(
        signing_cert=seal._asn1(certificate),
        signing_key=PrivateKeyInfo.load(keys[1].private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=SimpleCertificateStore.from_certs([seal._asn1(root)]),
    )
    meta = signers.PdfSignatureMetadata(field_name="Second", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    out = BytesIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(signers.PdfSigner, "_enforce_certification_constraints", lambda *_: None)
        signers.PdfSigner(meta, signer=signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(paper)), output=out)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_signature_is_refused_and_shows(kind: str, stage: Stage, tmp_path: Path) -> None:
    paper = stage.papers[f"{kind} good"]
    with pytest.raises(ValueError, match="cannot seal"):
        sealed_by_a_stranger(paper)  # the seal allows no change, and honest software keeps to it
    twice = signed_again(paper)
    assert "Not total document signed" in programs.pdfsig(twice, tmp_path)
    first = programs.pyhanko(stage.root, PRESENT, {"twice": twice})["twice"]
    assert (first["bottom_line"], first["whole"], first["seals"]) == (False, False, 2)
    assert not seal.check_pdf(twice, stage.seal_root, "skills.example.org", PRESENT).intact


@pytest.mark.parametrize("name", PRINTED)
def test_what_lies_inside_the_paper_is_what_verifiers_accept(name: str, stage: Stage, tmp_path: Path) -> None:
    inside = programs.attachments(stage.papers[name], tmp_path)
    assert inside["credential.json"] == stage.credentials[name]
    assert json.loads(inside["credential.json"])["issuer"]["id"] == DID
    assert json.loads(inside["receipt.json"]).keys() >= {"leaf", "index", "checkpoint", "hashes"}

