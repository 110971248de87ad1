"""Pages of learning: a learner's lessons and hours, an institution's, the bureau's desk."""

from skills.learning.views import api, author, bureau, hours, learner
from skills.learning.views.words import room
from skills.web.pages import MenuEntry

__all__ = ["author", "bureau", "hours", "learner"]

FACES = [room, api.room]
MENU = [
    MenuEntry("me", "/me/lessons", "book", "在线学习", "Online lessons", may="lesson.study"),
    MenuEntry("me", "/me/hours", "clock", "我的学时", "My class hours", may="lesson.study"),
    MenuEntry("org", "/org/lessons", "book", "在线课件", "Online lessons", may="course.manage"),
    MenuEntry("org", "/org/hours", "clock", "学时台账", "Class hours", may="class.manage"),
    MenuEntry("org", "/org/overlaps", "people", "重叠学习", "Two places at once", may="class.manage"),
    MenuEntry("gov", "/gov/lessons", "book", "课件审核", "Lesson review", may="course.publish"),
    MenuEntry("gov", "/gov/overlaps", "people", "重叠学习", "Two places at once", may="overlap.decide"),
]
