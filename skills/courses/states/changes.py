"""The lives of a filed change and of an employer's contract (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ChangeState(StrEnum):
    """Where a change of a session stands."""

    ASKED = "asked"
    FILED = "filed"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


_C = ChangeState
CHANGE = Machine(
    "session_change",
    ChangeState,
    _C.ASKED,
    move("file", _C.ASKED, to=_C.FILED, means="已报备 in time: it takes effect at once", may="class.manage"),
    move("grant", _C.ASKED, to=_C.GRANTED, means="同意变更 late, and the bureau agrees: it takes effect", may="class.approve"),
    move("refuse", _C.ASKED, to=_C.REFUSED, means="不同意变更 the session stays as it is", may="class.approve"),
    move("lapse", _C.ASKED, to=_C.LAPSED, means="过期 the session began before anybody decided"),
    words={
        _C.ASKED: ("待审批", "waits for the bureau"),
        _C.FILED: ("已报备", "filed"),
        _C.GRANTED: ("已同意", "granted"),
        _C.REFUSED: ("未同意", "refused"),
        _C.LAPSED: ("已过期", "lapsed"),
    },
)  # fmt: skip


class OrderState(StrEnum):
    """Where an employer's contract for a class stands."""

    LIVE = "live"
    DECLINED = "declined"
    ENDED = "ended"


_O = OrderState
ORDER = Machine(
    "order_contract",
    OrderState,
    _O.LIVE,
    move("decline", _O.LIVE, to=_O.DECLINED, means="不是本单位的合同 the employer says that it signed none", may="order.see"),
    move("end", _O.LIVE, to=_O.ENDED, means="终止 the contract ends: seats that are left are anybody's", may="class.manage"),
    words={
        _O.LIVE: ("有效", "counts"),
        _O.DECLINED: ("单位否认", "declined by the employer"),
        _O.ENDED: ("已终止", "ended"),
    },
)
