"""Pages of supervision: the authority's desk, the body, the supervisor's phone; the JSON API."""

from __future__ import annotations

from skills.supervision.views import api, desk, phone, rectifications, retests, trust, trust_api
from skills.supervision.views.words import room
from skills.web.pages import MenuEntry

FACES = [room]
MENU = [
    MenuEntry("gov", "/gov/supervision", "search", "考试督导", "Supervision", may="supervision.see"),
    MenuEntry("gov", "/exam/supervision", "check", "我的督导", "My supervisions", may="supervision.report"),
    MenuEntry("gov", "/gov/rectifications", "flag", "整改", "Putting right", may="rectification.see"),
    MenuEntry("ent", "/ent/rectifications", "flag", "整改", "Putting right", may="rectification.answer"),
    MenuEntry("ent", "/ent/supervision", "search", "考试督导", "Supervision", may="supervision.see"),
    MenuEntry("ent", "/exam/supervision", "check", "我的督导", "My supervisions", may="supervision.report"),
    MenuEntry("gov", "/gov/retests", "refresh", "抽查复核", "Re-tests", may="retest.see"),
    MenuEntry("gov", "/gov/trust", "shield", "诚信分级", "Earned trust", may="trust.see"),
    MenuEntry("ent", "/ent/trust", "shield", "抽样率", "Trust", may="trust.see"),
    MenuEntry("exam", "/exam/retests", "check", "复核评分", "Re-tests", may="retest.mark"),
    MenuEntry("me", "/me/retests", "refresh", "抽查复核", "Re-tests", may="application.file"),
]
__all__ = ["FACES", "MENU", "api", "desk", "phone", "rectifications", "retests", "trust", "trust_api"]
