"""What the catalogue of the demo offers: some forty courses across occupations and levels, with classes ahead and behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from skills.courses.actions import catalogue, classes, ratings, saved, versions
from skills.courses.actions.classes import SessionPlan
from skills.courses.queries.classes import places_of
from skills.courses.queries.ratings import comments_of
from skills.courses.rules.ratings import MARKS
from skills.courses.states import EnrolmentState
from skills.demo import cast
from skills.demo.faculty import TITLES
from skills.demo.path import Path
from skills.demo.stage import Agenda, Stage
from skills.demo.synthetic import GIVEN, SURNAMES, check_digit
from skills.kernel.clock import start_of
from skills.people.actions import register_person
from skills.people.rules import DocumentKind
from skills.resources.actions import lecturers
from skills.resources.rules import QualificationPlan
from skills.training_standards.queries import published

COMMENTS = ("老师讲得很细，作业当天就批改。", "实操机器有点旧，希望换新的。", "学完就找到了实习。")
DISTRICTS = ("500112", "500106", "500107", "500103", "500108")


@dataclass(frozen=True)
class Planned:
    """A course of the demo. `fee` in yuan; `starts`: in how many days from today its class begins, 0 for none."""

    title: str
    occupation: str
    level: int | None
    hours: int
    fee: int
    about: str
    body: str = "school"
    kind: str = "skill"
    zone: str = "mantianxing"
    section: str = ""
    mode: str = "onsite"
    leads_to: str = "completion"
    ability: str = ""
    starts: int = 0
    seats: int = 30


COURSES: tuple[Planned, ...] = (
    Planned("人工智能训练师三级强化班", "4-04-05-05", 4, 80, 3200, "数据标注、模型训练与评估，按国家职业标准备考。",
            "academy", leads_to="level", starts=9),
    Planned("人工智能训练师四级班", "4-04-05-05", 3, 60, 2400, "从标注规范到质检流程，机房实操。", "academy", leads_to="level", starts=16),
    Planned("大模型提示词与智能体应用", "4-04-05-13", 2, 24, 1200, "用生成式人工智能办公、写作和分析。", "academy", starts=5, mode="blended"),
    Planned("生成式人工智能系统应用员四级班", "4-04-05-13", 3, 64, 2800, "提示词工程、检索增强、应用搭建与评测。",
            "academy", leads_to="level", starts=23),
    Planned("数据标注规范公开课", "4-04-05-05", None, 4, 0, "两小时看懂标注规范，四个案例。",
            "academy", section="open", mode="online", starts=3, seats=200),
    Planned("人工智能通识公开课", "4-04-05-13", None, 6, 0, "给求职者的第一堂人工智能课。",
            "school", section="open", mode="online", starts=6, seats=200),
    Planned("网络安全意识公开课", "4-04-04-02", None, 4, 0, "钓鱼邮件、弱口令、勒索软件怎么防。",
            "academy", section="open", mode="online", starts=12, seats=200),
    Planned("求职者的编程第一课", "4-04-05-01", None, 8, 0, "不装软件，打开浏览器写出第一个网页。",
            "school", section="open", mode="online", starts=8, seats=200),
    Planned("开源社区协作公开课", "4-04-05-01", None, 4, 0, "读代码、提问题、交补丁。", "school", section="open", mode="online"),
    Planned("计算机程序设计员四级班", "4-04-05-01", 3, 80, 2600, "Python 基础、数据库和 Web 开发。", "school", leads_to="level", starts=11),
    Planned("计算机程序设计员三级班", "4-04-05-01", 4, 120, 3800, "服务端开发、接口设计与部署。", "school", leads_to="level", starts=34),
    Planned("Java 微服务开发实战", "4-04-05-01", 4, 96, 4600, "Spring Boot、消息队列、可观测性。", "school", kind="post", starts=27),
    Planned("前端工程化与无障碍网页", "4-04-05-01", 3, 48, 2200, "组件、构建、测试和无障碍标准。", "school", starts=18),
    Planned("嵌入式 C 语言与国产芯片", "4-04-05-01", 3, 64, 2900, "单片机、实时系统和国产工具链。", "school"),
    Planned("软件测试员四级班", "4-04-05-02", 3, 60, 2300, "用例设计、缺陷管理、接口测试。", "school", leads_to="level", starts=13),
    Planned("自动化测试与持续集成", "4-04-05-02", 4, 48, 2700, "脚本、流水线与质量门禁。", "school", kind="post", starts=40),
    Planned("性能测试专项实训", "4-04-05-02", 4, 32, 1900, "压测、定位瓶颈、写报告。", "school"),
    Planned("数据库运行管理员四级班", "4-04-05-04", 3, 72, 2500, "安装、备份、调优与国产数据库迁移。", "academy", leads_to="level", starts=21),
    Planned("国产数据库迁移实战", "4-04-05-04", 4, 40, 3100, "从评估到割接的完整演练。", "academy", kind="post", starts=31),
    Planned("网络与信息安全管理员四级班", "4-04-04-02", 3, 72, 2800, "资产、加固、日志与应急。", "academy", leads_to="level", starts=10),
    Planned("等级保护测评入门", "4-04-04-06", 3, 40, 2600, "测评流程、访谈与报告。", "academy", starts=29),
    Planned("渗透测试基础", "4-04-04-04", 4, 64, 3600, "授权测试、漏洞验证和修复建议。", "academy", starts=44),
    Planned("密码技术应用员四级班", "4-04-04-07", 3, 56, 2700, "国密算法、密钥管理与合规。", "academy", leads_to="level"),
    Planned("云网智能运维员四级班", "4-04-05-12", 3, 72, 2600, "云平台、容器与智能监控。", "school", leads_to="level", starts=19),
    Planned("工业互联网运维员班", "4-04-05-14", 3, 64, 2700, "工业协议、边缘网关与平台接入。", "school", leads_to="level", starts=37),
    Planned("数字孪生建模实训", "4-04-05-10", 3, 56, 3300, "从三维建模到实时数据驱动。", "academy", starts=25),
    Planned("智能网联汽车测试员班", "4-04-05-15", 3, 64, 3400, "场地测试、数据采集与安全员规范。", "school", leads_to="level", starts=33),
    Planned("短视频与直播运营", "4-13-01-05", 2, 32, 1500, "选题、拍摄、剪辑与合规。", "academy", zone="", starts=7),
    Planned("跨境电商运营实训", "4-01-06-03", 3, 48, 1800, "选品、平台规则和客服。", "academy", zone="", starts=15),
    Planned("电子商务师四级班", "4-01-06-01", 3, 60, 1900, "店铺、推广、数据分析。", "academy", zone="", leads_to="level", starts=22),
    Planned("网店客服就业适应性培训", "4-01-06-02", None, 16, 0, "面向失业登记人员的就业适应性培训。",
            "school", zone="", section="subsidised", starts=4, seats=50),
    Planned("农村转移劳动力数字技能班", "4-12-02-01", 2, 48, 800, "电脑维护、网络安装和服务礼仪。",
            "school", section="subsidised", starts=14, seats=50),
    Planned("劳动预备制数字技能班", "4-04-05-01", 2, 160, 1200, "面向未升学初高中毕业生的预备制培训。",
            "school", kind="preparation", section="subsidised", starts=30, seats=50),
    Planned("线上补贴项目：商务数据分析", "4-07-02-05", 3, 40, 1600, "表格、可视化与分析报告，线上学习、线下考核。",
            "academy", section="subsidised", mode="blended", starts=17, seats=60),
    Planned("线上补贴项目：信息通信机务", "4-04-02-01", 3, 56, 1700, "设备巡检与故障处理。",
            "academy", section="subsidised", mode="blended", starts=26, seats=60),
    Planned("专项能力：数据标注操作", "4-04-05-05", None, 24, 900, "按考核规范训练图像、文本、语音标注。",
            "academy", section="ability", leads_to="special_ability", ability="数据标注操作", starts=20),
    Planned("专项能力：网页制作", "4-04-05-01", None, 32, 1000, "静态网页、样式与发布。",
            "school", section="ability", leads_to="special_ability", ability="网页制作", starts=24),
    Planned("专项能力：无人机航拍剪辑", "4-13-01-05", None, 32, 1300, "航线、素材与成片。",
            "school", zone="", section="ability", leads_to="special_ability", ability="无人机航拍剪辑"),
    Planned("专项能力：智能家居安装", "6-25-04-09", None, 24, 900, "网关、传感器与场景联动。",
            "academy", zone="", section="ability", leads_to="special_ability", ability="智能家居安装", starts=28),
    Planned("数字技术工程师（人工智能）初级", "2-02-38-01", None, 80, 4800, "按国家标准组织的数字技术工程师培育项目。",
            "academy", kind="professional", leads_to="engineer", starts=35),
    Planned("数字技术工程师（大数据）中级", "2-02-38-03", None, 120, 5600, "数据架构、治理与分析。",
            "academy", kind="professional", leads_to="engineer", starts=42),
    Planned("软件创业者训练营", "4-04-05-01", None, 40, 2000, "产品、股权、融资与合规。", "school", kind="startup", zone="", starts=38),
)  # fmt: skip
TAUGHT = tuple(sorted({c.occupation for c in COURSES}))


class Catalogue:
    """Puts the courses on the shelf and opens their classes."""

    def __init__(self, path: Path) -> None:
        self.path, self.stage = path, path.stage
        self.courses: dict[str, str] = {}
        self.faculty: dict[str, list[tuple[str, date]]] = {}  # institution → lecturers, each with the last day already given away

    def plan(self, agenda: Agenda) -> None:
        """The courses in spring; the classes of the coming weeks just before today."""
        agenda.on(-107, self.publish)
        agenda.on(-90, self.rate)
        agenda.on(-89, self.answer)
        agenda.on(-11, self.open_classes)
        agenda.on(-4, self.save)
        agenda.on(-1, self.revise)

    def publish(self) -> None:
        """Each course written by its institution and reviewed by the bureau."""
        for course in COURSES:
            self.courses[course.title] = publish(self.stage, course)

    def rate(self) -> None:
        """Some of the crowd say what they think of what they completed."""
        marks = ((5, 4, 4, 5, 4), (4, 4, 3, 5, 4), (5, 5, 4, 4, 5), (3, 4, 2, 4, 3), (5, 4, 5, 5, 5), (4, 5, 4, 4, 4), (5, 5, 5, 5, 4))
        for learners in self.path.learners.values():
            done = [i for i in learners if i % 15][: len(marks) + 2]
            for order, index in enumerate(done):
                person = self.path.ids[index]
                place = next((p for p in self.stage.ask(places_of, person) if p.state == EnrolmentState.COMPLETED), None)
                if place is not None:
                    five = dict(zip(MARKS, marks[order % len(marks)], strict=True))
                    words = COMMENTS[order] if order < len(COMMENTS) else ""
                    self.stage.act(ratings.give, self.stage.as_person(person), enrolment_id=place.id, comment=words, **five)

    def answer(self) -> None:
        """The school answers the newest comment on its courses."""
        found = self.stage.ask(comments_of, [self.stage.bodies["school"]], self.stage.today)
        if found:
            self.stage.act(ratings.answer, "school-admin", rating_id=found[0].id, words="谢谢，实训机房已换新设备，下一班开始使用。")

    def save(self) -> None:
        """Whoever holds a voucher keeps two courses in mind."""
        for title in ("人工智能训练师四级班", "求职者的编程第一课"):
            self.stage.act(saved.save, self.stage.person("holder"), course_id=self.courses[title])

    def revise(self) -> None:
        """A change of a public course waits for its review."""
        course = next(c for c in COURSES if c.title == "渗透测试基础")
        made = self.stage.act(versions.revise, "academy-admin", course_id=self.courses[course.title], **said(self.stage, course, fee=3_300))
        self.stage.act(versions.submit, "academy-admin", version_id=made.version_id)

    def open_classes(self) -> None:
        """A class for each course that is to begin in the coming weeks, in several districts."""
        for number, course in enumerate(c for c in COURSES if c.starts):
            self._open_class(course, DISTRICTS[number % len(DISTRICTS)], number)

    def _open_class(self, course: Planned, district: str, number: int) -> None:
        """An approved class, eight class hours a day, in a room of its own, by a lecturer who is free."""
        stage, by = self.stage, f"{course.body}-admin"
        first, days = stage.today + timedelta(days=course.starts + 11), -(-course.hours // 8)
        teacher = self._teacher(by, first, first + timedelta(days=days - 1))
        lessons = tuple(
            SessionPlan(at, at + timedelta(hours=6), f"{101 + number}教室", f"第{day + 1}讲", (teacher,))
            for day in range(days)
            for at in [start_of(first + timedelta(days=day)) + timedelta(hours=9)]
        )
        made = stage.act(
            classes.plan, by, course_id=self.courses[course.title], district=district, address="数字经济产业园1号楼",
            assessment_plan="机考和实操，由外聘考评员评分", seats=course.seats, starts_on=first, ends_on=first + timedelta(days=days - 1),
            sessions=lessons,
        ).or_refuse()  # fmt: skip
        stage.act(classes.submit, by, class_id=made.class_id, promise=True)
        stage.act(classes.approve, "gov-clerk", class_id=made.class_id)

    def _teacher(self, by: str, first: date, last: date) -> str:
        """The first lecturer of the institution who is free from then on, else a new one of the pool."""
        known = self.faculty.setdefault(by, [])
        turn = next((n for n, (_, end) in enumerate(known) if end < first), len(known))
        if turn == len(known):
            known.append((self._new(by, turn), last))
        known[turn] = (known[turn][0], last)
        return known[turn][0]

    def _new(self, by: str, order: int) -> str:
        stage, own = self.stage, 2 * order + (by == "school-admin")
        body = f"500106{1960 + own % 20}0{1 + own % 9}1{own % 10}{300 + own:03}"
        number, name = body + check_digit(body), SURNAMES[(own * 11 + 5) % len(SURNAMES)] + GIVEN[(own * 7 + 2) % len(GIVEN)]
        stage.act(
            register_person, name=name, document_kind=DocumentKind.RESIDENT, document_number=number,
            birth=date(int(body[6:10]), int(body[10:12]), int(body[12:14])), sex="M" if own % 2 else "F", district=cast.DISTRICT,
            phone=f"1380023{own:04}", synthetic=True,
        )  # fmt: skip
        proof = QualificationPlan("title", TITLES[own % len(TITLES)], issuer="市职称改革办公室", number=f"渝职称{2012 + own % 9}{own:05}")
        made = stage.act(
            lecturers.propose, by, organisation_id=stage.bodies[by.split("-")[0]], name=name, document_kind=DocumentKind.RESIDENT,
            document_number=number, occupations=TAUGHT, qualifications=(proof,),
        )  # fmt: skip
        stage.act(lecturers.confirm, "gov-clerk", lecturer_id=made.lecturer_id, strength="seen", source="窗口核验原件")
        return made.lecturer_id


def said(stage: Stage, course: Planned, fee: int | None = None) -> dict[str, Any]:
    """What a course says, for `catalogue.draft` and `versions.revise`; `fee` in yuan if it is another. It follows a standard in force."""
    fitting = [s.id for s in stage.ask(published) if s.occupation == course.occupation and course.level in s.levels]
    return {
        "title": course.title, "kind": course.kind, "zone": course.zone, "occupation": course.occupation, "level": course.level,
        "hours": course.hours, "fee": (course.fee if fee is None else fee) * 100, "description": course.about, "section": course.section,
        "mode": course.mode, "leads_to": course.leads_to, "ability": course.ability, "standard_version": fitting[0] if fitting else None,
        "standard": "国家职业标准" if course.leads_to == "level" and not fitting else "",
    }  # fmt: skip


def publish(stage: Stage, course: Planned) -> str:
    """A published course; its id."""
    by = f"{course.body}-admin"
    made = stage.act(catalogue.draft, by, institution_id=stage.bodies[course.body], **said(stage, course))
    stage.act(catalogue.submit, by, course_id=made.course_id)
    stage.act(catalogue.publish, "gov-clerk", course_id=made.course_id)
    return made.course_id
