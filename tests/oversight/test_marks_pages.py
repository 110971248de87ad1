"""The pages of how marks are spread: bodies, and hands with marks enough by name, beside the city; within one's districts."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from skills import features
from skills.accounts.rules import Role
from skills.oversight.rehearsal import Planted
from tests.courses.test_views import Visitors, text_of
from tests.people_and_bodies import acting
from tests.world import World

pytestmark = pytest.mark.row(39)


def told_to(client: FlaskClient, path: str = "") -> Any:
    return client.get(f"/api/v1/cases/marks{path}").json


def test_the_authority_sees_how_a_body_and_each_of_its_hands_mark(town: tuple[World, Planted], monkeypatch: pytest.MonkeyPatch) -> None:
    world, _ = town
    visitors = Visitors(world, {})
    monkeypatch.setattr(features, "load_me", lambda: lambda _db, session: visitors.known.get(session.account_id))
    clerk = visitors.come(acting(Role.GOV_CLERK, "marks-clerk"))
    lines = told_to(clerk)
    listed = text_of(clerk.get("/gov/cases/marks"))
    assert all(f"/gov/cases/marks/{line['organisation_id']}" in listed and f"{line['percent']}%" in listed for line in lines)
    stamps = next(line for line in lines if line["name"].startswith("众信"))
    told = told_to(clerk, f"/{stamps['organisation_id']}")
    assert [sum(told[spread]) for spread in ("body", "city")] == [pytest.approx(100, abs=5)] * 2
    [hand] = [h for h in told["hands"] if any(s["kind"] == "heap" for s in h["verdict"]["signs"])]
    assert hand["verdict"]["panel"]
    here = text_of(clerk.get(f"/gov/cases/marks/{stamps['organisation_id']}"))
    assert f"考评员 {hand['name']}" in here
    assert "扎堆及格线" in here
    assert str(hand["verdict"]["count"]) in here
    clerk.set_cookie("lang", "en", domain="localhost")
    assert "heaped at the mark" in text_of(clerk.get(f"/gov/cases/marks/{stamps['organisation_id']}"))
    assert [line["enough"] for line in lines] == [line["ended"] >= 20 for line in lines]
    small = next(line for line in lines if line["name"].startswith("远山"))
    assert told_to(clerk, f"/{small['organisation_id']}")["hands"] == []  # too few marks to name anybody
    away = visitors.come(acting(Role.GOV_CLERK, "marks-away", district="500999"))
    assert told_to(away) == []
    assert away.get(f"/gov/cases/marks/{stamps['organisation_id']}").status_code == 404
    own = visitors.come(acting(Role.BODY_ADMIN, "marks-body", organisation=stamps["organisation_id"]))
    assert own.get("/gov/cases/marks").status_code == 403
