"""Noes on eligibility as they were kept: for whoever was refused, for the bureau's list, for those who check."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.kernel.errors import Missing
from skills.kernel.findings import Finding
from skills.vouchers.models import Batch, VoucherRefusal
from skills.vouchers.queries.people import told_findings
from skills.vouchers.queries.verdicts import rejudge_refusals
from skills.vouchers.rules import Moment

PAGE = 20


@dataclass(frozen=True)
class KeptNo:
    """A no that was given and kept: on what it was asked, and each condition as it was found.

    last_at      when it was given once more, on the last later day; None: on no later day
    institution  where a voucher was to be used; empty if it was not about a use
    forgotten    the grounds went with the person's data
    """

    id: str
    moment: str
    at: datetime
    title: str
    institution: str
    findings: tuple[Finding, ...]
    forgotten: bool
    last_at: datetime | None


@dataclass(frozen=True)
class CheckedNo:
    """A kept no decided once more: whether it came out the same, under the rules of its day."""

    no: KeptNo
    person_id: str
    same: bool


def refusals(db: Session, person_id: str, before: str = "", most: int = PAGE) -> list[KeptNo]:
    """What a person was refused, newest first, older than `before` if it is given."""
    chosen = select(VoucherRefusal, Batch).join(Batch, Batch.id == VoucherRefusal.batch_id)
    chosen = chosen.where(VoucherRefusal.person_id == person_id).order_by(VoucherRefusal.id.desc()).limit(most)
    if before:
        chosen = chosen.where(VoucherRefusal.id < before)
    return [_kept(db, row, batch) for row, batch in db.execute(chosen)]


def refusal(db: Session, refusal_id: str) -> CheckedNo:
    """One kept no, decided again. Raises Missing("voucher_refusal.unknown")."""
    row = db.get(VoucherRefusal, refusal_id)
    if row is None:
        raise Missing("voucher_refusal.unknown")
    again = next(rejudge_refusals(db, refusal_id=row.id))
    return CheckedNo(_kept(db, row, db.get_one(Batch, row.batch_id)), row.person_id, again.same)


def last_refused(db: Session, batch_id: str, person_ids: Collection[str]) -> dict[str, str]:
    """person → the kept no of the issue of a batch to them that was given last."""
    given = func.coalesce(VoucherRefusal.last_at, VoucherRefusal.at)
    rows = db.execute(
        select(VoucherRefusal.person_id, VoucherRefusal.id)
        .where(
            VoucherRefusal.batch_id == batch_id, VoucherRefusal.person_id.in_(person_ids),
            VoucherRefusal.moment == Moment.ISSUE,
        )
        .order_by(given, VoucherRefusal.id)
    )  # fmt: skip
    return dict(rows.all())


def _kept(db: Session, row: VoucherRefusal, batch: Batch) -> KeptNo:
    purpose: dict[str, Any] | None = row.question.get("purpose")
    kept = [Finding(f["code"], f["met"], f["clause"], f["facts"]) for f in row.findings]
    institution = accounts.institution_names(db, [purpose["institution_id"]]).get(purpose["institution_id"], "") if purpose else ""
    findings = told_findings(db, batch, kept, purpose)
    return KeptNo(row.id, row.moment, row.at, batch.title, institution, findings, not row.question, row.last_at)
