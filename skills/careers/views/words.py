"""Words that templates of careers use, and the room's door."""

from __future__ import annotations

from skills.careers.rules.routes import CLOSED_WORDS, Route, Standing
from skills.careers.states import NOMINEE, NomineeState
from skills.standards.rules import Level
from skills.web.i18n import sentence
from skills.web.pages import Room, lang, say

room = Room("careers", "skills.careers.views")
NOMINEE_CHIPS = {"waiting": "info", "registered": "ok", "refused": "bad"}


def way_chip(route: Route) -> tuple[str, str]:
    """A chip's kind and words for how a way stands."""
    match route.standing:
        case Standing.READY:
            return "ok", say("现在就可以", "open now")
        case Standing.DATED:
            return "info", say(f"{route.from_day} 起可以", f"from {route.from_day}")
        case Standing.MISSING:
            return "warn", say(f"还差 {len(route.missing)} 项", f"{len(route.missing)} missing")
        case _:
            return "bad", say("走不通", "closed")


def words() -> dict[str, object]:
    """Words by code."""
    return {
        "way_chip": way_chip,
        "way_closed": lambda code: say(*CLOSED_WORDS[code]),
        "nominee_chip": lambda state: (NOMINEE_CHIPS[state], say(*NOMINEE.words[NomineeState(state)])),
        "say_refusal": lambda line: sentence(line.code, line.facts, lang()),
        "level_word": lambda level: say(Level(level).wording, Level(level).english),
    }


room.context_processor(words)
