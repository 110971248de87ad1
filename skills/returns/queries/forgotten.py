"""Returns of which the rows that were never applied have been kept long enough."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from skills.returns.models import Return
from skills.returns.states import ReturnState
from skills.standards.queries import value


def due(db: Session, now: datetime, day: date, return_id: str | None = None) -> list[str]:
    """Ids of these returns, the oldest first: applied, or not handed in, for longer than policy keeps such rows. One of them, if named."""
    before = now - timedelta(days=int(value(db, "return.rows_days", day)))
    not_handed_in = Return.state.in_((ReturnState.UPLOADED, ReturnState.CHECKED, ReturnState.REFUSED))
    over = or_(and_(Return.state == ReturnState.APPLIED, Return.applied_at < before), and_(not_handed_in, Return.uploaded_at < before))
    chosen = select(Return.id).where(Return.forgotten_at.is_(None), over)
    if return_id is not None:
        chosen = chosen.where(Return.id == return_id)
    return list(db.scalars(chosen.order_by(Return.id)))
