"""Pages of competitions: for everyone, competitors, judges and the authority."""

from skills.competitions.views import bureau, competitor, counter, judge, public
from skills.competitions.views.words import room
from skills.web.pages import MenuEntry

__all__ = ["bureau", "competitor", "counter", "judge", "public"]

FACES = [room, counter.room]
MENU = [
    MenuEntry("me", "/me/competitions", "trophy", "我的竞赛", "My competitions", may="entry.enter"),
    MenuEntry("exam", "/exam/competitions", "trophy", "竞赛评分", "Marking", may="mark.enter"),
    MenuEntry("gov", "/gov/competitions", "trophy", "技能竞赛", "Competitions", may="gov.see"),
]
