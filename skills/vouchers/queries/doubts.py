"""Payments of which the authority is asked whether they come back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.errors import Missing
from skills.vouchers.models import PaymentDoubt
from skills.vouchers.queries.settling import used
from skills.vouchers.states.doubts import DoubtState


@dataclass(frozen=True)
class DoubtLine:
    """A payment whose completion no longer stands, or (`less`) of which less counts than was paid for. Money in 分."""

    id: str
    redemption_id: str
    masked_name: str
    institution: str
    title: str
    cents: int
    reason: str
    opened_at: datetime
    less: bool


def doubts(db: Session, districts: Collection[str] | None, most: int = 100) -> list[DoubtLine]:
    """What waits for a decision in these districts (None: in all), oldest first."""
    return _lines(db, db.scalars(_open(districts).order_by(PaymentDoubt.opened_at, PaymentDoubt.id).limit(most)).all())


def _lines(db: Session, rows: Sequence[PaymentDoubt]) -> list[DoubtLine]:
    uses = used(db, [row.redemption_id for row in rows])
    return [
        DoubtLine(
            row.id, row.redemption_id, uses[row.redemption_id].masked_name,
            accounts.organisation(db, uses[row.redemption_id].institution_id).name, uses[row.redemption_id].title, row.cents,
            row.reason, row.opened_at, row.source.startswith("overlap:"),
        )
        for row in rows
    ]  # fmt: skip


def doubt(db: Session, doubt_id: str, districts: Collection[str] | None) -> DoubtLine:
    """One that waits in these districts. Raises Missing("payment_doubt.unknown")."""
    row = db.scalar(_open(districts).where(PaymentDoubt.id == doubt_id))
    if row is None:
        raise Missing("payment_doubt.unknown")
    return _lines(db, [row])[0]


def count(db: Session, districts: Collection[str] | None) -> int:
    """How many payments wait for a decision in these districts."""
    return db.scalar(select(func.count()).select_from(_open(districts).subquery())) or 0


def claimed(db: Session) -> dict[str, str]:
    """Question → the claw-back that answers it, of all that are claimed back."""
    return dict(db.execute(select(PaymentDoubt.id, PaymentDoubt.answer).where(PaymentDoubt.state == DoubtState.CLAIMED)).all())


def refuted(db: Session, claw_backs: Collection[str]) -> set[str]:
    """Those of these claw-backs whose ground is gone: the training was completed again."""
    return set(db.scalars(refuting().where(PaymentDoubt.answer.in_(claw_backs))))


def refuting() -> Select[str]:
    """As a part of other questions: the claw-backs whose ground is gone."""
    return select(PaymentDoubt.answer).where(PaymentDoubt.state == DoubtState.SETTLED)


def asked_about(db: Session) -> set[str]:
    """Uses about whose payment the authority is or was asked."""
    return set(db.scalars(select(PaymentDoubt.redemption_id)))


def _open(districts: Collection[str] | None) -> Select[PaymentDoubt]:
    chosen = select(PaymentDoubt).where(PaymentDoubt.state == DoubtState.OPENED)
    return chosen if districts is None else chosen.where(PaymentDoubt.district.in_(districts))
