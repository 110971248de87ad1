"""Institutions find, list and search no voucher: every address of the application is walked, so a new one is walked too."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from skills.accounts.rules import GRANTS, Role
from skills.kernel.actors import Actor, Grant
from skills.web.pages import PUBLIC, House
from tests.courses.test_scanning import Counter
from tests.courses.test_views import Visitors, hidden, visitors
from tests.world import World

__all__ = ["visitors"]  # a fixture

# Words by which an address deals with vouchers, wherever its view lives.
WORDS = re.compile(r"voucher|batch|code|scan|claim|dispute|funnel|redemption|redeem|reach|enrol|slip|ledger")
# What an institution may open all the same, and why it finds nobody's voucher there.
ARGUED = {
    "/org/scan": "asks for a code and tells what the code in hand stands for",
    "/org/scan/confirm": "takes what this clerk read a moment ago",
    "/api/v1/org/codes": "the same, for programs",
    "/api/v1/org/codes/<code_id>/confirm": "the same, for programs",
}
INSTITUTION = (Role.INSTITUTION_ADMIN, Role.INSTITUTION_CLERK)


class Walk:
    """An institution's browser before every address of the application."""

    def __init__(self, desk: Counter, visitors: Visitors, role: Role) -> None:
        self.desk, self.app = desk, desk.world.app
        self.house: House = self.app.extensions["skills"]
        grants = frozenset(Grant(right, desk.stage.school) for right in GRANTS[role])
        self.client: FlaskClient = visitors.come(Actor(f"the-{role}"[:26], "何同事", None, grants, frozenset({role}), stepped_up=True))
        self.token = hidden(self.client.get("/org/scan").get_data(as_text=True), "csrf_token")
        self.ids = {
            "voucher_id": desk.voucher, "person_id": desk.person, "class_id": desk.class_id, "course_id": desk.stage.course,
            "batch_id": str(desk.world.batch_paying_institution),  # type: ignore[attr-defined]
        }  # fmt: skip

    def rules(self) -> Iterator[Rule]:
        for rule in self.app.url_map.iter_rules():
            if not rule.rule.startswith("/static"):
                yield rule

    def of_vouchers(self, rule: Rule) -> bool:
        view = inspect.unwrap(self.app.view_functions[rule.endpoint])
        return view.__module__.startswith("skills.vouchers") or WORDS.search(rule.rule) is not None

    def url(self, rule: Rule) -> str:
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: self.ids.get(found[1], "nothing"), rule.rule)

    def ask(self, rule: Rule, method: str) -> Any:
        form = {**self.ids, "csrf_token": self.token, "key": f"walk-{rule.endpoint}-{method}", "reason": "no_phone"}
        headers = {"X-CSRFToken": self.token, "Idempotency-Key": f"walk-{rule.endpoint}"}
        if rule.rule.startswith("/api/"):
            return self.client.open(self.url(rule), method=method, headers=headers, json={**self.ids, "code": "ABCDEFGH"})
        return self.client.open(self.url(rule), method=method, headers=headers, data=form if method == "POST" else None)


@pytest.mark.row(7)
@pytest.mark.parametrize("role", INSTITUTION)
def test_every_address_of_vouchers_is_closed_to_institutions(lite: World, visitors: Visitors, role: Role) -> None:
    desk = Counter(lite)
    walk = Walk(desk, visitors, role)
    seen, open_ones = 0, {}
    for rule in walk.rules():
        if not walk.of_vouchers(rule) or walk.house.access[rule.endpoint].may == PUBLIC or rule.rule in ARGUED:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            seen += 1
            status = walk.ask(rule, method).status_code
            if status not in (403, 404):
                open_ones[f"{method} {rule.rule}"] = status
    assert open_ones == {}, "an institution could find vouchers here; if not, say in ARGUED why"
    assert seen > 60, "the walk sees the addresses of vouchers"
    assert set(ARGUED) <= {rule.rule for rule in walk.rules()}


@pytest.mark.row(7)
def test_no_page_that_an_institution_can_open_names_a_holder_or_a_voucher(lite: World, visitors: Visitors) -> None:
    desk = Counter(lite)
    walk = Walk(desk, visitors, Role.INSTITUTION_ADMIN)
    desk.show()
    secrets = {"voucher": desk.voucher, "person": desk.person, "name": "欧阳星河", "document": desk.number}
    opened, told = 0, []
    for rule in walk.rules():
        if "GET" not in (rule.methods or ()):
            continue
        address = walk.url(rule)
        answer = walk.client.get(address)
        opened += answer.status_code == 200
        body = answer.get_data(as_text=True) if answer.status_code == 200 else ""
        plain = body.replace(address, "")  # its own address, with the ids that the walk put in, may stand in links
        told += [f"{rule.rule} tells the {what}" for what, text in secrets.items() if text in plain]
        answer.close()
    assert told == []
    assert opened > 40
