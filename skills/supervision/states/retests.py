"""The lives of a draw of re-tests and of one re-test 抽查复核 (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class RetestDrawState(StrEnum):
    """Where a draw stands."""

    PLANNED = "planned"
    DRAWN = "drawn"


RETEST_DRAW = Machine(
    "retest_draw",
    RetestDrawState,
    RetestDrawState.PLANNED,
    move("draw", RetestDrawState.PLANNED, to=RetestDrawState.DRAWN, means="抽取 certificates and examiners by the seed of the log",
         may="retest.plan"),
    words={RetestDrawState.PLANNED: ("待抽取", "planned"), RetestDrawState.DRAWN: ("已抽取", "drawn")},
)  # fmt: skip


class RetestState(StrEnum):
    """Where a re-test stands."""

    DRAWN = "drawn"
    CALLED = "called"
    MARKED = "marked"
    CLOSED = "closed"


RETEST = Machine(
    "retest",
    RetestState,
    RetestState.DRAWN,
    move("call", RetestState.DRAWN, RetestState.CALLED, to=RetestState.CALLED, means="通知 the candidate is told day and place",
         may="retest.plan"),
    move("mark", RetestState.CALLED, to=RetestState.MARKED, means="评分 both examiners gave their marks", may="retest.mark"),
    move("close", RetestState.MARKED, to=RetestState.CLOSED, means="办结 it counts or not, once the candidate could be heard",
         may="retest.close"),
    words={
        RetestState.DRAWN: ("待安排", "to be arranged"),
        RetestState.CALLED: ("待复核考试", "to be held"),
        RetestState.MARKED: ("已评分，可申辩", "marked: the candidate may be heard"),
        RetestState.CLOSED: ("已办结", "closed"),
    },
)  # fmt: skip
