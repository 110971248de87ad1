"""Keeping a no on eligibility with all that it was decided on, so that it can be decided again under the rules of its day.

The same no is kept once, however often it is given; the last day on which it was stays with it, and each attempt of a person
is on record by itself (`kernel.audit.Attempt`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import select, update

from skills.kernel.acts import Act
from skills.kernel.canon import plain
from skills.kernel.clock import shanghai_day
from skills.kernel.db import among, wait_exclusive
from skills.kernel.errors import Refusal
from skills.kernel.findings import Verdict
from skills.vouchers.actions.ledger import frozen
from skills.vouchers.models import Batch, VoucherRefusal
from skills.vouchers.queries.people import told_findings
from skills.vouchers.rules import Question
from skills.vouchers.rules.refusals import digest_of


def refusal(act: Act, question: Question, verdict: Verdict, voucher_id: str | None = None) -> Refusal:
    """The refusal of a verdict; what was asked is kept with the attempt."""
    batch = act.get(Batch, id=question.terms.batch_id)
    purpose = {"institution_id": question.purpose.institution_id} if question.purpose else None
    no = Refusal(verdict.code, told_findings(act.db, batch, verdict.findings, purpose), **verdict.facts)
    no.keeps = lambda of_attempt: keep_no(of_attempt, question, verdict, voucher_id)
    return no


def keep_no(act: Act, question: Question, verdict: Verdict, voucher_id: str | None = None) -> str:
    """Keep a no with its question, once, however many ask at the same time; the id of what is kept."""
    wait_exclusive(act.db, f"voucher_noes_of:{question.holder.person_id}")
    return keep_noes(act, [(question, verdict)], voucher_id)[0]


def keep_noes(act: Act, noes: Sequence[tuple[Question, Verdict]], voucher_id: str | None = None) -> list[str]:
    """Keep the noes of one moment about one batch by one statement; their ids. Whoever calls holds the people or their rows."""
    if not noes:
        return []
    first = noes[0][0]
    told: list[tuple[str, dict[str, Any], Any, str]] = []
    for (asked, verdict), kept in zip(noes, frozen([asked for asked, _ in noes]), strict=True):
        question, findings = cast(dict[str, Any], plain(kept)), cast(list[Any], plain(verdict.findings))
        told.append((asked.holder.person_id, question, findings, digest_of(question, findings)))
    there: dict[tuple[str, str], str] = {}
    earlier: set[tuple[str, str]] = set()
    known = select(
        VoucherRefusal.person_id, VoucherRefusal.digest, VoucherRefusal.id, VoucherRefusal.at, VoucherRefusal.last_at
    ).where(
        VoucherRefusal.person_id.in_({person for person, *_ in told}),
        VoucherRefusal.batch_id == first.terms.batch_id, VoucherRefusal.moment == first.moment,
    )  # fmt: skip
    for person, digest, row_id, at, last_at in act.db.execute(known):
        there[person, digest] = row_id
        if shanghai_day(last_at or at) < act.today:
            earlier.add((person, digest))
    rows, again = [], []
    for person, question, findings, digest in told:
        if (person, digest) in there:
            if (person, digest) in earlier:
                again.append(there[person, digest])
            continue
        there[person, digest] = act.new_id()
        rows.append(
            {"id": there[person, digest], "person_id": person, "batch_id": first.terms.batch_id, "voucher_id": voucher_id,
             "moment": first.moment, "question": question, "findings": findings, "digest": digest, "at": act.at,
             "last_at": None}
        )  # fmt: skip
        act.note("voucher_refusal.keep", id=there[person, digest])
    act.add_many(VoucherRefusal, rows)
    if again:  # once a day: a flood of the same no writes nothing but its attempts
        act.db.execute(
            update(VoucherRefusal)
            .where(among(act.db, VoucherRefusal.id, again))
            .values(last_at=act.at)
            .execution_options(synchronize_session=False)
        )
        act.note("voucher_refusal.again", batch=first.terms.batch_id, people=len(again))
    return [there[person, digest] for person, _, _, digest in told]
