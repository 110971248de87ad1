"""The state tables of lessons, of sitting in front of one, and of two places at once (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


class LessonState(StrEnum):
    """Where a lesson stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


_L = LessonState
LESSON = Machine(
    "lesson",
    LessonState,
    _L.DRAFT,
    move("submit", _L.DRAFT, _L.RETURNED, to=_L.SUBMITTED, means="送审 handed in for review", may="course.manage"),
    move("publish", _L.SUBMITTED, to=_L.PUBLISHED, means="通过 learners see it, its minutes count", may="course.publish"),
    move("send_back", _L.SUBMITTED, to=_L.RETURNED, means="退回 sent back with a reason", may="course.publish"),
    move("withdraw", _L.DRAFT, _L.RETURNED, _L.PUBLISHED, to=_L.WITHDRAWN, means="下架 nobody begins it any more; what was credited stays",
         may="course.manage"),
    words={
        _L.DRAFT: ("草稿", "draft"),
        _L.SUBMITTED: ("待审核", "waits for review"),
        _L.RETURNED: ("退回补正", "sent back"),
        _L.PUBLISHED: ("已发布", "published"),
        _L.WITHDRAWN: ("已下架", "withdrawn"),
    },
)  # fmt: skip


class StudyState(StrEnum):
    """Whether somebody sits in front of a lesson."""

    OPEN = "open"
    LEFT = "left"
    ELSEWHERE = "elsewhere"
    LAPSED = "lapsed"


_S = StudyState
STUDY = Machine(
    "study",
    StudyState,
    _S.OPEN,
    move("leave", _S.OPEN, to=_S.LEFT, means="离开 the learner left; the time is credited", may="lesson.study"),
    move("go_elsewhere", _S.OPEN, to=_S.ELSEWHERE, means="另开 another lesson or device was begun", may="lesson.study"),
    move("lapse", _S.OPEN, to=_S.LAPSED, means="中断 no sign of life for too long"),
    words={
        _S.OPEN: ("学习中", "under way"),
        _S.LEFT: ("已离开", "left"),
        _S.ELSEWHERE: ("已在另一处继续", "goes on elsewhere"),
        _S.LAPSED: ("已中断", "broke off"),
    },
)


class OverlapState(StrEnum):
    """Where two places at once stand."""

    OPEN = "open"
    DECIDED = "decided"
    LIFTED = "lifted"


_O = OverlapState
OVERLAP = Machine(
    "overlap",
    OverlapState,
    _O.OPEN,
    move("decide", _O.OPEN, to=_O.DECIDED, means="认定 the bureau says which one counts", may="overlap.decide"),
    move("lift", _O.OPEN, to=_O.LIFTED, means="消除 a correction showed that there was only one place"),
    words={
        _O.OPEN: ("待认定", "waits for the bureau"),
        _O.DECIDED: ("已认定", "decided"),
        _O.LIFTED: ("已消除", "gone"),
    },
)
