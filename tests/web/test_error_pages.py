"""Error pages: the site's look, both languages, what to do, and nothing of the inside."""

from __future__ import annotations

import pytest
from flask import abort

from skills.accounts.rules import Role
from skills.web.pages import PUBLIC, Room
from tests.courses.test_views import Visitors, hidden, visitors
from tests.people_and_bodies import acting, someone
from tests.vouchers.stage import Stage
from tests.world import World, make_world

__all__ = ["visitors"]
room = Room("errors_for_tests", __name__)


@room.get("/test-error/<int:code>", may=PUBLIC)
def fail(code: int) -> str:
    """Fail as told; 500 by an ordinary bug."""
    if code == 500:
        raise KeyError("a secret inside")
    abort(code)


@pytest.fixture
def failing(lite: World, monkeypatch: pytest.MonkeyPatch) -> World:
    from skills import features

    rooms = features.faces()
    monkeypatch.setattr(features, "faces", lambda: [*rooms, room])
    return lite


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 429, 500, 503])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_error_has_the_sites_look_in_the_visitors_language(failing: World, code: int, lang: str) -> None:
    client = failing.client()
    client.set_cookie("lang", lang, domain="localhost")
    answer = client.get(f"/test-error/{code}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == code
    assert f'<html lang="{"en" if lang == "en" else "zh-CN"}"' in page
    assert "site/site.css" in page
    assert "<h1" in page
    assert "12333" in page
    assert "Traceback" not in page
    assert "secret" not in page
    assert "Content-Security-Policy" in answer.headers


def test_programs_get_problem_json(failing: World) -> None:
    answer = failing.client().get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.is_json


def test_read_only_mode_says_so_and_writes_nothing(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    batch, person = stage.open(), stage.person()
    stage.issue(batch, person)
    me = visitors.come(acting(Role.PERSON, "p", person=person))
    check = f"/me/vouchers/claim/{batch}"
    page = me.get(check).get_data(as_text=True)
    order = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key")}
    stop = world.settings.data_dir / "read-only"
    stop.touch()
    refused = me.post(check, data=order)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert "/me/vouchers/claim" in me.get("/me").get_data(as_text=True), "reading goes on"
    stop.unlink()
    assert me.post(check, data=order).status_code == 303, "the same form works afterwards"
    world.holds(without=("courses",))


def test_too_many_tries_are_answered_with_429(tmp_path: object, sqlite_url: str) -> None:
    from pathlib import Path

    world = make_world(Path(str(tmp_path)) / "data", sqlite_url)
    someone(world)
    client = world.client()
    codes = [client.post("/verify", data={"number": "S1", "name": "x"}).status_code for _ in range(40)]
    assert 429 in codes
    assert codes[0] == 200
    world.engine.dispose()
