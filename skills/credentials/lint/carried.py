"""What a certificate carries: status index, payload, badge, photo, and what it replaces (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image

from skills.credentials import badge, cose, statuslist
from skills.credentials.claims import KIND_CODE, NO_BRANCH
from skills.credentials.lint import Book, Fault, when
from skills.credentials.lint.draft import ADDRESS, DOCUMENT, Draft, texts

MOST_ADDRESS = 666  # bytes of a version 20 symbol, level M: the widest that the place on the paper holds
AROUND = 64 + 16  # bytes: signature, headers and the lengths around them
PHOTO_PIXELS = (295, 413)
PHOTO_BYTES = 300_000

BOOK: Book[Draft] = Book()
rule = BOOK.rule


# Status, payload, badge -----------------------------------------------------------------------------------------


@rule("L042")
def status_index_inside_a_list(d: Draft) -> Fault:
    return when(not 0 <= d.status_index < d.places, index=d.status_index, places=d.places)


@rule("L043")
def payload_says_the_claims(d: Draft) -> Fault:
    try:
        said = cose.read_payload(d.payload)
    except cose.NotGenuine as no:
        return {"part": no.reason}
    c = d.claims
    pairs = {
        "number": (said.number, c.number), "name": (said.name, c.holder_name), "kind": (said.kind, KIND_CODE[c.kind]),
        "occupation": (said.occupation or "", c.occupation_code), "level": (said.level, c.level_rank),
        "award": (said.award or "", c.award), "index": (said.status_index, d.status_index),
        "issued": (said.issued_at, int(d.at.timestamp())), "expires": (said.expires_at is None, c.expires_on is None),
    }  # fmt: skip
    return _differing(pairs)


@rule("L044")
def code_fits_its_place(d: Draft) -> Fault:
    signed = d.payload + bytes(AROUND)
    size = len(cose.qr_url(d.public_base, d.claims.number, signed))
    return when(size > MOST_ADDRESS, size=size, most=MOST_ADDRESS)


@rule("L045")
def badge_says_the_claims(d: Draft) -> Fault:
    said, c = d.badge, d.claims
    subject = said.get("credentialSubject", {})
    what = subject.get("achievement", {})
    indexes = {entry.get("statusListIndex") for entry in said.get("credentialStatus", [])}
    place = str(statuslist.place(d.status_index)[1])
    names = [one.get("identityHash") for one in subject.get("identifier", [])]
    pairs = {
        "number": (said.get("id"), f"{d.public_base}/v/{c.number}"), "name": (names, [c.holder_name]),
        "issuer": (said.get("issuer", {}).get("name"), c.issuer_name),
        "occupation": (what.get("humanCode", ""), c.occupation_code),
        "branch": (what.get("specialization", NO_BRANCH), c.branch),
        "level": (c.level_words in what.get("name", ""), True), "index": (indexes, {place}),
        "expires": ("validUntil" not in said, c.expires_on is None),
    }  # fmt: skip
    return _differing(pairs)


@rule("L046")
def addresses_from_the_configuration_alone(d: Draft) -> Fault:
    known = {badge.VC, badge.OB, badge.OB_EXTENSIONS, badge.SCHEMA}
    own, foreign = urlsplit(d.public_base)[:2], set()
    for text in _strings(d.badge):
        foreign |= {a for a in ADDRESS.findall(text) if a not in known and urlsplit(a)[:2] != own}
        if text.startswith("did:") and text != badge.did_web(d.public_base):
            foreign.add(text)
    foreign |= {a for text in texts(d.claims) for a in ADDRESS.findall(text)}
    return when(bool(foreign), addresses=sorted(foreign)[:5])


@rule("L047")
def no_document_number_in_what_is_public(d: Draft) -> Fault:
    public = [*_strings(d.badge), *texts(d.claims)]
    return when(any(DOCUMENT.search(text.replace(d.claims.number, "")) for text in public))


# Photo and replacement ------------------------------------------------------------------------------------------


@rule("L048")
def photo_is_the_one_claimed(d: Draft) -> Fault:
    digest = hashlib.sha256(d.photo).hexdigest() if d.photo is not None else ""
    return when(digest != d.claims.photo_digest)


@rule("L049")
def photo_is_a_picture(d: Draft) -> Fault:
    return when(d.photo is not None and _pixels(d.photo) is None)


@rule("L050")
def photo_of_the_right_size(d: Draft) -> Fault:
    found = _pixels(d.photo) if d.photo is not None else None
    if d.photo is None or found is None:
        return None
    (width, height), (least_wide, least_high) = found, PHOTO_PIXELS
    shape = abs(width / height - least_wide / least_high) < 0.05
    fits = width >= least_wide and height >= least_high and shape and len(d.photo) <= PHOTO_BYTES
    kilobytes = {"size": len(d.photo) // 1000, "most": PHOTO_BYTES // 1000}
    return when(not fits, width=width, height=height, least=f"{least_wide}×{least_high}", **kilobytes)


@rule("L051")
def replaces_another_certificate(d: Draft) -> Fault:
    return when(d.replaces is not None and d.replaces == d.claims.number and not d.taken_over, number=d.claims.number)


def _differing(pairs: Mapping[str, tuple[object, object]]) -> Fault:
    wrong = [name for name, (said, meant) in pairs.items() if said != meant]
    return when(bool(wrong), part=wrong)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for held in value.values():
            yield from _strings(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _strings(held)


def _pixels(photo: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG or PNG; None for anything else."""
    try:
        with Image.open(BytesIO(photo), formats=("JPEG", "PNG")) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
