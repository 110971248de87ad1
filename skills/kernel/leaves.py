"""What an entry of the certificate log is: one byte that says what happened, then digests and times. Never a name.

    1 issued      SHA-256 of the signed credential
    2 revoked, 3 suspended, 4 reinstated, 5 superseded
                  SHA-256 of the signed credential, moment (8 bytes, epoch seconds)
    6 key event   what happened to the key (1 byte), SHA-256 of purpose, algorithm and public key, moment
    7 printed     SHA-256 of the PDF
    9 reprinted, 10 voided, 11 cancelled
                  as 2 to 5
    8 day         the Shanghai day, ISO 8601: the log grows every day, so that one that stands still is noticed
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

OPERATIONS = {
    "issue": 1, "revoke": 2, "suspend": 3, "reinstate": 4, "supersede": 5, "key": 6, "print": 7, "day": 8, "reprint": 9,
    "void": 10, "cancel": 11,
}  # fmt: skip
KEY_EVENTS = {"made": 1, "rotated": 2, "compromised": 3}


def issue_leaf(credential_digest: bytes) -> bytes:
    """A certificate was issued."""
    return bytes([OPERATIONS["issue"]]) + credential_digest


def change_leaf(move: str, credential_digest: bytes, at: datetime) -> bytes:
    """The state of a certificate changed."""
    return bytes([OPERATIONS[move]]) + credential_digest + _moment(at)


def print_leaf(pdf_digest: bytes) -> bytes:
    """A certificate was printed."""
    return bytes([OPERATIONS["print"]]) + pdf_digest


def key_leaf(event: str, purpose: str, algorithm: str, public: bytes, at: datetime) -> bytes:
    """Something happened to a key; `public` are its raw bytes, or the name of a secret key."""
    return key_head(event, purpose, algorithm, public) + _moment(at)


def key_head(event: str, purpose: str, algorithm: str, public: bytes) -> bytes:
    """What such an entry begins with, whenever it happened."""
    told = f"{purpose}\0{algorithm}\0".encode() + public
    return bytes([OPERATIONS["key"], KEY_EVENTS[event]]) + hashlib.sha256(told).digest()


def day_leaf(day: date) -> bytes:
    """A day has begun."""
    return bytes([OPERATIONS["day"]]) + day.isoformat().encode()


def _moment(at: datetime) -> bytes:
    return int(at.timestamp()).to_bytes(8, "big")
