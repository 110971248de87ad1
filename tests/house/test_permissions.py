"""Deny by default, shown for every address, and for every role and right: without the right there is no page."""

from __future__ import annotations

import re

import pytest

from skills.accounts.rules import GRANTS, Role
from skills.web.pages import PUBLIC, SIGNED_IN, House
from tests.courses.test_views import Visitors, visitors
from tests.people_and_bodies import acting, body, someone

__all__ = ["visitors"]
EVERYWHERE = (Role.PERSON, Role.AUDITOR)  # the others knock at one door of each right, method and kind: half a minute for all of them
OPEN_TO_ALL = {
    "/accessibility", "/help", "/", "/courses", "/competitions", "/filings", "/notices", "/verify", "/scan", "/sign-in",
}  # fmt: skip


def address(rule: str) -> str:
    """An address of a rule, with words that name nothing for its parts."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda m: "1" if m[1] == "int" else "nothing", rule)


def doors(visitors: Visitors) -> list[tuple[str, str, str, bool]]:
    """(method, address, right, whether it is JSON) of every endpoint."""
    house: House = visitors.world.app.extensions["skills"]
    found = []
    for rule in visitors.world.app.url_map.iter_rules():
        access = house.access[rule.endpoint]
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            found.append((method, address(rule.rule), access.may, access.api))
    return found


def test_whoever_is_not_signed_in_is_asked_to_sign_in(visitors: Visitors) -> None:
    client = visitors.world.client()
    guarded = [(m, url, api) for m, url, may, api in doors(visitors) if may != PUBLIC]
    assert len(guarded) > 100
    for method, url, api in guarded:
        answer = client.open(url, method=method)
        if api:
            assert answer.status_code == 401, (method, url)
        elif method == "GET":
            assert answer.status_code == 303, (method, url)
            assert "/sign-in" in answer.headers["Location"]
        else:
            assert answer.status_code in (303, 400), (method, url)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_right_is_refused(visitors: Visitors, role: Role) -> None:
    person = someone(visitors.world).id if role is Role.PERSON else None
    organisation = body(visitors.world)
    client = visitors.come(acting(role, organisation=None if role is Role.PERSON else organisation, person=person))
    page = client.get("/help").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    headers = {"X-CSRFToken": token[1]} if token else {}
    refused, asked = 0, set()
    for method, url, may, api in doors(visitors):
        kind = (method, may, api)
        if may in (PUBLIC, SIGNED_IN) or may in GRANTS[role] or (role not in EVERYWHERE and kind in asked):
            continue
        asked.add(kind)
        answer = client.open(url, method=method, headers=headers)
        allowed = (403,) if method == "GET" and not api else (400, 401, 403)
        assert answer.status_code in allowed, (role, method, url, answer.status_code)
        refused += 1
    assert refused > 50


def test_what_is_public_is_public_on_purpose(visitors: Visitors) -> None:
    public = {url for method, url, may, _ in doors(visitors) if may == PUBLIC and method == "GET"}
    assert public >= OPEN_TO_ALL
    private = ("/me", "/org", "/ent", "/exam", "/gov", "/audit", "/account")
    assert [url for url in public if url.startswith(private)] == []


def test_every_right_that_a_door_asks_for_is_somebodys(visitors: Visitors) -> None:
    held = {right for rights in GRANTS.values() for right in rights}
    asked = {may for _, _, may, _ in doors(visitors) if may not in (PUBLIC, SIGNED_IN)}
    assert asked - held == set()
