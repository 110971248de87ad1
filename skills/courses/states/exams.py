"""The life of a completion exam 结业考核 (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class CompletionExamState(StrEnum):
    """Where a completion exam stands."""

    PLANNED = "planned"
    NAMED = "named"
    SIGNED = "signed"
    CANCELLED = "cancelled"


_E = CompletionExamState
OPEN_EXAM = (_E.PLANNED, _E.NAMED)

COMPLETION_EXAM = Machine(
    "completion_exam",
    CompletionExamState,
    _E.PLANNED,
    move("name", _E.PLANNED, to=_E.NAMED, means="确定命题和评分人 paper and markers named, none of them the trainer's",
         may="completion_exam.name"),
    move("sign", _E.NAMED, to=_E.SIGNED, means="签发成绩 both entries equal, signed off by a third", may="completion_exam.sign"),
    move("cancel", _E.PLANNED, _E.NAMED, to=_E.CANCELLED, means="取消 with the reason", may="completion_exam.name"),
    words={
        _E.PLANNED: ("待确定评分人", "waits for markers"),
        _E.NAMED: ("待评分", "to be marked"),
        _E.SIGNED: ("成绩已签发", "signed off"),
        _E.CANCELLED: ("已取消", "cancelled"),
    },
)  # fmt: skip
