"""What the pages of competitions share."""

from __future__ import annotations

from skills.competitions.rules import SECTION_WORDS, TIERS
from skills.competitions.states import COMPETITION, ENTRY
from skills.kernel.machines import Machine
from skills.standards.queries import value
from skills.standards.rules import Level
from skills.web.pages import Room, db, lang, say, today

room = Room("competitions", "skills.competitions.views")

CHIPS = {
    "planned": "warn",
    "approved": "info",
    "open": "ok",
    "running": "info",
    "marked": "info",
    "ratified": "info",
    "published": "ok",
    "cancelled": "idle",
    "entered": "ok",
    "withdrawn": "idle",
}


def chip(machine: Machine, state: str) -> tuple[str, str]:
    """A chip's kind and words for a state."""
    return CHIPS[state], say(*machine.words[machine.states(state)])


def prize_word(prize: int) -> str:
    """一等奖 … as the visitor reads it."""
    row = value(db(), "competition.prizes", today())[prize - 1]
    return say(row["zh"], row["en"])


def words() -> dict[str, object]:
    """Words that templates of this room use."""
    return {
        "competition_chip": lambda state: chip(COMPETITION, state),
        "entry_chip": lambda state: chip(ENTRY, state),
        "tier_word": lambda tier: say(*TIERS[tier]),
        "section_word": lambda section: say(*SECTION_WORDS[section]),
        "prize_word": prize_word,
        "paper_word": lambda level: _paper(level),
    }


def _paper(level: Level) -> str:
    return level.wording if lang() == "zh" else level.english


room.context_processor(words)
