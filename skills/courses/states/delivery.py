"""The life of a comparison of approved and delivered (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class ReportState(StrEnum):
    """Where the completion report of a class stands."""

    DRAWN = "drawn"
    CLEAR = "clear"
    NOTED = "noted"
    HELD = "held"
    EXPLAINED = "explained"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    RELEASED = "released"


_R = ReportState
HOLDING = (_R.DRAWN, _R.HELD, _R.EXPLAINED, _R.PROPOSED)  # settlement of the class waits

REPORT = Machine(
    "delivery_report",
    ReportState,
    _R.DRAWN,
    move("clear", _R.DRAWN, to=_R.CLEAR, means="与批准一致 delivered as approved: settlement goes on"),
    move("note", _R.DRAWN, to=_R.NOTED, means="有偏差，不暂缓 deviations are named; by the policy of then nothing waits"),
    move("hold", _R.DRAWN, to=_R.HELD, means="有偏差 deviations are named and settlement of the class is held"),
    move("explain", _R.HELD, to=_R.EXPLAINED, means="说明 the institution says why", may="class.manage"),
    move("accept", _R.EXPLAINED, to=_R.ACCEPTED, means="说明成立 the explanation is accepted: settlement goes on", may="delivery.examine"),
    move("propose", _R.HELD, _R.EXPLAINED, to=_R.PROPOSED, means="拟放行 one of the bureau proposes to let it through",
         may="delivery.examine"),
    move("release", _R.PROPOSED, to=_R.RELEASED, means="放行 a second person lets it through: settlement goes on", may="delivery.release"),
    move("decline", _R.EXPLAINED, _R.PROPOSED, to=_R.HELD, means="不予放行 settlement stays held, with a reason"),
    words={
        _R.DRAWN: ("已生成", "drawn"),
        _R.CLEAR: ("与批准一致", "as approved"),
        _R.NOTED: ("有偏差，不暂缓", "deviations, nothing held"),
        _R.HELD: ("有偏差，暂缓结算", "deviations, settlement held"),
        _R.EXPLAINED: ("机构已说明，待审核", "explained, to be examined"),
        _R.PROPOSED: ("拟放行，待复核", "release proposed"),
        _R.ACCEPTED: ("说明成立", "explanation accepted"),
        _R.RELEASED: ("已放行", "released"),
    },
)  # fmt: skip
