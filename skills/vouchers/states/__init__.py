"""The lives of batches, lines of a list, vouchers and redemptions; what each move does to the money (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from skills.kernel.machines import Machine, move
from skills.vouchers.states.waiting import CARRIABLE as CARRIABLE
from skills.vouchers.states.waiting import CARRY as CARRY
from skills.vouchers.states.waiting import IN_LINE as IN_LINE
from skills.vouchers.states.waiting import WAITER as WAITER
from skills.vouchers.states.waiting import CarryState as CarryState
from skills.vouchers.states.waiting import WaiterState as WaiterState


class BatchState(StrEnum):
    """Where a batch stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    OPEN = "open"
    CLOSED = "closed"


_B = BatchState
BATCH = Machine(
    "voucher_batch",
    BatchState,
    _B.DRAFT,
    move("approve", _B.DRAFT, to=_B.APPROVED, means="复核通过 approved by a second person", may="batch.approve"),
    move("drop", _B.DRAFT, to=_B.CLOSED, means="作废草案 given up before it was approved", may="batch.draft"),
    move("open", _B.APPROVED, to=_B.OPEN, means="开放 people may be given vouchers and claim them", may="batch.issue"),
    move("close", _B.APPROVED, _B.OPEN, to=_B.CLOSED, means="关闭 nothing more is issued or claimed",
         may="batch.issue"),
    words={
        _B.DRAFT: ("草案", "draft"),
        _B.APPROVED: ("已复核", "approved"),
        _B.OPEN: ("开放中", "open"),
        _B.CLOSED: ("已关闭", "closed"),
    },
)  # fmt: skip


class CeilingState(StrEnum):
    """Where a raise of a batch's ceilings stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_U = CeilingState
CEILING = Machine(
    "voucher_ceiling",
    CeilingState,
    _U.PROPOSED,
    move("approve", _U.PROPOSED, to=_U.APPROVED, means="同意追加 by a second person; whoever waits moves up", may="batch.approve"),
    move("refuse", _U.PROPOSED, to=_U.REFUSED, means="不同意追加 with the reason", may="batch.approve"),
    move("withdraw", _U.PROPOSED, to=_U.WITHDRAWN, means="撤回申请 taken back by the one who proposed it", may="batch.draft"),
    words={
        _U.PROPOSED: ("待复核", "to be approved"),
        _U.APPROVED: ("已追加", "raised"),
        _U.REFUSED: ("未同意", "refused"),
        _U.WITHDRAWN: ("已撤回", "taken back"),
    },
)  # fmt: skip


class LineState(StrEnum):
    """Where a named person on a batch's list stands."""

    WAITING = "waiting"
    ISSUED = "issued"
    REFUSED = "refused"
    CARRIED = "carried"


_L = LineState
LINE = Machine(
    "voucher_line",
    LineState,
    _L.WAITING,
    move("issue", _L.WAITING, _L.REFUSED, to=_L.ISSUED, means="发放 the person was given a voucher", may="batch.issue"),
    move("refuse", _L.WAITING, _L.REFUSED, to=_L.REFUSED, means="不予发放 a condition is not met, kept with its reasons",
         may="batch.issue"),
    move("carry", _L.WAITING, _L.REFUSED, to=_L.CARRIED, means="转到下一批次 who found no money here stands on the next batch's list",
         may="batch.approve"),
    move("relist", _L.CARRIED, _L.ISSUED, to=_L.WAITING, means="重新列入名单 comes back from another list, or lost the voucher again",
         may="batch.approve"),
    words={
        _L.WAITING: ("待发放", "waiting"),
        _L.ISSUED: ("已发放", "issued"),
        _L.REFUSED: ("未发放", "not issued"),
        _L.CARRIED: ("已转到下一批次", "on the next batch's list"),
    },
)  # fmt: skip


TO_ISSUE = (_L.WAITING, _L.REFUSED)  # lines that the next walk of the list comes by


class ReachState(StrEnum):
    """Where somebody stands who is entitled to a voucher of a batch and has not claimed it."""

    FOUND = "found"
    NOTICED = "noticed"
    DROPPED = "dropped"


_F = ReachState
REACH = Machine(
    "voucher_reach",
    ReachState,
    _F.FOUND,
    move("notice", _F.FOUND, to=_F.NOTICED, means="通知 told, once, what they may claim", may="batch.issue"),
    move("drop", _F.FOUND, to=_F.DROPPED, means="不再符合 claimed it, or a condition is no longer met", may="batch.issue"),
    move("find", _F.DROPPED, to=_F.FOUND, means="重新符合 entitled again", may="batch.issue"),
    words={
        _F.FOUND: ("待通知", "to be told"),
        _F.NOTICED: ("已通知", "told"),
        _F.DROPPED: ("已领取或不再符合", "claimed, or no longer entitled"),
    },
)  # fmt: skip


class VoucherState(StrEnum):
    """Where a voucher stands. That it has lapsed is computed from its date; LAPSED is only the booking of it."""

    ISSUED = "issued"
    CLAIMED = "claimed"
    RESERVED = "reserved"
    REDEEMED = "redeemed"
    EARNED = "earned"
    SETTLED = "settled"
    CLAWED_BACK = "clawed_back"
    LAPSED = "lapsed"
    VOID = "void"


_V = VoucherState
VOUCHER = Machine(
    "voucher",
    VoucherState,
    _V.ISSUED,
    move("claim", _V.ISSUED, to=_V.CLAIMED, means="领取 taken by the person it names", may="voucher.claim"),
    move("reserve", _V.CLAIMED, to=_V.RESERVED, means="占位 kept for a seat for a while", may="enrolment.enrol"),
    move("redeem", _V.CLAIMED, _V.RESERVED, to=_V.REDEEMED, means="用券 spent on one training", may="enrolment.enrol"),
    move("release", _V.RESERVED, _V.REDEEMED, to=_V.CLAIMED, means="退回 the training does not take place or was left",
         may="enrolment.enrol"),
    move("earn", _V.REDEEMED, to=_V.EARNED, means="完训确认 the proof is there, the money is payable",
         may="enrolment.complete"),
    move("settle", _V.EARNED, to=_V.SETTLED, means="核销 accepted by the authority and paid by the bank", may="statement.pay"),
    move("claw_back", _V.SETTLED, to=_V.CLAWED_BACK, means="追回 money that was paid came back", may="statement.pay"),
    move("unearn", _V.EARNED, to=_V.REDEEMED, means="撤回完训 the completion was corrected or made void before it was paid",
         may="return.file"),
    move("restore", _V.EARNED, to=_V.CLAIMED, means="恢复 its holder never used it and has it again", may="dispute.decide"),
    move("revive", _V.LAPSED, to=_V.CLAIMED, means="恢复 it lapsed while somebody else misused it", may="dispute.decide"),
    move("annul", _V.EARNED, to=_V.VOID, means="撤销用券 never used by its holder, who holds another by now", may="dispute.decide"),
    move("lapse", _V.ISSUED, _V.CLAIMED, to=_V.LAPSED, means="过期失效 its term is over, its budget is free again",
         may="batch.issue"),
    move("void", _V.ISSUED, _V.CLAIMED, to=_V.VOID, means="作废 taken back with a reason", may="batch.approve"),
    words={
        _V.ISSUED: ("待领取", "to be claimed"),
        _V.CLAIMED: ("可使用", "usable"),
        _V.RESERVED: ("已占位", "kept for a seat"),
        _V.REDEEMED: ("已用券", "redeemed"),
        _V.EARNED: ("已完训", "training completed"),
        _V.SETTLED: ("已核销", "settled"),
        _V.CLAWED_BACK: ("已追回", "clawed back"),
        _V.LAPSED: ("已过期", "lapsed"),
        _V.VOID: ("已作废", "void"),
    },
)  # fmt: skip

# Nobody has used these yet: they may lapse, be taken back, or be forgotten.
UNUSED = (_V.ISSUED, _V.CLAIMED)
# At most one of these at a time: a person who holds a voucher gets no new one.
HELD = (_V.CLAIMED, _V.RESERVED, _V.REDEEMED)


class RedemptionState(StrEnum):
    """Where a use of a voucher stands."""

    REDEEMED = "redeemed"
    EARNED = "earned"
    ORDERED = "ordered"
    SETTLED = "settled"
    CLAWED_BACK = "clawed_back"
    RELEASED = "released"
    ANNULLED = "annulled"


_R = RedemptionState
REDEMPTION = Machine(
    "redemption",
    RedemptionState,
    _R.REDEEMED,
    move("earn", _R.REDEEMED, to=_R.EARNED, means="完训确认 payable on proof", may="enrolment.complete"),
    move("release", _R.REDEEMED, to=_R.RELEASED, means="退回 undone, the voucher is its holder's again",
         may="enrolment.enrol"),
    move("unearn", _R.EARNED, to=_R.REDEEMED, means="撤回完训 the completion was corrected or made void before it was paid",
         may="return.file"),
    move("annul", _R.EARNED, to=_R.ANNULLED, means="撤销 the person never used it, nothing is paid", may="dispute.decide"),
    move("order", _R.EARNED, to=_R.ORDERED, means="移交 the order to pay left for finance", may="statement.hand_over"),
    move("recall", _R.ORDERED, to=_R.EARNED, means="收回 the bank sent the money back and it is not sent again",
         may="statement.hand_over"),
    move("settle", _R.ORDERED, to=_R.SETTLED, means="核销 accepted by the authority and paid by the bank", may="statement.pay"),
    move("claw_back", _R.SETTLED, to=_R.CLAWED_BACK, means="追回 money that was paid came back", may="statement.pay"),
    words={
        _R.REDEEMED: ("已用券", "redeemed"),
        _R.EARNED: ("应付", "payable"),
        _R.ORDERED: ("已移交财政", "handed over to finance"),
        _R.SETTLED: ("已核销", "settled"),
        _R.CLAWED_BACK: ("已追回", "clawed back"),
        _R.RELEASED: ("已退回", "released"),
        _R.ANNULLED: ("已撤销", "annulled"),
    },
)  # fmt: skip


class DisputeState(StrEnum):
    """Where a person's word stands that a use of the own voucher was somebody else's doing."""

    OPENED = "opened"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


_D = DisputeState
DISPUTE = Machine(
    "dispute",
    DisputeState,
    _D.OPENED,
    move("uphold", _D.OPENED, to=_D.UPHELD, means="属实 it was not the holder: the use is undone", may="dispute.decide"),
    move("dismiss", _D.OPENED, to=_D.DISMISSED, means="不属实 it was the holder, told with the reason", may="dispute.decide"),
    move("withdraw", _D.OPENED, to=_D.WITHDRAWN, means="撤回 the holder remembers", may="voucher.claim"),
    words={
        _D.OPENED: ("核查中", "being looked into"),
        _D.UPHELD: ("属实，已撤销用券", "upheld, the use was undone"),
        _D.DISMISSED: ("不属实", "dismissed"),
        _D.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)  # fmt: skip


class HoldState(StrEnum):
    """Whether the money of a use is frozen."""

    PLACED = "placed"
    LIFTED = "lifted"


HOLD = Machine(
    "redemption_hold",
    HoldState,
    HoldState.PLACED,
    move("lift", HoldState.PLACED, to=HoldState.LIFTED, means="解冻 what it waited for is decided", may="dispute.decide"),
    words={
        HoldState.PLACED: ("已冻结", "frozen"),
        HoldState.LIFTED: ("已解冻", "lifted"),
    },
)


class CodeState(StrEnum):
    """Where a code stands under which a voucher is presented. That its time is over is computed."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"


CODE = Machine(
    "voucher_code",
    CodeState,
    CodeState.OPEN,
    move("use", CodeState.OPEN, to=CodeState.USED, means="使用 the voucher was taken under it, once", may="code.take"),
    move("revoke", CodeState.OPEN, to=CodeState.REVOKED,
         means="收回 by its holder, by a newer one, or with a lost phone", may="voucher.claim"),
    words={
        CodeState.OPEN: ("有效", "counts"),
        CodeState.USED: ("已使用", "used"),
        CodeState.REVOKED: ("已收回", "taken back"),
    },
)  # fmt: skip


class Purse(StrEnum):
    """Where a voucher's money stands at any time."""

    BUDGET = "budget"
    ISSUED = "issued"
    CLAIMED = "claimed"
    REDEEMED = "redeemed"
    PAYABLE = "payable"
    PAID = "paid"


class Event(StrEnum):
    """What a ledger row says happened."""

    ISSUE = "issue"
    CLAIM = "claim"
    REDEEM = "redeem"
    RELEASE = "release"
    EARN = "earn"
    UNUSED = "unused"
    SETTLE = "settle"
    CLAW_BACK = "claw_back"
    LAPSE = "lapse"
    VOID = "void"
    ANNUL = "annul"
    RESTORE = "restore"
    REFILL = "refill"
    UNEARN = "unearn"


EVENT_WORDS: dict[Event, tuple[str, str]] = {
    Event.ISSUE: ("发放", "Issued"),
    Event.CLAIM: ("领取", "Claimed"),
    Event.REDEEM: ("用券", "Redeemed"),
    Event.RELEASE: ("退回", "Given back"),
    Event.EARN: ("完训确认", "Training completed"),
    Event.UNUSED: ("余额收回", "Unused rest returned"),
    Event.SETTLE: ("核销", "Settled"),
    Event.CLAW_BACK: ("追回", "Clawed back"),
    Event.LAPSE: ("过期失效", "Lapsed"),
    Event.VOID: ("作废", "Made void"),
    Event.ANNUL: ("撤销用券", "Use annulled"),
    Event.UNEARN: ("完训撤回", "Completion taken back"),
    Event.RESTORE: ("用券撤销，退回券包", "Use annulled, back in the wallet"),
    Event.REFILL: ("补足面值", "Face value made up"),
}


@dataclass(frozen=True)
class Posting:
    """From which purse to which the money of an event goes; `then` is the voucher's state after it."""

    source: Purse
    target: Purse
    then: VoucherState | None


# Events that leave from different purses name them when they are written.
POSTINGS: dict[Event, Posting] = {
    Event.ISSUE: Posting(Purse.BUDGET, Purse.ISSUED, _V.ISSUED),
    Event.CLAIM: Posting(Purse.ISSUED, Purse.CLAIMED, _V.CLAIMED),
    Event.REDEEM: Posting(Purse.CLAIMED, Purse.REDEEMED, _V.REDEEMED),
    Event.RELEASE: Posting(Purse.REDEEMED, Purse.CLAIMED, _V.CLAIMED),
    Event.EARN: Posting(Purse.REDEEMED, Purse.PAYABLE, _V.EARNED),
    Event.UNUSED: Posting(Purse.CLAIMED, Purse.BUDGET, None),
    Event.SETTLE: Posting(Purse.PAYABLE, Purse.PAID, _V.SETTLED),
    Event.CLAW_BACK: Posting(Purse.PAID, Purse.BUDGET, _V.CLAWED_BACK),
    Event.LAPSE: Posting(Purse.CLAIMED, Purse.BUDGET, _V.LAPSED),
    Event.VOID: Posting(Purse.CLAIMED, Purse.BUDGET, _V.VOID),
    Event.ANNUL: Posting(Purse.PAYABLE, Purse.BUDGET, _V.VOID),
    Event.RESTORE: Posting(Purse.PAYABLE, Purse.CLAIMED, _V.CLAIMED),
    Event.UNEARN: Posting(Purse.PAYABLE, Purse.REDEEMED, _V.REDEEMED),
    Event.REFILL: Posting(Purse.BUDGET, Purse.CLAIMED, _V.CLAIMED),
}
