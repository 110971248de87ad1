"""The lives of a draw of inspections and of one inspection 过程检查 (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class DrawState(StrEnum):
    """Where a draw stands."""

    PLANNED = "planned"
    DRAWN = "drawn"
    GIVEN_UP = "given_up"


DRAW = Machine(
    "inspection_draw",
    DrawState,
    DrawState.PLANNED,
    move("draw", DrawState.PLANNED, to=DrawState.DRAWN, means="抽取 class and inspector by the seed of the log", may="inspection.handle"),
    move("give_up", DrawState.PLANNED, to=DrawState.GIVEN_UP, means="放弃 that there was a plan stays on record", may="inspection.handle"),
    words={
        DrawState.PLANNED: ("待抽取", "planned"),
        DrawState.DRAWN: ("已抽取", "drawn"),
        DrawState.GIVEN_UP: ("已放弃", "given up"),
    },
)  # fmt: skip


class InspectionState(StrEnum):
    """Where an inspection stands."""

    ASSIGNED = "assigned"
    COUNTED = "counted"
    SIGNED = "signed"
    IN_ORDER = "in_order"
    FOUND = "found"
    ORDERED = "ordered"
    RECTIFIED = "rectified"
    PROPOSED = "proposed"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


_I = InspectionState
UNDER_WAY = (_I.ASSIGNED, _I.COUNTED, _I.SIGNED, _I.FOUND, _I.ORDERED, _I.RECTIFIED, _I.PROPOSED)
# What the institution may know of: nobody is told before the inspector stands in the room.
TOLD = (_I.COUNTED, _I.SIGNED, _I.IN_ORDER, _I.FOUND, _I.ORDERED, _I.RECTIFIED, _I.PROPOSED, _I.CLOSED)

INSPECTION = Machine(
    "inspection",
    InspectionState,
    _I.ASSIGNED,
    move("count", _I.ASSIGNED, to=_I.COUNTED, means="清点 heads counted, that minute's attendance frozen", may="inspection.carry_out"),
    move("sign", _I.COUNTED, to=_I.SIGNED, means="签字 the inspector signs; a finding holds the class's money", may="inspection.carry_out"),
    move("agree", _I.SIGNED, to=_I.IN_ORDER, means="无问题 both signatures are there, nothing was found"),
    move("open", _I.SIGNED, to=_I.FOUND, means="有问题 both signatures are there, something was found"),
    move("order", _I.FOUND, to=_I.ORDERED, means="责令整改 with a clock in working days", may="inspection.handle"),
    move("report", _I.ORDERED, to=_I.RECTIFIED, means="报告整改 the institution says what it did", may="class.manage"),
    move("insist", _I.RECTIFIED, to=_I.ORDERED, means="继续整改 it is not enough", may="inspection.handle"),
    move("propose", _I.FOUND, _I.ORDERED, _I.RECTIFIED, to=_I.PROPOSED, means="拟办结 the first person says how it ends",
         may="inspection.handle"),
    move("send_back", _I.PROPOSED, to=_I.FOUND, means="退回 the second person is not convinced", may="inspection.close"),
    move("close", _I.PROPOSED, to=_I.CLOSED, means="办结 a second person agrees", may="inspection.close"),
    move("call_off", _I.ASSIGNED, to=_I.CALLED_OFF, means="取消 no lesson was left to visit, with the reason", may="inspection.close"),
    words={
        _I.ASSIGNED: ("待检查", "to be visited"),
        _I.COUNTED: ("检查中", "under way"),
        _I.SIGNED: ("待机构签字", "waits for the institution's signature"),
        _I.IN_ORDER: ("未发现问题", "in order"),
        _I.FOUND: ("发现问题", "something was found"),
        _I.ORDERED: ("整改中", "to be rectified"),
        _I.RECTIFIED: ("已报告整改", "reported as rectified"),
        _I.PROPOSED: ("待复核", "waits for a second person"),
        _I.CLOSED: ("已办结", "closed"),
        _I.CALLED_OFF: ("已取消", "called off"),
    },
)  # fmt: skip


class Outcome(StrEnum):
    """How an inspection with findings ends."""

    RECTIFIED = "rectified"
    UNFOUNDED = "unfounded"
    UPHELD = "upheld"


# (Chinese, English, whether the money is free again)
OUTCOMES: dict[Outcome, tuple[str, str, bool]] = {
    Outcome.RECTIFIED: ("已整改，恢复结算", "Rectified: payment goes on", True),
    Outcome.UNFOUNDED: ("问题不成立，恢复结算", "Not so: payment goes on", True),
    Outcome.UPHELD: ("问题成立，不予结算", "It is so: nothing of it is paid", False),
}
