"""Two places at once that are found when one of them had its result: its money waits for the decision and follows it."""

from __future__ import annotations

from collections.abc import Iterable

from skills.courses.queries.hours import PlaceFacts
from skills.kernel.acts import Act
from skills.learning.models import Overlap
from skills.learning.queries import ledger
from skills.vouchers.actions import holds, unearning


def source(overlap_id: str) -> str:
    """The name under which an overlap freezes."""
    return f"overlap:{overlap_id}"


def freeze(act: Act, row: Overlap, places: Iterable[PlaceFacts]) -> None:
    """What is not paid yet for those of these places that had their result."""
    holds.place(act, [p.redemption_id for p in places if p.ended_at and p.redemption_id], source(row.id))


def free(act: Act, row: Overlap) -> None:
    """There was only one place, or the bureau has decided."""
    holds.lift(act, source(row.id))


def follow(act: Act, row: Overlap, places: Iterable[PlaceFacts]) -> None:
    """Count again what the places that had their result are paid for. Raises Refusal("redemption.on_its_way")."""
    for place in places:
        units = ledger.units_now(act.db, place) if place.ended_at and place.redemption_id else None
        if place.redemption_id and units:
            unearning.recount(
                act, redemption_id=place.redemption_id, attended=units[0], planned=units[1], source=source(row.id), reason=row.reason
            )
