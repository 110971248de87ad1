"""Vouchers, courses, classes and completion returns: one case at each step, and a crowd behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from skills.courses.actions import catalogue, classes, delivery, enrolments
from skills.courses.actions.classes import SessionPlan
from skills.courses.queries.delivery import records
from skills.courses.states import Admission
from skills.demo import cast, faculty
from skills.demo.stage import Agenda, Hero, Stage
from skills.demo.synthetic import Synthetic
from skills.erasures import actions as erasures
from skills.kernel.clock import start_of
from skills.kernel.sheets import write_csv
from skills.people.rules import DocumentKind
from skills.returns import actions as returns
from skills.returns.intake import order_of
from skills.vouchers.actions import batches, claims, disputes, issuing, nudging, reaching
from skills.vouchers.actions.batches import BatchOrder
from skills.vouchers.queries import usable, wallet
from skills.vouchers.rules import ScopeForm
from skills.vouchers.states import VoucherState

SOURCE = "满天星行动计划若干措施第12条：每年发放1万张培训券"
FACE = 120_000
HOURS = 12
CHUNK = 50
# The whole crowd's way: of a hundred people how many claim by themselves, use the voucher, and claim only when they are told.
CLAIM, USE, LATE = 70, 55, 12
COURSES: tuple[tuple[str, str, str, str, int, int], ...] = (
    ("coding", "school", "程序设计入门：从零写出一个网站", "4-04-05-01", 2, 240_000),
    ("testing", "school", "软件测试员实训", "4-04-05-02", 3, 260_000),
    ("labelling", "academy", "数据标注与人工智能训练入门", "4-04-05-05", 2, 180_000),
    ("security", "academy", "网络与信息安全基础", "4-04-04-02", 3, 300_000),
)


# In turn, so that already two classes are of two institutions.
CLASS = 100
CROWD_COURSES = ("coding", "labelling", "testing", "security")


@dataclass
class Path:
    """Who is where on the way from voucher to completion."""

    stage: Stage
    crowd: Sequence[Synthetic]
    step: Callable[[int], None]
    roles: Sequence[tuple[str, str, str]]
    ids: list[str] = field(default_factory=list)
    batch: str = ""
    courses: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    learners: dict[str, list[int]] = field(default_factory=dict)
    faculty: dict[str, list[str]] = field(default_factory=dict)
    begins: list[date] = field(default_factory=list)

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        agenda.on(-120, self.open_programme)
        agenda.on(-119, self.publish_courses)
        agenda.on(-112, self.crowd_claims)
        agenda.on(-110, self.crowd_classes)
        agenda.on(-103, self.begin)
        agenda.on(-100, self.finish)
        agenda.on(-98, self.file_returns)
        agenda.on(-60, self.find_entitled)
        agenda.on(-59, self.tell_entitled)
        agenda.on(-56, self.late_claims)
        agenda.on(-30, self.remind)
        agenda.on(-12, self.present_classes)
        agenda.on(-6, self.ask_to_be_forgotten)
        agenda.on(-5, self.begin_present)
        agenda.on(-3, self.deny_one)
        agenda.on(-2, self.finish_one)
        agenda.on(-1, self.draft_next_batch)

    # Vouchers

    def open_programme(self) -> None:
        """Everybody on record; a batch drafted by one, approved by another, issued to all on its list."""
        stage = self.stage
        for start in range(0, len(self.crowd), CHUNK):
            chunk = self.crowd[start : start + CHUNK]
            self.ids += cast.people(stage, chunk, unemployed=True)
            self.step(len(chunk))
        for (key, zh, en), who, person_id in zip(self.roles, self.crowd, self.ids, strict=False):
            stage.heroes.append(Hero(key, person_id, who.name, who.number, zh, en))
        made = stage.act(batches.draft, "gov-clerk", order=self.order("满天星培训券（第一批）", len(self.crowd) + 100))
        stage.act(batches.approve, "gov-checker", batch_id=made.batch_id)
        stage.act(batches.open_, "gov-clerk", batch_id=made.batch_id)
        for start in range(0, len(self.ids), 500):
            stage.act(
                issuing.list_people,
                "gov-clerk",
                batch_id=made.batch_id,
                person_ids=tuple(self.ids[start : start + 500]),
            )
        stage.act(issuing.issue, "gov-clerk", batch_id=made.batch_id)
        self.batch = made.batch_id

    def ask_to_be_forgotten(self) -> None:
        """Two of those who never claimed want their data erased: one waits for the first hand, one for the second."""
        stage = self.stage
        idle = [i for i in range(len(stage.heroes), len(self.crowd)) if i % 100 >= CLAIM + LATE]
        for index, examined in zip(idle, (False, True), strict=False):
            asked = stage.act(erasures.ask, stage.as_person(self.ids[index]))
            if examined:
                stage.act(erasures.examine, "gov-clerk", request_id=asked.request_id, proposal="grant")

    def order(self, title: str, count: int) -> BatchOrder:
        today = self.stage.today
        return BatchOrder(
            title=title, programme="mantianxing", training_type="employment", district=cast.DISTRICT,
            groups=("graduate_of_year", "registered_unemployed"), claim_from=today,
            claim_until=today + timedelta(days=180), life_months=3, face=FACE, count_ceiling=count,
            money_ceiling=count * FACE, policy_source=SOURCE, scope_form=ScopeForm.GENERAL, zone="mantianxing",
        )  # fmt: skip

    def draft_next_batch(self) -> None:
        """A second batch waits for its approval."""
        self.stage.act(batches.draft, "gov-clerk", order=self.order("满天星培训券（第二批）", 2000))

    def crowd_claims(self) -> None:
        """Most of the crowd claims; the first few are left for the story."""
        for index in self.walkers(CLAIM):
            self.claim(index)
            self.step(1)

    def find_entitled(self) -> None:
        """Who is entitled and did not claim, two months later."""
        self.stage.act(reaching.find, "gov-clerk", batch_id=self.batch)

    def tell_entitled(self) -> None:
        self.stage.act(reaching.tell, "gov-clerk", batch_id=self.batch)

    def late_claims(self) -> None:
        """Some of those who were told claim now."""
        for index in sorted(set(self.walkers(CLAIM + LATE)) - set(self.walkers(CLAIM))):
            self.claim(index)

    def remind(self) -> None:
        """The first claims are near their end."""
        for part in self.stage.act(nudging.plan_nudges).batches:
            after: str | None = ""
            while after is not None:
                after = self.stage.act(nudging.nudge_some, batch_id=part.batch_id, days=part.days, after=after).last

    def deny_one(self) -> None:
        """Somebody who completed a training says that it was never theirs: the money is frozen, a checker has to decide."""
        walkers = self.unpaid()
        if walkers:
            person = self.ids[walkers[-1]]
            held = [v for v in self.stage.ask(wallet, person, self.stage.today) if v.state == VoucherState.EARNED]
            if held:
                self.stage.act(disputes.open_, self.stage.as_person(person), voucher_id=held[0].id)

    def unpaid(self) -> list[int]:
        """Who of the crowd completed at the school whose statement is not paid yet."""
        return [i for i in self.learners.get("crowd-0", ()) if i % 15]

    def claim(self, index: int) -> None:
        self.stage.act(claims.claim, self.stage.as_person(self.ids[index]), batch_id=self.batch)

    def walkers(self, percent: int) -> list[int]:
        """Who of the crowd goes this far: people after the heroes, so many of a hundred."""
        return [i for i in range(len(self.stage.heroes), len(self.crowd)) if i % 100 < percent]

    # Courses

    def publish_courses(self) -> None:
        stage = self.stage
        for key, body, title, occupation, level, fee in COURSES:
            by = f"{body}-admin"
            made = stage.act(
                catalogue.draft, by, institution_id=stage.bodies[body], title=title, kind="skill", zone="mantianxing",
                occupation=occupation, level=level, hours=HOURS, fee=fee, standard="国家职业技能标准",
                description="小班授课，机房实操，结业考核由外聘考评员评分。",
            )  # fmt: skip
            stage.act(catalogue.submit, by, course_id=made.course_id)
            stage.act(catalogue.publish, "gov-clerk", course_id=made.course_id)
            self.courses[key] = made.course_id
        waiting = stage.act(
            catalogue.draft, "academy-admin", institution_id=stage.bodies["academy"], title="数据库管理员提升班",
            kind="skill", zone="mantianxing", occupation="4-04-05-01", level=3, hours=40, fee=320_000,
            description="面向在岗人员的提升课程。",
        )  # fmt: skip
        stage.act(catalogue.submit, "academy-admin", course_id=waiting.course_id)

    def open_class(
        self, name: str, course: str, starts: int, seats: int, *, approve: bool = True, admits: Admission = Admission.AT_ONCE,
        hour: int = 10,
    ) -> None:
        """A class of twelve hours on three days, planned, promised and approved; its lessons begin at this hour."""
        stage, by = self.stage, self.teacher(course)
        first = stage.today + timedelta(days=starts)
        turn = sum(abs(key - first) < timedelta(days=3) for key in self.begins)
        self.begins.append(first)
        teacher = faculty.teacher(stage, self.faculty.setdefault(by, []), by, turn)
        lessons = tuple(
            SessionPlan(at, at + timedelta(minutes=180), f"{301 + turn}机房", f"第{day + 1}讲", (teacher,))
            for day in range(3)
            for at in [start_of(first + timedelta(days=day)) + timedelta(hours=hour)]
        )
        made = stage.act(
            classes.plan, by, course_id=self.courses[course], district=cast.DISTRICT, address="软件园学府路1号",
            assessment_plan="机考和实操，由外聘考评员评分", seats=seats, starts_on=first, ends_on=first + timedelta(days=2),
            sessions=lessons, admits=admits,
        ).or_refuse()  # fmt: skip
        stage.act(classes.submit, by, class_id=made.class_id, promise=True)
        if approve:
            stage.act(classes.approve, "gov-clerk", class_id=made.class_id)
        self.classes[name], self.numbers[name] = made.class_id, made.number

    def teacher(self, course: str) -> str:
        return "school-admin" if course in ("coding", "testing") else "academy-admin"

    def crowd_classes(self) -> None:
        """Classes of at most two hundred for those who use their voucher."""
        users = self.walkers(USE)
        for number, start in enumerate(range(0, len(users), CLASS)):
            name = f"crowd-{number}"
            self.open_class(name, CROWD_COURSES[number % len(CROWD_COURSES)], 7, 200)
            self.learners[name] = users[start : start + CLASS]
            for index in self.learners[name]:
                self.enrol(name, index)
                self.step(1)

    def enrol(self, name: str, index: int) -> None:
        stage, person_id = self.stage, self.ids[index]
        held = stage.ask(usable, person_id, stage.today)
        stage.act(
            enrolments.enrol, stage.as_person(person_id), class_id=self.classes[name],
            voucher_id=held[0].id if held else None,
        )  # fmt: skip

    def begin(self) -> None:
        for name in self.learners:
            self.stage.act(classes.start, self.teacher_of(name), class_id=self.classes[name])

    def finish(self) -> None:
        """Every session was held as approved, and recorded so."""
        for name in self.learners:
            for line in self.stage.ask(records, self.classes[name], self.stage.clock.now()):
                self.stage.act(delivery.record, self.teacher_of(name), session_id=line.session_id)
            self.stage.act(classes.finish, self.teacher_of(name), class_id=self.classes[name])

    def teacher_of(self, name: str) -> str:
        number = int(name.split("-")[1])
        return self.teacher(CROWD_COURSES[number % len(CROWD_COURSES)])

    def file_returns(self) -> None:
        """Each institution reports its classes; one in fifteen did not pass."""
        for name, learners in self.learners.items():
            self.file(name, self.teacher_of(name), [(i, f"{60 + i * 7 % 38}" if i % 15 else "48", i % 15 != 0) for i in learners])
            self.step(len(learners))

    def file(self, name: str, by: str, marks: Sequence[tuple[int, str, bool]]) -> None:
        """A completion return as a file, checked and handed in."""
        stage = self.stage
        held = self.numbers[name]
        head = ["姓名", "证件类型", "证件号码", "班级编号", "完成学时", "出勤率%", "结业成绩", "结业日期", "结果"]
        rows = [
            [self.crowd[i].name, DocumentKind.RESIDENT.words[0], self.crowd[i].number, held, f"{HOURS}", "100", mark,
             (stage.today - timedelta(days=2)).isoformat(), "合格" if passed else "不合格"]
            for i, mark, passed in marks
        ]  # fmt: skip
        made = stage.act(
            returns.upload, by, kind="completions", organisation_id=stage.bodies[by.split("-")[0]],
            **order_of(write_csv([head, *rows]), f"{held}.csv"),
        )  # fmt: skip
        stage.act(returns.accept, by, return_id=made.return_id)

    def present_classes(self) -> None:
        """Today's classes: one to choose, one to approve, one that runs, one whose return is due."""
        stage = self.stage
        self.open_class("open", "coding", 20, 30)
        self.open_class("open-2", "labelling", 26, 40)
        self.open_class("waiting", "testing", 30, 25, approve=False)
        self.open_class("running", "security", 7, 30)
        self.open_class("due", "testing", 7, 30)
        for key, name in (("enrolled", "open"), ("learner", "running"), ("due", "due")):
            index = next(i for i, h in enumerate(stage.heroes) if h.key == key)
            self.claim(index)
            self.enrol(name, index)
        self.claim(next(i for i, h in enumerate(stage.heroes) if h.key == "holder"))

    def begin_present(self) -> None:
        self.stage.act(classes.start, "academy-admin", class_id=self.classes["running"])
        self.stage.act(classes.start, "school-admin", class_id=self.classes["due"])

    def finish_one(self) -> None:
        self.stage.act(classes.finish, "school-admin", class_id=self.classes["due"])
