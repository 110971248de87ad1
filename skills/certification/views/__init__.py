"""Pages of certification: for everyone, candidates, bodies, examiners and the authority."""

from skills.certification.views import (
    accommodations,
    body,
    bureau,
    certificates,
    counter,
    data_reviews,
    day,
    defences,
    duties,
    employees,
    examinations,
    filing_changes,
    incidents,
    learner,
    members,
    norms,
    online,
    panels,
    photos,
    public,
    rechecks,
    results,
    rooms,
    scores,
)
from skills.certification.views.words import room
from skills.web.pages import MenuEntry

__all__ = [
    "accommodations", "body", "bureau", "certificates", "counter", "data_reviews", "day", "defences", "duties", "employees",
    "examinations", "filing_changes", "incidents", "learner", "members", "norms", "online", "panels", "photos", "public", "rechecks",
    "results", "rooms", "scores",
]  # fmt: skip

FACES = [room, counter.room]
MENU = [
    MenuEntry("me", "/me/exams", "pencil", "考试", "Exams", may="application.file", dock=True),
    MenuEntry("me", "/me/photo", "camera", "我的照片", "My photograph", may="application.file"),
    MenuEntry("me", "/me/promotions", "medal", "竞赛晋升", "Promotions", may="promotion.apply"),
    MenuEntry("ent", "/ent/filing", "file", "备案", "Filing", may="filing.see"),
    MenuEntry("ent", "/ent/plans", "calendar", "认定计划", "Exam plans", may="plan.see"),
    MenuEntry("ent", "/ent/employees", "people", "职工", "Employees", may="application.enter"),
    MenuEntry("ent", "/ent/members", "people", "学生和其他人员", "Students and others", may="application.enter"),
    MenuEntry("ent", "/ent/duties", "calendar", "我的考务", "My duties", may="duty.see"),
    MenuEntry("exam", "/exam/duties", "calendar", "我的考务", "My duties", may="duty.see"),
    MenuEntry("exam", "/exam/scores", "pencil", "成绩录入", "Score entry", may="score.enter"),
    MenuEntry("gov", "/gov/filings", "file", "备案", "Filings", may="gov.see"),
    MenuEntry("gov", "/gov/plans", "calendar", "认定计划", "Exam plans", may="gov.see"),
    MenuEntry("gov", "/gov/objections", "flag", "公示异议", "Objections", may="complaint.handle"),
    MenuEntry("gov", "/gov/data-reviews", "file", "数据审核", "Data reviews", may="data.review"),
    MenuEntry("gov", "/gov/promotions", "medal", "竞赛晋升", "Promotions", may="gov.see"),
]
