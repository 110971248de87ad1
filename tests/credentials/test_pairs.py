"""Number and name: the same answer at the window and in the application, the same no for every wrong pair."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.credentials import pairs
from skills.credentials.verdicts import State
from skills.people.rules import normal_name
from tests.credentials.test_actions import ABOVE, NUMBER, issued
from tests.world import World, make_world

ADDRESS = "/api/v1/verifications"


def asked(world: World, address: str = "1.2.3.4", **sent: Any) -> Any:
    """The answer of the API to a visitor from an address."""
    return world.client().post(ADDRESS, json=sent, environ_overrides={"REMOTE_ADDR": address})


def test_window_and_application_say_the_same(world: World) -> None:
    who, _ = issued(world)
    at_window = asked(world, number=NUMBER, name=who.name)
    inside = asked(world, number=NUMBER, name=who.name, note="the window leaves this to the application")
    assert at_window.json == inside.json
    assert at_window.json["state"] == "VALID"
    assert at_window.json["issuer"] == "重庆星图软件有限公司"
    assert who.name not in at_window.get_data(as_text=True), "what was typed is not told back"
    assert "Content-Security-Policy" in inside.headers
    assert "Content-Security-Policy" not in at_window.headers, "answered in front of the application"
    by_last_four = asked(world, number=NUMBER.lower(), name=who.number[-4:])
    assert by_last_four.json == at_window.json
    world.holds(without=ABOVE)


@pytest.mark.parametrize("extra", [{}, {"note": "inside"}])
def test_every_wrong_pair_gets_the_same_bytes(world: World, extra: dict[str, str]) -> None:
    who, _ = issued(world)
    wrong = [
        (NUMBER, "王小明"), (NUMBER, ""), (NUMBER, " "), ("S000050001862263000412", who.name), ("", who.name), ("", ""),
        (NUMBER, who.number[-4:] + "1"), ("' or 1=1 --", who.name),
    ]  # fmt: skip
    said = [asked(world, str(n), number=number, name=name, **extra) for n, (number, name) in enumerate(wrong)]
    assert {(r.status_code, r.data, str(sorted(r.headers))) for r in said} == {
        (200, said[0].data, str(sorted(said[0].headers)))
    }
    assert said[0].json == {"state": "NO_MATCH"}
    world.holds(without=ABOVE)


def test_looking_up_is_counted_together_however_it_is_done(lite: World) -> None:
    who, _ = issued(lite)
    for n in range(30):
        if n % 3 == 0:
            answer = asked(lite, number=NUMBER, name=who.name)
        elif n % 3 == 1:
            answer = asked(lite, number=NUMBER, name=who.name, note="inside")
        else:
            sent = {"number": NUMBER, "name": who.name}
            answer = lite.client().post("/verify", data=sent, environ_overrides={"REMOTE_ADDR": "1.2.3.4"})
        assert answer.status_code == 200
    refused = asked(lite, number=NUMBER, name=who.name)
    assert refused.status_code == 429
    assert refused.mimetype == "application/problem+json"
    assert asked(lite, "1.2.3.5", number=NUMBER, name=who.name).status_code == 200
    lite.holds(without=ABOVE)


def test_a_proxys_visitors_are_told_apart(sqlite_url: str, tmp_path: Any) -> None:
    from dataclasses import replace

    world = make_world(tmp_path / "data", sqlite_url)
    world.settings = replace(world.settings, proxy_hops=1)
    client = world.client()
    codes = {}
    for n in range(40):
        behind = {"X-Forwarded-For": "9.9.9.9" if n < 35 else "8.8.8.8"}
        codes[n] = client.post(ADDRESS, json={"number": "x", "name": "y"}, headers=behind).status_code
    assert codes[29] == 200
    assert codes[34] == 429
    assert codes[39] == 200


@given(st.text(max_size=12), st.text(min_size=1, max_size=12), st.text("0123456789X*", min_size=4, max_size=18))
def test_only_the_name_or_the_last_four_make_a_pair(typed: str, name: str, masked: str) -> None:
    right = pairs.right_pair(typed, name, masked)
    by_name = normal_name(typed) == normal_name(name) != ""
    assert right == (by_name or typed.strip().upper() == masked[-4:])


@pytest.mark.parametrize(
    ("state", "days", "says"),
    [
        ("issued", None, State.VALID), ("issued", 0, State.VALID), ("issued", 1, State.VALID), ("issued", -1, State.EXPIRED),
        ("revoked", -1, State.REVOKED), ("suspended", None, State.SUSPENDED), ("superseded", 5, State.SUPERSEDED),
    ],
)  # fmt: skip
def test_the_verdict_over_a_stored_certificate(state: str, days: int | None, says: State) -> None:
    today = date(2026, 11, 23)
    assert pairs.verdict(state, None if days is None else today + timedelta(days=days), today) == says
