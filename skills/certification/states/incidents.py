"""The life of misconduct that was noted in an exam room 违纪 (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class IncidentState(StrEnum):
    """Where misconduct of one candidate stands."""

    RAISED = "raised"
    ANSWERED = "answered"
    VOID = "void"
    DROPPED = "dropped"


_I = IncidentState
INCIDENT = Machine(
    "incident",
    IncidentState,
    _I.RAISED,
    move("answer", _I.RAISED, to=_I.ANSWERED, means="陈述申辩 the candidate has said their word", may="application.file"),
    move("void", _I.RAISED, _I.ANSWERED, to=_I.VOID, means="认定违纪，成绩无效 it is so: the section or the exam does not count",
         may="incident.decide"),
    move("drop", _I.RAISED, _I.ANSWERED, to=_I.DROPPED, means="不予认定 it is not so, the person goes on", may="incident.decide"),
    words={
        _I.RAISED: ("待考生陈述", "the candidate is heard"),
        _I.ANSWERED: ("考生已陈述，待决定", "heard, waits for a decision"),
        _I.VOID: ("认定违纪，成绩无效", "found so: void"),
        _I.DROPPED: ("不予认定", "dropped"),
    },
)
OPEN = (_I.RAISED, _I.ANSWERED)
