"""Pages of the professional side: a person's own, an organiser's seminars, the authority's desk, the public check; the JSON API."""

from __future__ import annotations

from skills.professional.views import api, counter, gov, org, own, public
from skills.professional.views.words import room
from skills.web.pages import MenuEntry

FACES = [room, counter.room]
MENU = [
    MenuEntry("me", "/me/professional", "book", "继续教育与职称", "Continuing education and titles", may="passport.see"),
    MenuEntry("org", "/org/seminars", "people", "高级研修", "Advanced seminars", may="seminar.apply"),
    MenuEntry("gov", "/gov/seminars", "people", "高级研修", "Advanced seminars", may="professional.see"),
    MenuEntry("gov", "/gov/engineers", "certificate", "数字技术工程师", "Digital engineers", may="professional.see"),
]
__all__ = ["FACES", "MENU", "api", "counter", "gov", "org", "own", "public"]
