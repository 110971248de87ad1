"""Watching a log from outside: anyone, anywhere, with nothing but its address and a file to remember by.

The file holds the last head that was seen. A log that forks, shrinks, changes its key without handing it over, or
stands still is named. Nothing here knows a database or a setting.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from skills.kernel import files, merkle, tiles
from skills.kernel.leaves import key_head
from skills.kernel.merkle import BadNote, Checkpoint
from skills.kernel.tiles import BadTile, Tile

Fetch = Callable[[str], bytes]
MOST_BYTES = 4_000_000


class Unreachable(Exception):
    """The log did not answer, or not with what belongs there."""


class Alarm(Exception):
    """Something is wrong with the log. `code` is one word of `CODES`; `evidence` are notes that prove it."""

    def __init__(self, code: str, words: str, *evidence: str) -> None:
        super().__init__(words)
        self.code = code
        self.evidence = evidence


# The program's exit code for each alarm.
CODES = {"signature": 10, "fork": 11, "shrunken": 12, "stale": 13, "tiles": 14, "proof": 15, "unreachable": 20}


@dataclass(frozen=True)
class Seen:
    """What the file remembers. `since` is when a head of this size was seen first; times are ISO 8601 in UTC."""

    vkey: str
    note: str
    size: int
    root: str
    since: str
    checked: str


@dataclass(frozen=True)
class Report:
    """One look at the log."""

    size: int
    grown: int
    root: str
    vkey: str
    known_before: bool
    full: bool
    entries: int
    handed_over: bool


@dataclass(frozen=True)
class Monitor:
    """How one log is watched.

    fetch   gets what lies at an address below the log's prefix; raises Unreachable
    vkey    the key that was learned on another way; without it the first key seen is kept and never exchanged
    stale   how long a head may stay the same: the log grows at least once a day
    """

    fetch: Fetch
    vkey: str = ""
    full: bool = False
    stale: timedelta = timedelta(hours=26)

    def look(self, before: Seen | None, now: datetime) -> tuple[Report, Seen]:
        """Fetch the head and compare it with what was seen before. Raises Alarm, Unreachable."""
        vkey = self.vkey or (before.vkey if before else "") or self._first_vkey()
        note = _text(self.fetch("checkpoint"))
        head, used = self._opened(note, vkey)
        if before is not None:
            self._continues(before, head, note)
        entries = self._walk(before, head, note) if self.full else 0
        root = base64.b64encode(head.root).decode()
        same = before is not None and before.size == head.size
        since = before.since if before is not None and same else now.isoformat()
        if now - datetime.fromisoformat(since) > self.stale:
            raise Alarm("stale", f"the head has stood at {head.size} entries since {since}", note)
        seen = Seen(used, note, head.size, root, since, now.isoformat())
        grown = head.size - (before.size if before else 0)
        return Report(head.size, grown, root, used, before is not None, self.full, entries, used != vkey), seen

    def _first_vkey(self) -> str:
        lines = _text(self.fetch("vkey")).split("\n")
        return lines[0]

    def _opened(self, note: str, vkey: str) -> tuple[Checkpoint, str]:
        """The head, and the key that signed it: the known one, or one that the known one handed over to."""
        origin, key = read_vkey(vkey)
        try:
            return merkle.open_checkpoint(note, origin, key), vkey
        except BadNote as bad:
            for heir in self._heirs(key):
                try:
                    return merkle.open_checkpoint(note, origin, heir), merkle.verifier_key(origin, heir)
                except BadNote:
                    continue
            raise Alarm("signature", f"the head is not signed by {vkey} nor by a key it handed over to: {bad}", note) from bad

    def _heirs(self, key: ed25519.Ed25519PublicKey) -> list[ed25519.Ed25519PublicKey]:
        """Keys that follow: each is written into the log under a head that the one before signed."""
        try:
            told = json.loads(self.fetch("handovers"))
        except (Unreachable, ValueError):
            return []
        found: list[ed25519.Ed25519PublicKey] = []
        for step in told if isinstance(told, list) else []:
            try:
                heir = handed_over(step, (found or [key])[-1])
            except (KeyError, ValueError, TypeError, BadNote):
                continue
            found.append(heir)
        return found

    def _continues(self, before: Seen, head: Checkpoint, note: str) -> None:
        root = base64.b64decode(before.root)
        if head.size < before.size:
            raise Alarm("shrunken", f"{before.size} entries were there, {head.size} are left", before.note, note)
        if head.size == before.size:
            if head.root != root:
                raise Alarm("fork", f"two different heads of {head.size} entries", before.note, note)
            return
        if before.size == 0:
            return
        told = _json(self.fetch(f"consistency?first={before.size}&second={head.size}"))
        try:
            hashes = [bytes.fromhex(h) for h in told["hashes"]]
        except (KeyError, TypeError, ValueError) as error:
            raise Alarm("proof", "the consistency proof cannot be read", before.note, note) from error
        if not merkle.verify_consistency(before.size, head.size, root, head.root, hashes):
            words = f"the log of {head.size} entries does not continue that of {before.size}"
            raise Alarm("fork", words, before.note, note)

    def _walk(self, before: Seen | None, head: Checkpoint, note: str) -> int:
        """Make the tree again from tiles and entries: it must give both heads. How many entries were read."""
        held: dict[Tile, bytes] = {}

        def fetch(tile: Tile) -> bytes:
            held[tile] = held.get(tile) or self.fetch(tile.path)
            return held[tile]

        count = 0
        try:
            tree = tiles.fetch_tree(fetch, head.size)
            for tile in tiles.row(0, head.size):
                listed = tiles.entries_in(replace(tile, level=None), self.fetch(replace(tile, level=None).path))
                if [merkle.leaf_hash(entry) for entry in listed] != tiles.hashes_in(tile, held[tile]):
                    raise BadTile(f"{tile.path}: its entries have other hashes")
                count += len(listed)
        except BadTile as bad:
            raise Alarm("tiles", str(bad), note) from bad
        if tree.root() != head.root:
            raise Alarm("fork", f"the tiles of {head.size} entries do not give the signed root", note)
        if before is not None and tree.root(before.size) != base64.b64decode(before.root):
            raise Alarm("fork", f"the tiles do not give the head of {before.size} entries seen before", before.note, note)
        return count


def read_vkey(text: str) -> tuple[str, ed25519.Ed25519PublicKey]:
    """Origin and key of a `name+id+base64`. Raises Alarm("signature")."""
    try:
        origin, _, body = text.strip().split("+", 2)
        raw = base64.b64decode(body, validate=True)
        key = ed25519.Ed25519PublicKey.from_public_bytes(raw[1:])
        if merkle.verifier_key(origin, key) != text.strip():
            raise ValueError("the key's id does not fit")
    except ValueError as error:
        raise Alarm("signature", f"not a verifier key of an Ed25519 log: {text[:100]}") from error
    return origin, key


def handed_over(step: Mapping[str, Any], by: ed25519.Ed25519PublicKey) -> ed25519.Ed25519PublicKey:
    """The key that one step hands over to, if a head signed by `by` covers the entry that names it.

    Raises KeyError, ValueError, TypeError, BadNote if it does not.
    """
    heir = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(step["public"]))
    note = str(step["checkpoint"])
    head = merkle.open_checkpoint(note, note.partition("\n")[0], by)
    leaf = bytes.fromhex(step["leaf"])
    hashes = [bytes.fromhex(h) for h in step["hashes"]]
    if not leaf.startswith(key_head("rotated", "log", "Ed25519", heir.public_bytes_raw())):
        raise ValueError("the entry does not name this key")
    if not merkle.verify_inclusion(merkle.leaf_hash(leaf), int(step["index"]), head.size, hashes, head.root):
        raise ValueError("the entry is not in the log")
    return heir


def load(path: Path) -> Seen | None:
    """What the file remembers, None if there is none yet. Raises ValueError for a file that is something else."""
    if not path.exists():
        return None
    try:
        return Seen(**json.loads(path.read_text("utf-8")))
    except TypeError as error:
        raise ValueError(f"{path}: not what a monitor keeps") from error


def keep(path: Path, seen: Seen) -> None:
    """Remember: the whole file or the old one."""
    files.put(path, json.dumps(asdict(seen), ensure_ascii=False, indent=1).encode())


def keep_evidence(path: Path, alarm: Alarm, now: datetime) -> list[Path]:
    """Put the notes that prove an alarm beside the file; they are never overwritten."""
    made = []
    for number, note in enumerate(alarm.evidence, 1):
        place = path.with_name(f"{path.name}.{alarm.code}-{now:%Y%m%dT%H%M%SZ}-{number}.txt")
        place.write_text(note, "utf-8")
        made.append(place)
    return made


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unreachable("the answer is not text") from error


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise Unreachable("the answer is not JSON") from error
    if not isinstance(found, dict):
        raise Unreachable("the answer is not JSON")
    return found
