"""The lives of payees' accounts, statements, their lines, objections and claw-backs (pure).

渝: 承训机构申请 → 受理审核、公示 → 报财政部门拨付 (desks.md D7).
"""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class AccountState(StrEnum):
    """Where an account stands that money is to go to."""

    ENTERED = "entered"
    VERIFIED = "verified"
    REFUSED = "refused"
    REPLACED = "replaced"


_A = AccountState
ACCOUNT = Machine(
    "payee_account",
    AccountState,
    _A.ENTERED,
    move("verify", _A.ENTERED, to=_A.VERIFIED, means="核验通过 holder and number were compared with the bank by a second person",
         may="payee.verify"),
    move("refuse", _A.ENTERED, to=_A.REFUSED, means="退回 holder and number do not belong together", may="payee.verify"),
    move("replace", _A.ENTERED, _A.VERIFIED, to=_A.REPLACED, means="被替换 a newer one took its place", may="payee.enter"),
    move("doubt", _A.VERIFIED, to=_A.REFUSED, means="退票失效 the bank sent the money back", may="statement.pay"),
    words={
        _A.ENTERED: ("待核验", "to be verified"),
        _A.VERIFIED: ("已核验", "verified"),
        _A.REFUSED: ("未通过", "refused"),
        _A.REPLACED: ("已被替换", "replaced"),
    },
)  # fmt: skip


class StatementState(StrEnum):
    """Where a statement of what an institution earned stands."""

    DRAWN = "drawn"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    CHECKED = "checked"
    NOTICED = "noticed"
    CLOSING = "closing"
    HANDED_OVER = "handed_over"
    PAID = "paid"
    BOUNCED = "bounced"
    RECALLED = "recalled"
    DROPPED = "dropped"


_S = StatementState
STATEMENT = Machine(
    "statement",
    StatementState,
    _S.DRAWN,
    move("submit", _S.DRAWN, _S.SENT_BACK, to=_S.SUBMITTED, means="申请 the institution applies for the money", may="statement.submit"),
    move("send_back", _S.SUBMITTED, _S.CHECKED, to=_S.SENT_BACK, means="退回 with what is wrong", may="statement.check"),
    move("check", _S.SUBMITTED, to=_S.CHECKED, means="审核通过 by somebody who did not apply", may="statement.check"),
    move("notice", _S.CHECKED, to=_S.NOTICED, means="公示 by a second person of the authority, anyone may object",
         may="statement.hand_over"),
    move("close", _S.NOTICED, to=_S.CLOSING, means="公示期满，逐行复核 the notice is over, every line is looked at once more",
         may="statement.hand_over"),
    move("hand_over", _S.CLOSING, to=_S.HANDED_OVER, means="移交财政 with control totals", may="system.jobs"),
    move("end", _S.CLOSING, to=_S.DROPPED, means="无应付款 nothing was left to pay", may="system.jobs"),
    move("pay", _S.HANDED_OVER, to=_S.PAID, means="已拨付 the bank has paid", may="statement.pay"),
    move("bounce", _S.HANDED_OVER, to=_S.BOUNCED, means="退票 the bank sent the money back", may="statement.pay"),
    move("resend", _S.BOUNCED, to=_S.HANDED_OVER, means="重新移交 to an account that was verified anew", may="statement.hand_over"),
    move("recall", _S.BOUNCED, to=_S.RECALLED, means="收回 it will not be sent again, the lines are free", may="statement.hand_over"),
    move("drop", _S.DRAWN, _S.SENT_BACK, to=_S.DROPPED, means="作废 the lines are free for another statement",
         may="statement.submit"),
    words={
        _S.DRAWN: ("待申请", "drawn up"),
        _S.SUBMITTED: ("待审核", "applied for"),
        _S.SENT_BACK: ("已退回", "sent back"),
        _S.CHECKED: ("已审核", "checked"),
        _S.NOTICED: ("公示中", "on notice"),
        _S.CLOSING: ("期满复核中", "being closed"),
        _S.HANDED_OVER: ("已移交财政", "handed over to finance"),
        _S.PAID: ("已拨付", "paid"),
        _S.BOUNCED: ("退票", "bounced"),
        _S.RECALLED: ("已收回", "recalled"),
        _S.DROPPED: ("已作废", "dropped"),
    },
)  # fmt: skip

# Its lines may still change.
BEFORE_HAND_OVER = (_S.DRAWN, _S.SUBMITTED, _S.SENT_BACK, _S.CHECKED, _S.NOTICED, _S.CLOSING)


class LineState(StrEnum):
    """Where a line of a statement stands."""

    DUE = "due"
    HELD = "held"
    ORDERED = "ordered"
    PAID = "paid"
    DROPPED = "dropped"


_L = LineState
LINE = Machine(
    "statement_line",
    LineState,
    _L.DUE,
    move("hold", _L.DUE, to=_L.HELD, means="暂缓 a condition of payment is not met", may="statement.check"),
    move("free", _L.HELD, to=_L.DUE, means="恢复 every condition is met", may="statement.check"),
    move("order", _L.DUE, to=_L.ORDERED, means="列入移交 part of what finance is to pay", may="system.jobs"),
    move("pay", _L.ORDERED, to=_L.PAID, means="已拨付 paid, or taken back if it is negative", may="system.jobs"),
    move("drop", _L.DUE, _L.HELD, to=_L.DROPPED, means="移出 free for the next statement", may="system.jobs"),
    move("recall", _L.ORDERED, to=_L.DROPPED, means="收回 not paid, free for the next statement", may="system.jobs"),
    words={
        _L.DUE: ("应付", "due"),
        _L.HELD: ("暂缓", "held"),
        _L.ORDERED: ("已移交", "handed over"),
        _L.PAID: ("已拨付", "paid"),
        _L.DROPPED: ("已移出", "taken out"),
    },
)  # fmt: skip


class ObjectionState(StrEnum):
    """Where an objection to a line on notice stands."""

    RAISED = "raised"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


_O = ObjectionState
OBJECTION = Machine(
    "statement_objection",
    ObjectionState,
    _O.RAISED,
    move("uphold", _O.RAISED, to=_O.UPHELD, means="成立 the line stays frozen and is not paid", may="complaint.handle"),
    move("dismiss", _O.RAISED, to=_O.DISMISSED, means="不成立 the line is free again", may="complaint.handle"),
    words={
        _O.RAISED: ("核查中", "being looked into"),
        _O.UPHELD: ("异议成立", "upheld"),
        _O.DISMISSED: ("异议不成立", "dismissed"),
    },
)  # fmt: skip


class AdvanceState(StrEnum):
    """Where an advance stands."""

    ASKED = "asked"
    REFUSED = "refused"
    APPROVED = "approved"
    PAID = "paid"
    SETTLED = "settled"


_P = AdvanceState
ADVANCE = Machine(
    "advance",
    AdvanceState,
    _P.ASKED,
    move("approve", _P.ASKED, to=_P.APPROVED, means="同意预拨 by somebody of the authority", may="statement.hand_over"),
    move("refuse", _P.ASKED, to=_P.REFUSED, means="不予预拨 with the reason", may="statement.hand_over"),
    move("pay", _P.APPROVED, to=_P.PAID, means="已预拨 the bank has paid, it is owed", may="statement.pay"),
    move("settle", _P.PAID, to=_P.SETTLED, means="已抵清 all of it was set off against payments", may="system.jobs"),
    words={
        _P.ASKED: ("待审批", "asked for"),
        _P.REFUSED: ("不予预拨", "refused"),
        _P.APPROVED: ("待拨付", "to be paid"),
        _P.PAID: ("待抵扣", "to be set off"),
        _P.SETTLED: ("已抵清", "set off"),
    },
)  # fmt: skip


class ClawBackState(StrEnum):
    """Where money stands that is to come back."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DROPPED = "dropped"
    RECOVERED = "recovered"


_C = ClawBackState
CLAW_BACK = Machine(
    "claw_back",
    ClawBackState,
    _C.PROPOSED,
    move("approve", _C.PROPOSED, to=_C.APPROVED, means="复核 approved by a second person: the institution owes it", may="claw_back.approve"),
    move("drop", _C.PROPOSED, to=_C.DROPPED, means="不予追回 not approved", may="claw_back.approve"),
    move("forgo", _C.APPROVED, to=_C.DROPPED, means="重新结业 completed after all: nothing is owed any more", may="claw_back.approve"),
    move("recover", _C.APPROVED, to=_C.RECOVERED, means="已追回 set off against a payment, or paid back", may="statement.pay"),
    words={
        _C.PROPOSED: ("待复核", "proposed"),
        _C.APPROVED: ("待追回", "owed"),
        _C.DROPPED: ("不予追回", "not taken back"),
        _C.RECOVERED: ("已追回", "recovered"),
    },
)  # fmt: skip

