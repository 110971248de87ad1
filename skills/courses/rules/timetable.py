"""A timetable as people write it, one lesson a line (pure)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from skills.courses.rules.classes import Lesson
from skills.kernel.clock import SHANGHAI
from skills.kernel.errors import Refusal

_LINE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s+(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})"
    r"(?:\s+(\S+))?(?:\s+(.+))?"
)


def read_timetable(text: str) -> list[tuple[Lesson, str]]:
    """Lessons and their topics from lines such as "2026-12-01 09:00-12:15 301室 数据标注入门", Shanghai time.

    Raises Refusal("class.timetable_unreadable") naming the line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        held = _LINE.fullmatch(line.strip())
        try:
            if held is None:
                raise ValueError(line)
            year, month, day, h1, m1, h2, m2 = (int(part) for part in held.groups()[:7])
            starts = datetime(year, month, day, h1, m1, tzinfo=SHANGHAI).astimezone(UTC)
            ends = datetime(year, month, day, h2, m2, tzinfo=SHANGHAI).astimezone(UTC)
            if ends <= starts:
                raise ValueError(line)
        except ValueError as error:
            raise Refusal("class.timetable_unreadable", line=number) from error
        text_of, names = _named(f"{held[8] or ''} {held[9] or ''}".strip())
        room, _, topic = text_of.partition(" ")
        found.append((Lesson(starts, ends, room[:60], names), topic.strip()[:120]))
    return found


def _named(words: str) -> tuple[str, tuple[str, ...]]:
    """Room and topic without their lecturers, who stand at the end of a line: "301室 数据标注 @李敏、王强"."""
    rest, at, names = words.replace("＠", "@").partition("@")
    return rest.strip(), split_names(names) if at else ()


def split_names(words: str) -> tuple[str, ...]:
    """Names divided by commas of any kind, each once."""
    return tuple(dict.fromkeys(n.strip() for n in re.split("[、,，;；]", words) if n.strip()))


def write_timetable(lessons: list[tuple[Lesson, str]]) -> str:
    """The lines that `read_timetable` reads back."""
    lines = []
    for lesson, topic in lessons:
        starts, ends = lesson.starts_at.astimezone(SHANGHAI), lesson.ends_at.astimezone(SHANGHAI)
        teachers = f" @{'、'.join(lesson.lecturers)}" if lesson.lecturers else ""
        lines.append((f"{starts:%Y-%m-%d %H:%M}-{ends:%H:%M} {lesson.room} {topic}".strip() + teachers).strip())
    return "\n".join(lines)
