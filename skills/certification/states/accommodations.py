"""The life of a request for accommodations 合理便利 (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class AccommodationState(StrEnum):
    """Where a request for accommodations stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


_A = AccommodationState
ACCOMMODATION = Machine(
    "accommodation",
    AccommodationState,
    _A.ASKED,
    move("grant", _A.ASKED, to=_A.GRANTED, means="准予 given, in whole or in part", may="accommodation.decide"),
    move("refuse", _A.ASKED, to=_A.REFUSED, means="不予 refused with a reason", may="accommodation.decide"),
    words={_A.ASKED: ("待决定", "waits for a decision"), _A.GRANTED: ("已准予", "granted"), _A.REFUSED: ("不予提供", "refused")},
)
