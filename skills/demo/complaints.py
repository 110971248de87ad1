"""The complaints desk: two tip-offs that wait, a case whose author is asked, a complaint that was upheld."""

from __future__ import annotations

from skills.complaints import actions
from skills.complaints.queries import of_account
from skills.demo.stage import Agenda, Stage
from skills.kernel.actors import ANONYMOUS, Actor


class Complaints:
    """Who complains of what, and what comes of it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def plan(self, agenda: Agenda) -> None:
        """Put every step on its day."""
        agenda.on(-40, self.upheld)
        agenda.on(-6, self.asked)
        agenda.on(-3, self.tip)
        agenda.on(-2, self.fresh)

    def _by(self, step: int = 0) -> Actor:
        """Somebody with an account; a small town has nobody who used a voucher."""
        people = list(self.stage.accounts)
        return self.stage.as_person(people[step % len(people)])

    def _file(self, by: Actor, kind: str, text: str, **more: str) -> str:
        self.stage.act(actions.file, by, kind=kind, text=text, **more)
        if by is ANONYMOUS:
            return ""
        return self.stage.ask(of_account, by.account, self.stage.today)[0].id

    def upheld(self) -> None:
        """A complaint that was true."""
        stage = self.stage
        case = self._file(
            self._by(), "service", "十月的课改了地方，没有通知我们，白跑一趟。", contact="13800000001", about_id=stage.bodies["school"]
        )
        stage.act(actions.take, "gov-clerk", complaint_id=case)
        stage.act(actions.hear, "gov-clerk", complaint_id=case, text="有学员反映改换上课地点没有通知。")
        stage.act(
            actions.answer, "gov-clerk", complaint_id=case, outcome="upheld",
            text="您反映改换上课地点没有通知。我们查了班次记录，确实没有通知。已要求机构当面道歉并补课。您对答复不满意的，可以申请上级处理。",
        )  # fmt: skip

    def asked(self) -> None:
        """Its author is asked; the clock stands still."""
        case = self._file(self._by(1), "result", "公布的成绩和我估的差很多，请核对。", contact="13800000002")
        self.stage.act(actions.take, "gov-clerk", complaint_id=case)
        self.stage.act(actions.ask, "gov-clerk", complaint_id=case, text="请告诉我们准考证号和科目。")

    def tip(self) -> None:
        """An anonymous tip-off about an institution."""
        self._file(ANONYMOUS, "fraud", "有人拿身份证替没来的人报名，每人给一百元。", about_id=self.stage.bodies["academy"])

    def fresh(self) -> None:
        """Somebody cannot use the site."""
        self._file(ANONYMOUS, "access", "手机上字太小，看不清楚。")
