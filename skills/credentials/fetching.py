"""Getting an installation's public files once, and keeping them in a folder for verifying without it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from skills.credentials.inspection import trust
from skills.credentials.inspection.trust import BadTrust, Trust
from skills.kernel import merkle

MOST_BYTES = 4_000_000
MOST_LISTS = 1_000
PATIENCE_SECONDS = 20
Get = Callable[[str], bytes]


def over_http(base: str) -> Get:
    """Gets paths below an address. Raises `BadTrust` for what does not answer as it should."""
    if urlsplit(base).scheme not in {"http", "https"}:
        raise BadTrust(f"{base}: an address begins with https://")

    def get(path: str) -> bytes:
        url = base.rstrip("/") + path
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the scheme was looked at
                data: bytes = answer.read(MOST_BYTES + 1)
        except (OSError, ValueError) as error:
            raise BadTrust(f"{url}: {error}") from error
        if len(data) > MOST_BYTES:
            raise BadTrust(f"{url}: more than {MOST_BYTES} bytes")
        return data

    return get


def read_folder(place: Path) -> dict[str, bytes]:
    """The files of a folder by name, or the one file as `trust.json`. Raises `BadTrust`."""
    if place.is_file():
        return {"trust.json": place.read_bytes()}
    if not place.is_dir():
        raise BadTrust(f"{place}: no such file or folder; `skills verify --fetch https://…` fetches one")
    return {path.name: path.read_bytes() for path in sorted(place.iterdir()) if path.is_file()}


def fetch(base: str, get: Get, folder: Path, now: datetime) -> Trust:
    """Fetch keys, status lists and the log's head from `base` into a folder; what they make together.

    A folder that was filled before is only brought up to date: the log's keys and the seal's root that it knows must
    still be named, and the new head must continue the kept one. Raises `BadTrust`, and then leaves the folder as it was.
    """
    new = {"trust.json": get("/trust.json"), "fetched.txt": now.isoformat().encode()}
    count = json.loads(new["trust.json"]).get("status_lists")
    if not isinstance(count, int) or not 1 <= count <= MOST_LISTS:
        raise BadTrust("trust.json does not say how many status lists there are")
    for number in range(1, count + 1):
        new[f"status-{number}.cwt"] = get(f"/status/{number}.cwt")
    fresh = trust.from_files(new, int(now.timestamp()))
    if fresh.public_base != base.rstrip("/"):
        raise BadTrust(f"{base} calls itself {fresh.public_base}")
    note = get("/log/checkpoint")
    head = fresh.opened(note.decode(errors="replace"))
    if head is None:
        raise BadTrust("the log's head is not signed by its key")
    new[f"checkpoint-{head.size}.txt"] = note
    kept = read_folder(folder) if folder.is_dir() else {}
    if "trust.json" in kept:
        _continues(trust.from_files(kept, 0), fresh, head, get)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in new.items():
        (folder / name).write_bytes(data)
    return trust.from_files({**kept, **new}, int(now.timestamp()))


def _continues(old: Trust, new: Trust, head: merkle.Checkpoint, get: Get) -> None:
    if old.public_base != new.public_base:
        raise BadTrust(f"the folder holds the files of {old.public_base}, not of {new.public_base}")
    known = {root.public_bytes(trust.PEM) for root in new.roots}
    if any(root.public_bytes(trust.PEM) not in known for root in old.roots):
        raise BadTrust("the seal's root is another than before: find out why before you trust it")
    if not {trust.raw(key) for key in old.logs} <= {trust.raw(key) for key in new.logs}:
        raise BadTrust("a key of the log is gone: find out why before you trust it")
    if not old.heads:
        return
    size = max(old.heads)
    proof = []
    if size < head.size:
        told = json.loads(get(f"/log/consistency?first={size}&second={head.size}"))
        proof = [bytes.fromhex(text) for text in told["hashes"]]
    if size > head.size or not merkle.verify_consistency(size, head.size, old.heads[size], head.root, proof):
        raise BadTrust(f"the log does not continue the one of {size} entries that you keep: its history was rewritten")
