"""Uses of vouchers that their holders deny, for the holder and for the bureau."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.clock import shanghai_day, start_of
from skills.kernel.errors import Missing
from skills.people import queries as people
from skills.standards import queries as standards
from skills.vouchers.models import Batch, Dispute, Redemption, Voucher
from skills.vouchers.states import DISPUTE, REDEMPTION, DisputeState, RedemptionState

PAGE = 50
LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True)
class DisputeLine:
    """A denied use. Money in 分; `due` is the day by which it must be decided.

    others  uses at the same institution that were denied in the ninety days before, this one left out
    """

    id: str
    redemption_id: str
    masked_name: str
    district_name: str
    title: str
    institution_id: str
    institution: str
    cents: int
    redeemed_at: datetime
    use: str
    use_zh: str
    use_en: str
    opened_at: datetime
    due: date
    state: str
    state_zh: str
    state_en: str
    closed_at: datetime | None
    reason: str
    others: int


def disputes(
    db: Session, districts: Collection[str] | None, opened: bool, after: str = "", most: int = PAGE
) -> list[DisputeLine]:
    """Denied uses of holders in these districts (None: all), up to `most` behind a row: those that wait, the first denied
    first; or those that are closed, the last denied first."""
    chosen = select(Dispute).limit(most)
    if districts is not None:
        chosen = chosen.where(Dispute.district.in_(districts))
    if opened:
        chosen = chosen.where(Dispute.state == DisputeState.OPENED, Dispute.id > after).order_by(Dispute.id)
    else:
        chosen = chosen.where(Dispute.state != DisputeState.OPENED).order_by(Dispute.id.desc())
        chosen = chosen.where(Dispute.id < after) if after else chosen
    return _lines(db, db.scalars(chosen).all())


def dispute(db: Session, dispute_id: str, districts: Collection[str] | None) -> DisputeLine:
    """One of them. Raises Missing("voucher_dispute.unknown")."""
    row = db.get(Dispute, dispute_id)
    if row is None or (districts is not None and row.district not in districts):
        raise Missing("voucher_dispute.unknown")
    return _lines(db, [row])[0]


def latest_dispute(db: Session, voucher_id: str) -> DisputeLine | None:
    """What the holder last said of the voucher's present use; if it is not in use, of an earlier one."""
    live = db.scalar(select(Redemption.id).where(Redemption.voucher_id == voucher_id, Redemption.released_at.is_(None)))
    chosen = (
        select(Dispute)
        .join(Redemption, Redemption.id == Dispute.redemption_id)
        .where(Redemption.voucher_id == voucher_id)
        .order_by(Dispute.opened_at.desc(), Dispute.id.desc())
        .limit(1)
    )
    row = db.scalars(chosen if live is None else chosen.where(Dispute.redemption_id == live)).first()
    return _lines(db, [row])[0] if row else None


def disputes_open(db: Session, districts: Collection[str] | None) -> int:
    """How many wait for a decision."""
    chosen = select(func.count()).select_from(Dispute).where(Dispute.state == DisputeState.OPENED)
    if districts is not None:
        chosen = chosen.where(Dispute.district.in_(districts))
    return db.scalar(chosen) or 0


def _lines(db: Session, rows: Sequence[Dispute]) -> list[DisputeLine]:
    used = {
        r.id: (r, title)
        for r, title in db.execute(
            select(Redemption, Batch.title)
            .join(Voucher, Voucher.id == Redemption.voucher_id)
            .join(Batch, Batch.id == Voucher.batch_id)
            .where(Redemption.id.in_([row.redemption_id for row in rows]))
        )
    }
    names = {d.code: d.name for d in standards.districts(db)}
    holders = people.persons(db, [row.person_id for row in rows])
    found = []
    for row in rows:
        use, title = used[row.redemption_id]
        found.append(
            DisputeLine(
                row.id, use.id, holders[row.person_id].masked_name, names.get(row.district, row.district), title,
                use.institution_id, accounts.organisation(db, use.institution_id).name, use.cents, use.redeemed_at,
                use.state, *REDEMPTION.words[RedemptionState(use.state)], row.opened_at, row.due, row.state,
                *DISPUTE.words[DisputeState(row.state)], row.closed_at, row.reason, _others(db, row, use.institution_id),
            )
        )  # fmt: skip
    return found


def _others(db: Session, row: Dispute, institution_id: str) -> int:
    since = start_of(shanghai_day(row.opened_at) - LOOK_BACK)
    return db.scalar(
        select(func.count())
        .select_from(Dispute)
        .join(Redemption, Redemption.id == Dispute.redemption_id)
        .where(
            Redemption.institution_id == institution_id, Dispute.id != row.id, Dispute.opened_at >= since,
            Dispute.opened_at <= row.opened_at,
            Dispute.state != DisputeState.WITHDRAWN,
        )
    ) or 0  # fmt: skip
