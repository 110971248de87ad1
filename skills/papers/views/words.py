"""What the pages of item banks and papers share."""

from __future__ import annotations

from skills.papers.rules.items import KIND_WORDS, LETTERS, THINKING_WORDS, TRUE, Kind, Thinking
from skills.papers.states import DRAW, REVIEW, WRITE
from skills.web.pages import Room, me, say

room = Room("papers", "skills.papers.views")
CHIPS = {"draft": "warn", "returned": "bad", "reviewed": "ok", "in_use": "info", "retired": "idle"}


def answer_word(kind: str, answer: str) -> str:
    """A key as people read it."""
    return (say("对", "true") if answer == TRUE else say("错", "false")) if kind == Kind.TRUE_FALSE else answer


def count(text: str) -> int:
    """A whole number out of an address; nought for anything else."""
    return int(text[:9]) if text.isascii() and text.isdecimal() else 0


room.context_processor(lambda: {
    "item_chip": lambda line: (CHIPS[line.state], say(line.state_zh, line.state_en)), "kind_word": lambda k: say(*KIND_WORDS[Kind(k)]),
    "thinking_word": lambda t: say(*THINKING_WORDS[Thinking(t)]), "answer_word": answer_word, "letters": LETTERS,
    "may_write": me().actor.may(WRITE), "may_review": me().actor.may(REVIEW), "may_draw": me().actor.may(DRAW),
})  # fmt: skip
