"""The life of a change to a row that stands, and of a removal of many (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ChangeState(StrEnum):
    """Where the wish stands to correct a row or to make it void."""

    ASKED = "asked"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


_C = ChangeState
LIVE = (_C.ASKED, _C.WAITING)  # not decided yet: one of these at a time for a row
CHANGE = Machine(
    "return_change",
    ChangeState,
    _C.ASKED,
    move("wait", _C.ASKED, to=_C.WAITING, means="待证书办结 the request about the certificate must end first", may="return.file"),
    move("carry_out", _C.ASKED, _C.WAITING, to=_C.DONE, means="已更正或作废 the newer version counts", may="return.file"),
    move("refuse", _C.ASKED, _C.WAITING, to=_C.REFUSED, means="未更改 the row stands as it was", may="return.file"),
    words={
        _C.ASKED: ("待确认", "to be confirmed"),
        _C.WAITING: ("待证书办结", "waits for the certificate's request"),
        _C.DONE: ("已生效", "done"),
        _C.REFUSED: ("未更改", "nothing changed"),
    },
)


class RemovalState(StrEnum):
    """Where the wish stands to take rows away."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_R = RemovalState
REMOVAL = Machine(
    "return_removal",
    RemovalState,
    _R.ASKED,
    move("confirm", _R.ASKED, to=_R.CONFIRMED, means="确认 by a second person where it is more than the policy's share",
         may="return.file"),
    move("refuse", _R.ASKED, to=_R.REFUSED, means="不同意 by the second person, nothing is taken away", may="return.file"),
    move("withdraw", _R.ASKED, to=_R.WITHDRAWN, means="撤回 by whoever asked", may="return.file"),
    words={
        _R.ASKED: ("待第二人确认", "waits for a second person"),
        _R.CONFIRMED: ("已确认", "confirmed"),
        _R.REFUSED: ("未同意", "refused"),
        _R.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)  # fmt: skip
