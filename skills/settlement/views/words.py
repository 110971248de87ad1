"""The room, and how its states are drawn."""

from __future__ import annotations

from skills.kernel.errors import Forbidden
from skills.kernel.findings import Finding
from skills.settlement.payee import Payee
from skills.web import i18n
from skills.web.i18n import ToldFinding
from skills.web.pages import Room, lang, me, say

room = Room("settlement", __name__)
STATEMENT_CHIPS = {
    "drawn": "info", "submitted": "warn", "sent_back": "bad", "checked": "info", "noticed": "info", "closing": "info",
    "handed_over": "info", "paid": "ok", "bounced": "bad", "recalled": "idle", "dropped": "idle",
}  # fmt: skip
LINE_CHIPS = {"due": "ok", "held": "warn", "ordered": "info", "paid": "ok", "dropped": "idle"}
OTHER_CHIPS = {
    "entered": "warn", "verified": "ok", "refused": "bad", "replaced": "idle", "raised": "warn", "upheld": "bad",
    "dismissed": "idle", "proposed": "warn", "approved": "bad", "asked": "warn", "paid": "info", "settled": "ok",
    "recovered": "ok", "dropped": "idle",
}  # fmt: skip
STEPS = (
    ("编制", "Drawn up"), ("申请审核", "Checked"), ("公示", "On notice"), ("移交财政", "Handed over"), ("拨付", "Paid"),
)
_AT = {
    "drawn": 0, "sent_back": 0, "submitted": 1, "checked": 2, "noticed": 2, "closing": 3, "handed_over": 4, "bounced": 4, "paid": 5,
}


def own_payee() -> Payee:
    """The visitor's own organisation. Raises Forbidden for who has none."""
    organisation = me().organisation_id
    if organisation is None:
        raise Forbidden("not_allowed", right="statement.submit")
    return Payee(organisation)


def chip(state: str, zh: str, en: str) -> tuple[str, str]:
    """A statement's chip."""
    return STATEMENT_CHIPS[state], say(zh, en)


def line_chip(state: str, zh: str, en: str) -> tuple[str, str]:
    """A line's chip."""
    return LINE_CHIPS[state], say(zh, en)


def other_chip(state: str, zh: str, en: str) -> tuple[str, str]:
    """The chip of an account, an objection or a claw-back."""
    return OTHER_CHIPS[state], say(zh, en)


def steps(state: str) -> list[tuple[str, str]]:
    """The five steps of a statement, for `ui.steps`; none for one that was given up."""
    if state not in _AT:
        return []
    at = _AT[state]
    return [(say(zh, en), "done" if n < at else "now" if n == at else "") for n, (zh, en) in enumerate(STEPS)]


def told(findings: tuple[Finding, ...]) -> list[ToldFinding]:
    """Conditions as sentences in the visitor's language."""
    return list(i18n.tell_findings(findings, lang()))
