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
from skills.kernel.clock import shanghai_day
from skills.kernel.findings import Finding, Verdict
from skills.people.queries import erased, joined
from skills.vouchers import rules
from skills.vouchers.models import Voucher, VoucherRefusal, VoucherVerdict
from skills.vouchers.rules import Question
from skills.vouchers.rules.refusals import dated_digest_of, digest_of

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)


@dataclass(frozen=True)
class Rejudged:
    """A kept verdict and what it comes to now.

    voucher_id empty: somebody was refused who has none
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


def rejudge(db: Session, voucher_id: str = "", person_id: str = "") -> Iterator[Rejudged]:
    """Every kept verdict that an act was built on (of one voucher or person, if named), in order of time, decided again."""
    gone = set(db.scalars(select(Voucher.id).where(Voucher.person_id.in_(erased(db)))))
    chosen = select(VoucherVerdict).order_by(VoucherVerdict.at, VoucherVerdict.id)
    if voucher_id:
        chosen = chosen.where(VoucherVerdict.voucher_id == voucher_id)
    if person_id:
        chosen = chosen.where(VoucherVerdict.voucher_id.in_(select(Voucher.id).where(Voucher.person_id == person_id)))
    for row in db.scalars(chosen.execution_options(yield_per=500)):
        told = (row.id, row.voucher_id, row.redemption_id, row.moment, row.at, row.yes)
        if not row.question and row.voucher_id in gone:
            yield Rejudged(*told, row.yes, True, (), forgotten=True)
            continue
        question = read_question(row.question)
        again = rules.decide(question)
        yield Rejudged(*told, again.yes, again.yes == row.yes and _stands(row, question, again), again.findings)


def rejudge_refusals(db: Session, voucher_id: str = "", person_id: str = "", refusal_id: str = "") -> Iterator[Rejudged]:
    """Every kept no (of one voucher or person, or this one), in order of time, decided again."""
    gone, into = erased(db), joined(db)
    chosen = select(VoucherRefusal).order_by(VoucherRefusal.at, VoucherRefusal.id)
    for column, wanted in (
        (VoucherRefusal.voucher_id, voucher_id), (VoucherRefusal.person_id, person_id), (VoucherRefusal.id, refusal_id),
    ):  # fmt: skip
        if wanted:
            chosen = chosen.where(column == wanted)
    for row in db.scalars(chosen.execution_options(yield_per=500)):
        told = (row.id, row.voucher_id or "", None, row.moment, row.at, False)
        if not row.question and row.person_id in gone:
            yield Rejudged(*told, False, True, (), forgotten=True)
            continue
        question = read_question(row.question)
        again = rules.decide(question)
        holder = question.holder.person_id
        asked_of = (into.get(holder, holder), question.terms.batch_id) == (row.person_id, row.batch_id)
        whole = asked_of and row.digest in (digest_of(row.question, row.findings), dated_digest_of(row.question, row.findings))
        whole = whole and 0 <= (shanghai_day(row.at) - question.day).days <= 1  # kept after it was given, at most over midnight
        yield Rejudged(*told, again.yes, whole and not again.yes and _stands(row, question, again), again.findings)


def _stands(row: VoucherVerdict | VoucherRefusal, question: Question, again: Verdict) -> bool:
    return row.moment == question.moment and canon(plain(again.findings)) == canon(row.findings)
