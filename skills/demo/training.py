"""What surrounds classes: sessions as they were held, an order class, a filed change, a lecturer to examine, the register of platforms."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from skills.courses.actions import changes, delivery, enrolments, orders
from skills.courses.queries.delivery import RecordLine, records
from skills.demo import faculty
from skills.demo.path import Path
from skills.demo.stage import Agenda
from skills.kernel.clock import SHANGHAI, start_of
from skills.resources.actions import platforms

# (kind, name, organisation, district, address, recognised by)
PLATFORMS = (
    ("base", "重庆市软件人才实习实训基地", "渝江软件职业培训学校", "500112", "软件园学府路1号", "市人力社保局"),
    ("base", "两江数字技能公共实训基地", "嘉陵数字技能学院", "500105", "海尔路32号", "市人力社保局"),
    ("master_workshop", "龙星数据标注技能大师工作室", "重庆星图软件有限公司", "500112", "黄山大道5号", "市人力社保局"),
    ("industry_college", "满天星人工智能产业学院", "巴渝信息工程学院", "500106", "大学城中路20号", "市教委、市人力社保局"),
    ("alliance_member", "重庆星河技能评价中心", "重庆星河技能评价中心", "500112", "高新大道17号", "“满天星”培训分盟"),
)


def next_lesson(now: datetime) -> datetime:
    """In Shanghai: tomorrow morning's, or early in the day this afternoon's; in any case in some hours and in less than a day."""
    local = now.astimezone(SHANGHAI)
    days, hour = (1, 10) if local.hour >= 11 else (0, 15)
    return (start_of(local.date() + timedelta(days=days)) + timedelta(hours=hour)).astimezone(SHANGHAI)


class Training:
    """One case of each, so that it can be seen."""

    def __init__(self, path: Path) -> None:
        self.path, self.stage = path, path.stage

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        agenda.on(-115, self.register)
        agenda.on(-12, self.open_next)
        agenda.on(-11, self.sign_contract)
        agenda.on(-2, self.record_due)  # before it is finished on the same day
        agenda.on(-1, self.move_one)
        agenda.on(-1, self.propose_teacher)
        agenda.on(-1, self.propose_platform)

    def register(self) -> None:
        """Recognised by two; one was withdrawn since."""
        made = [self._platform(*row, recognised=date(2025, 3, 1)) for row in PLATFORMS]
        old = self._platform("base", "旧城软件实训点", "旧城培训中心", "500103", "解放碑9号", "市人力社保局", recognised=date(2023, 5, 1))
        for platform_id in (*made, old):
            self.stage.act(platforms.recognise, "gov-checker", platform_id=platform_id)
        self.stage.act(platforms.withdraw, "gov-checker", platform_id=old, reason="场地已改作他用，不再具备实训条件")

    def propose_platform(self) -> None:
        self._platform("master_workshop", "秦工软件测试大师工作室", "渝江软件职业培训学校", "500112", "软件园学府路1号", "市人力社保局",
                       recognised=self.stage.today)  # fmt: skip

    def _platform(self, kind: str, name: str, organisation: str, district: str, address: str, by: str, recognised: date) -> str:
        return self.stage.act(
            platforms.propose, "gov-clerk", kind=kind, name=name, organisation=organisation, district=district, address=address,
            occupations=("4-04-05-05", "4-04-05-01"), recognised_by=by, recognised_on=recognised,
            recognised_until=recognised + timedelta(days=3 * 365), document=f"渝人社〔{recognised.year}〕17号",
        ).platform_id  # fmt: skip

    def sign_contract(self) -> None:
        """The firm's seats in a class of the academy; its employee takes one."""
        stage, class_id = self.stage, self.path.classes["open-2"]
        stage.act(
            orders.record, "academy-admin", class_id=class_id, employer_id=stage.bodies["firm"], number="星图培-2026-08",
            signed_on=stage.today - timedelta(days=2), seats=12, until=stage.today + timedelta(days=30), title="星图数据标注班",
        )  # fmt: skip
        stage.act(enrolments.enrol, stage.person("employee"), class_id=class_id)

    def record_due(self) -> None:
        """Two sessions as approved; the third an hour short, by somebody who is not in the pool."""
        class_id = self.path.classes["due"]
        for number, line in enumerate(self._sessions(class_id)):
            how = {"ends_at": line.ends_at - timedelta(hours=1), "other": "赵代课", "note": "原任课教师生病"} if number == 2 else {}
            self.stage.act(delivery.record, "school-admin", session_id=line.session_id, **how)

    def move_one(self) -> None:
        """A room is being repaired: the first lesson is moved in time."""
        line = self._sessions(self.path.classes["open"])[0]
        self.stage.act(
            changes.move, "school-admin", session_id=line.session_id, starts_at=line.starts_at, ends_at=line.ends_at, room="508机房",
            lecturers=tuple(i for i, _ in line.teachers), reason="原机房检修，调整到同楼五层",
        ).or_refuse()  # fmt: skip

    def open_next(self) -> None:
        """A class whose first lesson is so near to the present that moving it wants the bureau's word."""
        first = next_lesson(self.stage.now)
        self.path.open_class("next", "coding", (first.date() - self.stage.today).days, 25, hour=first.hour)

    def move_late(self) -> None:
        """Too late for filing alone: a lesson of the next day is moved to another room, and the bureau has to agree."""
        line = self._sessions(self.path.classes["next"])[0]
        self.stage.act(
            changes.move, "school-admin", session_id=line.session_id, starts_at=line.starts_at, ends_at=line.ends_at, room="512机房",
            lecturers=tuple(i for i, _ in line.teachers), reason="原机房今天上午断网，抢修要到后天",
        ).or_refuse()  # fmt: skip

    def propose_teacher(self) -> None:
        """Stated by the academy, not examined yet."""
        faculty.propose(self.stage, "academy-admin", len(self.path.faculty["academy-admin"]))

    def _sessions(self, class_id: str) -> list[RecordLine]:
        return self.stage.ask(records, class_id, self.stage.clock.now())


