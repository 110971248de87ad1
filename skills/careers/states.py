"""How a nomination of somebody for an exam is answered (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class NomineeState(StrEnum):
    """Where the nomination of one person stands."""

    WAITING = "waiting"
    REGISTERED = "registered"
    REFUSED = "refused"


_N = NomineeState
NOMINEE = Machine(
    "nominee",
    NomineeState,
    _N.WAITING,
    move("register", _N.WAITING, to=_N.REGISTERED, means="已报名 registered for the exam", may="application.enter"),
    move("refuse", _N.WAITING, to=_N.REFUSED, means="未能报名 a rule of the exam said no", may="application.enter"),
    words={
        _N.WAITING: ("办理中", "under way"),
        _N.REGISTERED: ("已报名", "registered"),
        _N.REFUSED: ("未能报名", "not registered"),
    },
)
