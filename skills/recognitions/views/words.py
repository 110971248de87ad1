"""What the pages of recognitions share."""

from __future__ import annotations

from skills.certification.forms import level_words
from skills.certification.views.words import HELD
from skills.recognitions.rules import METHODS, WAYS, WAYS_OF
from skills.recognitions.states import PROPOSED, RECOGNITION, ProposedState, RecognitionState
from skills.web.pages import Room, say

room = Room("recognitions", "skills.recognitions.views")
CHIPS = {
    "drafted": "idle", "committee": "warn", "confirmed": "info", "noticed": "warn", "concluded": "ok", "cancelled": "bad",
    "proposed": "idle", "left_out": "idle", "refused": "bad", "void": "bad", "awarded": "gold",
}  # fmt: skip
STEPS = (
    ("drafted", ("材料", "Evidence")), ("committee", ("评审", "Committee")), ("confirmed", ("公示", "Notice")), ("noticed", ("发证", "Certificates")),
)  # fmt: skip


def steps(state: str) -> list[tuple[str, str]]:
    """The four steps of the firm's way, up to where a recognition stands."""
    order = [name for name, _ in STEPS]
    at = order.index(state) if state in order else (len(order) if state == RecognitionState.CONCLUDED else -1)
    marks = ["done" if n < at else "now" if n == at else "" for n in range(len(order))]
    return [(say(*words), mark) for (_, words), mark in zip(STEPS, marks, strict=True)]


def words() -> dict[str, object]:
    """Words that templates of this room use."""
    return {
        "recognition_chip": lambda state: (CHIPS[state], say(*RECOGNITION.words[RecognitionState(state)])),
        "recognised_chip": lambda state: (CHIPS[state], say(*PROPOSED.words[ProposedState(state)])),
        "method_word": lambda kind: say(*METHODS[kind]),
        "way_word": lambda way: say(*WAYS[way]) if way else say("未选择", "not chosen"),
        "held_word": lambda held: say(*HELD[held]),
        "level_words": level_words,
        "recognition_steps": steps,
        "ways_of": lambda kind: [(code, say(*WAYS[code])) for code in WAYS_OF[kind]],
    }


room.context_processor(words)
