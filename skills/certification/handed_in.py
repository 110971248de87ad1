"""Files of a comprehensive review on their way in: checked by what they are, sealed, and put where the act finds them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skills.certification.queries.defences import FOLDER, place_of
from skills.kernel import files
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.records.actions import Paper


def put_in(box: Box, folder: Path, key: str, found: Sequence[bytes], most: int, most_bytes: int, person: str) -> tuple[Paper, ...]:
    """Seal files under the person's data key and store them; the same form sent twice stores the same ones.

    Raises Refusal("evidence.none" | "evidence.too_many" | "evidence.kind" | "evidence.size").
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
        digest = box.blind("review_file", data.hex())
        made.append((Paper(box.blind("review_file:id", f"{person}:{key}:{place}:{digest}")[:26], kind, len(data), digest), data))
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for paper, data in made:
        files.put(folder / FOLDER / paper.id, box.seal_bytes(data, place_of(paper.id), person), 0o600)
    return tuple(paper for paper, _ in made)
