"""The lives of a request, of a revocation and of an order of the authority (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class CareState(StrEnum):
    """Where a request of any of the six kinds stands. The last two are a revocation's alone."""

    ASKED = "asked"
    SENT_BACK = "sent_back"
    EXAMINED = "examined"
    TOLD = "told"
    ANSWERED = "answered"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_C = CareState
WORDS: dict[StrEnum, tuple[str, str]] = {
    _C.ASKED: ("已申请，待初审", "asked, to be examined"),
    _C.SENT_BACK: ("退回补正", "sent back to be completed"),
    _C.EXAMINED: ("初审通过，待复核", "examined, to be decided by a second person"),
    _C.TOLD: ("已告知持证人，陈述申辩期", "the holder is told and may answer"),
    _C.ANSWERED: ("持证人已陈述申辩，待决定", "the holder has answered, to be decided"),
    _C.DONE: ("已办结", "done"),
    _C.REFUSED: ("不予办理", "refused"),
    _C.WITHDRAWN: ("申请人已撤回", "withdrawn"),
}

# 补发 更正 换发 作废 注销: examined by one, decided by another.
CARE = Machine(
    "care",
    CareState,
    CareState.ASKED,
    move("send_back", _C.ASKED, to=_C.SENT_BACK, means="退回补正 something is missing", may="care.handle"),
    move("complete", _C.SENT_BACK, to=_C.ASKED, means="补正 what was missing has been brought"),
    move("examine", _C.ASKED, to=_C.EXAMINED, means="初审 the first hand has seen every proof", may="care.handle"),
    move("carry_out", _C.EXAMINED, to=_C.DONE, means="办结 decided by a second person", may="care.decide"),
    move("refuse", _C.ASKED, _C.EXAMINED, to=_C.REFUSED, means="不予办理 refused with a reason", may="care.decide"),
    move("withdraw", _C.ASKED, _C.SENT_BACK, to=_C.WITHDRAWN, means="撤回 taken back by who asked"),
    words=WORDS,
)

# 撤销: the holder is told first and heard; the issuing body decides.
REVOCATION = Machine(
    "revocation",
    CareState,
    CareState.TOLD,
    move("answer", _C.TOLD, to=_C.ANSWERED, means="陈述申辩 the holder has said what there is to say"),
    move("carry_out", _C.TOLD, _C.ANSWERED, to=_C.DONE, means="撤销 decided by a second person", may="certificate.revoke"),
    move("refuse", _C.TOLD, _C.ANSWERED, to=_C.REFUSED, means="不予撤销 not revoked", may="certificate.revoke"),
    words=WORDS,
)
OPEN = (_C.ASKED, _C.SENT_BACK, _C.EXAMINED, _C.TOLD, _C.ANSWERED)


class OrderState(StrEnum):
    """Where an order of the authority stands."""

    ISSUED = "issued"
    TAKEN_UP = "taken_up"
    FULFILLED = "fulfilled"
    DECLINED = "declined"
    RECALLED = "recalled"


_O = OrderState
ORDER = Machine(
    "care_order",
    OrderState,
    OrderState.ISSUED,
    move("take_up", _O.ISSUED, _O.DECLINED, to=_O.TAKEN_UP, means="启动 the body has begun the proceeding"),
    move("fulfil", _O.TAKEN_UP, to=_O.FULFILLED, means="已执行 the body has decided as ordered"),
    move("decline", _O.TAKEN_UP, to=_O.DECLINED, means="未执行 the body has decided otherwise, with its reasons"),
    move("recall", _O.ISSUED, _O.TAKEN_UP, _O.DECLINED, to=_O.RECALLED, means="收回 taken back by the authority",
         may="care.order"),
    words={
        _O.ISSUED: ("已责令，待办理", "ordered"),
        _O.TAKEN_UP: ("办理中", "being worked on"),
        _O.FULFILLED: ("已执行", "carried out"),
        _O.DECLINED: ("机构未执行", "not followed by the body"),
        _O.RECALLED: ("已收回", "recalled"),
    },
)  # fmt: skip
