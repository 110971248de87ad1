"""What a training standard holds, how two versions differ, and when it goes on (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from skills.kernel.findings import Finding, Verdict, no_fault

MEASURE = "《助力实施软件和信息服务业“满天星”行动计划的若干措施》第12条：开发30个以上培训标准"
WANTED = 30
MOST_TASKS = 40


@dataclass(frozen=True)
class Task:
    """A task of the occupation 工作任务: what one can do, what one knows, and class hours by level (rank → hours)."""

    name: str
    skills: tuple[str, ...]
    knowledge: tuple[str, ...]
    hours: Mapping[int, int]


@dataclass(frozen=True)
class Difference:
    """What a version changes. part: task, skills, knowledge or hours; level only for hours. `old` or `new` empty: added, taken out."""

    task: str
    part: str
    old: str
    new: str
    level: int | None = None


@dataclass(frozen=True)
class Opinion:
    """What an expert says; `agrees` None: nothing yet."""

    agrees: bool | None


def to_json(tasks: Sequence[Task]) -> dict[str, Any]:
    """Tasks in plain terms."""
    return {"tasks": [
        {"name": t.name, "skills": list(t.skills), "knowledge": list(t.knowledge), "hours": {str(k): v for k, v in sorted(t.hours.items())}}
        for t in tasks
    ]}  # fmt: skip


def from_json(body: Mapping[str, Any]) -> tuple[Task, ...]:
    """Tasks as they were kept."""
    return tuple(
        Task(t["name"], tuple(t["skills"]), tuple(t["knowledge"]), {int(k): int(v) for k, v in t["hours"].items()}) for t in body["tasks"]
    )


def lines(text: str) -> tuple[str, ...]:
    """What stands in a text, line by line, without blanks and doubles."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def total(tasks: Sequence[Task], level: int) -> int:
    """The class hours of a level."""
    return sum(t.hours.get(level, 0) for t in tasks)


def compare(old: Sequence[Task], new: Sequence[Task]) -> tuple[Difference, ...]:
    """How two versions differ, task by task: tasks are the same if they bear the same name."""
    before, after = {t.name: t for t in old}, {t.name: t for t in new}
    found = []
    for name in dict.fromkeys([*before, *after]):
        a, b = before.get(name), after.get(name)
        if a is None or b is None:
            found.append(Difference(name, "task", name if a else "", name if b else ""))
        if b is None:
            continue
        for part in ("skills", "knowledge"):
            was: tuple[str, ...] = getattr(a, part) if a else ()
            now: tuple[str, ...] = getattr(b, part)
            found += [Difference(name, part, line, "") for line in was if line not in now]
            found += [Difference(name, part, "", line) for line in now if line not in was]
        hours = a.hours if a else {}
        found += [
            Difference(name, "hours", str(hours.get(level, 0)), str(b.hours.get(level, 0)), level)
            for level in sorted({*hours, *b.hours}) if hours.get(level, 0) != b.hours.get(level, 0)
        ]  # fmt: skip
    return tuple(found)


def may_hold(task: Task, levels: Sequence[int]) -> Verdict:
    """Whether a task can be kept as written. `training_standard.task_invalid`."""
    return no_fault(
        "training_standard.task_invalid",
        [
            Finding("training_standard.task_named", bool(task.name.strip())),
            Finding("training_standard.task_hours", all(k in levels and 0 <= v <= 2000 for k, v in task.hours.items())),
        ],
    )


def may_review(tasks: Sequence[Task], levels: Sequence[int], experts: int, needed: int, changed: bool) -> Verdict:
    """Whether a draft is complete enough for experts. `training_standard.not_ready`."""
    bare = [t.name for t in tasks if not t.skills or not t.knowledge]
    empty = [n for n in levels if not total(tasks, n)]
    return no_fault(
        "training_standard.not_ready",
        [
            Finding("training_standard.tasks", bool(tasks)),
            Finding("training_standard.tasks_full", not bare, facts={"tasks": "、".join(bare)}),
            Finding("training_standard.levels_taught", not empty, facts={"levels": len(empty)}),
            Finding("training_standard.experts_named", experts >= needed, facts={"experts": experts, "needed": needed}),
            Finding("training_standard.changed", changed),
        ],
    )


def may_give_notice(opinions: Sequence[Opinion], needed: int, percent: int) -> Verdict:
    """Whether enough experts agree. `training_standard.not_agreed`."""
    given = [o for o in opinions if o.agrees is not None]
    agreeing = sum(o.agrees is True for o in given)
    return no_fault(
        "training_standard.not_agreed",
        [
            Finding("training_standard.all_answered", len(given) == len(opinions), facts={"missing": len(opinions) - len(given)}),
            Finding("training_standard.enough_experts", len(given) >= needed, facts={"given": len(given), "needed": needed}),
            Finding("training_standard.agreed", bool(given) and 100 * agreeing >= percent * len(given),
                    facts={"agreeing": agreeing, "given": len(given), "percent": percent}),
        ],
    )  # fmt: skip


def notice_runs(on_notice: bool, notice_until: date | None, day: date) -> bool:
    """Whether a version can be objected to on this day."""
    return on_notice and notice_until is not None and day <= notice_until


def may_publish(notice_until: date | None, day: date, unanswered: int) -> Verdict:
    """Whether the notice is over and every objection to it is answered. `training_standard.not_publishable`."""
    over = notice_until is not None and day > notice_until
    return no_fault(
        "training_standard.not_publishable",
        [
            Finding("training_standard.notice_over", over, facts={"until": notice_until}),
            Finding("training_standard.objections_answered", unanswered == 0, facts={"open": unanswered}),
        ],
    )


def number_of(year: int, serial: int) -> str:
    """The number under which a standard is published for the first time: PXBZ-2026-001."""
    return f"PXBZ-{year}-{serial:03}"


def sealed_at(objection_id: str, column: str) -> str:
    """Where a sealed value of an objection lies, as the box wants to know it."""
    return f"training_standard_objection:{objection_id}:{column}"
