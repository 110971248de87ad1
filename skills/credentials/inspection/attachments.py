"""The two files inside a certificate's PDF: its credential and the log's receipt (pure). Only for sealed bytes of ours."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from skills.credentials import badge
from skills.credentials.inspection.answer import Failed

NAMES = ("credential.json", "receipt.json")


def attached(pdf: bytes) -> tuple[bytes, dict[str, Any]]:
    """The credential's bytes and the receipt. Raises Failed("format", "not_certificate") for a PDF without them."""
    try:
        files = files_of(pdf)
        credential, receipt = files[NAMES[0]], json.loads(files[NAMES[1]])
    except Exception:  # sealed by us, but no certificate: a parser of its own would say the same in more words
        raise Failed("format", "not_certificate") from None
    if not isinstance(receipt, dict) or len(credential) > badge.MAX_BYTES:
        raise Failed("format", "not_certificate")
    return credential, receipt


def files_of(pdf: bytes) -> dict[str, bytes]:
    """The files attached to a PDF by name. Raises whatever a broken PDF makes the parser raise."""
    tree = PdfFileReader(BytesIO(pdf), strict=True).root["/Names"]["/EmbeddedFiles"]["/Names"]
    found: dict[str, bytes] = {}
    for place in range(0, len(tree), 2):
        stream = tree[place + 1]["/EF"]["/F"]
        if isinstance(stream, generic.StreamObject):
            found[str(tree[place])] = bytes(stream.data)
    return found
