"""Every page that a role can open without knowing an address, in the demo programme: no fault for axe, policy or width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from skills.accounts.rules import GRANTS, Role
from skills.demo.programme import FEWEST, Loaded, load
from skills.demo.stage import PASSWORD
from skills.web.pages import PUBLIC, SIGNED_IN, House
from tests.journeys.conftest import Live, Walker
from tests.journeys.filings import walk_a_filing
from tests.journeys.sample import walk_a_sample

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages"), pytest.mark.slow]
# Pages of one role whose right other roles hold too: an address begins with its area.
AREAS = {"/me": {Role.PERSON}, "/org": {Role.INSTITUTION_ADMIN}, "/exam": {Role.EXAMINER, Role.JUDGE},
         "/ent": {Role.BODY_ADMIN, Role.BODY_CLERK, Role.BODY_CHECKER, Role.INTERNAL_SUPERVISOR, Role.INVIGILATOR},
         "/audit": {Role.AUDITOR}}  # fmt: skip
LOGINS = {
    Role.GOV_CLERK: "gov-clerk", Role.GOV_CHECKER: "gov-checker", Role.GOV_COUNTER: "gov-counter",
    Role.INSTITUTION_ADMIN: "school-admin", Role.BODY_ADMIN: "centre-admin", Role.BODY_CLERK: "centre-clerk",
    Role.SUPERVISOR: "supervisor", Role.INTERNAL_SUPERVISOR: "centre-supervisor", Role.INVIGILATOR: "invigilator",
    Role.BODY_CHECKER: "centre-checker", Role.EXAMINER: "examiner", Role.JUDGE: "judge-1", Role.AUDITOR: "auditor",
}  # fmt: skip
NOT_PAGES = ("/static", "/trust.json", "/sw.js", "/robots", "/favicon", "/livez", "/readyz", "/keys", "/status", "/.well", "/log/", "/switch",
             "/api", "/sign-in/back", "/stand-in", "/sign-in/identity", "/home", "/gov/slips", "/sign-in/code", "/sign-in/sms")  # fmt: skip


def addresses(live: Live, allowed: Callable[[str, str], bool]) -> list[str]:
    house: House = live.world.app.extensions["skills"]
    found = {
        rule.rule
        for rule in live.world.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and "<" not in rule.rule and not rule.rule.startswith(NOT_PAGES)
        and not rule.rule.endswith(".csv")  # a file, not a page
        and allowed(rule.rule, house.access[rule.endpoint].may)
    }  # fmt: skip
    return sorted(found)


def town(live: Live) -> Loaded:
    live.world.clock.set(datetime.now(UTC))
    return load(live.world.works, live.world.clock, live.world.clock.now(), FEWEST, 12, lambda _steps: None)


def sign_in(live: Live, walker: Walker, role: Role, loaded: Loaded) -> None:
    live.world.clock.forward(minutes=1)
    if role is Role.PERSON:
        walker.go("/sign-in/identity")
        walker.press(loaded.heroes[6].name)
        return
    walker.go("/sign-in/staff")
    walker.fill(login=LOGINS[role], password=PASSWORD)
    walker.page.locator("main button[type=submit]").first.click()
    walker.fill(code=walker.page.locator("#demo-code").inner_text())
    walker.press("登录", exact=True)


def test_every_page(live: Live, walker: Callable[[], Walker]) -> None:
    """And what anybody and a holder can open once more in English and large type: one town for both, which takes a minute."""
    loaded = town(live)
    visitor = walker()
    faults: list[str] = []
    seen: set[str] = set()
    for path in addresses(live, lambda _, may: may == PUBLIC):
        stop_at(visitor, path, seen)
    faults += visitor.faults
    for role in (Role.PERSON, *LOGINS):
        person = walker()
        sign_in(live, person, role, loaded)
        held = GRANTS[role]
        for path in addresses(live, lambda rule, may, held=held: may in held or may == SIGNED_IN):  # type: ignore[misc]
            area = next((a for a in AREAS if path == a or path.startswith(a + "/")), None)
            if path not in seen and (area is None or role in AREAS[area]):
                stop_at(person, path, seen)
        if role is Role.PERSON:
            in_english_and_large_type(live, person)
        if role is Role.AUDITOR:
            walk_a_sample(live, person)
        if role is Role.BODY_ADMIN:
            walk_a_filing(person)
        faults += person.faults
    assert len(seen) > 50
    assert faults == []


def in_english_and_large_type(live: Live, person: Walker) -> None:
    person.context.add_cookies(
        [{"name": name, "value": value, "url": live.url} for name, value in (("lang", "en"), ("elder", "1"))]
    )
    held = GRANTS[Role.PERSON]
    for path in addresses(live, lambda _, may: may == PUBLIC or may in held):
        stop_at(person, path, set())


def stop_at(walker: Walker, path: str, seen: set[str]) -> None:
    answer = walker.page.goto(walker.url + path)
    assert answer is not None
    assert answer.status < 500, path
    seen.add(path)
    walker.pictures = None  # the journeys' pictures are kept, these are only looked at
    walker.look(f"page{path.replace('/', '-')}")
