"""Papers on their way in: checked by what they are, sealed, and put where the act that wants them finds them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skills.complaints.actions.steps import FOLDER, Paper
from skills.kernel import files
from skills.kernel.box import Box
from skills.kernel.errors import Refusal

AT_ONCE = 3


def put_in(box: Box, folder: Path, key: str, found: Sequence[bytes], most_bytes: int, person: str | None) -> tuple[Paper, ...]:
    """Seal papers and store them; the same form sent twice stores the same ones.

    key     the form's key: names the files, so that a replay is the same order
    person  under whose data key they are sealed, None for the anonymous
    Raises Refusal("complaint.paper_kind" | "complaint.paper_size" | "complaint.too_many_papers").
    """
    if len(found) > AT_ONCE:
        raise Refusal("complaint.too_many_papers", most=AT_ONCE)
    made = []
    for place, data in enumerate(found):
        kind = files.paper_kind(data)
        if kind is None:
            raise Refusal("complaint.paper_kind")
        if len(data) > most_bytes:
            raise Refusal("complaint.paper_size", most=f"{most_bytes / 1_000_000:.1f}")
        digest = box.blind("complaint_file", data.hex())
        made.append((Paper(box.blind("complaint_file:id", f"{person or ''}:{key}:{place}:{digest}")[:26], kind, len(data), digest), data))
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for paper, data in made:
        sealed = box.seal_bytes(data, f"complaint_file:{paper.id}:bytes", person)
        files.put(folder / FOLDER / paper.id, sealed, 0o600)
    return tuple(paper for paper, _ in made)
