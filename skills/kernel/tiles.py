"""A log as files that anyone can fetch and keep for ever (C2SP tlog-tiles): addresses, and the tree made from tiles.

A tile holds 256 neighbouring hashes of 32 bytes; each hash of level L+1 is the root of one full tile of level L.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from skills.kernel import merkle

WIDTH = 256
HASH = 32
MOST_LEVELS = 63
_PLACE = re.compile(r"(?:x\d{3}/)*\d{3}")
_LEVEL = re.compile(r"0|[1-9]\d?")
_PART = re.compile(r"[1-9]\d{0,2}")


class BadTile(Exception):
    """Not an address of a tile, or not the bytes that belong there."""


@dataclass(frozen=True)
class Tile:
    """Which tile: `level` None is a bundle of entries, which belongs to the tile of level 0 at the same place."""

    level: int | None
    place: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The address below the log's prefix."""
        number = f"{self.place:03d}"
        number = number.zfill((len(number) + 2) // 3 * 3)
        parts = [number[i : i + 3] for i in range(0, len(number), 3)]
        where = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{where}{part}"

    def stands_in(self, size: int) -> bool:
        """Whether a log of so many entries has it, full or as far as it reaches."""
        return self.place * WIDTH + self.width <= size >> 8 * (self.level or 0)


def read_path(text: str) -> Tile:
    """The tile of an address after `tile/`. Raises BadTile for anything that is not written exactly so."""
    level, _, rest = text.partition("/")
    where, part, width = rest.partition(".p/")
    if level != "entries" and not (_LEVEL.fullmatch(level) and int(level) <= MOST_LEVELS):
        raise BadTile(text)
    if not _PLACE.fullmatch(where) or (part and not (_PART.fullmatch(width) and int(width) < WIDTH)):
        raise BadTile(text)
    place = int(where.replace("x", "").replace("/", ""))
    made = Tile(None if level == "entries" else int(level), place, int(width) if part else WIDTH)
    if made.path != f"tile/{text}":
        raise BadTile(text)
    return made


def row(level: int, size: int) -> Iterator[Tile]:
    """Every tile of one level in a log of so many entries, the last one as far as it reaches."""
    count = size >> 8 * level
    yield from (Tile(level, place) for place in range(count // WIDTH))
    if count % WIDTH:
        yield Tile(level, count // WIDTH, count % WIDTH)


def hashes_in(tile: Tile, data: bytes) -> list[bytes]:
    """The hashes of a tile. Raises BadTile if it is not as wide as it should be."""
    if len(data) != tile.width * HASH:
        raise BadTile(f"{tile.path}: {len(data)} bytes, not {tile.width * HASH}")
    return [data[i : i + HASH] for i in range(0, len(data), HASH)]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries one after the other, each behind its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_in(tile: Tile, data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises BadTile."""
    found, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if len(entry) != length or len(data) < at + 2:
            raise BadTile(f"{tile.path}: cut off")
        found.append(entry)
        at += 2 + length
    if len(found) != tile.width:
        raise BadTile(f"{tile.path}: {len(found)} entries, not {tile.width}")
    return found


def fetch_tree(fetch: Callable[[Tile], bytes], size: int) -> merkle.Tree:
    """The whole tree from its tiles of level 0, after every higher tile was found to be made from the one below.

    Raises BadTile for a tile of the wrong width, or one that does not follow from those below it.
    """
    below = [value for tile in row(0, size) for value in hashes_in(tile, fetch(tile))]
    tree = merkle.Tree(below)
    level = 1
    while size >> 8 * level:
        for tile in row(level, size):
            held = hashes_in(tile, fetch(tile))
            wanted = [tree.node(8 * level, tile.place * WIDTH + i) for i in range(tile.width)]
            if held != wanted:
                raise BadTile(f"{tile.path}: does not follow from the tiles below it")
        level += 1
    return tree
