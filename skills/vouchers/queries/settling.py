"""Uses of vouchers as settlement reads them: what is payable, what one of them was, what the ledger says was paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from skills.kernel.clock import shanghai_day
from skills.people import queries as people
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.vouchers.models import Batch, LedgerEntry, Redemption, Voucher, VoucherVerdict
from skills.vouchers.rules import Moment, Payee
from skills.vouchers.states import REDEMPTION, Event, RedemptionState

_CHUNK = 500


@dataclass(frozen=True)
class Earned:
    """What an institution earned in a district in a month, in 分, and is not on its way to the bank."""

    district: str
    month: str
    count: int
    cents: int


@dataclass(frozen=True)
class UsedLine:
    """A use as a statement shows it: masked name, occupation and level as words, money in 分."""

    redemption_id: str
    voucher_id: str
    person_id: str
    masked_name: str
    title: str
    district: str
    occupation: str
    level_zh: str
    level_en: str
    institution_id: str
    payee: str
    employer_id: str | None
    cents: int
    paid: int | None
    clawed_back: int
    redeemed_on: date
    earned_at: datetime | None
    settled_at: datetime | None
    state: str
    state_zh: str
    state_en: str
    proof: str

    @property
    def due_to(self) -> dict[str, str | None]:
        """To whom its money goes, as rows name it and as a message is addressed: one organisation or one person."""
        match Payee(self.payee):
            case Payee.PERSON:
                return {"organisation_id": None, "person_id": self.person_id}
            case Payee.FIRM:
                return {"organisation_id": self.employer_id, "person_id": None}
            case Payee.INSTITUTION:
                return {"organisation_id": self.institution_id, "person_id": None}


@dataclass(frozen=True)
class Snapshot:
    """A verdict that was kept: when it was asked, its answer, its findings in plain terms."""

    moment: str
    at: datetime
    yes: bool
    findings: list[dict[str, Any]]


def paid_to(payee_id: str) -> ColumnElement[bool]:
    """Uses whose money goes to this organisation, as institution or as employer, or to this person."""
    return or_(
        and_(Redemption.payee == Payee.INSTITUTION, Redemption.institution_id == payee_id),
        and_(Redemption.payee == Payee.FIRM, Redemption.employer_id == payee_id),
        and_(Redemption.payee == Payee.PERSON, Redemption.person_id == payee_id),
    )


def payable(db: Session, payee_id: str, district: str, before: datetime, after: str, most: int) -> list[str]:
    """Ids of uses that became payable before a moment, behind an id, in order; those without money are left out."""
    chosen = (
        select(Redemption.id)
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .join(Batch, Batch.id == Voucher.batch_id)
        .where(
            paid_to(payee_id), Redemption.state == RedemptionState.EARNED, Redemption.cents > 0,
            Batch.district == district, Redemption.earned_at < before, Redemption.id > after,
        )
        .order_by(Redemption.id)
        .limit(most)
    )  # fmt: skip
    return list(db.scalars(chosen))


def earned_by_month(db: Session, payee_id: str) -> list[Earned]:
    """What is payable to somebody, by district of the budget and month in which it became so."""
    rows = db.execute(
        select(Batch.district, Redemption.earned_at, Redemption.cents)
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .join(Batch, Batch.id == Voucher.batch_id)
        .where(paid_to(payee_id), Redemption.state == RedemptionState.EARNED, Redemption.cents > 0)
    )
    found: dict[tuple[str, str], list[int]] = {}
    for district, at, cents in rows:
        if at is not None:
            found.setdefault((district, shanghai_day(at).isoformat()[:7]), []).append(cents)
    return [Earned(d, month, len(all_), sum(all_)) for (d, month), all_ in sorted(found.items())]


def redeemed_by_district(db: Session, institution_id: str) -> dict[str, int]:
    """district of the budget → what people have used at an institution, not completed yet and then due to it, in 分."""
    rows = db.execute(
        select(Batch.district, func.sum(Redemption.cents))
        .join(Voucher, Voucher.batch_id == Batch.id)
        .join(Redemption, Redemption.voucher_id == Voucher.id)
        .where(
            Redemption.payee == Payee.INSTITUTION, Redemption.institution_id == institution_id,
            Redemption.state == RedemptionState.REDEEMED, Redemption.cents > 0,
        )
        .group_by(Batch.district)
    )  # fmt: skip
    return {district: int(cents) for district, cents in rows}


def money_by_month(db: Session, payee_id: str, since: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """month → what became payable to somebody, and what was paid, in 分, of what happened since a moment."""
    earned: dict[str, int] = {}
    paid: dict[str, int] = {}
    rows = db.execute(
        select(Redemption.earned_at, Redemption.settled_at, Redemption.cents, Redemption.paid).where(
            paid_to(payee_id), Redemption.earned_at.is_not(None),
            Redemption.state.in_((*_EARNED, *_PAID)),
        )
    )  # fmt: skip
    for earned_at, settled_at, cents, settled in rows:
        if earned_at is not None and earned_at >= since:
            month = shanghai_day(earned_at).isoformat()[:7]
            earned[month] = earned.get(month, 0) + cents
        if settled_at is not None and settled_at >= since:
            month = shanghai_day(settled_at).isoformat()[:7]
            paid[month] = paid.get(month, 0) + (settled or 0)
    return earned, paid


_EARNED = (RedemptionState.EARNED, RedemptionState.ORDERED)
_PAID = (RedemptionState.SETTLED, RedemptionState.CLAWED_BACK)


def used(db: Session, redemption_ids: Sequence[str]) -> dict[str, UsedLine]:
    """These uses by id; unknown ones are left out."""
    names = {o.code: o.name for o in standards.occupations(db)}
    rows = [
        (r, v, b)
        for ids in _chunks(redemption_ids)
        for r, v, b in db.execute(
            select(Redemption, Voucher, Batch)
            .join(Voucher, Voucher.id == Redemption.voucher_id)
            .join(Batch, Batch.id == Voucher.batch_id)
            .where(Redemption.id.in_(ids))
        )
    ]
    holders = people.persons(db, sorted({r.person_id for r, _, _ in rows}))
    found = {}
    for r, v, b in rows:
        level = Level(r.level) if r.level else None
        found[r.id] = UsedLine(
            r.id, v.id, r.person_id, holders[r.person_id].masked_name, b.title, b.district, names.get(r.occupation, r.occupation),
            level.wording if level else "—", level.english if level else "—", r.institution_id, r.payee, r.employer_id,
            r.cents, r.paid, r.clawed_back,
            r.redeemed_on, r.earned_at, r.settled_at, r.state, *REDEMPTION.words[RedemptionState(r.state)], r.proof,
        )  # fmt: skip
    return found


def snapshots(db: Session, redemption_id: str) -> list[Snapshot]:
    """The verdict on which a use was made, and those of its settlement, oldest first."""
    rows = db.scalars(
        select(VoucherVerdict)
        .where(VoucherVerdict.redemption_id == redemption_id, VoucherVerdict.moment.in_((Moment.REDEEM, Moment.SETTLE)))
        .order_by(VoucherVerdict.at, VoucherVerdict.id)
    )
    return [Snapshot(r.moment, r.at, r.yes, r.findings) for r in rows]


def states(db: Session) -> dict[str, tuple[str, int | None]]:
    """redemption → its state and what was paid for it in 分, of all."""
    return {i: (state, paid) for i, state, paid in db.execute(select(Redemption.id, Redemption.state, Redemption.paid))}


def in_ledger(db: Session, event: Event) -> dict[str, int]:
    """redemption → what the ledger says of an event, in 分."""
    rows = db.execute(
        select(LedgerEntry.redemption_id, func.sum(LedgerEntry.cents))
        .where(LedgerEntry.event == event, LedgerEntry.redemption_id.is_not(None))
        .group_by(LedgerEntry.redemption_id)
    )
    return {str(i): int(cents) for i, cents in rows}


def attended(db: Session) -> dict[str, tuple[int, int]]:
    """Units attended and planned, in hundredths of a session, of every earned use whose class kept attendance."""
    chosen = select(Redemption.id, Redemption.attended, Redemption.planned).where(Redemption.attended.is_not(None))
    return {i: (units or 0, planned or 0) for i, units, planned in db.execute(chosen)}


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
