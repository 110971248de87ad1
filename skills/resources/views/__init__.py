"""Pages of the lecturer pool and of the register of training platforms."""

from skills.resources.views import lecturers, platforms
from skills.resources.views.words import room
from skills.web.pages import MenuEntry

__all__ = ["lecturers", "platforms"]

FACES = [room]
MENU = [
    MenuEntry("org", "/org/lecturers", "people", "师资", "Lecturers", may="lecturer.propose"),
    MenuEntry("gov", "/gov/lecturers", "people", "师资库", "Lecturer pool", may="lecturer.confirm"),
    MenuEntry("gov", "/gov/platforms", "flag", "培养平台", "Training platforms", may="gov.see"),
]
