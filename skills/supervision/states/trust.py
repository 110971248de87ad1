"""The life of a proposal to raise a body's trust back (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class RestorationState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


RESTORATION = Machine(
    "trust_restoration",
    RestorationState,
    RestorationState.PROPOSED,
    move("approve", RestorationState.PROPOSED, to=RestorationState.APPROVED, means="同意恢复 by another person than who proposed it",
         may="trust.approve"),
    move("refuse", RestorationState.PROPOSED, to=RestorationState.REFUSED, means="不予恢复 the rate stays", may="trust.approve"),
    words={
        RestorationState.PROPOSED: ("待复核", "proposed"),
        RestorationState.APPROVED: ("已恢复", "restored"),
        RestorationState.REFUSED: ("未恢复", "not restored"),
    },
)  # fmt: skip
