"""A seminar that was held and one that is applied for, a programme of engineers, certificates and hours from outside."""

from __future__ import annotations

from datetime import timedelta

from skills.demo.stage import Agenda, Stage
from skills.kernel.clock import shanghai_day
from skills.kernel.sheets import write_csv
from skills.people.rules import DocumentKind
from skills.professional.actions import own, programmes, seminars
from skills.professional.actions.seminars import SeminarOrder
from skills.professional.kinds import CERTIFICATES, HOURS
from skills.professional.queries.own import years
from skills.professional.rules.hours import Year
from skills.returns import actions as returns
from skills.returns.intake import order_of
from skills.returns.rules import Kind

WHO = ("certified", "worker-1", "learner")


class Professional:
    """Three people of the story go on learning."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.seminar = ""

    def plan(self, agenda: Agenda) -> None:
        """A seminar of three days, five weeks ago; imports since."""
        agenda.on(-44, self.name_bodies)
        agenda.on(-40, self.apply)
        agenda.on(-39, self.make_roster)
        agenda.on(-30, self.hold)
        agenda.on(-20, self.bring_certificates)
        agenda.on(-19, self.bring_hours)
        agenda.on(-8, self.state)
        agenda.on(-1, self.apply_again)

    def name_bodies(self) -> None:
        """The academy trains engineers, the centre assesses them."""
        stage = self.stage
        made = stage.act(
            programmes.propose, "gov-clerk", direction="人工智能", training_id=stage.bodies["academy"],
            assessment_id=stage.bodies["centre"], document="数字技术工程师培育项目实施通知",
        )  # fmt: skip
        stage.act(programmes.decide, "gov-checker", programme_id=made.programme_id, approved=True)

    def _order(self, title: str, ahead: int, days: int, seats: int) -> SeminarOrder:
        first = self.stage.today + timedelta(days=ahead)
        plan = "专题讲授、案例研讨和现场教学，结业交流。"
        return SeminarOrder(title, "软件和信息服务", plan, "大学城学术交流中心", first, first + timedelta(days=days - 1), seats, days * 8)

    def apply(self) -> None:
        stage = self.stage
        order = self._order("人工智能工程化高级研修班", 3, 3, 60)
        made = stage.act(seminars.apply, "school-admin", organiser_id=stage.bodies["school"], order=order)
        stage.act(seminars.decide, "gov-checker", seminar_id=made.seminar_id, approved=True)
        self.seminar = made.seminar_id

    def make_roster(self) -> None:
        for key in WHO:
            hero = self.stage.hero(key)
            self.stage.act(
                seminars.enrol, "school-admin", seminar_id=self.seminar, name=hero.name, document_kind=str(hero.kind),
                document_number=hero.number,
            )  # fmt: skip

    def hold(self) -> None:
        came = tuple(self.stage.hero(key).person_id for key in WHO)
        self.stage.act(seminars.hold, "school-admin", seminar_id=self.seminar, came=came)

    def bring_certificates(self) -> None:
        """From the issuers' lists: an engineer's grade and a special ability."""
        day = (self.stage.today - timedelta(days=5)).isoformat()
        rows = [
            [*self._who("certified"), "数字技术工程师培训合格证书", "人工智能", "", "SZ-2026-0107", "嘉陵数字技能学院", day, "", ""],
            [*self._who("certified"), "数字技术工程师专业技术等级证书", "人工智能", "初级", "DJ-2026-0031", "重庆星河技能评价中心", day, "", ""],
            [*self._who("learner"), "专项职业能力证书", "数据标注", "", "ZX-2026-00512", "大学城考核站点", day, "ZX-50-002", "KD-50-01"],
        ]  # fmt: skip
        self._bring(CERTIFICATES, rows)

    def bring_hours(self) -> None:
        """Public subjects of two people; one took two courses on the same day."""
        year = shanghai_day(self.stage.clock.now()).year
        rows = [
            [*self._who("certified"), "数字经济公需课", "重庆市专业技术人员继续教育网", "G-0001", "公需", "40", f"{year}-03-02", f"{year}-03-06"],
            [*self._who("certified"), "知识产权公需课", "重庆市专业技术人员继续教育网", "G-0002", "公需", "16", f"{year}-03-06", f"{year}-03-07"],
            [*self._who("worker-1"), "数字经济公需课", "重庆市专业技术人员继续教育网", "G-0003", "公需", "30", f"{year}-03-02", f"{year}-03-06"],
        ]  # fmt: skip
        if shanghai_day(self.stage.clock.now()).timetuple().tm_yday > 70:
            self._bring(HOURS, rows)

    def _who(self, key: str) -> list[str]:
        hero = self.stage.hero(key)
        return [hero.name, DocumentKind(hero.kind).words[0], hero.number]

    def _bring(self, kind: Kind, rows: list[list[str]]) -> None:
        order = order_of(write_csv([list(kind.header()), *rows]), f"{kind.name}.csv")
        made = self.stage.act(returns.upload, "gov-clerk", kind=kind.name, organisation_id=None, **order)
        self.stage.act(returns.accept, "gov-clerk", return_id=made.return_id)

    def state(self) -> None:
        """A copyright on a promise, and the certificate of this year's hours."""
        who, today = self.stage.person("certified"), self.stage.today
        self.stage.act(
            own.promise_achievement, who, kind="copyright", name="星图数据标注平台", number="2026SR0912345", role="",
            on=today - timedelta(days=60),
        )  # fmt: skip
        if any(y.year == today.year and y.total for y in self._years(who.person or "")):
            self.stage.act(own.certify, who, year=today.year)

    def _years(self, person_id: str) -> list[Year]:
        return self.stage.ask(years, person_id, self.stage.today)

    def apply_again(self) -> None:
        """One that the checker still has to decide on."""
        stage = self.stage
        order = self._order("云原生架构高级研修班", 20, 4, 80)
        stage.act(seminars.apply, "school-admin", organiser_id=stage.bodies["school"], order=order)
