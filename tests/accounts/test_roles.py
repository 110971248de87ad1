"""Who is let in: the authority's own people, an organisation's first administrator, and those who are locked out."""

from __future__ import annotations

import re

import pytest

from skills.accounts import actions, queries
from skills.accounts.rules import GRANTS, RIGHT_WORDS, Role, device_words
from skills.kernel.actors import Actor
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting, body
from tests.world import World

__all__ = ["visitors"]
PASSWORD = "Stars-over-the-city-12"


def clerk(world: World) -> Actor:
    return world.actor("organisation.approve", account="clerk")


def security(world: World) -> Actor:
    return world.actor("staff.manage", "role.manage", account="security")


def test_an_approved_organisation_gets_one_administrator_who_then_lets_others_in(world: World) -> None:
    mine = body(world)
    link = world.perform(
        actions.appoint_administrator, actor=clerk(world), organisation_id=mine, login="boss", name="顾主任"
    )
    with world.refused("organisation.has_administrator"):
        world.perform(
            actions.appoint_administrator, actor=clerk(world), organisation_id=mine, login="other", name="某"
        )
    made = world.perform(actions.set_password, code=link.code, password=PASSWORD)
    [line] = world.ask(queries.staff, mine)
    assert (line.account_id, line.role, line.state) == (made.id, Role.BODY_ADMIN, "active")
    again = world.perform(
        actions.administrator_link, actor=clerk(world), organisation_id=mine, account_id=made.id
    )
    world.perform(actions.set_password, code=again.code, password=PASSWORD + "x")
    elsewhere = body(world, order=2, name="别的公司")
    with world.refused("account.unknown"):
        world.perform(
            actions.administrator_link, actor=clerk(world), organisation_id=elsewhere, account_id=made.id
        )
    world.holds()


def test_nobody_is_let_in_for_an_organisation_that_is_not_approved(world: World) -> None:
    mine = body(world)
    world.perform(actions.suspend_organisation, organisation_id=mine)
    with world.refused("organisation.not_approved"):
        world.perform(actions.appoint_administrator, actor=clerk(world), organisation_id=mine, login="b", name="某")


def test_a_disabled_administrator_can_be_followed_by_another(lite: World) -> None:
    mine = body(lite)
    lite.perform(actions.appoint_administrator, organisation_id=mine, login="boss", name="顾主任")
    [line] = lite.ask(queries.staff, mine)
    lite.perform(actions.disable_staff, membership_id=line.membership_id)
    lite.perform(actions.appoint_administrator, actor=clerk(lite), organisation_id=mine, login="next", name="新主任")
    assert len(lite.ask(queries.staff, mine)) == 2


def test_a_role_is_given_and_taken_back_and_never_by_oneself(world: World) -> None:
    made = world.perform(
        actions.create_staff, actor=security(world), login="official", name="罗", role=Role.GOV_CLERK, district="500105"
    )
    world.perform(actions.give_role, actor=security(world), account_id=made.id, role=Role.FINANCE)
    held = world.ask(queries.officials)[made.id]
    places = {x.role: (x.district, x.membership_id) for x in held}
    assert {role: place for role, (place, _) in places.items()} == {Role.GOV_CLERK: "500105", Role.FINANCE: ""}
    finance = places[Role.FINANCE][1]
    own = world.actor("staff.manage", account=made.id)
    with world.refused("role.not_oneself"):
        world.perform(actions.end_role, actor=own, membership_id=finance)
    world.perform(actions.end_role, actor=security(world), membership_id=finance)
    with world.refused("membership.unknown"):
        world.perform(actions.end_role, actor=security(world), membership_id=finance)
    assert [x.role for x in world.ask(queries.officials)[made.id]] == [Role.GOV_CLERK]
    bound = world.actor("staff.manage", account="admin", organisation=body(world))
    with world.refused("not_allowed"):
        world.perform(actions.end_role, actor=bound, membership_id=places[Role.GOV_CLERK][1])
    world.holds()


@pytest.mark.parametrize("work", ["create_staff", "give_role", "end_role", "make_link", "appoint_administrator",
                                  "administrator_link"])
def test_letting_somebody_in_asks_for_the_second_factor(lite: World, work: str) -> None:
    tired = lite.actor("staff.manage", "organisation.approve", account="s", stepped_up=False)
    orders = {
        "create_staff": {"login": "x", "name": "x", "role": Role.GOV_CLERK},
        "give_role": {"account_id": "x", "role": Role.GOV_CLERK}, "end_role": {"membership_id": "x"},
        "make_link": {"account_id": "x"}, "appoint_administrator": {"organisation_id": "x", "login": "x", "name": "x"},
        "administrator_link": {"organisation_id": "x", "account_id": "x"},
    }  # fmt: skip
    with lite.refused("step_up_needed"):
        lite.perform(getattr(actions, work), actor=tired, **orders[work])


def test_every_right_has_its_words() -> None:
    assert set(RIGHT_WORDS) == {right for rights in GRANTS.values() for right in rights}


def test_the_pages_let_people_in(visitors: Visitors) -> None:
    world, mine = visitors.world, body(visitors.world, order=7, name="嘉陵软件")
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    one = f"/gov/organisations/{mine}"
    page = text_of(press(clerk, one, f"{one}/administrator", login="boss", name="顾主任"))
    [code] = re.findall(r"/set-password/([A-Z0-9]+)", page)
    world.perform(actions.set_password, code=code, password=PASSWORD)
    assert "开通并生成链接" not in text_of(clerk.get(one))
    [line] = world.ask(queries.staff, mine)
    assert "/set-password/" in text_of(press(clerk, one, f"{one}/administrator/{line.account_id}/link"))
    security_admin = visitors.come(acting(Role.SECURITY_ADMIN, "security"))
    roles = "/gov/roles"
    order = {"login": "official", "name": "罗新", "role": "gov_clerk", "district": "500112"}
    assert "/set-password/" in text_of(press(security_admin, roles, roles, **order))
    shown = text_of(press(security_admin, roles, roles, **{**order, "login": ""}), 422)
    assert "请填写账号" in shown
    [official] = [lines[0] for lines in world.ask(queries.officials).values() if lines[0].login == "official"]
    press(security_admin, roles, f"{roles}/{official.account_id}/give", role="finance", district="")
    assert {x.role for x in world.ask(queries.officials)[official.account_id]} == {"gov_clerk", "finance"}
    press(security_admin, roles, f"{roles}/members/{official.membership_id}/end")
    assert [x.role for x in world.ask(queries.officials)[official.account_id]] == ["finance"]
    assert "/set-password/" in text_of(press(security_admin, roles, f"{roles}/{official.account_id}/link"))
    [left] = world.ask(queries.officials)[official.account_id]
    press(security_admin, roles, f"{roles}/members/{left.membership_id}/disable")
    assert "已停用" in text_of(security_admin.get(roles))
    press(security_admin, roles, f"{roles}/members/{left.membership_id}/enable")
    world.holds()


@pytest.mark.parametrize(
    ("agent", "zh", "en"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0", "微信 · 安卓", "WeChat · Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari · iPhone", "Safari · iPhone"),
        ("curl/8.5.0", "其他程序", "another program"),
        ("", "未知设备", "unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_named_as_people_say_it(agent: str, zh: str, en: str) -> None:
    assert device_words(agent) == (zh, en)


def test_an_institution_has_no_way_to_list_or_search_vouchers(lite: World) -> None:
    rights = GRANTS[Role.INSTITUTION_ADMIN] | GRANTS[Role.INSTITUTION_CLERK]
    assert not {right for right in rights if right.startswith(("voucher.", "batch.")) or right == "gov.see"}
    access = lite.app.extensions["skills"].access
    open_to_it = {r.rule for r in lite.app.url_map.iter_rules() if r.endpoint in access and access[r.endpoint].may in rights}
    assert open_to_it
    assert not {rule for rule in open_to_it if "voucher" in rule or "batch" in rule or "ticket" in rule}
