"""The authority's own people: who holds which role where, what a role may do, and how somebody is let in."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.accounts import actions
from skills.accounts.forms import KeyForm, OfficialForm, RoleForm
from skills.accounts.queries import officials
from skills.accounts.rules import GRANTS, RIGHT_WORDS, WORDS, Role
from skills.accounts.views.organisations import one_time_link
from skills.standards.queries import districts
from skills.web.pages import Room, db, go, perform, say, show, tell

room = Room("roles", __name__)
MANAGE = "role.manage"


@room.get("/gov/roles", may=MANAGE)
def listing() -> ResponseReturnValue:
    """Everybody of the authority, by name, and every role with what it may do."""
    return _page(OfficialForm(_districts()))


@room.post("/gov/roles", does=actions.create_staff, name="invite")
def invite() -> ResponseReturnValue:
    """Open an account at the authority and hand over its one-time link."""
    form = OfficialForm(_districts())
    if not form.validate():
        return _page(form, status=422)
    made = perform(
        actions.create_staff, form.key.data, login=form.login.data, name=form.name.data, role=form.role.data,
        district=form.district.data or None,
    )  # fmt: skip
    code = perform(actions.make_link, f"link-{form.key.data}", account_id=made.id).code
    return _page(OfficialForm(_districts()), one_time_link(code))


@room.post("/gov/roles/<account_id>/give", does=actions.give_role)
def give(account_id: str) -> ResponseReturnValue:
    """Give somebody one more role."""
    form = RoleForm(_districts())
    perform(
        actions.give_role, form.key.data, account_id=account_id, role=form.role.data, district=form.district.data or None
    )
    tell("已授予角色", "The role is given")
    return go("roles.listing")


@room.post("/gov/roles/<account_id>/link", does=actions.make_link)
def link(account_id: str) -> ResponseReturnValue:
    """A new one-time link for somebody who forgot the password."""
    return _page(
        OfficialForm(_districts()),
        one_time_link(perform(actions.make_link, KeyForm().key.data, account_id=account_id).code),
    )


@room.post("/gov/roles/members/<membership_id>/end", does=actions.end_role)
def end(membership_id: str) -> ResponseReturnValue:
    """Take a role back."""
    perform(actions.end_role, KeyForm().key.data, membership_id=membership_id)
    tell("已收回角色，其所有设备已退出", "The role is taken back; all their sessions have ended", "warn")
    return go("roles.listing")


@room.post("/gov/roles/members/<membership_id>/disable", does=actions.disable_staff)
def disable(membership_id: str) -> ResponseReturnValue:
    """Stop an account."""
    perform(actions.disable_staff, KeyForm().key.data, membership_id=membership_id)
    tell("已停用，其所有设备已退出", "Disabled; all their sessions have ended", "warn")
    return go("roles.listing")


@room.post("/gov/roles/members/<membership_id>/enable", does=actions.enable_staff)
def enable(membership_id: str) -> ResponseReturnValue:
    """Let somebody sign in again."""
    perform(actions.enable_staff, KeyForm().key.data, membership_id=membership_id)
    tell("已启用", "Enabled")
    return go("roles.listing")


def _page(form: OfficialForm, link: str = "", status: int = 200) -> ResponseReturnValue:
    names = {d.code: d.name for d in districts(db())}
    table = [
        (say(*WORDS[role][:2]), sorted(say(*RIGHT_WORDS[right]) for right in GRANTS[role])) for role in Role
    ]
    return show(
        "accounts/roles.html", status, people=officials(db()), form=form, give=RoleForm(_districts()), link=link,
        names=names, table=table,
    )  # fmt: skip


def _districts() -> list[tuple[str, str]]:
    return [(d.code, d.name) for d in districts(db()) if d.kind != "city"]
