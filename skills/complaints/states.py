"""The life of a complaint (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    TAKEN = "taken"
    WAITING = "waiting"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What a complaint came to."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not_upheld"
    NOT_FOR_US = "not_for_us"


OUTCOME_WORDS = {
    Outcome.UPHELD: ("属实", "upheld"),
    Outcome.PARTLY: ("部分属实", "partly upheld"),
    Outcome.NOT_UPHELD: ("不属实", "not upheld"),
    Outcome.NOT_FOR_US: ("不属于本部门职责", "not for us"),
}
TRUE_OUTCOMES = (Outcome.UPHELD, Outcome.PARTLY)

_C = ComplaintState
_HANDLE = "complaint.handle"
COMPLAINT = Machine(
    "complaint",
    ComplaintState,
    _C.RECEIVED,
    move("take", _C.RECEIVED, to=_C.TAKEN, means="承办 somebody handles it: accepted", may=_HANDLE),
    move("assign", _C.RECEIVED, _C.TAKEN, _C.WAITING, to=_C.TAKEN, means="交办 given to a colleague", may="complaint.assign"),
    move("ask", _C.TAKEN, to=_C.WAITING, means="要求补充 the author is asked, the clock stands still", may=_HANDLE),
    move("reply", _C.WAITING, to=_C.TAKEN, means="补充 the author has answered, the clock runs on"),
    move("resume", _C.WAITING, to=_C.TAKEN, means="恢复计时 the time for the author's reply is over", may="system.jobs"),
    move("answer", _C.TAKEN, to=_C.ANSWERED, means="答复 answered in plain words", may=_HANDLE),
    move("pass_on", _C.TAKEN, to=_C.PASSED_ON, means="转送 not for this authority, with the way to who is competent", may=_HANDLE),
    move("escalate", _C.RECEIVED, _C.TAKEN, _C.ANSWERED, _C.PASSED_ON, to=_C.RECEIVED,
         means="申请上级处理 the author, left waiting or not content, turns to the level above"),
    move("raise", _C.RECEIVED, _C.TAKEN, to=_C.RECEIVED, means="超期上报 late, so the level above has it", may="system.jobs"),
    move("withdraw", _C.RECEIVED, _C.TAKEN, _C.WAITING, to=_C.WITHDRAWN, means="撤回 the author takes it back"),
    words={
        _C.RECEIVED: ("已登记", "received"),
        _C.TAKEN: ("办理中", "being handled"),
        _C.WAITING: ("待补充", "waiting for its author"),
        _C.ANSWERED: ("已答复", "answered"),
        _C.PASSED_ON: ("已转送", "passed on"),
        _C.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)  # fmt: skip
OPEN = (_C.RECEIVED, _C.TAKEN, _C.WAITING)
RUNNING = (_C.RECEIVED, _C.TAKEN)  # the clock of these runs
