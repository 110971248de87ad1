"""Papers that show a fact, on their way in: checked by what they are, sealed, and put where the act that wants them finds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from skills.config import Settings
from skills.kernel import files
from skills.kernel.box import Box, Shredded, Tampered
from skills.kernel.checks import Bookkeeper
from skills.kernel.errors import Refusal
from skills.records.actions import Paper
from skills.records.queries import EVIDENCE, MARK, place_of

AT_ONCE = 3


class Kept(Protocol):
    """A row about a sealed file: its id, and the digest of what was handed in."""

    id: str
    digest: str


def put_in(
    box: Box, folder: Path, key: str, found: Sequence[bytes], most_bytes: int, person: str, drawer: str = EVIDENCE,
    mark: str = MARK, most: int = AT_ONCE,
) -> tuple[Paper, ...]:  # fmt: skip
    """Seal papers under the person's data key and store them; the same form sent twice stores the same ones.

    drawer  the folder of papers: each is swept by the room whose it is
    mark    what their digests and seals are bound to
    most    how many at once

    Raises Refusal("evidence.kind" | "evidence.size" | "evidence.too_many" | "evidence.none").
    """
    if not found:
        raise Refusal("evidence.none")
    if len(found) > most:
        raise Refusal("evidence.too_many", most=most)
    made = []
    for place, data in enumerate(found):
        kind = files.paper_kind(data)
        if kind is None:
            raise Refusal("evidence.kind")
        if len(data) > most_bytes:
            raise Refusal("evidence.size", most=f"{most_bytes / 1_000_000:.1f}")
        digest = box.blind(mark, data.hex())
        made.append((Paper(box.blind(f"{mark}:id", f"{person}:{key}:{place}:{digest}")[:26], kind, len(data), digest), data))
    (folder / drawer).mkdir(parents=True, exist_ok=True)
    for paper, data in made:
        files.put(folder / drawer / paper.id, box.seal_bytes(data, place_of(paper.id, mark), person), 0o600)
    return tuple(paper for paper, _ in made)


def damaged(book: Bookkeeper, rows: Iterable[Kept], drawer: str = EVIDENCE, mark: str = MARK) -> Iterator[str]:
    """Which of these sealed files are gone, changed, or not what was handed in; what an erasure has closed is as it should be."""
    box, settings = book.tools[Box], book.tools[Settings]
    assert isinstance(box, Box)  # noqa: S101
    assert isinstance(settings, Settings)  # noqa: S101
    for row in rows:
        try:
            data = box.open_bytes((settings.files_dir / drawer / row.id).read_bytes(), place_of(row.id, mark))
        except Shredded:
            continue
        except (FileNotFoundError, Tampered):
            yield f"paper {row.id}: gone or changed"
            continue
        if box.blind(mark, data.hex()) != row.digest:
            yield f"paper {row.id}: not what was handed in"
