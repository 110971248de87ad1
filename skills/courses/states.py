"""The lives of courses, classes and enrolments (pure)."""

from __future__ import annotations

from enum import StrEnum

from skills.kernel.machines import Machine, move


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
    move("withdraw", EnrolmentState.ENROLLED, to=EnrolmentState.WITHDRAWN, means="退课 before the class begins",
         may="enrolment.enrol"),
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
