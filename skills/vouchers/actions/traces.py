"""Forgetting from where vouchers were used, inside the caller's act."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, select

from skills.kernel.acts import Act
from skills.vouchers.models import Redemption, RedemptionTrace

MOST = 500


def forget_before(act: Act, moment: datetime) -> int:
    """Forget the traces of uses before a moment; at most 500 an act. How many."""
    return _forget(act, select(RedemptionTrace.redemption_id).join(Redemption).where(Redemption.redeemed_at < moment).limit(MOST))


def forget_person(act: Act, person_id: str) -> int:
    """Forget every trace of somebody."""
    return _forget(act, select(RedemptionTrace.redemption_id).join(Redemption).where(Redemption.person_id == person_id))


def _forget(act: Act, chosen: Select[str]) -> int:
    ids = act.db.scalars(chosen).all()
    if ids:
        act.db.execute(delete(RedemptionTrace).where(RedemptionTrace.redemption_id.in_(ids)))
    return len(ids)
