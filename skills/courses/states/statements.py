"""What becomes of a statement that a learning platform sends (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class StatementState(StrEnum):
    """Where a statement of a platform stands."""

    NOTED = "noted"
    HELD = "held"
    FILED = "filed"
    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    VOIDED = "voided"


_S = StatementState
STATEMENT = Machine(
    "xapi_statement",
    StatementState,
    _S.NOTED,
    move("hold", _S.NOTED, to=_S.HELD, means="未报送 the rules of completion stand against it; sent again it is asked anew"),
    move("file", _S.NOTED, _S.HELD, to=_S.FILED, means="已转报送 handed in as a return of one row", may="return.file"),
    move("ask", _S.NOTED, to=_S.WAITING, means="待审批免修 waived: the authority decides"),
    move("grant", _S.WAITING, to=_S.GRANTED, means="同意免修 approved with a reason and handed in", may="waiver.decide"),
    move("refuse", _S.WAITING, to=_S.REFUSED, means="不同意免修 the place stands as it was", may="waiver.decide"),
    move("void", _S.NOTED, _S.HELD, _S.WAITING, to=_S.VOIDED, means="已撤回 taken back by the platform before anything followed"),
    words={
        _S.NOTED: ("已记录", "noted"),
        _S.HELD: ("未报送", "not handed in"),
        _S.FILED: ("已转报送", "handed in"),
        _S.WAITING: ("待审批免修", "waits for an approver"),
        _S.GRANTED: ("已同意免修", "waiver granted"),
        _S.REFUSED: ("未同意免修", "waiver refused"),
        _S.VOIDED: ("已撤回", "taken back"),
    },
)
