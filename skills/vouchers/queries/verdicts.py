"""Verdicts that were kept, decided once more on the inputs frozen with them: years later, under the rules of their day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.kernel.canon import canon, plain
from skills.kernel.findings import Finding
from skills.people.queries import erased
from skills.vouchers import rules
from skills.vouchers.models import Voucher, VoucherVerdict
from skills.vouchers.rules import Question

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)


@dataclass(frozen=True)
class Rejudged:
    """A kept verdict and what it comes to now.

    same       answer and every finding are what was kept
    forgotten  its holder was erased: the verdict stands without its grounds and cannot be decided again
    """

    id: str
    voucher_id: str
    redemption_id: str | None
    moment: str
    at: datetime
    kept: bool
    again: bool
    same: bool
    findings: tuple[Finding, ...]
    forgotten: bool = False


def read_question(frozen: dict[str, Any]) -> Question:
    """A question as it was frozen. Raises ValueError for what is none."""
    return _QUESTION.validate_python(frozen)


def rejudge(db: Session, voucher_id: str = "") -> Iterator[Rejudged]:
    """Every kept verdict (of one voucher, if it is named), in the order in which they were given, decided again."""
    gone = set(db.scalars(select(Voucher.id).where(Voucher.person_id.in_(erased(db)))))
    chosen = select(VoucherVerdict).order_by(VoucherVerdict.at, VoucherVerdict.id)
    if voucher_id:
        chosen = chosen.where(VoucherVerdict.voucher_id == voucher_id)
    for row in db.scalars(chosen.execution_options(yield_per=500)):
        told = (row.id, row.voucher_id, row.redemption_id, row.moment, row.at, row.yes)
        if not row.question and row.voucher_id in gone:
            yield Rejudged(*told, row.yes, True, (), forgotten=True)
            continue
        question = read_question(row.question)
        again = rules.decide(question)
        same = (
            row.moment == question.moment and again.yes == row.yes and canon(plain(again.findings)) == canon(row.findings)
        )
        yield Rejudged(*told, again.yes, same, again.findings)
