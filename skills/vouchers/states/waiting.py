"""The life of an entry on a batch's waiting list, and of handing a list on to another batch (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class WaiterState(StrEnum):
    """Where somebody stands on the waiting list of a batch."""

    WAITING = "waiting"
    OFFERED = "offered"
    CLAIMED = "claimed"
    ISSUED = "issued"
    MISSED = "missed"
    LEFT = "left"
    DROPPED = "dropped"
    ENDED = "ended"
    CARRIED = "carried"


_Q = WaiterState
WAITER = Machine(
    "voucher_waiter",
    WaiterState,
    _Q.WAITING,
    move("offer", _Q.WAITING, to=_Q.OFFERED, means="轮到 budget is free again, kept for the first in order for some days",
         may="system.jobs"),
    move("issue", _Q.WAITING, to=_Q.ISSUED, means="发放 whoever stands on the batch's list is given the voucher when money is there",
         may="system.jobs"),
    move("claim", _Q.WAITING, _Q.OFFERED, to=_Q.CLAIMED, means="领取 took the voucher", may="voucher.claim"),
    move("miss", _Q.OFFERED, to=_Q.MISSED, means="逾期未领 the days are over, the next one's turn", may="system.jobs"),
    move("leave", _Q.WAITING, _Q.OFFERED, to=_Q.LEFT, means="退出候补 of one's own will", may="voucher.claim"),
    move("drop", _Q.WAITING, to=_Q.DROPPED, means="不再符合 a condition is no longer met when the turn comes", may="system.jobs"),
    move("end", _Q.WAITING, _Q.OFFERED, to=_Q.ENDED, means="批次结束 the batch was closed, or its last day of claiming is over",
         may="batch.issue"),
    move("carry", _Q.WAITING, _Q.ENDED, to=_Q.CARRIED, means="转到下一批次 goes on in the next batch, in the same place",
         may="batch.approve"),
    words={
        _Q.WAITING: ("候补中", "waiting"),
        _Q.OFFERED: ("轮到您了", "your turn"),
        _Q.CLAIMED: ("已领取", "claimed"),
        _Q.ISSUED: ("已发放", "issued"),
        _Q.MISSED: ("逾期未领", "missed"),
        _Q.LEFT: ("已退出", "left"),
        _Q.DROPPED: ("不再符合条件", "no longer entitled"),
        _Q.ENDED: ("批次已结束", "the batch has ended"),
        _Q.CARRIED: ("已转到下一批次", "waits for the next batch"),
    },
)  # fmt: skip

IN_LINE = (_Q.WAITING, _Q.OFFERED)
CARRIABLE = (_Q.WAITING, _Q.ENDED)


class CarryState(StrEnum):
    """Where it stands that the list of a batch is to go on in another."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_C = CarryState
CARRY = Machine(
    "voucher_carry",
    CarryState,
    _C.PROPOSED,
    move("approve", _C.PROPOSED, to=_C.APPROVED, means="同意转入 by a second person; everybody goes on in their order", may="batch.approve"),
    move("refuse", _C.PROPOSED, to=_C.REFUSED, means="不同意转入 with the reason", may="batch.approve"),
    move("withdraw", _C.PROPOSED, to=_C.WITHDRAWN, means="撤回申请 taken back by the one who proposed it", may="batch.issue"),
    words={
        _C.PROPOSED: ("待复核", "to be approved"),
        _C.APPROVED: ("已转入", "handed on"),
        _C.REFUSED: ("未同意", "refused"),
        _C.WITHDRAWN: ("已撤回", "taken back"),
    },
)  # fmt: skip
