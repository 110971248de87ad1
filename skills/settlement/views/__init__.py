"""Pages of settlement: an institution's money, the authority's and finance's statements, public notices; the JSON API."""

from __future__ import annotations

from skills.settlement.views import advances, api, bureau, counter, doubts, own, public, subsidies
from skills.settlement.views.words import room
from skills.web.pages import MenuEntry

FACES = [room, counter.room]
MENU = [
    MenuEntry("org", "/org/money", "yuan", "结算", "Money", may="statement.submit"),
    MenuEntry("ent", "/org/money", "yuan", "结算", "Money", may="statement.submit"),
    MenuEntry("me", "/me/subsidies", "yuan", "我的补贴", "My subsidies", may="subsidy.apply"),
    MenuEntry("gov", "/gov/statements", "yuan", "结算", "Settlement", may="statement.see"),
]
__all__ = ["FACES", "MENU", "advances", "api", "bureau", "counter", "doubts", "own", "public", "subsidies"]
