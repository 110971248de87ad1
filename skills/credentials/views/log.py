"""The log that everybody may fetch, keep and compare: heads, tiles, proofs (C2SP tlog-tiles). Digests only.

The certificate log lies under `/log/`, the log of all acts of the house under `/log/audit/`.
"""

from __future__ import annotations

import json
from itertools import pairwise

from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.credentials.queries import receipt_of, stood_before_theft
from skills.kernel import log, logcheck, merkle, tiles
from skills.kernel.errors import Missing
from skills.kernel.keyfiles import raw_of
from skills.kernel.keys import KeyRing
from skills.web.limits import look_up_limit
from skills.web.pages import PUBLIC, Room, db, settings, tool

room = Room("log", __name__)
OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
FOR_EVER = {**OPEN, "Cache-Control": "public, max-age=31536000, immutable"}


@room.get("/log/checkpoint", may=PUBLIC)
def checkpoint() -> ResponseReturnValue:
    """The newest signed head of the certificate log."""
    return _checkpoint(log.CERTIFICATES)


@room.get("/log/audit/checkpoint", may=PUBLIC)
def audit_checkpoint() -> ResponseReturnValue:
    """The newest signed head of the log of acts."""
    return _checkpoint(log.AUDIT)


@room.get("/log/vkey", may=PUBLIC)
def vkey() -> ResponseReturnValue:
    """The keys that sign the certificate log, as auditors' tools take them; the one in use first."""
    return _vkeys(log.CERTIFICATES)


@room.get("/log/audit/vkey", may=PUBLIC)
def audit_vkey() -> ResponseReturnValue:
    """The keys that sign the log of acts."""
    return _vkeys(log.AUDIT)


@room.get("/log/tile/<path:address>", may=PUBLIC)
def tile(address: str) -> ResponseReturnValue:
    """256 hashes of the certificate log's tree, or 256 of its entries. The same for ever."""
    return _tile(log.CERTIFICATES, address)


@room.get("/log/audit/tile/<path:address>", may=PUBLIC)
def audit_tile(address: str) -> ResponseReturnValue:
    """256 hashes of the tree of acts, or 256 of its entries, which are digests."""
    return _tile(log.AUDIT, address)


@room.get("/log/consistency", may=PUBLIC)
def consistency() -> ResponseReturnValue:
    """The proof that the certificate log of `first` entries is a beginning of that of `second`."""
    return _consistency(log.CERTIFICATES)


@room.get("/log/audit/consistency", may=PUBLIC)
def audit_consistency() -> ResponseReturnValue:
    """The same for the log of acts."""
    return _consistency(log.AUDIT)


@room.get("/log/handovers", may=PUBLIC)
def handovers() -> ResponseReturnValue:
    """How each log key was handed over to the next: an entry that names it, under a head that the one before signed."""
    return _handovers()


@room.get("/log/audit/handovers", may=PUBLIC)
def audit_handovers() -> ResponseReturnValue:
    """The same keys sign the log of acts."""
    return _handovers()


@room.get("/log/standing", may=PUBLIC)
@look_up_limit
def standing() -> ResponseReturnValue:
    """For a code whose key was declared stolen: whether the log held its certificate before that.

    Asked with the number and the SHA-256 of the code's bytes; nothing personal is sent or told.
    """
    number, digest = request.args.get("number", "")[:40], _hex(request.args.get("code", ""))
    return _json({"before_theft": stood_before_theft(db(), number, digest)})


@room.get("/log/proof", may=PUBLIC)
def proof() -> ResponseReturnValue:
    """The proof that a signed credential (by its SHA-256, in hex) stands in the log."""
    found = receipt_of(db(), request.args.get("hash", "").lower())
    if found is None:
        raise Missing("log.no_entry")
    return _json({"index": found.seq, "checkpoint": found.checkpoint, "hashes": [h.hex() for h in found.hashes]})


def _checkpoint(stream: str) -> Response:
    top = log.head(db(), stream)
    if top is None:
        raise Missing("log.empty")
    return Response(top.note, mimetype="text/plain", headers=OPEN)


def _vkeys(stream: str) -> Response:
    ring = _ring()
    origin = f"{settings().host}/{stream}"
    held = [ring.ed25519(fact.kid).public_key() for fact in reversed(ring.of("log")) if not fact.revoked]
    return Response("".join(f"{merkle.verifier_key(origin, k)}\n" for k in held), mimetype="text/plain", headers=OPEN)


def _handovers() -> Response:
    ring = _ring()
    told = []
    for old, new in pairwise(ring.of("log")):
        key = ring.ed25519(old.kid).public_key()
        found = logcheck.handover(db(), f"key:rotated:{new.kid}", key)
        if found is not None and not old.revoked:
            told.append(
                {
                    "public": raw_of(ring.public(new.kid)).hex(), "leaf": found.leaf.hex(), "index": found.seq,
                    "checkpoint": found.checkpoint, "hashes": [h.hex() for h in found.hashes],
                }
            )  # fmt: skip
    return _json(told)


def _ring() -> KeyRing:
    return tool(KeyRing)


def _tile(stream: str, address: str) -> Response:
    try:
        found = log.tile(db(), stream, tiles.read_path(address))
    except tiles.BadTile:
        found = None
    if found is None:
        raise Missing("log.no_entry")
    return Response(found, mimetype="application/octet-stream", headers=FOR_EVER)


def _consistency(stream: str) -> Response:
    first, second = request.args.get("first", 0, int), request.args.get("second", 0, int)
    if not 0 < first <= second <= log.size_of(db(), stream):
        raise Missing("log.no_entry")
    hashes = log.StoredTree(db(), stream, second).consistency(first)
    return _json({"first": first, "second": second, "hashes": [h.hex() for h in hashes]})


def _json(body: object) -> Response:
    return Response(json.dumps(body), mimetype="application/json", headers=OPEN)


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Missing("log.no_entry") from None
