"""Uses of vouchers as oversight counts them: by whom, where, when, after what, without a name. Not for pages of institutions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.clock import shanghai_day, start_of
from skills.kernel.db import among
from skills.vouchers.models import Batch, Dispute, Hold, Redemption, RedemptionTrace, Voucher
from skills.vouchers.rules import Payee, ScopeForm
from skills.vouchers.rules.forecast import PACE_DAYS
from skills.vouchers.states import BatchState, DisputeState, RedemptionState

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a voucher that was not released. Money in 分; network and device empty if the holder did not do it alone."""

    id: str
    voucher_id: str
    batch_id: str
    person_id: str
    institution_id: str
    district: str
    occupation: str
    cents: int
    source: str
    state: str
    at: datetime
    issued_at: datetime
    claimed_at: datetime | None
    network: str
    device: str


@dataclass(frozen=True)
class Denial:
    """A use that its holder denied."""

    redemption_id: str
    state: str


@dataclass(frozen=True)
class Budget:
    """An open batch that anybody of its groups may claim. `issued_lately` in the last `days`. Money in 分."""

    batch_id: str
    title: str
    district: str
    count_ceiling: int
    issued: int
    money_ceiling: int
    committed: int
    face: int
    claim_until: date
    days: int
    issued_lately: int


@dataclass(frozen=True)
class UseLine:
    """A use as the page of a case shows it."""

    id: str
    voucher_id: str
    person_id: str
    institution_id: str
    title: str
    cents: int
    at: datetime
    state: str
    held: bool


def uses(db: Session, since: datetime, until: datetime) -> list[Use]:
    """Uses in a window, in order of time, those that were given back left out."""
    rows = db.execute(
        select(
            Redemption.id, Redemption.voucher_id, Voucher.batch_id, Redemption.person_id, Redemption.institution_id,
            Voucher.district, Redemption.occupation, Redemption.cents, Redemption.source, Redemption.state,
            Redemption.redeemed_at, Voucher.issued_at, Voucher.claimed_at, func.coalesce(RedemptionTrace.network, ""),
            func.coalesce(RedemptionTrace.device, ""),
        )
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .outerjoin(RedemptionTrace, RedemptionTrace.redemption_id == Redemption.id)
        .where(Redemption.redeemed_at >= since, Redemption.redeemed_at <= until, Redemption.released_at.is_(None))
        .order_by(Redemption.redeemed_at, Redemption.id)
    )  # fmt: skip
    return [Use(*row) for row in map(tuple, rows)]


def uses_by_day(db: Session, until: date) -> list[tuple[str, date, int]]:
    """(institution, day, uses) over all time."""
    rows = db.execute(
        select(Redemption.institution_id, Redemption.redeemed_on, func.count())
        .where(Redemption.released_at.is_(None), Redemption.redeemed_on <= until)
        .group_by(Redemption.institution_id, Redemption.redeemed_on)
        .order_by(Redemption.institution_id, Redemption.redeemed_on)
    )
    return [(institution, day, count) for institution, day, count in rows]


def denials(db: Session, since: datetime) -> list[Denial]:
    """Denied uses that are open or were upheld, of uses since a moment, undone ones too."""
    rows = db.execute(
        select(Dispute.redemption_id, Dispute.state)
        .join(Redemption, Redemption.id == Dispute.redemption_id)
        .where(Redemption.redeemed_at >= since, Dispute.state.in_((DisputeState.OPENED, DisputeState.UPHELD)))
    )
    return [Denial(*row) for row in rows]


def denied_by_institution(db: Session, since: datetime) -> dict[str, int]:
    """institution → its uses since a moment that are denied, or were found to be none of the holder's."""
    rows = db.execute(
        select(Redemption.institution_id, func.count(Redemption.id.distinct()))
        .join(Dispute, Dispute.redemption_id == Redemption.id)
        .where(Redemption.redeemed_at >= since, Dispute.state.in_((DisputeState.OPENED, DisputeState.UPHELD)))
        .group_by(Redemption.institution_id)
    )
    return dict(rows.all())


def denied_elsewhere(db: Session, since: datetime) -> list[tuple[str, str, str]]:
    """(redemption, institution, person) of denied uses that were undone: they are no uses any more, but they count."""
    rows = db.execute(
        select(Redemption.id, Redemption.institution_id, Redemption.person_id)
        .join(Dispute, Dispute.redemption_id == Redemption.id)
        .where(Redemption.redeemed_at >= since, Redemption.released_at.is_not(None), Dispute.state == DisputeState.UPHELD)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def budgets(db: Session, day: date) -> list[Budget]:
    """Open general batches that may still be claimed of on a day, with their pace."""
    held = db.scalars(
        select(Batch).where(
            Batch.state == BatchState.OPEN, Batch.scope_form == ScopeForm.GENERAL, Batch.claim_until >= day
        )
    ).all()
    found = []
    for row in held:
        opened = max(shanghai_day(row.opened_at), row.claim_from) if row.opened_at else row.claim_from
        days = min(PACE_DAYS, max(1, (day - opened).days + 1))
        since = start_of(day - timedelta(days=days - 1))
        lately = db.scalar(
            select(func.count()).select_from(Voucher).where(Voucher.batch_id == row.id, Voucher.issued_at >= since)
        )
        found.append(
            Budget(
                row.id, row.title, row.district, row.count_ceiling, row.issued, row.money_ceiling, row.committed, row.face,
                row.claim_until, days, lately or 0,
            )
        )  # fmt: skip
    return found


def groups_of_batches(db: Session) -> dict[str, tuple[str, ...]]:
    """batch → the groups for which it is."""
    return {batch_id: tuple(groups) for batch_id, groups in db.execute(select(Batch.id, Batch.groups))}


def use_lines(db: Session, redemption_ids: Sequence[str], source: str) -> list[UseLine]:
    """These uses for the page of a case, newest first; held if this source froze them."""
    held = set(db.scalars(select(Hold.redemption_id).where(Hold.source == source, Hold.lifted_at.is_(None))))
    found = []
    for ids in _chunks(list(redemption_ids)):
        rows = db.execute(
            select(Redemption, Batch.title)
            .join(Voucher, Voucher.id == Redemption.voucher_id)
            .join(Batch, Batch.id == Voucher.batch_id)
            .where(Redemption.id.in_(ids))
        )
        found += [
            UseLine(r.id, r.voucher_id, r.person_id, r.institution_id, title, r.cents, r.redeemed_at, r.state, r.id in held)
            for r, title in rows
        ]
    return sorted(found, key=lambda u: (u.at, u.id), reverse=True)


def holds_of(db: Session, prefix: str) -> dict[str, set[str]]:
    """source → uses that it holds now, for sources that begin so."""
    found: dict[str, set[str]] = {}
    rows = db.execute(select(Hold.source, Hold.redemption_id).where(Hold.lifted_at.is_(None), Hold.source.startswith(prefix)))
    for source, redemption_id in rows:
        found.setdefault(source, set()).add(redemption_id)
    return found


def frozen_of(db: Session, source: str) -> int:
    """How many uses there are whose money this source holds now; one that was given back has none."""
    chosen = select(func.count()).select_from(Hold).join(Redemption, Redemption.id == Hold.redemption_id)
    wanted = (Hold.source == source, Hold.lifted_at.is_(None), Redemption.state != RedemptionState.RELEASED)
    return db.scalar(chosen.where(*wanted)) or 0


def sources_of(db: Session, redemption_ids: Collection[str]) -> dict[str, str]:
    """use → what it pays for, as "enrolment:<id>"."""
    return dict(db.execute(select(Redemption.id, Redemption.source).where(among(db, Redemption.id, redemption_ids))).all())


def unpaid_of(db: Session, institution_id: str) -> list[str]:
    """Uses at an institution whose money has not been paid."""
    chosen = select(Redemption.id).where(
        Redemption.institution_id == institution_id, Redemption.state.in_((RedemptionState.REDEEMED, RedemptionState.EARNED))
    )
    return list(db.scalars(chosen.order_by(Redemption.id)))


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def employers_of(db: Session, redemption_ids: Sequence[str]) -> dict[str, str]:
    """redemption → the name of the employer that is paid for it; of others nothing."""
    if not redemption_ids:
        return {}
    rows = db.execute(
        select(Redemption.id, Redemption.employer_id).where(Redemption.id.in_(redemption_ids), Redemption.employer_id.is_not(None))
    )
    return {i: accounts.organisation(db, str(employer)).name for i, employer in rows}


def payees_of(db: Session, redemption_ids: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Who, beside the institutions themselves, would be paid for these uses: (employer, None) or (None, person), each once."""
    rows = db.execute(
        select(Redemption.employer_id, Redemption.person_id, Redemption.payee)
        .where(Redemption.id.in_(redemption_ids), Redemption.payee != Payee.INSTITUTION)
    )
    return sorted({(employer, None if employer else person) for employer, person, _ in rows}, key=str)


def uses_of(db: Session, person_id: str) -> list[str]:
    """Ids of every use that a person ever made."""
    return list(db.scalars(select(Redemption.id).where(Redemption.person_id == person_id)))
