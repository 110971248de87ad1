"""Freezing and freeing the money of uses, inside the act of the room that found a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select

from skills.kernel.acts import Act
from skills.vouchers.models import Hold, Redemption
from skills.vouchers.states import HOLD, HoldState, RedemptionState

UNPAID = (RedemptionState.REDEEMED, RedemptionState.EARNED)
_CHUNK = 500


def place(act: Act, redemption_ids: Collection[str], source: str, given_back: bool = False) -> int:
    """Freeze what is not paid yet of these uses; how many were not frozen by this source before.

    given_back  those, too, whose voucher went back: if the place comes to a result after all, the use that takes its place is frozen
    """
    states = (*UNPAID, RedemptionState.RELEASED) if given_back else UNPAID
    made = 0
    for ids in _chunks(sorted(set(redemption_ids))):
        held = select(Hold.redemption_id).where(
            Hold.source == source, Hold.lifted_at.is_(None), Hold.redemption_id.in_(ids)
        )
        chosen = select(Redemption.id).where(
            Redemption.id.in_(ids), Redemption.state.in_(states), Redemption.id.not_in(held)
        )
        fresh = act.db.scalars(chosen.order_by(Redemption.id)).all()
        act.db.add_all(
            Hold(id=act.new_id(), redemption_id=i, source=source, state=HoldState.PLACED, placed_at=act.at) for i in fresh
        )
        act.db.flush()
        made += len(fresh)
    return made


def carry_over(act: Act, old: str, new: str) -> int:
    """Freeze a use by whatever froze the one that it takes the place of, also if that was given back meanwhile; how many holds."""
    sources = set(act.db.scalars(select(Hold.source).where(Hold.redemption_id == old, Hold.lifted_at.is_(None))))
    return sum(place(act, [new], source) for source in sorted(sources))


def lift(act: Act, source: str) -> int:
    """Free everything that this source froze; how many uses."""
    held = act.db.scalars(select(Hold).where(Hold.source == source, Hold.lifted_at.is_(None)).order_by(Hold.id)).all()
    for row in held:
        act.move(row, HOLD, "lift", lifted_at=act.at)
    return len(held)


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
