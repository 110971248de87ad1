"""Pages of careers: a person's next steps."""

from __future__ import annotations

from skills.careers.views import steps
from skills.careers.views.words import room
from skills.web.pages import MenuEntry

FACES = [room]
MENU = [
    MenuEntry("me", "/me/next-step", "star", "我的下一级", "My next level", may="passport.see"),
]
__all__ = ["FACES", "MENU", "steps"]
