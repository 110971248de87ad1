"""Number and name: the same answer at the window and in the application, the same no for every wrong pair."""

from __future__ import annotations

import time
from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.credentials import pairs, queries
from skills.credentials.held import four_proof, name_proof
from skills.credentials.verdicts import State
from skills.kernel.box import Box
from skills.kernel.ids import SeededSource
from skills.people.rules import normal_name
from skills.web.limits import network, visitor
from tests.credentials.page import Untried
from tests.credentials.test_actions import ABOVE, NUMBER, issued
from tests.world import World, make_world

BOX = Box({"a": b"a" * 32}, "a", b"i" * 32, SeededSource("pairs"))
ADDRESS = "/api/v1/verifications"


def asked(world: World, address: str = "1.2.3.4", **sent: Any) -> Any:
    """The answer of the API to a visitor from an address."""
    return world.client().post(ADDRESS, json=sent, environ_overrides={"REMOTE_ADDR": address})


def test_window_and_application_say_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    who, _ = issued(world)
    reached: list[str] = []
    real = world.app.full_dispatch_request
    monkeypatch.setattr(world.app, "full_dispatch_request", lambda: reached.append("application") or real())
    at_window = asked(world, number=NUMBER, name=who.name)
    inside = asked(world, number=NUMBER, name=who.name, note="the window leaves this to the application")
    assert at_window.json == inside.json
    assert at_window.json["state"] == "VALID"
    assert at_window.json["issuer"] == "重庆星图软件有限公司"
    assert who.name not in at_window.get_data(as_text=True), "what was typed is not told back"
    assert reached == ["application"], "the other was answered in front of it"
    carried = [{name: value for name, value in said.headers if name != "Content-Length"} for said in (at_window, inside)]
    assert carried[0] == carried[1]
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


def test_last_four_cannot_be_guessed_from_many_addresses(lite: World) -> None:
    """After twenty misses on a number its last four say nothing any more, for true and for unknown numbers alike."""
    who, _ = issued(lite)
    right, unknown = who.number[-4:], NUMBER[:-1] + "9"
    assert asked(lite, "10.1.0.1", number=NUMBER, name=right).json["state"] == "VALID"
    for n in range(20):
        for number in (NUMBER, unknown):
            assert asked(lite, f"10.2.{n}.1", number=number, name=f"9{n:03d}").json == {"state": "NO_MATCH"}
    for address, note in (("10.3.0.1", {}), ("10.3.0.2", {"note": "inside"})):
        assert asked(lite, address, number=NUMBER, name=right, **note).json == {"state": "NO_MATCH"}
        assert asked(lite, address, number=NUMBER, name=who.name, **note).json["state"] == "VALID"
    page = lite.client().post("/verify", data={"number": NUMBER, "name": right}, environ_overrides={"REMOTE_ADDR": "10.3.0.3"})
    assert "没有查到编号与姓名相符的证书" in page.text
    lite.holds(without=ABOVE)


def test_an_ipv6_subscriber_is_one_visitor(lite: World) -> None:
    codes = [asked(lite, f"2001:db8:0:7::{n:x}", number="x", name="y").status_code for n in range(31)]
    assert codes == [200] * 30 + [429]
    assert asked(lite, "2001:db8:0:8::1", number="x", name="y").status_code == 200
    assert [visitor(a) for a in ("192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "", "unix:")] == [
        "192.0.2.1", "192.0.2.1", "2001:db8::/64", "", "unix:",
    ]  # fmt: skip


@pytest.mark.parametrize("note", [{}, {"note": "inside"}])
def test_a_network_has_room_for_a_few_visitors_not_for_all_its_addresses(lite: World, note: dict[str, str]) -> None:
    """192.0.2.0/24 asks 120 times a minute, in whatever shares; the network beside it is not concerned."""
    codes = [asked(lite, f"192.0.2.{n}", number="x", name="y", **note).status_code for n in range(130)]
    assert codes == [200] * 120 + [429] * 10
    page = lite.client().post("/verify", data={"number": "x", "name": "y"}, environ_overrides={"REMOTE_ADDR": "192.0.2.200"})
    assert page.status_code == 429
    assert asked(lite, "192.0.3.1", number="x", name="y", **note).status_code == 200
    assert [network(a) for a in ("192.0.2.9", "::ffff:192.0.2.9", "2001:db8:1:2::3", "unix:")] == [
        "192.0.2.0/24", "192.0.2.0/24", "2001:db8:1::/48", "unix:",
    ]  # fmt: skip


def test_an_unknown_number_takes_the_same_steps_as_a_wrong_name(lite: World) -> None:
    """The same statements, the same counts, and about the same time: medians of many within a factor of three."""
    issued(lite)
    unknown = NUMBER[:-1] + "9"
    steps: dict[str, list[object]] = {NUMBER: [], unknown: []}
    took: dict[str, list[float]] = {NUMBER: [], unknown: []}
    said: set[str] = set()
    for number, seen in steps.items():

        class Told(Untried):
            def count(self, number: str, seen: list[object] = seen) -> bool:
                seen.append("count")
                return True

            def missed(self, number: str, seen: list[object] = seen) -> None:
                seen.append("missed")

        read = pairs.reader(lite.engine, lite.tool(Box), Told())
        for proof in ("王小明", "9999", "王小", "", "司马相如"):
            said.add(str(read(number, proof, date(2026, 11, 20))))
            assert lite.ask(queries.lookup, number, proof, Told()) is None
    assert steps[NUMBER] == steps[unknown] == ["count", "missed"] * 4
    assert said == {str(pairs.NO_MATCH)}
    read = pairs.reader(lite.engine, lite.tool(Box), Untried())
    for _ in range(200):
        for number, times in took.items():
            start = time.perf_counter()
            read(number, "9999", date(2026, 11, 20))
            times.append(time.perf_counter() - start)
    known, other = (median(times) for times in took.values())
    assert max(known, other) < 3 * min(known, other)


@given(st.text(max_size=12), st.text(min_size=1, max_size=12), st.text("0123456789X*", min_size=4, max_size=18))
def test_only_the_name_or_the_last_four_make_a_pair(typed: str, name: str, masked: str) -> None:
    held = pairs.Proofs(name_proof(BOX, NUMBER, name), four_proof(BOX, NUMBER, masked[-4:]))
    right = pairs.proves(BOX, NUMBER, typed, [held], Untried()) == 0
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
