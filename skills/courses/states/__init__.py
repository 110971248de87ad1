"""The lives of courses, classes and enrolments (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.courses.states.catalogue import VERSION
from skills.kernel.machines import Machine, move

__all__ = ["VERSION"]


class CourseState(StrEnum):
    """Where a course stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


COURSE = Machine(
    "course",
    CourseState,
    CourseState.DRAFT,
    move("submit", CourseState.DRAFT, CourseState.RETURNED, to=CourseState.SUBMITTED, means="送审 sent for review",
         may="course.manage"),
    move("publish", CourseState.SUBMITTED, to=CourseState.PUBLISHED, means="发布 reviewed and public",
         may="course.publish"),
    move("send_back", CourseState.SUBMITTED, to=CourseState.RETURNED, means="退回补正 sent back with a reason",
         may="course.publish"),
    move("withdraw", CourseState.PUBLISHED, to=CourseState.WITHDRAWN, means="下架 taken from the catalogue",
         may="course.publish"),
    move("relist", CourseState.WITHDRAWN, to=CourseState.PUBLISHED, means="重新上架 a reviewed version is public again",
         may="course.publish"),
    words={
        CourseState.DRAFT: ("草稿", "draft"),
        CourseState.SUBMITTED: ("待审核", "under review"),
        CourseState.RETURNED: ("退回补正", "sent back"),
        CourseState.PUBLISHED: ("已发布", "published"),
        CourseState.WITHDRAWN: ("已下架", "withdrawn"),
    },
)


class ClassState(StrEnum):
    """Where a class stands."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


CLASS = Machine(
    "class",
    ClassState,
    ClassState.PLANNED,
    move("submit", ClassState.PLANNED, ClassState.RETURNED, to=ClassState.SUBMITTED, means="开班申请 applied for",
         may="class.manage"),
    move("approve", ClassState.SUBMITTED, to=ClassState.APPROVED, means="同意开班 approved: places may be taken",
         may="class.approve"),
    move("send_back", ClassState.SUBMITTED, to=ClassState.RETURNED, means="退回补正 sent back with a reason",
         may="class.approve"),
    move("start", ClassState.APPROVED, to=ClassState.RUNNING, means="开班 lessons have begun", may="class.manage"),
    move("finish", ClassState.RUNNING, to=ClassState.FINISHED, means="结班 lessons are over", may="class.manage"),
    move("cancel", ClassState.PLANNED, ClassState.SUBMITTED, ClassState.RETURNED, ClassState.APPROVED,
         ClassState.RUNNING, to=ClassState.CANCELLED, means="取消 every voucher goes back", may="class.cancel"),
    words={
        ClassState.PLANNED: ("筹备", "planned"),
        ClassState.SUBMITTED: ("待审批", "applied for"),
        ClassState.RETURNED: ("退回补正", "sent back"),
        ClassState.APPROVED: ("可报名", "open for enrolment"),
        ClassState.RUNNING: ("培训中", "running"),
        ClassState.FINISHED: ("已结班", "finished"),
        ClassState.CANCELLED: ("已取消", "cancelled"),
    },
)


class Admission(StrEnum):
    """How a class takes people in."""

    AT_ONCE = "at_once"
    CONFIRMED = "after_confirmation"


ADMISSION_WORDS: dict[Admission, tuple[str, str]] = {
    Admission.AT_ONCE: ("即时录取", "At once"),
    Admission.CONFIRMED: ("机构确认后录取", "After the institution has confirmed"),
}


class EnrolmentState(StrEnum):
    """Where a person's place in a class stands."""

    ENROLLED = "enrolled"
    ATTENDING = "attending"
    COMPLETED = "completed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


LIVE = (EnrolmentState.ENROLLED, EnrolmentState.ATTENDING)

ENROLMENT = Machine(
    "enrolment",
    EnrolmentState,
    EnrolmentState.ENROLLED,
    move("attend", EnrolmentState.ENROLLED, to=EnrolmentState.ATTENDING, means="开课 the class has begun",
         may="class.manage"),
    move("complete", EnrolmentState.ATTENDING, to=EnrolmentState.COMPLETED, means="结业 passed the completion exam"),
    move("fail", EnrolmentState.ATTENDING, to=EnrolmentState.FAILED, means="未结业 ended without completion"),
    move("reopen", EnrolmentState.COMPLETED, EnrolmentState.FAILED, to=EnrolmentState.ATTENDING,
         means="结果作废 the reported result was void: it may be reported again", may="return.file"),
    move("overturn", EnrolmentState.COMPLETED, to=EnrolmentState.FAILED, means="更正为未结业 the corrected result is no completion",
         may="return.file"),
    move("withdraw", EnrolmentState.ENROLLED, EnrolmentState.ATTENDING, to=EnrolmentState.WITHDRAWN,
         means="退课 while leaving is free", may="enrolment.enrol"),
    move("excuse", EnrolmentState.ENROLLED, EnrolmentState.ATTENDING, to=EnrolmentState.WITHDRAWN,
         means="准予退课 later, for a reason that was accepted", may="leave.decide"),
    move("undo", EnrolmentState.ENROLLED, EnrolmentState.ATTENDING, to=EnrolmentState.WITHDRAWN,
         means="不是本人报名 the holder of the voucher never took it", may="dispute.decide"),
    move("cancel", EnrolmentState.ENROLLED, EnrolmentState.ATTENDING, to=EnrolmentState.WITHDRAWN,
         means="取消 the class was cancelled", may="class.cancel"),
    words={
        EnrolmentState.ENROLLED: ("已报名", "enrolled"),
        EnrolmentState.ATTENDING: ("培训中", "attending"),
        EnrolmentState.COMPLETED: ("已结业", "completed"),
        EnrolmentState.FAILED: ("未结业", "not completed"),
        EnrolmentState.WITHDRAWN: ("已退课", "withdrawn"),
    },
)


class ReservationState(StrEnum):
    """Where somebody stands who asked for a seat and has no place yet."""

    WAITING = "waiting"
    OFFERED = "offered"
    HELD = "held"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_S = ReservationState
KEPT = (_S.OFFERED, _S.HELD)  # a seat is kept
LIVE_RESERVATION = (_S.WAITING, *KEPT)

RESERVATION = Machine(
    "reservation",
    ReservationState,
    _S.WAITING,
    move("offer", _S.WAITING, to=_S.OFFERED, means="轮到 a seat is free and kept for the first in the queue"),
    move("hold", _S.WAITING, _S.OFFERED, to=_S.HELD, means="占位 seat and voucher are kept until the institution answers",
         may="enrolment.enrol"),
    move("take", _S.OFFERED, to=_S.CONFIRMED, means="接受 the offered seat became a place", may="enrolment.enrol"),
    move("confirm", _S.HELD, to=_S.CONFIRMED, means="确认 the institution said yes: a place, the voucher is used",
         may="class.manage"),
    move("decline", _S.HELD, to=_S.DECLINED, means="婉拒 the institution said no, with a reason", may="class.manage"),
    move("expire", _S.WAITING, _S.OFFERED, _S.HELD, to=_S.EXPIRED,
         means="过期 nobody answered in time, or the class has begun"),
    move("cancel", _S.WAITING, _S.OFFERED, _S.HELD, to=_S.CANCELLED, means="取消 by the person, or the class was cancelled",
         may="enrolment.enrol"),
    words={
        _S.WAITING: ("排队中", "in the queue"),
        _S.OFFERED: ("待接受", "offered"),
        _S.HELD: ("待机构确认", "waiting for the institution"),
        _S.CONFIRMED: ("已录取", "confirmed"),
        _S.DECLINED: ("未录取", "declined"),
        _S.EXPIRED: ("已过期", "expired"),
        _S.CANCELLED: ("已取消", "cancelled"),
    },
)  # fmt: skip


class LeaveState(StrEnum):
    """Where a request stands to leave a class after leaving is free no more."""

    OPENED = "opened"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_W = LeaveState
LEAVE = Machine(
    "leave_request",
    LeaveState,
    _W.OPENED,
    move("grant", _W.OPENED, to=_W.GRANTED, means="准予 the place ends, the voucher comes back with its life", may="leave.decide"),
    move("refuse", _W.OPENED, to=_W.REFUSED, means="不准 the place stands", may="leave.decide"),
    move("withdraw", _W.OPENED, to=_W.WITHDRAWN, means="撤回 the person stays, or the place ended otherwise", may="enrolment.enrol"),
    words={
        _W.OPENED: ("审核中", "being examined"),
        _W.GRANTED: ("已准予退课", "granted"),
        _W.REFUSED: ("未准予", "refused"),
        _W.WITHDRAWN: ("已撤回", "withdrawn"),
    },
)  # fmt: skip


class CorrectionState(StrEnum):
    """Where a wish to correct an attendance stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


CORRECTION = Machine(
    "attendance_correction",
    CorrectionState,
    CorrectionState.ASKED,
    move("approve", CorrectionState.ASKED, to=CorrectionState.APPROVED, means="同意更正 a new row takes the old one's place",
         may="attendance.correct"),
    move("refuse", CorrectionState.ASKED, to=CorrectionState.REFUSED, means="不予更正 nothing changes",
         may="attendance.correct"),
    words={
        CorrectionState.ASKED: ("待审核", "waits for the bureau"),
        CorrectionState.APPROVED: ("已更正", "corrected"),
        CorrectionState.REFUSED: ("不予更正", "refused"),
    },
)


class CardState(StrEnum):
    """Whether a learner's card counts."""

    LIVE = "live"
    REPLACED = "replaced"
    BLOCKED = "blocked"


CARD = Machine(
    "learner_card",
    CardState,
    CardState.LIVE,
    move("replace", CardState.LIVE, to=CardState.REPLACED, means="换新卡 a newer card was printed", may="class.manage"),
    move("block", CardState.LIVE, to=CardState.BLOCKED, means="挂失 lost: nobody attends with it", may="attendance.scan"),
    words={
        CardState.LIVE: ("有效", "counts"),
        CardState.REPLACED: ("已换新卡", "replaced by a newer card"),
        CardState.BLOCKED: ("已挂失", "blocked"),
    },
)
