"""Doors, one's own account, staff and organisations."""

from __future__ import annotations

from skills.accounts.views import (
    account,
    additions,
    counter,
    doors,
    email,
    family,
    joins,
    organisations,
    registrations,
    removals,
    roles,
)
from skills.web.pages import MenuEntry

FACES = [doors.room, account.room, email.room, organisations.room, counter.room, additions.room, removals.room,
    registrations.room, joins.room, roles.room, family.room]
MENU = [
    MenuEntry("me", "/account", "person", "我的", "Account", dock=True),
    MenuEntry("org", "/org/staff", "person", "员工账号", "Staff", may="staff.manage"),
    MenuEntry("ent", "/ent/staff", "person", "员工账号", "Staff", may="staff.manage"),
    MenuEntry("gov", "/gov/people", "people", "人员登记", "People", may="person.find"),
    MenuEntry("gov", "/gov/organisations", "building", "机构", "Organisations", may="organisation.approve"),
    MenuEntry("gov", "/gov/roles", "shield", "角色与权限", "Roles and rights", may="role.manage"),
    MenuEntry("org", "/account", "shield", "账号与安全", "Account and security"),
    MenuEntry("ent", "/account", "shield", "账号与安全", "Account and security"),
    MenuEntry("gov", "/account", "shield", "账号与安全", "Account and security"),
    MenuEntry("exam", "/account", "shield", "账号与安全", "Account and security"),
    MenuEntry("audit", "/account", "shield", "账号与安全", "Account and security"),
]
