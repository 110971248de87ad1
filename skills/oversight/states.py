"""The life of a case of suspected fraud, and of a question put to a trainee (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class CaseState(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    REFERRED = "referred"


_C = CaseState
OPEN = (_C.OPENED, _C.ASSIGNED, _C.PROPOSED)
CASE = Machine(
    "fraud_case",
    CaseState,
    _C.OPENED,
    move("assign", _C.OPENED, _C.ASSIGNED, to=_C.ASSIGNED, means="交办 somebody who is not concerned looks into it", may="case.assign"),
    move("propose", _C.ASSIGNED, to=_C.PROPOSED, means="拟认定 the handler holds it to be true", may="case.handle"),
    move("send_back", _C.PROPOSED, to=_C.ASSIGNED, means="退回 the second person is not convinced", may="case.confirm"),
    move("confirm", _C.PROPOSED, to=_C.CONFIRMED, means="认定 a second person agrees: it is true", may="case.confirm"),
    move("clear", _C.ASSIGNED, to=_C.CLEARED, means="排除 there is a good reason for it", may="case.handle"),
    move("refer", _C.ASSIGNED, _C.CONFIRMED, to=_C.REFERRED, means="移送 passed on to who may investigate", may="case.handle"),
    words={
        _C.OPENED: ("待交办", "to be assigned"),
        _C.ASSIGNED: ("核查中", "being looked into"),
        _C.PROPOSED: ("待复核", "waits for a second person"),
        _C.CONFIRMED: ("属实", "confirmed"),
        _C.CLEARED: ("已排除", "cleared"),
        _C.REFERRED: ("已移送", "referred"),
    },
)  # fmt: skip


class CallBackState(StrEnum):
    """Where a question to a trainee stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    EXPIRED = "expired"


class Answer(StrEnum):
    """What a trainee says to "did you attend this?"."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


_B = CallBackState
CALL_BACK = Machine(
    "call_back",
    CallBackState,
    _B.ASKED,
    move("answer", _B.ASKED, to=_B.ANSWERED, means="答复 the trainee says what took place", may="callback.answer"),
    move("expire", _B.ASKED, to=_B.EXPIRED, means="逾期 no answer in time: it counts for nothing", may="case.assign"),
    words={
        _B.ASKED: ("待答复", "waits for an answer"),
        _B.ANSWERED: ("已答复", "answered"),
        _B.EXPIRED: ("逾期未答", "not answered"),
    },
)
ANSWER_WORDS: dict[str, tuple[str, str]] = {
    Answer.YES: ("参加了", "I attended"),
    Answer.PARTLY: ("只参加了一部分", "I attended a part of it"),
    Answer.NO: ("没有参加", "I did not attend"),
}
