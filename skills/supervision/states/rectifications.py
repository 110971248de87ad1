"""The life of an order to put something right 整改 (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class RectificationState(StrEnum):
    """Where an order stands."""

    ORDERED = "ordered"
    ANSWERED = "answered"
    CLOSED = "closed"


_R = RectificationState
OPEN = (_R.ORDERED, _R.ANSWERED)

RECTIFICATION = Machine(
    "rectification",
    RectificationState,
    _R.ORDERED,
    move("answer", _R.ORDERED, to=_R.ANSWERED, means="报告整改 the body says and shows what it did", may="rectification.answer"),
    move("insist", _R.ANSWERED, to=_R.ORDERED, means="继续整改 it is not enough, a new day is set", may="rectification.recheck"),
    move("close", _R.ANSWERED, to=_R.CLOSED, means="复查通过 another person than who ordered it finds it right", may="rectification.recheck"),
    words={
        _R.ORDERED: ("整改中", "to be put right"),
        _R.ANSWERED: ("待复查", "waits for the re-check"),
        _R.CLOSED: ("已整改", "put right"),
    },
)  # fmt: skip
