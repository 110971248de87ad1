"""Writes vectors.json: one case per way a QR code can be right or wrong, made with fixed keys.

Run it when the format changes: `python tests/credentials/make_vectors.py`. A test proves that it would write the same.
"""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from skills.credentials import badge, cose, statuslist
from skills.credentials.claims import Claims
from skills.credentials.statuslist import Status
from skills.credentials.verdicts import PublishedKey
from skills.kernel.keyfiles import SoftKey

FILE = Path(__file__).with_name("vectors.json")
BASE = "https://skills.example.org"
ISSUED = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LEVEL = Claims(
    "level",
    "S000050001862263000412",
    "古丽·𠮷",
    "居民身份证",
    "500105********1234",
    "重庆星图软件人才评价中心",
    date(2026, 11, 20),
    occupation_code="4-04-05-05",
    occupation_name="人工智能训练师",
    branch="数据标注员",
    level_rank=4,
    expires_on=date(2029, 11, 19),
)


def key(number: int) -> SoftKey:
    return SoftKey(ec.derive_private_key(number, ec.SECP256R1()))


QR, OLD, STOLEN, STRANGER, STATUS = key(11), key(12), key(13), key(14), key(15)


def published() -> list[PublishedKey]:
    first, last = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
    return [
        PublishedKey("qr", QR.public_key(), first),
        PublishedKey("qr", OLD.public_key(), first - 86400 * 365, last),
        PublishedKey("qr", STOLEN.public_key(), first, None, True),
        PublishedKey("status", STATUS.public_key(), first),
    ]


def _list(made: datetime, signer: SoftKey = STATUS, number: int = 1) -> bytes:
    states = {5: Status.REVOKED, 6: Status.SUSPENDED, 7: Status.SUPERSEDED, statuslist.SIZE - 1: Status.REVOKED}
    states |= {i * 97 + 1000: Status(i % 3 + 1) for i in range(700)}
    return statuslist.phone_list(statuslist.list_uri(BASE, number), states, signer, made)


def _raw(index: int = 4, signer: SoftKey = QR, claims: Claims = LEVEL) -> bytes:
    return cose.sign(cose.payload_of(claims, index, ISSUED), signer)


def _changed(message: bytes, at: int) -> bytes:
    out = bytearray(message)
    out[at] ^= 1
    return bytes(out)


def _spare_bits_set(message: bytes) -> str:
    """The same bytes in a second spelling: base64 leaves bits over unless the length divides by three."""
    assert len(message) % 3, "choose a message whose last letter has bits to spare"
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    fragment = cose.fragment_of(message)
    return fragment[:-1] + letters[letters.index(fragment[-1]) + 1]


def _signed_anyhow(body: bytes, header: dict[int, Any], signer: SoftKey = QR) -> bytes:
    """A message whose signature holds over contents that we would never write."""
    honest = cbor2.loads(cose.sign({}, signer))
    protected = cbor2.dumps(header, canonical=True)
    tbs = cbor2.dumps(["Signature1", protected, b"", body])
    return cbor2.dumps([protected, honest[1], body, signer.sign(tbs)])


def cases() -> list[dict[str, Any]]:
    fresh = _list(NOW - timedelta(hours=1))
    good = _raw()
    header = {cose.ALG: -7, cose.KID: cose.kid_of(QR.public_key())}
    body = cbor2.dumps(cose.payload_of(LEVEL, 4, ISSUED), canonical=True)
    issued_entry = body[body.index(b"\x06\x1a") :][:6]
    twice = bytes([body[0] + 1]) + body[1:].replace(issued_entry, issued_entry * 2)
    forged = _signed_anyhow(body, header, STRANGER)
    found: list[dict[str, Any]] = []

    def case(name: str, message: bytes | str, state: str, reason: str = "", **other: Any) -> None:
        lists = other.pop("lists", {1: fresh})
        now = other.pop("now", NOW)
        found.append(
            {
                "name": name,
                "fragment": message if isinstance(message, str) else cose.fragment_of(message),
                "number": other.pop("number", LEVEL.number),
                "now": int(now.timestamp()),
                "keys_fetched_at": int(other.pop("fetched", now).timestamp()),
                "lists": {str(n): base64.b64encode(data).decode() for n, data in lists.items()},
                "state": state,
                "reason": reason,
                **other,
            }
        )

    def bad(name: str, message: bytes | str, reason: str, **other: Any) -> None:
        case(name, message, "NOT_GENUINE", reason, **other)

    case("good", good, "VALID")
    completion = Claims(
        "completion", "PX-2026-0008812", "陈星宇", "居民身份证", "***", "学院", date(2026, 11, 20), award="软件测试"
    )
    case("good, training completion", _raw(claims=completion), "VALID", number=completion.number)
    contest = Claims(
        "competition",
        "JS-2026-1",
        "Ann",
        "护照",
        "***",
        "组委会",
        date(2026, 11, 20),
        award="一等奖",
        occupation_code="4-04-05-05",
    )
    case("good, competition", _raw(claims=contest), "VALID", number=contest.number)
    case("good, in the second list", _raw(statuslist.SIZE), "VALID", lists={1: fresh, 2: _list(NOW, number=2)})
    case("revoked", _raw(5), "REVOKED")
    case("revoked, last entry of the list", _raw(statuslist.SIZE - 1), "REVOKED")
    case("suspended", _raw(6), "SUSPENDED")
    case("superseded", _raw(7), "SUPERSEDED")
    case(
        "expired",
        good,
        "EXPIRED",
        now=datetime(2029, 11, 20, tzinfo=UTC),
        lists={1: _list(datetime(2029, 11, 20, tzinfo=UTC))},
    )
    last = datetime(2029, 11, 19, 15, 59, 59, tzinfo=UTC)
    case("last second of the last day", good, "VALID", now=last, lists={1: _list(last)})
    case("first second after it", good, "EXPIRED", now=last + timedelta(seconds=1), lists={1: _list(last)})
    case("revoked and expired", _raw(5), "REVOKED", now=last + timedelta(days=9), lists={1: _list(last)})
    early = ISSUED - timedelta(hours=1)
    case("clock before the issue", good, "NOT_YET_VALID", now=early, lists={1: _list(early)})
    case("list thirteen hours old", good, "GENUINE_STATUS_OLD", lists={1: _list(NOW - timedelta(hours=13))})
    case("list eight days old", good, "GENUINE_STATUS_UNKNOWN", lists={1: _list(NOW - timedelta(days=8))})
    case("revoked in a list eight days old", _raw(5), "REVOKED", lists={1: _list(NOW - timedelta(days=8))})
    case("no list", good, "GENUINE_STATUS_UNKNOWN", lists={})
    case("list of the future", good, "GENUINE_STATUS_UNKNOWN", lists={1: _list(NOW + timedelta(hours=1))})
    case("list signed by a stranger", good, "GENUINE_STATUS_UNKNOWN", lists={1: _list(NOW, STRANGER)})
    case("list signed by the QR key", good, "GENUINE_STATUS_UNKNOWN", lists={1: _list(NOW, QR)})
    case("another list under this number", good, "GENUINE_STATUS_UNKNOWN", lists={1: _list(NOW, number=2)})
    case("list with a flipped bit", good, "GENUINE_STATUS_UNKNOWN", lists={1: _changed(fresh, len(fresh) // 2)})
    case("list cut off", good, "GENUINE_STATUS_UNKNOWN", lists={1: fresh[:-1]})
    made = int(NOW.timestamp())
    for name, packed in (
        ("too short", zlib.compress(bytes(100))),
        ("too long", zlib.compress(bytes(statuslist.SIZE // 4 + 1))),
        ("not zlib", b"\0" * 40),
    ):
        content = {
            2: statuslist.list_uri(BASE, 1),
            6: made,
            4: made + 999,
            65534: 999,
            65533: {"bits": 2, "lst": packed},
        }
        message = cose.sign(content, STATUS, statuslist.TYPE)
        case(f"list with contents {name}", good, "GENUINE_STATUS_UNKNOWN", lists={1: message})
    case("keys eight days old", good, "GENUINE_STATUS_UNKNOWN", fetched=NOW - timedelta(days=8))
    case("keys eight days old, revoked", _raw(5), "REVOKED", fetched=NOW - timedelta(days=8))
    bad("another number in the address", good, "other_number", number="S000050001862263000413")
    bad("payload bit flipped", _changed(good, 60), "signature")
    bad("signature bit flipped", _changed(good, len(good) - 1), "signature")
    bad("forged under a genuine key's name", forged, "signature")
    bad("signed by a key we never had", _raw(signer=STRANGER), "unknown_key")
    bad("signed by the status key", _raw(signer=STATUS), "unknown_key")
    bad("signed by a stolen key", _raw(signer=STOLEN), "revoked_key")
    case("signed by a stolen key, in the log before", _raw(signer=STOLEN), "GENUINE_BY_LOG", before_theft=True)
    case("the same, revoked", _raw(5, STOLEN), "REVOKED", before_theft=True)
    case("the same, without a list", _raw(signer=STOLEN), "GENUINE_STATUS_UNKNOWN", before_theft=True, lists={})
    bad("forged, said to be in the log before", forged, "signature", before_theft=True)
    bad("of a stranger, said to be in the log before", _raw(signer=STRANGER), "unknown_key", before_theft=True)
    bad("signed by a key after its time", _raw(signer=OLD), "key_window")
    bad("a status list as a certificate", statuslist.phone_list("", {}, STATUS, NOW), "unknown_key")
    bad("algorithm changed", _signed_anyhow(body, {**header, cose.ALG: -8}), "algorithm")
    bad("no algorithm", _signed_anyhow(body, {cose.KID: header[cose.KID]}), "algorithm")
    bad("type of another document", _signed_anyhow(body, {**header, cose.TYP: "x"}), "format")
    bad("unknown header", _signed_anyhow(body, {**header, 99: 1}), "format")
    bad("key twice", _signed_anyhow(twice, header), "format")
    bad(
        "field we never write",
        _signed_anyhow(cbor2.dumps({**cbor2.loads(body), 9: 1}, canonical=True), header),
        "format",
    )
    bad("level nine", _signed_anyhow(body.replace(b"\x03\x04\x04\x04", b"\x03\x09\x04\x04"), header), "format")
    bad("cut off", good[:-10], "format")
    bad("byte added", good + b"\0", "format")
    bad("length longer than needed", b"\x98\x04" + good[1:], "format")
    bad("tagged", b"\xd2" + good, "format")
    bad("too long", "A" * 1201, "too_long")
    bad("not base64url", "%%%%", "encoding")
    bad("padded", cose.fragment_of(good) + "=", "encoding")
    bad("one letter", "A", "encoding")
    bad("spare bits of the last letter set", _spare_bits_set(good), "encoding")
    bad("empty", "", "empty")
    return found


def document() -> str:
    whole = {"public_base": BASE, "keys": badge.keys_json(published()), "cases": cases()}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(document(), "utf-8")
