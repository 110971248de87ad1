"""The life of a body's own norm (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class NormState(StrEnum):
    """Where a version of a norm stands."""

    DRAFT = "draft"
    FILED = "filed"
    REPLACED = "replaced"
    DROPPED = "dropped"


_N = NormState
NORM = Machine(
    "norm",
    NormState,
    _N.DRAFT,
    move("file", _N.DRAFT, to=_N.FILED, means="随备案生效 in force with the filing, its renewal or an addition", may="filing.decide"),
    move("replace", _N.FILED, to=_N.REPLACED, means="被新版替代 a newer version is in force", may="filing.decide"),
    move("drop", _N.DRAFT, to=_N.DROPPED, means="放弃草稿 a draft given up", may="filing.submit"),
    words={
        _N.DRAFT: ("草稿", "draft"),
        _N.FILED: ("已备案", "filed"),
        _N.REPLACED: ("已被替代", "replaced"),
        _N.DROPPED: ("已放弃", "given up"),
    },
)
