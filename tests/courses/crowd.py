"""Thousands of published courses with a class each, put there past the office: for tests of speed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, text

from skills.courses.models import Course, CourseClass, CourseGram, CourseText
from skills.courses.rules.search import fold, grams
from skills.kernel.db import writing
from tests.courses.stage import Stage

FIELDS = ("数据标注", "网络安全", "软件测试", "程序设计", "云网运维", "数据库管理", "物联网安装", "数字孪生", "全媒体运营", "电子商务")
FORMS = ("入门", "提升班", "实训", "高级研修", "项目实战")
OCCUPATIONS = (
    "4-04-05-05", "4-04-04-02", "4-04-05-02", "4-04-05-01", "4-04-05-12", "4-04-05-04", "6-25-04-09", "4-04-05-10", "4-13-01-05",
    "4-01-06-01",
)


def many_courses(stage: Stage, count: int) -> None:
    """So many courses, each with a class that begins within a year."""
    world, school, today = stage.world, stage.school, stage.world.today
    courses, texts, pairs, classes = [], [], [], []
    for n in range(count):
        course_id, field = f"C{n:025}", n % 10
        title = f"{FIELDS[field]}{FORMS[n // 10 % 5]}第{n}期"
        body = f"面向{FIELDS[(n * 7) % 10]}岗位的小班课程，机房实操，结业考核由外聘考评员评分，编号{n}。"
        courses.append({
            "id": course_id, "institution_id": school, "title": title, "kind": "skill", "zone": "mantianxing" if n % 3 else "",
            "occupation": OCCUPATIONS[field], "level": 2 + n % 4, "hours": 40, "fee": (n % 9) * 80_000, "description": body,
            "state": "published", "section": ("", "open", "subsidised", "ability")[n % 4],
        })  # fmt: skip
        texts.append({"course_id": course_id, "title": fold(title), "body": fold(body)})
        pairs += [{"gram": g, "course_id": course_id} for g in grams(fold(title), fold(body))]
        classes.append({
            "id": f"K{n:025}", "number": f"X{n}", "course_id": course_id, "institution_id": school, "district": ("500112", "500103")[n % 2],
            "address": "学府路1号", "lecturer": "李老师", "lecturer_proof": "高级讲师", "assessment_plan": "机考", "seats": 30,
            "taken": n % 31, "starts_on": today + timedelta(days=1 + n % 300), "ends_on": today + timedelta(days=20 + n % 300),
            "state": "approved",
        })  # fmt: skip
    with writing(world.engine) as db:
        for model, rows in ((Course, courses), (CourseText, texts), (CourseGram, pairs), (CourseClass, classes)):
            for start in range(0, len(rows), 20_000):
                db.connection().execute(insert(model.__table__), rows[start : start + 20_000])
    with world.engine.connect() as connection:  # as the housekeeping of both databases does by itself after a while
        connection.execute(text("ANALYZE"))
        connection.commit()
