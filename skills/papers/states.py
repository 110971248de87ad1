"""The life of a version of an item, and of the sitting of a paper (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move

SEE, WRITE, REVIEW, DRAW = "item.see", "item.write", "item.review", "paper.draw"
SIT, INVIGILATE = "paper.sit", "paper.invigilate"


class VersionState(StrEnum):
    """Where a version of an item stands."""

    DRAFT = "draft"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    IN_USE = "in_use"
    RETIRED = "retired"


_V = VersionState
OPEN = (_V.DRAFT, _V.RETURNED)
LIVE = (_V.REVIEWED, _V.IN_USE)
VERSION = Machine(
    "paper_item_version",
    VersionState,
    _V.DRAFT,
    move("approve", _V.DRAFT, to=_V.REVIEWED, means="审题通过 by another than who wrote it", may=REVIEW),
    move("send_back", _V.DRAFT, to=_V.RETURNED, means="退回修改 with a reason; the author writes a new version", may=REVIEW),
    move("use", _V.REVIEWED, to=_V.IN_USE, means="入卷 drawn into a form for the first time", may=DRAW),
    move("replace", *OPEN, *LIVE, to=_V.RETIRED, means="被新版替换 a later version is written or reviewed", may=WRITE),
    move("retire", *OPEN, *LIVE, to=_V.RETIRED, means="停用 with a reason; forms that were made keep it", may=REVIEW),
    words={
        _V.DRAFT: ("待审", "to be reviewed"),
        _V.RETURNED: ("退回修改", "sent back"),
        _V.REVIEWED: ("已审", "reviewed"),
        _V.IN_USE: ("已入卷", "in use"),
        _V.RETIRED: ("停用", "retired"),
    },
)  # fmt: skip


class RunState(StrEnum):
    """Where somebody's sitting of a paper stands."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    COLLECTED = "collected"
    TIME_UP = "time_up"


_R = RunState
RUN = Machine(
    "paper_run",
    RunState,
    _R.OPEN,
    move("hand_in", _R.OPEN, to=_R.HANDED_IN, means="交卷 by the candidate", may=SIT),
    move("collect", _R.OPEN, to=_R.COLLECTED, means="收卷 by an invigilator, for who has left", may=INVIGILATE),
    move("end", _R.OPEN, to=_R.TIME_UP, means="时间到 the server's clock ended it"),
    words={
        _R.OPEN: ("作答中", "under way"),
        _R.HANDED_IN: ("已交卷", "handed in"),
        _R.COLLECTED: ("监考收卷", "collected"),
        _R.TIME_UP: ("时间到", "time was up"),
    },
)  # fmt: skip
