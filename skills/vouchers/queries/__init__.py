"""Reading vouchers. There is no way here to search vouchers by institution: institutions never list them."""

from __future__ import annotations

from skills.vouchers.queries.batches import (
    BATCHES,
    BatchLineView,
    BatchPage,
    BatchView,
    batch,
    batches,
    issued_in,
    lines,
    under_way,
    waiting_for,
)
from skills.vouchers.queries.carries import CarryView, WentOn, carries, carries_waiting, left_behind, successors
from skills.vouchers.queries.ceilings import RaiseView, raises, raises_waiting
from skills.vouchers.queries.disputes import DisputeLine, dispute, disputes, disputes_open, latest_dispute
from skills.vouchers.queries.funnel import (
    AtInstitution,
    Cohort,
    Funnel,
    Month,
    Nudges,
    cohorts,
    funnel,
    institutions,
    lapsing,
    months,
    nudges,
)
from skills.vouchers.queries.people import holder, holders, limits
from skills.vouchers.queries.reaching import Effect, ReachLine, ReachPage, reach, reach_lines, was_offered
from skills.vouchers.queries.refusals import PAGE as REFUSALS
from skills.vouchers.queries.refusals import CheckedNo, KeptNo, refusal, refusals
from skills.vouchers.queries.reminders import reminder_days
from skills.vouchers.queries.waiting import EndedPlace, Line, Place, ended_place, line, lines_of, places_of
from skills.vouchers.queries.wallet import (
    EntryView,
    Offer,
    Quote,
    Ticket,
    VoucherLine,
    kept,
    offer,
    offers,
    quotes,
    states_of,
    ticket,
    usable,
    uses_in,
    voucher_states,
    wallet,
)

__all__ = [
    "BATCHES", "REFUSALS", "AtInstitution", "BatchLineView", "BatchPage", "BatchView", "CarryView", "CheckedNo", "Cohort", "DisputeLine", "Effect",
    "EndedPlace", "EntryView",
    "Funnel", "KeptNo", "Line", "Month", "Nudges", "Offer", "Place", "Quote", "RaiseView", "ReachLine", "ReachPage", "Ticket", "VoucherLine",
    "WentOn", "batch",
    "batches", "carries", "carries_waiting", "cohorts",
    "dispute", "disputes", "disputes_open", "ended_place", "funnel", "holder", "holders", "institutions",
    "issued_in", "kept", "lapsing", "latest_dispute", "left_behind", "limits", "line", "lines", "lines_of", "months", "nudges", "offer", "offers",
    "places_of", "quotes", "raises", "raises_waiting",
    "reach", "reach_lines", "refusal", "refusals", "reminder_days", "states_of", "successors", "ticket", "under_way", "usable",
    "uses_in", "voucher_states",
    "waiting_for", "wallet", "was_offered",
]  # fmt: skip
