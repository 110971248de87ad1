"""The room, and how its states are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skills.oversight.queries.cases import CaseLine
from skills.oversight.rules.words import STRENGTH_WORDS
from skills.web.i18n import sentence
from skills.web.pages import Room, lang, say

room = Room("oversight", __name__)
CHIPS = {"opened": "warn", "assigned": "info", "proposed": "warn", "confirmed": "bad", "cleared": "ok", "referred": "bad"}
STRENGTHS = {1: "idle", 2: "warn", 3: "bad"}


def chip(line: CaseLine) -> tuple[str, str]:
    """A state's kind and words."""
    return CHIPS[line.state], say(line.state_zh, line.state_en)


def strength(number: int) -> tuple[str, str]:
    """A strength's kind and words."""
    return STRENGTHS[number], say(f"线索{STRENGTH_WORDS[number][0]}", STRENGTH_WORDS[number][1])


def told(code: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """The sentence of evidence, and what would explain it."""
    said = sentence(code, facts, lang())
    return said.text, said.todo


def two(text: str) -> str:
    """A text that stands in both languages as "中文|English", or one that needs no words."""
    zh, bar, en = text.partition("|")
    return say(zh, en) if bar else text
