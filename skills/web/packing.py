"""Bytes made smaller for the way: only what is the same for everybody and holds no secret (static files, the shell).

A page that shows a form key next to words a stranger may choose must never be packed: its length would tell the key.
"""

from __future__ import annotations

import gzip

from flask import Response, request

WORTH = frozenset({"text/css", "text/html", "text/javascript", "image/svg+xml", "application/json"})
LEAST = 512  # bytes; below that the head of the answer weighs more


def takes_gzip(accepted: str) -> bool:
    """Whether a header `Accept-Encoding` names gzip and does not refuse it."""
    for part in accepted.lower().replace(" ", "").split(","):
        name, _, weight = part.partition(";q=")
        if name == "gzip":
            return not weight or bool(weight.strip("0."))
    return False


def packed(body: bytes) -> bytes:
    """The same bytes for the same input."""
    return gzip.compress(body, 9, mtime=0)


def fitting(kind: str, body: bytes, small: bytes | None) -> Response:
    """The answer in the form this visitor takes. `small` = `packed(body)`, or None if it is not worth it."""
    use = small is not None and takes_gzip(request.headers.get("Accept-Encoding", ""))
    response = Response(small if use else body, mimetype=kind)
    if use:
        response.headers["Content-Encoding"] = "gzip"
    if small is not None:
        response.headers["Vary"] = "Accept-Encoding"
    return response
