"""The life of what a body asks for its filing: renewal, additions, its own withdrawal (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ChangeKind(StrEnum):
    """What a body asks for a filing in force."""

    RENEWAL = "renewal"
    ADDITION = "addition"
    WITHDRAWAL = "withdrawal"


CHANGE_WORDS = {
    ChangeKind.RENEWAL: ("续期", "renewal"),
    ChangeKind.ADDITION: ("增项", "addition to the scope"),
    ChangeKind.WITHDRAWAL: ("注销", "withdrawal"),
}


class ChangeState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    SENT_BACK = "sent_back"
    GRANTED = "granted"
    REFUSED = "refused"
    DROPPED = "dropped"


_C = ChangeState
FILING_CHANGE = Machine(
    "filing_change",
    ChangeState,
    _C.ASKED,
    move("send_back", _C.ASKED, to=_C.SENT_BACK, means="退回补正 sent back with what is missing; the clock stops", may="filing.decide"),
    move("ask_again", _C.SENT_BACK, to=_C.ASKED, means="补正后再次提交 mended and handed in again", may="filing.submit"),
    move("grant", _C.ASKED, to=_C.GRANTED, means="准予 granted, or given at once on a promise", may="filing.decide"),
    move("refuse", _C.ASKED, to=_C.REFUSED, means="不予 refused with a reason", may="filing.decide"),
    move("drop", _C.ASKED, _C.SENT_BACK, to=_C.DROPPED, means="撤回 taken back by the body", may="filing.submit"),
    words={
        _C.ASKED: ("待办理", "waiting for a decision"),
        _C.SENT_BACK: ("待补正", "sent back"),
        _C.GRANTED: ("已准予", "granted"),
        _C.REFUSED: ("不予", "refused"),
        _C.DROPPED: ("已撤回", "taken back"),
    },
)
OPEN_CHANGES = (_C.ASKED, _C.SENT_BACK)
