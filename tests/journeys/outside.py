"""Reads a certificate's fragment with code that is not the application's: base64, CBOR and ECDSA libraries alone."""

from __future__ import annotations

import base64
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

EC_POINT = 32


def opened(fragment: str, keys: dict[str, Any]) -> dict[str, str]:
    """Number and name of a fragment signed by one of the published QR keys. Raises ValueError otherwise."""
    try:
        protected, _, payload, signature = cbor2.loads(_bytes(fragment))
        kid = cbor2.loads(protected)[4].hex()
    except Exception as error:
        raise ValueError("no signature can be read") from error
    fact = keys.get(kid)
    if fact is None or fact["purpose"] != "qr" or fact["revoked"]:
        raise ValueError("signature of no published key")
    x, y = (int.from_bytes(_bytes(fact["jwk"][name]), "big") for name in ("x", "y"))
    r, s = (int.from_bytes(signature[at : at + EC_POINT], "big") for at in (0, EC_POINT))
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    try:
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(
            encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature as error:
        raise ValueError("the signature does not hold") from error
    held = cbor2.loads(payload)
    return {"number": held[7].decode(), "name": held[-70000][1]}


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
