"""Training standards: what differs, what is missing, when they go on (pure)."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from skills.training_standards.rules import (
    Opinion,
    Task,
    compare,
    from_json,
    lines,
    may_give_notice,
    may_publish,
    may_review,
    to_json,
    total,
)

COLLECT = Task("数据采集", ("能按规范采集图像",), ("采集规范",), {2: 8, 3: 12})
LABEL = Task("数据标注", ("能标注图像", "能质检"), ("标注规范",), {2: 16, 3: 20})

TEXTS = st.text(st.sampled_from("采集标注规范ab 能"), min_size=1, max_size=6).map(str.strip).filter(bool)
TASKS = st.lists(
    st.builds(
        Task, TEXTS, st.lists(TEXTS, unique=True, max_size=3).map(tuple), st.lists(TEXTS, unique=True, max_size=3).map(tuple),
        st.dictionaries(st.integers(1, 8), st.integers(1, 99), max_size=4),
    ),
    max_size=4, unique_by=lambda t: t.name,
)  # fmt: skip


@given(TASKS)
def test_what_is_kept_comes_back(tasks: list[Task]) -> None:
    assert list(from_json(to_json(tasks))) == [Task(t.name, t.skills, t.knowledge, dict(t.hours)) for t in tasks]
    assert compare(tasks, tasks) == ()


@given(TASKS, TASKS)
def test_the_differences_turn_one_version_into_the_other(old: list[Task], new: list[Task]) -> None:
    found = compare(old, new)
    gone = {d.task for d in found if d.part == "task" and not d.new}
    assert gone == {t.name for t in old} - {t.name for t in new}
    held = {t.name: t for t in old}
    for task in new:
        was = held.get(task.name, Task(task.name, (), (), {}))
        for part in ("skills", "knowledge"):
            out = {d.old for d in found if (d.task, d.part) == (task.name, part) and d.old}
            come = {d.new for d in found if (d.task, d.part) == (task.name, part) and d.new}
            assert (set(getattr(was, part)) - out) | come == set(getattr(task, part))
        hours = dict(was.hours) | {d.level: int(d.new) for d in found if (d.task, d.part) == (task.name, "hours") and d.level}
        assert {k: v for k, v in hours.items() if v} == {k: v for k, v in task.hours.items() if v}


def test_a_difference_reads_as_a_reader_would_say_it() -> None:
    later = Task("数据采集", ("能按规范采集图像", "能采集语音"), ("采集规范",), {2: 8, 3: 16})
    told = [(d.task, d.part, d.old, d.new, d.level) for d in compare([COLLECT, LABEL], [later])]
    assert told == [
        ("数据采集", "skills", "", "能采集语音", None), ("数据采集", "hours", "12", "16", 3), ("数据标注", "task", "数据标注", "", None),
    ]  # fmt: skip


def test_what_a_draft_lacks_is_named() -> None:
    assert may_review([COLLECT, LABEL], [2, 3], 3, 3, True)
    bare = Task("模型评测", (), (), {2: 4})
    verdict = may_review([COLLECT, bare], [2, 3, 4], 2, 3, False)
    assert [f.code.split(".")[1] for f in verdict.findings] == ["tasks_full", "levels_taught", "experts_named", "changed"]
    assert verdict.findings[0].facts["tasks"] == "模型评测"
    assert may_review([], [2], 3, 3, True).findings[0].code == "training_standard.tasks"
    assert total([COLLECT, LABEL], 3) == 32


def test_two_thirds_of_all_named_experts_agree() -> None:
    yes, no, none = Opinion(True), Opinion(False), Opinion(None)
    assert may_give_notice([yes, yes, yes], 3, 67)
    assert not may_give_notice([yes, yes, no], 3, 67)
    assert may_give_notice([yes, yes, yes, no], 3, 67)
    assert not may_give_notice([yes, yes, yes, none], 3, 67)
    assert not may_give_notice([yes, yes], 3, 67)
    assert not may_give_notice([], 0, 0)


def test_the_notice_ends_with_its_last_day() -> None:
    assert not may_publish(date(2026, 11, 30), date(2026, 11, 30), 0)
    assert may_publish(date(2026, 11, 30), date(2026, 12, 1), 0)
    assert not may_publish(None, date(2026, 12, 1), 0)


def test_lines() -> None:
    assert lines(" 能标注 \n\n能质检\n能标注") == ("能标注", "能质检")
