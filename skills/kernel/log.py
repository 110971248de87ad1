"""Streams of entries that nobody can quietly change (RFC 6962 trees).

An act queues its entry unordered. The sealer, one at a time, gives committed entries their place, extends the tree
and signs a checkpoint, which is also written outside the database. Nothing in an act waits for the order.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import BigInteger, Engine, LargeBinary, String, UniqueConstraint, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from skills.kernel import files, merkle, store, tiles
from skills.kernel.clock import Clock, shanghai_day
from skills.kernel.db import Base, UtcTime, exclusive, writing
from skills.kernel.keys import KeyRing
from skills.kernel.tiles import Tile

AUDIT = "audit"
CERTIFICATES = "certificates"
STREAMS = (AUDIT, CERTIFICATES)
BATCH = 2_000


class LogQueue(Base):
    """An entry that waits for its place. Written in the act, deleted by the sealer."""

    __tablename__ = "log_queue"
    unwitnessed = "waits for the sealer; compared with what it stands for: audit.unchanged, credentials.logged"
    stream: Mapped[str] = mapped_column(String(32), primary_key=True)
    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    leaf: Mapped[bytes] = mapped_column(LargeBinary())
    at: Mapped[UtcTime]


class LogLeaf(Base):
    """An entry in its place. `source` is the writer's own word for it; `leaf` are the logged bytes."""

    __tablename__ = "log_leaf"
    unwitnessed = "held by the signed checkpoints: log.streams_fit"
    __table_args__ = (UniqueConstraint("stream", "source"),)
    stream: Mapped[str] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(64))
    leaf: Mapped[bytes] = mapped_column(LargeBinary())
    at: Mapped[UtcTime]


class LogNode(Base):
    """The hash of a complete subtree of 2**level leaves."""

    __tablename__ = "log_node"
    unwitnessed = "made again from the leaves: log.nodes_fit"
    stream: Mapped[str] = mapped_column(String(32), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogCheckpoint(Base):
    """A signed head of a stream: `note` is the C2SP text."""

    __tablename__ = "log_checkpoint"
    unwitnessed = "signed, and kept outside the database: log.streams_fit"
    stream: Mapped[str] = mapped_column(String(32), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(String(1000))
    at: Mapped[UtcTime]


@dataclass(frozen=True)
class Receipt:
    """Where an entry stands: place, the checkpoint that covers it, and the way to its root."""

    seq: int
    leaf: bytes
    checkpoint: str
    hashes: tuple[bytes, ...]


def enqueue(db: Session, stream: str, source: str, leaf: bytes, at: datetime) -> None:
    """Queue an entry in the caller's transaction. `source` is unique within the stream, for ever."""
    store.put(db, LogQueue(stream=stream, source=source, leaf=leaf, at=at))


class Sealer:
    """Puts queued entries in order. Many may run; the database lets one work at a time."""

    def __init__(self, engine: Engine, clock: Clock, keys: KeyRing, origin: str, outside: Path) -> None:
        self._engine = engine
        self._clock = clock
        self._keys = keys
        self._origin = origin
        self._outside = outside

    def seal(self, stream: str) -> int:
        """Order up to 2,000 waiting entries and sign the new head; how many were ordered."""
        with writing(self._engine) as db:
            if not exclusive(db, f"seal:{stream}"):
                return 0
            waiting = db.scalars(
                select(LogQueue).where(LogQueue.stream == stream).order_by(LogQueue.at, LogQueue.source).limit(BATCH)
            ).all()
            if not waiting:
                return 0
            size = size_of(db, stream)
            self._append(db, stream, size, waiting)
            size += len(waiting)
            note = self._sign(db, stream, size)
            sources = [w.source for w in waiting]
            db.execute(delete(LogQueue).where(LogQueue.stream == stream, LogQueue.source.in_(sources)))
        self._publish(stream, size, note)
        return len(waiting)

    def seal_all(self) -> int:
        """Order everything that waits, in every stream; what comes meanwhile waits for the next turn, all together."""
        done = 0
        for stream in STREAMS:
            count = BATCH
            while count == BATCH:
                count = self.seal(stream)
                done += count
        return done

    def _append(self, db: Session, stream: str, size: int, waiting: Sequence[LogQueue]) -> None:
        fresh: dict[tuple[int, int], bytes] = {}

        def stored(level: int, place: int) -> bytes:
            return fresh.get((level, place)) or node_of(db, stream, level, place)

        for seq, entry in enumerate(waiting, start=size):
            level, place, value = 0, seq, merkle.leaf_hash(entry.leaf)
            fresh[level, place] = value
            while place % 2 == 1:
                value = merkle.node_hash(stored(level, place - 1), value)
                level, place = level + 1, place // 2
                fresh[level, place] = value
        leaves = [
            {"stream": stream, "seq": seq, "source": entry.source, "leaf": entry.leaf, "at": entry.at}
            for seq, entry in enumerate(waiting, start=size)
        ]
        nodes = [
            {"stream": stream, "level": level, "place": place, "hash": value}
            for (level, place), value in fresh.items()
        ]
        db.execute(insert(LogLeaf), leaves)
        db.execute(insert(LogNode), nodes)

    def _sign(self, db: Session, stream: str, size: int) -> str:
        root = StoredTree(db, stream, size).root()
        key = self._keys.ed25519(self._keys.active("log").kid)
        note = merkle.sign_checkpoint(merkle.Checkpoint(f"{self._origin}/{stream}", size, root), key)
        db.execute(insert(LogCheckpoint).values(stream=stream, size=size, note=note, at=self._clock.now()))
        return note

    def _publish(self, stream: str, size: int, note: str) -> None:
        """Append the signed head to a file outside the database: a rewritten history no longer fits it.

        The last head of each Shanghai day is kept besides as a note of its own, for mirroring.
        """
        daily = daily_file(self._outside, shanghai_day(self._clock.now()), stream)
        daily.parent.mkdir(parents=True, exist_ok=True)
        body = base64.b64encode(note.encode()).decode()
        files.append_line(self._outside / f"{stream}.log", f"{size} {body}")
        files.put(daily, note.encode())


def daily_file(folder: Path, day: date, stream: str) -> Path:
    """Where the last head of a day is kept."""
    return folder / "daily" / f"{day.isoformat()}-{stream}.txt"


class StoredTree(merkle.Tree):
    """The tree of a stream as it stands in the database: roots and proofs read O(log n) rows."""

    def __init__(self, db: Session, stream: str, size: int) -> None:
        super().__init__()
        self._db = db
        self._stream = stream
        self._size = size

    def __len__(self) -> int:
        return self._size

    def node(self, height: int, place: int) -> bytes:
        return node_of(self._db, self._stream, height, place)


def size_of(db: Session, stream: str) -> int:
    """How many entries stand in order."""
    last = db.scalar(select(func.max(LogLeaf.seq)).where(LogLeaf.stream == stream))
    return 0 if last is None else last + 1


def waiting(db: Session, stream: str) -> int:
    """How many entries wait for their place."""
    return db.scalar(select(func.count()).select_from(LogQueue).where(LogQueue.stream == stream)) or 0


def oldest_waiting(db: Session, stream: str) -> datetime | None:
    """Since when the oldest entry waits; None if none does."""
    return db.scalar(select(func.min(LogQueue.at)).where(LogQueue.stream == stream))


def node_of(db: Session, stream: str, level: int, place: int) -> bytes:
    """The stored hash of a complete subtree. Raises LookupError if it was taken away."""
    found = db.scalar(
        select(LogNode.hash).where(LogNode.stream == stream, LogNode.level == level, LogNode.place == place)
    )
    if found is None:
        raise LookupError(f"{stream}: no node {level}/{place}")
    return found


def head(db: Session, stream: str) -> LogCheckpoint | None:
    """The newest signed head of a stream."""
    return db.scalars(
        select(LogCheckpoint).where(LogCheckpoint.stream == stream).order_by(LogCheckpoint.size.desc()).limit(1)
    ).first()


def place_of(db: Session, stream: str, source: str) -> int | None:
    """The place of an entry, None while it waits or if there is none."""
    return db.scalar(select(LogLeaf.seq).where(LogLeaf.stream == stream, LogLeaf.source == source))


def places(db: Session, stream: str, prefix: str) -> dict[str, int]:
    """The places of all entries whose source begins so."""
    found = select(LogLeaf.source, LogLeaf.seq).where(
        LogLeaf.stream == stream, LogLeaf.source.startswith(prefix, autoescape=True)
    )
    return dict(db.execute(found).all())


def receipt(db: Session, stream: str, source: str) -> Receipt | None:
    """The proof that an entry is in the log, or None while it waits."""
    leaf = db.scalars(select(LogLeaf).where(LogLeaf.stream == stream, LogLeaf.source == source)).first()
    top = head(db, stream)
    if leaf is None or top is None:
        return None
    hashes = StoredTree(db, stream, top.size).inclusion(leaf.seq)
    return Receipt(leaf.seq, leaf.leaf, top.note, tuple(hashes))


def first_receipt(db: Session, stream: str, source: str) -> Receipt | None:
    """The proof under the first head that was signed over an entry, or None while it waits: the same for ever."""
    leaf = db.scalars(select(LogLeaf).where(LogLeaf.stream == stream, LogLeaf.source == source)).first()
    if leaf is None:
        return None
    over = select(LogCheckpoint).where(LogCheckpoint.stream == stream, LogCheckpoint.size > leaf.seq)
    first = db.scalars(over.order_by(LogCheckpoint.size).limit(1)).one()
    hashes = StoredTree(db, stream, first.size).inclusion(leaf.seq)
    return Receipt(leaf.seq, leaf.leaf, first.note, tuple(hashes))


def tile(db: Session, stream: str, wanted: Tile) -> bytes | None:
    """The bytes of a tile, or None if the signed log does not reach so far."""
    top = head(db, stream)
    if top is None or not wanted.stands_in(top.size):
        return None
    first = wanted.place * tiles.WIDTH
    if wanted.level is None:
        among = LogLeaf.seq.between(first, first + wanted.width - 1)
        chosen = select(LogLeaf.leaf).where(LogLeaf.stream == stream, among).order_by(LogLeaf.seq)
        return tiles.bundle(db.scalars(chosen).all())
    among = LogNode.place.between(first, first + wanted.width - 1)
    nodes = select(LogNode.hash).where(LogNode.stream == stream, LogNode.level == 8 * wanted.level, among)
    return b"".join(db.scalars(nodes.order_by(LogNode.place)))
