"""Asks Python verifiers that others wrote; run by the interpreter of build/oracles, which knows nothing of this project.

Reads an order from stdin, writes the answers to stdout:
  order   now (ISO), files {address: text}, credentials {name: text}, messages {name: base64}, keys (as /keys.json)
  answer  badges {name: "" or why not}, cwt {name: claims or why not}, cose {name: claims or why not}
"""

from __future__ import annotations

import base64
import json
import socket
import sys
import warnings
from datetime import datetime
from typing import Any

warnings.simplefilter("ignore")

import cbor2  # noqa: E402
import cwt  # noqa: E402
import openbadgeslib.ob3.ldp as ldp  # noqa: E402
import openbadgeslib.ob3.status as status  # noqa: E402
import openbadgeslib.ob3.verifier as verifier  # noqa: E402
from cwt import COSE, COSEKey  # noqa: E402
from pycose.keys import EC2Key  # noqa: E402
from pycose.messages import CoseMessage, Sign1Message  # noqa: E402

ORDER: dict[str, Any] = json.load(sys.stdin)
PRESENT = datetime.fromisoformat(ORDER["now"])


class Present(datetime):
    """The moment of the order, for libraries that ask the machine."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return PRESENT.astimezone(tz)


def no_network(*args: object, **more: object) -> None:
    raise OSError("no network in this test")


def badge(text: str) -> str:
    """openbadgeslib: proof, dates and both status lists."""

    def fetch(address: str) -> bytes:
        return str(ORDER["files"][address]).encode()

    try:
        held = ldp.OB3LdpVerifier.for_issuer_did("did:web:skills.example.org")
        held.verify(text, check_status=True, download=fetch, verify_status_list=False)
    except Exception as no:
        return f"{type(no).__name__}: {no}"
    return ""


def with_cwt(message: bytes) -> dict[str, Any] | str:
    """The library cwt: signature with the key of the message's kid, then the claims."""
    keys = [COSEKey.new({1: 2, 2: bytes.fromhex(kid), 3: -7, -1: 1, -2: _unb64(fact["jwk"]["x"]), -3: _unb64(fact["jwk"]["y"])})
            for kid, fact in ORDER["keys"].items()]  # fmt: skip
    try:
        payload = COSE.new().decode(cbor2.dumps(cbor2.CBORTag(18, cbor2.loads(message))), keys)
    except Exception as no:
        return f"{type(no).__name__}: {no}"
    return _plain(cbor2.loads(payload))


def with_pycose(message: bytes) -> dict[str, Any] | str:
    """The library pycose, the same."""
    try:
        read = CoseMessage.decode(cbor2.dumps(cbor2.CBORTag(18, cbor2.loads(message))))
        if not isinstance(read, Sign1Message):
            return "not a COSE_Sign1"
        kid = next(value for key, value in read.phdr.items() if getattr(key, "identifier", key) == 4)
        jwk = ORDER["keys"][kid.hex()]["jwk"]
        read.key = EC2Key(crv="P_256", x=_unb64(jwk["x"]), y=_unb64(jwk["y"]))
        if not read.verify_signature():
            return "signature"
        return _plain(cbor2.loads(read.payload))
    except Exception as no:
        return f"{type(no).__name__}: {no}"


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _plain(value: Any) -> Any:
    """CBOR values as JSON can hold them; bytes in hex."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return value.hex() if isinstance(value, bytes) else value


verifier.datetime = status.datetime = ldp.datetime = Present  # type: ignore[attr-defined, misc]
socket.socket.connect = no_network  # type: ignore[method-assign, assignment]
MESSAGES = {name: base64.b64decode(text) for name, text in ORDER["messages"].items()}
json.dump(
    {
        "badges": {name: badge(text) for name, text in ORDER["credentials"].items()},
        "cwt": {name: with_cwt(message) for name, message in MESSAGES.items()},
        "cose": {name: with_pycose(message) for name, message in MESSAGES.items()},
        "versions": {"cwt": cwt.__version__},
    },
    sys.stdout,
    ensure_ascii=False,
)
