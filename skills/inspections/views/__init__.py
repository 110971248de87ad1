"""Pages of inspections: the bureau's desk, the inspector's phone, the institution; the JSON API."""

from __future__ import annotations

from skills.inspections.views import api, gov, org, visit
from skills.inspections.views.words import room
from skills.web.pages import MenuEntry

FACES = [room]
MENU = [
    MenuEntry("gov", "/gov/inspections", "search", "过程检查", "Inspections", may="inspection.see"),
    MenuEntry("gov", "/gov/visits", "check", "我的检查", "My visits", may="inspection.carry_out"),
    MenuEntry("org", "/org/inspections", "search", "过程检查", "Inspections", may="class.manage"),
]
__all__ = ["FACES", "MENU", "api", "gov", "org", "visit"]
