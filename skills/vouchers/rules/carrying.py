"""Whether whoever waits for a batch may go on in another one (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.kernel.findings import Finding, Verdict, all_of
from skills.vouchers.rules.ceilings import CLAUSE


@dataclass(frozen=True)
class Side:
    """A batch as far as a list goes on from it or into it. `open`: people may be given vouchers of it."""

    batch_id: str
    programme: str
    scope_form: str
    open: bool
    claim_until: date
    district: str


def may_carry(source: Side, target: Side, people: int, reason: str, day: date) -> Verdict:
    """Whether a list goes on from one batch into another of its kind, in which something can still be claimed.

    Whoever goes on is not judged here: each is, under the terms of the new batch, when the turn comes.

    people  how many would go on
    """
    return all_of(
        "voucher_carry.not_right",
        [
            Finding("voucher_carry.another", source.batch_id != target.batch_id),
            Finding("voucher_carry.programme", source.programme == target.programme, CLAUSE),
            Finding("voucher_carry.district", source.district == target.district, CLAUSE),
            Finding("voucher_carry.form", source.scope_form == target.scope_form, CLAUSE),
            Finding("voucher_carry.open", target.open and day <= target.claim_until, CLAUSE, {"until": target.claim_until}),
            Finding("voucher_carry.somebody", people > 0),
            Finding("voucher_carry.reason", bool(reason.strip())),
        ],
    )
