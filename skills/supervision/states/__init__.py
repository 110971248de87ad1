"""The lives of a draw of supervisors and of one supervision 督导 (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class DrawState(StrEnum):
    """Where a draw stands."""

    PLANNED = "planned"
    DRAWN = "drawn"
    GIVEN_UP = "given_up"


SUPERVISION_DRAW = Machine(
    "supervision_draw",
    DrawState,
    DrawState.PLANNED,
    move("draw", DrawState.PLANNED, to=DrawState.DRAWN, means="抽取 exam and supervisor by the seed of the log", may="supervision.plan"),
    move("give_up", DrawState.PLANNED, to=DrawState.GIVEN_UP, means="放弃 that there was a plan stays on record", may="supervision.plan"),
    words={
        DrawState.PLANNED: ("待抽取", "planned"),
        DrawState.DRAWN: ("已抽取", "drawn"),
        DrawState.GIVEN_UP: ("已放弃", "given up"),
    },
)  # fmt: skip


class SupervisionState(StrEnum):
    """Where a supervision stands."""

    ASSIGNED = "assigned"
    SIGNED = "signed"


SUPERVISION = Machine(
    "supervision",
    SupervisionState,
    SupervisionState.ASSIGNED,
    move("sign", SupervisionState.ASSIGNED, to=SupervisionState.SIGNED, means="签字 the report is there, on the day of the exam",
         may="supervision.report"),
    words={
        SupervisionState.ASSIGNED: ("待督导", "to be supervised"),
        SupervisionState.SIGNED: ("已报告", "reported"),
    },
)  # fmt: skip
