"""The lives of lecturers and of training platforms (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class LecturerState(StrEnum):
    """Where somebody stands in the lecturer pool."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_L = LecturerState
LECTURER = Machine(
    "lecturer",
    LecturerState,
    _L.PROPOSED,
    move("confirm", _L.PROPOSED, to=_L.CONFIRMED, means="入库 qualifications were seen or compared: every institution may name this person",
         may="lecturer.confirm"),
    move("refuse", _L.PROPOSED, to=_L.REFUSED, means="不予入库 not taken in, with a reason", may="lecturer.confirm"),
    move("propose_again", _L.REFUSED, _L.WITHDRAWN, to=_L.PROPOSED, means="再次推荐 proposed anew", may="lecturer.propose"),
    move("withdraw", _L.PROPOSED, _L.CONFIRMED, to=_L.WITHDRAWN, means="出库 by the bureau with a reason, or by the person"),
    words={
        _L.PROPOSED: ("待确认", "proposed"),
        _L.CONFIRMED: ("已入库", "confirmed"),
        _L.REFUSED: ("不予入库", "refused"),
        _L.WITHDRAWN: ("已出库", "withdrawn"),
    },
)  # fmt: skip


class PlatformState(StrEnum):
    """Where an entry of the register of training platforms stands."""

    PROPOSED = "proposed"
    RECOGNISED = "recognised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_P = PlatformState
PLATFORM = Machine(
    "platform",
    PlatformState,
    _P.PROPOSED,
    move("recognise", _P.PROPOSED, to=_P.RECOGNISED, means="认定 by a second person: it is public", may="platform.recognise"),
    move("refuse", _P.PROPOSED, to=_P.REFUSED, means="不予认定 with a reason", may="platform.recognise"),
    move("withdraw", _P.RECOGNISED, to=_P.WITHDRAWN, means="撤销认定 with a reason that is public", may="platform.recognise"),
    words={
        _P.PROPOSED: ("待认定", "proposed"),
        _P.RECOGNISED: ("已认定", "recognised"),
        _P.REFUSED: ("不予认定", "refused"),
        _P.WITHDRAWN: ("已撤销", "withdrawn"),
    },
)  # fmt: skip
