"""The life of a complaint (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    TAKEN = "taken"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"


_C = ComplaintState
COMPLAINT = Machine(
    "complaint",
    ComplaintState,
    _C.RECEIVED,
    move("take", _C.RECEIVED, to=_C.TAKEN, means="承办 somebody handles it", may="complaint.handle"),
    move("answer", _C.TAKEN, to=_C.ANSWERED, means="答复 answered in plain words", may="complaint.handle"),
    move("pass_on", _C.TAKEN, to=_C.PASSED_ON, means="转送 passed on to who is competent", may="complaint.handle"),
    words={
        _C.RECEIVED: ("已受理", "received"),
        _C.TAKEN: ("办理中", "being handled"),
        _C.ANSWERED: ("已答复", "answered"),
        _C.PASSED_ON: ("已转送", "passed on"),
    },
)
