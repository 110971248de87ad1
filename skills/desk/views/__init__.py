"""Homes, help, and the auditor's desk."""

from skills.desk.views import audit, homes, policies, public
from skills.desk.views.words import room
from skills.web.pages import MenuEntry

__all__ = ["audit", "homes", "policies", "public"]

FACES = [room]
MENU = [
    MenuEntry("me", "/me", "home", "首页", "Home", may="voucher.claim", dock=True),
    MenuEntry("org", "/org", "home", "工作台", "Desk", may="class.manage"),
    MenuEntry("ent", "/ent", "home", "工作台", "Desk", may="plan.see"),
    MenuEntry("exam", "/exam", "home", "工作台", "Desk", may="exam.see"),
    MenuEntry("gov", "/gov", "home", "工作台", "Desk", may="gov.see"),
    MenuEntry("gov", "/gov/policies", "book", "政策参数", "Policies", may="gov.see"),
    MenuEntry("audit", "/audit", "search", "审计", "Audit", may="audit.see"),
]
