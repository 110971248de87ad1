"""Pages of recognitions: the firm's way in four screens, the authority's look; the JSON API."""

from __future__ import annotations

from skills.recognitions.states import SEE
from skills.recognitions.views import api, apprentices, firm, gov
from skills.recognitions.views.words import room
from skills.web.pages import MenuEntry

FACES = [room]
MENU = [
    MenuEntry("ent", "/ent/recognitions", "medal", "直接认定", "Recognitions", may=SEE),
    MenuEntry("ent", "/ent/apprentices", "people", "学徒工", "Apprentices", may=SEE),
    MenuEntry("exam", "/ent/recognitions", "medal", "评审委员会", "Committees", may=SEE),
    MenuEntry("gov", "/gov/recognitions", "medal", "用人单位直接认定", "Recognitions by firms", may="gov.see"),
]
__all__ = ["FACES", "MENU", "api", "apprentices", "firm", "gov"]
