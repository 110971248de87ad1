"""The page of policies: proposed by one, seen with its effect, released by another."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from skills.accounts.rules import Role
from skills.desk.views.policies import changes
from skills.standards.actions import founding_policies
from skills.standards.queries import value
from skills.web.i18n import catalogue
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting

__all__ = ["visitors"]
NAME = "notice.working_days"
ONE = f"/gov/policies/{NAME}"


def done(client: FlaskClient, page: str, action: str, **fields: str) -> str:
    """Send the form of a page; the page that tells of it."""
    text_of(press(client, page, action, **fields), 303)
    return text_of(client.get(page))


def test_one_proposes_another_sees_the_effect_and_releases(visitors: Visitors) -> None:
    world = visitors.world
    day = world.today + timedelta(days=30)
    order = {"value": "7", "valid_from": day.isoformat(), "source": "某文〔2026〕9号第3条", "strength": "S"}
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    assert "公示期" in text_of(clerk.get("/gov/policies"))
    done(clerk, ONE, ONE, **order)
    checker = visitors.come(acting(Role.GOV_CHECKER, "checker"))
    assert "待复核" in text_of(checker.get("/gov/policies"))
    page = text_of(checker.get(ONE))
    assert "提出修改" not in page, "who releases does not propose"
    row = re.search(r"会改变什么.*?<tbody.*?</tbody>", page, re.S)
    assert row
    assert re.findall(r'(?:rowheader|role="cell").*?>([^<]*)</t[hd]>', row[0]) == ["值", "5", "7"]
    [address] = re.findall(rf"{ONE}/[A-Z0-9]+/release", page)
    done(checker, ONE, address)
    assert world.ask(value, NAME, day) == 7
    assert world.ask(value, NAME, day - timedelta(days=1)) == 5
    assert "即将生效" in text_of(clerk.get("/gov/policies"))
    world.holds()


def test_a_proposal_can_be_taken_back_and_then_never_counts(visitors: Visitors) -> None:
    world = visitors.world
    day = world.today + timedelta(days=30)
    order = {"value": "7", "valid_from": day.isoformat(), "source": "某文", "strength": "I"}
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    page = done(clerk, ONE, ONE, **order)
    [address] = re.findall(rf"{ONE}/[A-Z0-9]+/withdraw", page)
    assert "已撤回" in done(clerk, ONE, address)
    checker = visitors.come(acting(Role.GOV_CHECKER, "checker"))
    assert address.replace("withdraw", "release") not in text_of(checker.get(ONE))
    assert world.ask(value, NAME, day) == 5
    world.holds()


@pytest.mark.parametrize(
    ("name", "sent", "words"),
    [
        (NAME, "五", "读不出来"),
        (NAME, '"5"', "写法与现行值不同"),
        (NAME, "true", "写法与现行值不同"),
        ("voucher.excluded_groups", "[1]", "写法与现行值不同"),
        ("document.areas", '{"resident": ["11"]}', "写法与现行值不同"),
        ("promotion.table", '[{"tiers": ["city"]}]', "写法与现行值不同"),
        (NAME, " ", "请填写新值"),
    ],
)
def test_a_value_of_another_form_is_refused(visitors: Visitors, name: str, sent: str, words: str) -> None:
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    day = visitors.world.today + timedelta(days=30)
    one = f"/gov/policies/{name}"
    told = press(clerk, one, one, value=sent, valid_from=day.isoformat(), source="某文", strength="S")
    assert 400 <= told.status_code < 500
    assert words in told.get_data(as_text=True)
    assert visitors.world.ask(value, name, day) == founding_policies()[name]["value"]


def test_an_unknown_rule_is_not_found(visitors: Visitors) -> None:
    clerk = visitors.come(acting(Role.GOV_CLERK, "clerk"))
    text_of(clerk.get("/gov/policies/no.such_rule"), 404)


def test_every_founding_row_has_a_name_for_people() -> None:
    for name, row in founding_policies().items():
        own = isinstance(row["value"], dict) and "zh" in row["value"]
        assert own or f"policy.title.{name}" in catalogue(), name


def test_what_a_change_changes(visitors: Visitors) -> None:
    with visitors.world.app.test_request_context():
        assert changes({"a": 1, "b": [1]}, {"a": 2, "b": [1]}) == [("a", "1", "2")]
        assert changes([{"a": 1}], [{"a": 1}, {"a": 3}])[0][0] == "[2]"
        assert changes([1, 2], [1]) == [("", "1, 2", "1")] or changes([1, 2], [1]) == [("", "1、2", "1")]
        assert changes(5, 5) == []
