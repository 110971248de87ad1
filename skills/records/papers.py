"""Papers that show a fact, on their way in: checked by what they are, sealed, and put where the act that wants them finds them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skills.kernel import files
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.records.actions import Paper
from skills.records.queries import EVIDENCE, place_of

AT_ONCE = 3


def put_in(
    box: Box, folder: Path, key: str, found: Sequence[bytes], most_bytes: int, person: str, drawer: str = EVIDENCE
) -> tuple[Paper, ...]:
    """Seal papers under the person's data key and store them; the same form sent twice stores the same ones.

    drawer  the folder of papers: each is swept by the room whose it is

    Raises Refusal("evidence.kind" | "evidence.size" | "evidence.too_many" | "evidence.none").
    """
    if not found:
        raise Refusal("evidence.none")
    if len(found) > AT_ONCE:
        raise Refusal("evidence.too_many", most=AT_ONCE)
    made = []
    for place, data in enumerate(found):
        kind = files.paper_kind(data)
        if kind is None:
            raise Refusal("evidence.kind")
        if len(data) > most_bytes:
            raise Refusal("evidence.size", most=f"{most_bytes / 1_000_000:.1f}")
        digest = box.blind("record_evidence", data.hex())
        made.append((Paper(box.blind("record_evidence:id", f"{person}:{key}:{place}:{digest}")[:26], kind, len(data), digest), data))
    (folder / drawer).mkdir(parents=True, exist_ok=True)
    for paper, data in made:
        files.put(folder / drawer / paper.id, box.seal_bytes(data, place_of(paper.id), person), 0o600)
    return tuple(paper for paper, _ in made)
