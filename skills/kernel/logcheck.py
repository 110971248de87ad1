"""Whether the streams are what they were: leaves, tree, signed heads, and the heads that were kept elsewhere.

A history that was rewritten consistently inside the database still contradicts a head outside it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.kernel import merkle
from skills.kernel.files import is_half
from skills.kernel.log import (
    CERTIFICATES,
    STREAMS,
    LogCheckpoint,
    LogLeaf,
    LogNode,
    LogQueue,
    Receipt,
    StoredTree,
    place_of,
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A signed head that somebody kept: where, and its text."""

    where: str
    note: str

    @property
    def stream(self) -> str:
        """The stream it speaks of: the last part of its origin."""
        return self.note.partition("\n")[0].rpartition("/")[2]


class NotKept(Exception):
    """A file holds no checkpoint."""


def read_kept(path: Path) -> list[Kept]:
    """The heads in a file, or in every file of a folder and below.

    A file is a note as it was published, the log of heads that the sealer writes, or what a monitor keeps.
    Raises NotKept if a file holds none, or cannot be read.
    """
    if path.is_dir():
        whole = (file for file in sorted(path.rglob("*")) if file.is_file() and not is_half(file))
        return [kept for file in whole for kept in read_kept(file)]
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotKept(f"{path}: {error}") from error
    notes = _notes_in(text)
    if not notes:
        raise NotKept(f"{path}: no checkpoint in this file")
    return [Kept(f"{path.name}:{number}" if len(notes) > 1 else path.name, n) for number, n in enumerate(notes, 1)]


def stream_faults(
    db: Session, stream: str, public: Sequence[Ed25519PublicKey], kept: Iterable[Kept], kind: str = "outside checkpoint"
) -> Iterator[str]:
    """Recompute a stream from its leaves: gaps, changed leaves, bad signatures, heads that no longer fit.

    kept  heads from outside the database, of any stream
    """
    kept = [k for k in kept if k.stream == stream]
    inside = dict(
        db.execute(select(LogCheckpoint.size, LogCheckpoint.note).where(LogCheckpoint.stream == stream)).all()
    )
    sizes = set(inside) | {_size(k.note) for k in kept}
    tree, roots, count = merkle.Tree(), {0: merkle.Tree().root()}, 0
    for seq, leaf in db.execute(
        select(LogLeaf.seq, LogLeaf.leaf).where(LogLeaf.stream == stream).order_by(LogLeaf.seq)
    ):
        if seq != count:
            yield f"{stream}: entry {count} is missing"
            return
        tree.append(merkle.leaf_hash(leaf))
        count += 1
        if count in sizes:
            roots[count] = tree.root()
    signed = {note: opened(note, public) for note in {*inside.values(), *(k.note for k in kept)}}  # each verified once
    for size, note in inside.items():
        yield from _misfit(f"{stream}: checkpoint {size}", signed[note], roots, size)
    for head in kept:
        size = _size(head.note)
        yield from _misfit(f"{stream}: {kind} {size} ({head.where})", signed[head.note], roots, size)
        if size <= count and size not in inside and roots.get(size):
            yield f"{stream}: checkpoint {size} was taken away; it is kept in {head.where}"
    if count and count not in inside:
        yield f"{stream}: {count} entries, but no checkpoint of that size"


def node_faults(db: Session, stream: str) -> Iterator[str]:
    """Stored hashes of complete subtrees that the leaves do not give, and those that are missing."""
    wanted: dict[tuple[int, int], bytes] = {}
    leaves = select(LogLeaf.seq, LogLeaf.leaf).where(LogLeaf.stream == stream).order_by(LogLeaf.seq)
    for seq, leaf in db.execute(leaves):
        level, place, value = 0, seq, merkle.leaf_hash(leaf)
        wanted[level, place] = value
        while place % 2 == 1 and (level, place - 1) in wanted:
            value = merkle.node_hash(wanted[level, place - 1], value)
            level, place = level + 1, place // 2
            wanted[level, place] = value
    nodes = select(LogNode.level, LogNode.place, LogNode.hash).where(LogNode.stream == stream)
    for level, place, value in db.execute(nodes):
        if wanted.pop((level, place), None) != value:
            yield f"{stream}: node {level}/{place} is not made from its entries"
    yield from (f"{stream}: node {level}/{place} is missing" for level, place in wanted)


def strange_rows(db: Session) -> Iterator[str]:
    """Rows of the log's tables that belong to no stream of ours."""
    for model in (LogQueue, LogLeaf, LogNode, LogCheckpoint):
        for stream in db.scalars(select(model.stream).where(model.stream.not_in(STREAMS)).distinct()):
            yield f"{model.__tablename__}: rows of a stream {stream} that does not exist"


def handover(db: Session, source: str, key: Ed25519PublicKey) -> Receipt | None:
    """The proof that an entry of the certificate log was covered by a head that this key signed."""
    place = place_of(db, CERTIFICATES, source)
    if place is None:
        return None
    heads = select(LogCheckpoint).where(LogCheckpoint.stream == CERTIFICATES, LogCheckpoint.size > place)
    for top in db.scalars(heads.order_by(LogCheckpoint.size).limit(5)):
        if opened(top.note, [key]) is not None:
            leaf = db.get_one(LogLeaf, (CERTIFICATES, place)).leaf
            return Receipt(place, leaf, top.note, tuple(StoredTree(db, CERTIFICATES, top.size).inclusion(place)))
    return None


def opened(note: str, public: Sequence[Ed25519PublicKey]) -> merkle.Checkpoint | None:
    """What a note says if one of these keys signed it."""
    origin = note.partition("\n")[0]
    for key in public:
        try:
            return merkle.open_checkpoint(note, origin, key)
        except merkle.BadNote:
            continue
    return None


def _misfit(what: str, signed: merkle.Checkpoint | None, roots: dict[int, bytes], size: int) -> Iterator[str]:
    if signed is None:
        yield f"{what} is not signed by a log key of ours"
    elif signed.size != size or size not in roots:
        yield f"{what} speaks of {signed.size} entries, the stream does not reach it"
    elif signed.root != roots[size]:
        yield f"{what} does not fit the entries: history was changed"


def _size(note: str) -> int:
    """The size a note gives itself, signed or not; -1 if it gives none."""
    lines = note.split("\n")
    return int(lines[1]) if len(lines) > 2 and lines[1].isascii() and lines[1].isdigit() else -1


def _notes_in(text: str) -> list[str]:
    if text.lstrip().startswith("{"):
        try:
            return [str(json.loads(text)["note"])]
        except (ValueError, KeyError):
            return []
    if "\n\n" in text:
        return [text]
    notes = []
    lines = text.splitlines(keepends=True)
    if len(lines) > 1 and not lines[-1].endswith("\n"):
        lines.pop()  # torn by a crash: the sealer cuts it off when it writes the next
    for line in lines:
        try:
            notes.append(base64.b64decode(line.rstrip("\r\n").partition(" ")[2], validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            return []
    return notes
