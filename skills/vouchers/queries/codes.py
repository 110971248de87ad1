"""The code that a holder shows now, slips that lie about, and whether an institution's scanning is locked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel import steps
from skills.kernel.audit import misses
from skills.kernel.clock import shanghai_day, start_of
from skills.kernel.keys import KeyRing
from skills.standards.queries import value
from skills.vouchers.models import ScanLock, VoucherCode
from skills.vouchers.rules import codes as rule
from skills.vouchers.rules.codes import MISSES, CodeKind
from skills.vouchers.states import CodeState

PRESENT = "voucher_code.present"


@dataclass(frozen=True)
class CodeNow:
    """What the screen shows now. `seconds` until the next code; `ends_at` when showing ends."""

    code: str
    seconds: int
    ends_at: datetime


@dataclass(frozen=True)
class SlipLine:
    """A slip of paper that counts: printed when, why, until when. Its code is known to the paper alone."""

    shown_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True)
class LockLine:
    """A lock of an institution's scanning."""

    id: str
    organisation_id: str
    institution: str
    misses: int
    by: str
    locked_at: datetime
    ends_at: datetime
    lifted_at: datetime | None
    lifted_by: str
    reason: str
    open: bool


def code_now(db: Session, ring: KeyRing, voucher_id: str, account: str, now: datetime) -> CodeNow | None:
    """The code of a voucher that this account shows; None if it shows none now."""
    row = db.scalars(
        select(VoucherCode).where(
            VoucherCode.voucher_id == voucher_id, VoucherCode.kind == CodeKind.SCREEN, VoucherCode.state == CodeState.OPEN,
            VoucherCode.done_by == account, VoucherCode.ends_at > now,
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    bound = rule.bound_to(row.id, row.voucher_id, row.person_id)
    text = rule.text_of(ring.secret("steps", row.kid), row.handle, bound, row.kind, now)
    return CodeNow(text, steps.seconds_left(now), row.ends_at)


def shown_last(db: Session, voucher_id: str, now: datetime) -> str:
    """How the last code of a voucher ended within the hour: used, replaced, ended …; empty if there was none."""
    row = db.scalars(
        select(VoucherCode)
        .where(VoucherCode.voucher_id == voucher_id, VoucherCode.shown_at > now - timedelta(hours=1))
        .order_by(VoucherCode.id.desc())
        .limit(1)
    ).first()
    return "" if row is None else row.close_reason


def slip(db: Session, voucher_id: str, now: datetime) -> SlipLine | None:
    """The slip of a voucher that counts now."""
    row = db.scalars(
        select(VoucherCode).where(
            VoucherCode.voucher_id == voucher_id, VoucherCode.kind == CodeKind.SLIP, VoucherCode.state == CodeState.OPEN,
            VoucherCode.ends_at > now,
        )
    ).one_or_none()  # fmt: skip
    return None if row is None else SlipLine(row.shown_at, row.ends_at, row.reason)


def misses_of(db: Session, organisation_id: str, account: str, now: datetime) -> int:
    """How often codes were missed lately, at this institution or by this account: the greater of the two."""
    day = shanghai_day(now)
    since = now - timedelta(minutes=value(db, "voucher.scan_window_minutes", day))
    lifted = db.scalar(select(func.max(ScanLock.lifted_at)).where(ScanLock.organisation_id == organisation_id))
    since = max(since, lifted + timedelta(microseconds=1)) if lifted else since
    return max(
        misses(db, PRESENT, subject=organisation_id, since=since, codes=MISSES),
        misses(db, PRESENT, actor=account, since=since, codes=MISSES),
    )


def locked_until(db: Session, organisation_id: str, account: str, now: datetime) -> datetime | None:
    """Until when this institution's scanning is locked; None if it is open. Decided on the attempts on record."""
    placed = db.scalar(
        select(func.max(ScanLock.ends_at)).where(
            ScanLock.organisation_id == organisation_id, ScanLock.lifted_at.is_(None), ScanLock.ends_at > now
        )
    )
    if placed is not None:
        return placed
    day = shanghai_day(now)
    if misses_of(db, organisation_id, account, now) >= value(db, "voucher.scan_misses", day):
        return now + timedelta(hours=value(db, "voucher.scan_lock_hours", day))
    return None


def locks(db: Session, districts: Collection[str] | None, now: datetime) -> list[LockLine]:
    """Locks of these districts (None: the whole city): those that hold first, then the latest hundred."""
    chosen = select(ScanLock).order_by(ScanLock.id.desc()).limit(100)
    if districts is not None:
        chosen = chosen.where(ScanLock.district.in_(districts))
    found = [
        LockLine(
            r.id, r.organisation_id, accounts.organisation(db, r.organisation_id).name, r.misses,
            accounts.name_of(db, r.account_id), r.locked_at, r.ends_at, r.lifted_at,
            accounts.name_of(db, r.lifted_by) if r.lifted_by else "", r.reason, r.lifted_at is None and r.ends_at > now,
        )
        for r in db.scalars(chosen)
    ]  # fmt: skip
    return sorted(found, key=lambda line: not line.open)


def locks_of_day(db: Session, districts: Collection[str] | None, day: date) -> int:
    """How many locks hold on a day, or did until an hour of it: the work list's figure."""
    chosen = select(func.count()).select_from(ScanLock).where(ScanLock.lifted_at.is_(None), ScanLock.ends_at > start_of(day))
    if districts is not None:
        chosen = chosen.where(ScanLock.district.in_(districts))
    return db.scalar(chosen) or 0
