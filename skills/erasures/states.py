"""The life of a request to be erased (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ErasureState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    EXAMINED = "examined"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_E = ErasureState
ERASURE = Machine(
    "erasure",
    ErasureState,
    _E.ASKED,
    move("examine", _E.ASKED, to=_E.EXAMINED, means="初审 the first hand proposes what to decide", may="erasure.examine"),
    move("send_back", _E.EXAMINED, to=_E.ASKED, means="退回初审 the second hand does not agree", may="erasure.decide"),
    move("grant", _E.EXAMINED, to=_E.GRANTED, means="删除 decided by a second person, for good", may="erasure.decide"),
    move("refuse", _E.EXAMINED, to=_E.REFUSED, means="不予删除 refused with a reason", may="erasure.decide"),
    move("withdraw", _E.ASKED, _E.EXAMINED, to=_E.WITHDRAWN, means="撤回 taken back by who asked"),
    words={
        _E.ASKED: ("已申请，待初审", "asked, to be examined"),
        _E.EXAMINED: ("已初审，待复核", "examined, to be decided by a second person"),
        _E.GRANTED: ("已删除", "erased"),
        _E.REFUSED: ("不予删除", "refused"),
        _E.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)
OPEN = (_E.ASKED, _E.EXAMINED)
