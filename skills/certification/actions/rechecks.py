"""逐人复核: each certificate that was issued on a false promise is looked at by itself."""

from __future__ import annotations

from dataclasses import dataclass

from skills.aftercare.actions import orders
from skills.aftercare.rules import CareKind
from skills.certification.actions.filings import in_reach
from skills.certification.actions.moves import reason_of
from skills.certification.models import Award, Filing, FilingRecheck
from skills.certification.queries.rechecks import GONE
from skills.certification.states.rechecks import RECHECK
from skills.credentials import queries as certificates
from skills.kernel.acts import Act, action


@dataclass(frozen=True)
class Rechecked:
    """What came of the look at one certificate, and the order that went out ("" if none)."""

    state: str
    order_id: str = ""


@action("filing_recheck.decide", may="care.order", step_up=True)
def decide(act: Act, recheck_id: str, stands: bool, reason: str, document: str = "") -> Rechecked:
    """Say of one certificate that it stands, or order its body to revoke it: its holder is told and heard by the body.

    document  number of the authority's own document (文号); needed for an order
    Raises Missing("filing.unknown") outside one's districts, Refusal("certification.reason_needed") and what `care.order` refuses.
    """
    row = act.get(FilingRecheck, id=recheck_id)
    in_reach(act, act.get(Filing, id=row.filing_id), "care.order")
    line = certificates.by_id(act.db, act.get(Award, id=row.award_id).certificate_id)
    name = "lapse" if line.state in GONE else "let_stand" if stands else "order"
    act.move(row, RECHECK, name, decided_by=act.actor.account, decided_at=act.at, reason=reason_of(reason))
    if name != "order":
        return Rechecked(row.state)
    return Rechecked(row.state, orders.order(act, line.number, CareKind.REVOKE, document, reason).order_id)
