"""Pages of courses: for everyone, for learners, for institutions, for the bureau."""

from skills.courses.views import (
    attendance,
    bureau,
    cards,
    changes,
    counter,
    delivery,
    disputes,
    exams,
    institution,
    learner,
    open_data,
    public,
    reservations,
    scanning,
    shelf,
    shelf_api,
    waivers,
    xapi,
)
from skills.courses.views.words import room
from skills.web.pages import MenuEntry

__all__ = [
    "attendance", "bureau", "cards", "changes", "counter", "delivery", "disputes", "exams", "institution",
    "learner", "open_data", "public", "reservations", "scanning", "shelf", "shelf_api", "waivers", "xapi",
]  # fmt: skip

FACES = [room, attendance.room, cards.room, counter.room, exams.room, shelf_api.room, waivers.room, xapi.room]
MENU = [
    MenuEntry("me", "/me/courses", "book", "我的课程", "My courses", may="enrolment.enrol", dock=True),
    MenuEntry("me", "/me/saved", "star", "我的收藏", "Saved courses", may="enrolment.enrol"),
    MenuEntry("org", "/org/courses", "book", "课程", "Courses", may="course.manage"),
    MenuEntry("org", "/org/ratings", "mail", "学员评价", "What learners say", may="course.manage"),
    MenuEntry("org", "/org/classes", "calendar", "班级", "Classes", may="class.manage"),
    MenuEntry("org", "/org/completion-exams", "pencil", "结业考核", "Completion exams", may="class.manage"),
    MenuEntry("org", "/exam/completion", "pencil", "考核评分", "Marking", may="completion_exam.mark"),
    MenuEntry("exam", "/exam/completion", "pencil", "结业考核评分", "Completion exams", may="completion_exam.mark"),
    MenuEntry("org", "/org/requests", "people", "名额申请", "Requests for seats", may="class.manage"),
    MenuEntry("org", "/org/scan", "scan", "扫券码", "Scan a code", may="code.take"),
    MenuEntry("gov", "/gov/classes", "calendar", "开班审批", "Class approval", may="class.approve"),
    MenuEntry("ent", "/ent/order-classes", "book", "订单班", "Order classes", may="order.see"),
    MenuEntry("gov", "/gov/changes", "calendar", "变更报备", "Changes of classes", may="class.approve"),
    MenuEntry("gov", "/gov/completion-exams", "pencil", "结业考核", "Completion exams", may="completion_exam.see"),
    MenuEntry("gov", "/gov/deliveries", "check", "结班报告", "Completion reports", may="delivery.examine"),
    MenuEntry("gov", "/gov/releases", "check", "放行复核", "Releases", may="delivery.release"),
    MenuEntry("gov", "/gov/leaves", "calendar", "退课申请", "Requests to leave", may="leave.decide"),
    MenuEntry("gov", "/gov/waivers", "check", "免修审批", "Waivers", may="waiver.decide"),
    MenuEntry("gov", "/gov/attendance", "check", "考勤", "Attendance", may="attendance.correct"),
    MenuEntry("gov", "/gov/disputes", "shield", "用券否认", "Denied uses", may="dispute.see"),
    MenuEntry("gov", "/gov/courses", "book", "课程审核", "Course review", may="course.publish"),
    MenuEntry("gov", "/gov/course-versions", "swap", "课程变更审核", "Changes of courses", may="course.publish"),
    MenuEntry("gov", "/gov/ratings", "mail", "学员评价", "What learners say", may="course.publish"),
]
