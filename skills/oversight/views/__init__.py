"""Pages of oversight: the authority's queue and scores, what an institution is told, a trainee's answer; the JSON API."""

from __future__ import annotations

from skills.oversight.views import api, cases, marks, own, scores
from skills.oversight.views.words import room
from skills.web.pages import MenuEntry

FACES = [room]
MENU = [
    MenuEntry("gov", "/gov/cases", "shield", "疑点核查", "Fraud cases", may="case.see"),
    MenuEntry("org", "/org/cases", "shield", "疑点核查", "Cases about us", may="class.manage"),
    MenuEntry("ent", "/ent/cases", "shield", "疑点核查", "Cases about us", may="complaint.hear"),
]
__all__ = ["FACES", "MENU", "api", "cases", "marks", "own", "scores"]
