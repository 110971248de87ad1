"""Pages of careers: a person's next steps, a firm's board, the passport to take along."""

from __future__ import annotations

from skills.careers.views import board, passport, steps
from skills.careers.views.words import room
from skills.web.pages import MenuEntry

FACES = [room]
MENU = [
    MenuEntry("me", "/me/next-step", "star", "我的下一级", "My next level", may="passport.see"),
    MenuEntry("ent", "/ent/board", "chart", "技能看板", "Board of skills", may="application.enter"),
]
__all__ = ["FACES", "MENU", "board", "passport", "steps"]
