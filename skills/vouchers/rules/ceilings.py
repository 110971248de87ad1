"""Whether the ceilings of a batch may be raised (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from skills.kernel.findings import Finding, Verdict, all_of

CLAUSE = "资金总额控制、先进先出（若干措施第12条、本局发券规则）"
# Whoever meets one of these misses nothing but room: they may wait for it.
FULL = frozenset({"voucher_batch.count_reached", "voucher_batch.money_reached", "voucher_batch.others_wait"})


@dataclass(frozen=True)
class Ceilings:
    """How many vouchers a batch may ever issue, and how much money (分) may be bound at a time."""

    count: int
    money: int


def may_raise(now: Ceilings, wanted: Ceilings, live: bool, reason: str, source: str) -> Verdict:
    """Whether a batch that is not over gets more: neither ceiling falls, one rises, and it is said why and on what ground.

    live  the batch is approved or open; a draft is drafted anew, a closed one has a successor
    """
    return all_of(
        "voucher_ceiling.not_right",
        [
            Finding("voucher_ceiling.live", live, CLAUSE),
            Finding("voucher_ceiling.count", wanted.count >= now.count, CLAUSE, {"wanted": wanted.count, "now": now.count}),
            Finding("voucher_ceiling.money", wanted.money >= now.money, CLAUSE, {"wanted": wanted.money, "now": now.money}),
            Finding("voucher_ceiling.more", wanted != now, CLAUSE),
            Finding("voucher_ceiling.reason", bool(reason.strip())),
            Finding("voucher_ceiling.source", bool(source.strip())),
        ],
    )
