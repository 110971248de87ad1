"""Training standards of the demo: some in force, one on notice, one that waits for its experts, one being written."""

from __future__ import annotations

from dataclasses import dataclass

from skills.demo.stage import Agenda, Stage
from skills.training_standards import actions, objections

EXPERTS = ("examiner", "firm-examiner", "judge-1")


@dataclass(frozen=True)
class Written:
    """A standard of the demo: its tasks as (name, skills, knowledge, hours of the lower and of the higher level)."""

    title: str
    occupation: str
    levels: tuple[int, int]
    tasks: tuple[tuple[str, str, str, int, int], ...]


def _three(field: str, work: str) -> tuple[tuple[str, str, str, int, int], ...]:
    return (
        (f"{field}准备", f"能看懂{work}任务单\n能准备工具和环境", f"{work}流程\n安全与保密要求", 8, 12),
        (f"{field}实施", f"能按规范完成{work}\n能处理常见问题", f"{work}规范\n常用工具的使用方法", 24, 36),
        (f"{field}检查与交付", f"能自查{work}结果\n能编写交付说明", "质量标准\n文档编写方法", 8, 12),
    )


STANDARDS: tuple[Written, ...] = (
    Written("人工智能训练师（数据标注）培训标准", "4-04-05-05", (3, 4), _three("标注", "数据标注")),
    Written("计算机程序设计员培训标准", "4-04-05-01", (3, 4), _three("开发", "程序编写")),
    Written("计算机软件测试员培训标准", "4-04-05-02", (3, 4), _three("测试", "软件测试")),
    Written("网络与信息安全管理员培训标准", "4-04-04-02", (3, 4), _three("防护", "安全加固")),
    Written("数据库运行管理员培训标准", "4-04-05-04", (3, 4), _three("运维", "数据库运行管理")),
    Written("云网智能运维员培训标准", "4-04-05-12", (3, 4), _three("运维", "云网运行维护")),
    Written("数字孪生应用技术员培训标准", "4-04-05-10", (3, 4), _three("建模", "数字孪生建模")),
    Written("物联网安装调试员培训标准", "6-25-04-09", (3, 4), _three("安装", "物联网设备安装")),
    Written("密码技术应用员培训标准", "4-04-04-07", (3, 4), _three("应用", "密码应用改造")),
)
IN_FORCE, NOTICED, ASKED = 6, 7, 8


class TrainingStandards:
    """The authority writes, experts judge, the notice runs, the number is given."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.versions: list[str] = []

    def plan(self, agenda: Agenda) -> None:
        """In force before the catalogue's courses are written; the later ones in the last days."""
        agenda.on(-120, lambda: self.write(STANDARDS[:IN_FORCE], ask=True, notice=True))
        agenda.on(-108, self.publish)
        agenda.on(-3, lambda: self.write(STANDARDS[IN_FORCE:NOTICED], ask=True, notice=True))
        agenda.on(-2, self.object_to)
        agenda.on(-2, lambda: self.write(STANDARDS[NOTICED:ASKED], ask=True, notice=False))
        agenda.on(-2, lambda: self.write(STANDARDS[ASKED:], ask=False, notice=False))

    def write(self, standards: tuple[Written, ...], *, ask: bool, notice: bool) -> None:
        """Each with its tasks and experts; asked, judged and put on notice as far as is said."""
        stage = self.stage
        for written in standards:
            made = stage.act(actions.draft, "gov-clerk", title=written.title, occupation=written.occupation, levels=written.levels)
            low, high = (str(n) for n in written.levels)
            for name, skills, knowledge, first, second in written.tasks:
                stage.act(
                    actions.put_task, "gov-clerk", version_id=made.version_id, name=name, skills=skills, knowledge=knowledge,
                    hours={low: first, high: second},
                )  # fmt: skip
            for expert in EXPERTS:
                stage.act(actions.name_expert, "gov-clerk", version_id=made.version_id, account_id=stage.staff[expert].account)
            self.versions.append(made.version_id)
            if ask:
                stage.act(actions.submit, "gov-clerk", version_id=made.version_id)
            for expert in EXPERTS if notice else EXPERTS[:1] if ask else ():
                stage.act(actions.give_opinion, expert, version_id=made.version_id, agrees=True, words="任务划分合理，学时可行。")
            if notice:
                stage.act(actions.give_notice, "gov-checker", version_id=made.version_id)

    def publish(self) -> None:
        """The notices are over."""
        for version in self.versions[:IN_FORCE]:
            self.stage.act(actions.publish, "gov-checker", version_id=version)

    def object_to(self) -> None:
        """A reader of the standard on notice misses something."""
        self.stage.act(
            objections.raise_, "gov-clerk", version_id=self.versions[IN_FORCE], name="向群", contact="xiangqun@example.org",
            text="“建模”一项只写了几何建模，建议增加数据接入的学时。",
        )  # fmt: skip
