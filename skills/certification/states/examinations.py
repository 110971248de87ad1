"""The life of the examination of an application 资格审核 (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ExaminationState(StrEnum):
    """Where the examination of an application stands."""

    WAITING = "waiting"
    SUPPLEMENT = "supplement"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REFUSED = "refused"


_E = ExaminationState
EXAMINATION = Machine(
    "examination",
    ExaminationState,
    _E.WAITING,
    move("supplement", _E.WAITING, to=_E.SUPPLEMENT, means="一次告知补正 what is missing is told, once", may="registration.examine"),
    move("answer", _E.SUPPLEMENT, to=_E.ANSWERED, means="已补正 the candidate has added what was missing", may="application.file"),
    move("accept", _E.WAITING, _E.ANSWERED, to=_E.ACCEPTED, means="审核通过 may sit", may="registration.examine"),
    move("refuse", _E.WAITING, _E.SUPPLEMENT, _E.ANSWERED, to=_E.REFUSED, means="审核不通过 refused with the clause",
         may="registration.examine"),
    words={
        _E.WAITING: ("待审核", "waits to be examined"),
        _E.SUPPLEMENT: ("待补正", "waits for a supplement"),
        _E.ANSWERED: ("已补正，待审核", "supplemented, waits to be examined"),
        _E.ACCEPTED: ("审核通过", "examined: yes"),
        _E.REFUSED: ("审核不通过", "examined: no"),
    },
)
OPEN = (_E.WAITING, _E.SUPPLEMENT, _E.ANSWERED)
