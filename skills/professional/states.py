"""The lives of an advanced seminar 高级研修 and of a programme of digital engineers (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class SeminarState(StrEnum):
    """Where a seminar stands."""

    APPLIED = "applied"
    RETURNED = "returned"
    APPROVED = "approved"
    HELD = "held"
    CANCELLED = "cancelled"


_S = SeminarState
SEMINAR = Machine(
    "seminar",
    SeminarState,
    _S.APPLIED,
    move("send_back", _S.APPLIED, to=_S.RETURNED, means="退回补正 sent back with a reason", may="seminar.decide"),
    move("apply_again", _S.RETURNED, to=_S.APPLIED, means="重新申报 corrected and applied for again", may="seminar.apply"),
    move("approve", _S.APPLIED, to=_S.APPROVED, means="批准立项 the roster may be made", may="seminar.decide"),
    move("hold", _S.APPROVED, to=_S.HELD, means="结项 who took part is on record, hours are credited", may="seminar.apply"),
    move("cancel", _S.APPLIED, _S.RETURNED, _S.APPROVED, to=_S.CANCELLED, means="取消 with the reason", may="seminar.apply"),
    words={
        _S.APPLIED: ("待审核", "applied for"),
        _S.RETURNED: ("退回补正", "sent back"),
        _S.APPROVED: ("已立项", "approved"),
        _S.HELD: ("已结项", "held"),
        _S.CANCELLED: ("已取消", "cancelled"),
    },
)  # fmt: skip


class ProgrammeState(StrEnum):
    """Where a programme of digital engineers stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"


_P = ProgrammeState
PROGRAMME = Machine(
    "engineer_programme",
    ProgrammeState,
    _P.PROPOSED,
    move("approve", _P.PROPOSED, to=_P.APPROVED, means="批准 a second person agrees: its certificates are recorded", may="programme.approve"),
    move("refuse", _P.PROPOSED, to=_P.REFUSED, means="不予批准 a second person does not", may="programme.approve"),
    move("end", _P.APPROVED, to=_P.ENDED, means="终止 nothing more of it is recorded", may="programme.approve"),
    words={
        _P.PROPOSED: ("待复核", "waits for a second person"),
        _P.APPROVED: ("实施中", "in force"),
        _P.REFUSED: ("不予批准", "refused"),
        _P.ENDED: ("已终止", "ended"),
    },
)  # fmt: skip
