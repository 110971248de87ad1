"""The faces of the room: the holder's, the body's and the authority's pages, and the JSON API."""

from __future__ import annotations

from skills.aftercare.views import body, counter, gov, holder
from skills.web.pages import MenuEntry

FACES = [holder.room, body.room, gov.room, counter.room]
MENU = [
    MenuEntry("me", "/me/care", "swap", "证书办理", "After-care", may="care.ask"),
    MenuEntry("ent", "/ent/care", "swap", "证书办理", "After-care", may="care.handle"),
    MenuEntry("org", "/org/care", "swap", "证书办理", "After-care", may="care.handle"),
    MenuEntry("gov", "/gov/care", "swap", "证书办理", "After-care", may="care.see"),
]
