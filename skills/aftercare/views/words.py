"""What the pages of this room share."""

from __future__ import annotations

from skills.aftercare.queries import CareCase
from skills.aftercare.states import CareState
from skills.kernel.box import Box
from skills.web import i18n
from skills.web.pages import lang, say, tool

CHIPS = {
    CareState.ASKED: "info", CareState.SENT_BACK: "warn", CareState.EXAMINED: "info", CareState.TOLD: "warn",
    CareState.ANSWERED: "info", CareState.DONE: "ok", CareState.REFUSED: "bad", CareState.WITHDRAWN: "idle",
    "issued": "warn", "taken_up": "info", "fulfilled": "ok", "declined": "bad", "recalled": "idle",
}  # fmt: skip


def box() -> Box:
    """What opens sealed texts."""
    return tool(Box)


def words() -> dict[str, object]:
    """What templates of this room use."""
    return {"history": history, "changed": changed}


def history(case: CareCase, names: bool = False) -> list[dict[str, str]]:
    """The steps of a request for a timeline; names of officials only where their colleagues read."""
    return [
        {"text": say(*step.words), "when": i18n.moment(step.at, lang()), "who": step.by if names else ""}
        for step in case.steps
    ]


def changed(case: CareCase) -> list[tuple[str, str, str]]:
    """The rows of a correction: field, what it says now, what it is to say."""
    return [(say(*label), now or "—", text) for _, label, now, text in case.changes]
