"""Deny by default, one set of headers, one way back, one look for every error."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from skills.kernel.sessions import ABSOLUTE, IDLE, Sessions
from skills.web import doorman, i18n
from skills.web.limits import FileStorage
from skills.web.pages import PUBLIC, House, Room, safe_next
from tests.world import World, make_world

CAMERA = {"GET /scan"}

EVIL = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "/ok\\..\\x",
    "/\tevil",
    "/\r\nSet-Cookie: a=b",
    "",
    None,
    " /me",
    "me",
    "data:text/html,x",
]


@pytest.mark.parametrize("target", EVIL)
def test_no_way_leads_outside(target: str | None) -> None:
    assert safe_next(target, "/home") == "/home"


@pytest.mark.parametrize("target", ["/", "/me/vouchers?x=1", "/v/Y000050000123263000007#abc"])
def test_ways_inside_are_kept(target: str) -> None:
    assert safe_next(target, "/home") == target


def test_every_public_answer_carries_the_headers(sqlite_url: str, tmp_path: Path) -> None:
    """Each public address of the house, static files, errors, and the window in front; over https also HSTS."""
    world = make_world(tmp_path / "data", sqlite_url, public_base="https://skills.example.cn")
    held: House = world.app.extensions["skills"]
    client = world.client()
    answers = {path: client.get(path) for path in ("/nowhere", "/api/v1/nowhere", "/v/S1", "/static/0/site/site.css")}
    for rule in world.app.url_map.iter_rules():
        if held.access[rule.endpoint].may == PUBLIC:
            path = re.sub(r"<[^>]*>", "1", rule.rule)
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answers[f"{method} {path}"] = client.open(path, method=method)
    asked = {"number": "S1", "name": "王小明"}
    answers["window"] = client.post("/api/v1/verifications", json=asked)
    assert len(answers) > 50
    for where, answer in answers.items():
        said = answer.headers
        policy = said["Content-Security-Policy"]
        assert "unsafe" not in policy, where
        assert "default-src 'none'" in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert said["X-Content-Type-Options"] == "nosniff", where
        assert said["Referrer-Policy"] == "same-origin", where
        assert said["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains", where
        assert "microphone=()" in said["Permissions-Policy"], where
        assert "geolocation=()" in said["Permissions-Policy"], where
        assert ("camera=()" in said["Permissions-Policy"]) == (where not in CAMERA), where
        assert said["Cache-Control"], where
        if where.startswith("POST ") or where == "window":
            assert said["Cache-Control"] == "no-store", where
        elif answer.mimetype == "text/html":
            assert "public" not in said["Cache-Control"], where
    assert answers["window"].json == {"state": "NO_MATCH"}
    assert answers["GET /livez"].headers["Cache-Control"] == "private, no-cache"


def test_a_room_without_a_rule_of_access_cannot_be_written() -> None:
    room = Room("open", __name__)
    with pytest.raises(ValueError, match="without a rule"):
        room.post("/x")
    with pytest.raises(TypeError):
        room.get("/x")  # type: ignore[call-arg]


def test_an_endpoint_without_a_rule_of_access_stops_the_start(lite: World) -> None:
    app = Flask("bare", static_folder=None)
    app.extensions["skills"] = House(lite.office, lite.settings, lite.tool(Sessions), [])
    app.add_url_rule("/hole", "hole", lambda: "open")
    with pytest.raises(RuntimeError, match="hole"):
        doorman.open_doors(app, [])


def test_every_endpoint_of_the_house_has_its_rule(lite: World) -> None:
    held: House = lite.app.extensions["skills"]
    assert {rule.endpoint for rule in lite.app.url_map.iter_rules()} == set(held.access)
    assert all(access.may for access in held.access.values())


def test_the_api_speaks_problem_json_in_both_languages(lite: World) -> None:
    answer = lite.client().get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.content_type.startswith("application/problem+json")
    assert answer.get_json()["code"] == "http_404"
    assert "没有找到" in answer.get_json()["title"]
    english = lite.client()
    english.set_cookie("lang", "en")
    assert english.get("/api/v1/nowhere").get_json()["title"] == "Not found"


def test_the_api_describes_itself(lite: World) -> None:
    document = json.loads(lite.client().get("/api/v1/openapi.json").data)
    assert document["openapi"] == "3.1.0"
    held: House = lite.app.extensions["skills"]
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    assert len(described) == len(held.api)


def test_static_files_are_kept_for_ever_under_their_content(lite: World) -> None:
    with lite.app.test_request_context():
        address = doorman.asset("site/favicon.svg")
        with pytest.raises(FileNotFoundError):
            doorman.asset("site/nothing.css")
    client = lite.client()
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/static/000000000000/site/favicon.svg").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/x/../../skills/config.py").status_code == 404
    assert client.get("/static/x/%2e%2e/%2e%2e/pyproject.toml").status_code == 404


def test_a_form_without_its_token_changes_nothing(lite: World) -> None:
    before = lite.clock.now()
    answer = lite.client().post("/demo/clock", data={"step": "+1days"})
    assert answer.status_code == 400
    assert lite.clock.now() == before


def test_a_body_too_large_is_told_so(lite: World) -> None:
    assert lite.client().post("/demo/clock", data={"step": "x" * 7_000_000}).status_code == 413


def test_every_sentence_has_both_languages_and_says_what_to_do() -> None:
    for code, entry in i18n.catalogue().items():
        for part in ("zh", "en"):
            assert entry.get(part, "").strip(), f"{code} has no {part}"


class TestSessions:
    def test_a_session_ends_by_idling_by_age_and_by_its_owner(self, lite: World) -> None:
        sessions: Sessions = lite.tool(Sessions)
        now = lite.clock.now()
        cookie = sessions.begin("account", now)
        with lite.db() as db:
            held = sessions.find(db, cookie, now)
            assert held is not None
            assert sessions.find(db, cookie, now + IDLE + timedelta(seconds=1)) is None
            token = cookie.split(".")[0]
            assert sessions.find(db, sessions.stamp(token, now + ABSOLUTE), now + ABSOLUTE) is None
        assert not sessions.end(held.id, "somebody else", now)
        assert sessions.end(held.id, "account", now)
        with lite.db() as db:
            assert sessions.find(db, cookie, now) is None

    @pytest.mark.parametrize("where", [0, 40, -1])
    def test_a_changed_cookie_opens_nothing(self, lite: World, where: int) -> None:
        sessions: Sessions = lite.tool(Sessions)
        cookie = sessions.begin("account", lite.clock.now())
        changed = "0" if cookie[where] != "0" else "1"
        at = where % len(cookie)
        with lite.db() as db:
            assert sessions.find(db, cookie[:at] + changed + cookie[at + 1 :], lite.clock.now()) is None

    def test_the_stamp_cannot_be_renewed_by_hand(self, lite: World) -> None:
        sessions: Sessions = lite.tool(Sessions)
        now = lite.clock.now()
        token, _, mac = sessions.begin("account", now).split(".")
        later = int((now + IDLE * 2).timestamp())
        with lite.db() as db:
            assert sessions.find(db, f"{token}.{later}.{mac}", now + IDLE * 2) is None


def test_limits_count_for_all_processes_of_the_machine(lite: World) -> None:
    uri = f"limitsfile://{lite.settings.data_dir / 'x.db'}"
    one, two = FileStorage(uri), FileStorage(uri)
    assert [one.incr("k", 60), two.incr("k", 60), one.incr("k", 60)] == [1, 2, 3]
    assert two.get("k") == 3
    one.clear("k")
    assert two.get("k") == 0


def test_what_was_told_stands_on_the_next_page_once_and_switches_lead_back(lite: World) -> None:
    client = lite.client()
    page = client.get("/help?x=1").get_data(as_text=True)
    assert "/switch?lang=en&amp;next=%2Fhelp%3Fx%3D1" in page
    assert "/switch?elder=1&amp;next=%2Fhelp%3Fx%3D1" in page
    with client.session_transaction() as held:
        held["_flashes"] = [("ok", "已保存草案")]
    assert "已保存草案" in client.get("/help").get_data(as_text=True)
    assert "已保存草案" not in client.get("/help").get_data(as_text=True)
    assert client.get("/switch?elder=1&next=//elsewhere.example").headers["Location"] == "/"


def test_no_address_has_two_answers(lite: World) -> None:
    app = Flask("two", static_folder=None)
    app.extensions["skills"] = lite.app.extensions["skills"]
    one, two = Room("one", __name__), Room("two", __name__)
    for room in (one, two):
        room.get("/same", may="nobody.may")(lambda: "x")
    with pytest.raises(RuntimeError, match="answered by"):
        doorman.open_doors(app, [one, two])
