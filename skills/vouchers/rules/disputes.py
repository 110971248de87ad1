"""Whether a use of a voucher can be denied by its holder (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from skills.kernel.findings import Finding, Verdict, all_of
from skills.vouchers.states import RedemptionState

# 资金安全: 一键否认、先冻结后核查 (bureau's own rule; the period is policy voucher.dispute_days)
UNPAID = (RedemptionState.REDEEMED, RedemptionState.EARNED)


@dataclass(frozen=True)
class Use:
    """A use of a voucher as its holder sees it: its state (None: there is none), and what was said of it before.

    denied     it is denied and not decided yet
    dismissed  it was denied, and found to be the holder's own
    """

    state: str | None
    denied: bool
    dismissed: bool = False


def may_dispute(use: Use) -> Verdict:
    """Whether the holder may say "this was not me": something was used, it is not paid yet, and it is not said already."""
    return all_of(
        "dispute.not_possible",
        [
            Finding("dispute.used", use.state is not None),
            Finding("dispute.unpaid", use.state is None or use.state in UNPAID),
            Finding("dispute.once", not use.denied),
            Finding("dispute.not_decided", not use.dismissed),
        ],
    )
