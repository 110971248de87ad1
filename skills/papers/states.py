"""The life of a version of an item (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move

SEE, WRITE, REVIEW, DRAW = "item.see", "item.write", "item.review", "paper.draw"


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
