"""Looks at public pages: counted in memory by name and coarse place, laid down as files, never an address in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.kernel.clock import FixedClock
from skills.web import looks
from skills.web.looks import INSIDE, UNKNOWN, Look, Looks, laid_down, place_of

NOW = datetime(2026, 11, 25, 17, tzinfo=UTC)  # the 26th in Shanghai
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) MicroMessenger/8.0", "REMOTE_ADDR": "222.178.10.44"}


def make(folder: Path, now: list[float] | None = None, **more: Any) -> Looks:
    ticks = now or [0.0]
    return Looks(folder, FixedClock(NOW), tick=lambda: ticks[0], **more)


def test_a_look_is_counted_by_day_name_and_place_and_laid_down_whole(tmp_path: Path) -> None:
    held = make(tmp_path)
    for address in ("222.178.10.44", "222.178.99.1", "10.0.0.8"):
        held.count("v", "S1", {**PHONE, "REMOTE_ADDR": address})
    assert laid_down(tmp_path) == []
    held.lay_down()
    [(path, found)] = laid_down(tmp_path)
    assert set(found) == {
        Look(date(2026, 11, 26), "v", "S1", "222.178.*.*", 2), Look(date(2026, 11, 26), "v", "S1", INSIDE, 1),
    }  # fmt: skip
    assert "10.44" not in path.read_text("utf-8")
    held.lay_down()
    assert len(laid_down(tmp_path)) == 1, "what is laid down is forgotten"


def test_a_minute_later_the_next_look_lays_down(tmp_path: Path) -> None:
    now = [0.0]
    held = make(tmp_path, now)
    held.count("v", "S1", PHONE)
    now[0] = looks.EVERY + 1
    held.count("v", "S1", PHONE)
    [(_, found)] = laid_down(tmp_path)
    assert found[0].count == 2


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Baiduspider/2.0)"},
        {"HTTP_USER_AGENT": "Googlebot/2.1"},
        {"HTTP_USER_AGENT": "curl/8.5"},
        {"HTTP_USER_AGENT": "python-requests/2"},
        {"HTTP_USER_AGENT": ""},
        {},
        {**PHONE, "HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {**PHONE, "HTTP_PURPOSE": "prefetch"},
    ],
)
def test_crawlers_programs_and_what_is_fetched_ahead_are_not_people(tmp_path: Path, environ: dict[str, str]) -> None:
    held = make(tmp_path)
    held.count("v", "S1", environ)
    held.lay_down()
    assert laid_down(tmp_path) == []


def test_memory_is_bounded_and_long_names_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "MOST_KEYS", 3)
    held = make(tmp_path)
    for name in ("a", "b", "c", "d", "a", "x" * 65, ""):
        held.count("v", name, PHONE)
    held.lay_down()
    [(_, found)] = laid_down(tmp_path)
    assert {look.name: look.count for look in found} == {"a": 2, "b": 1, "c": 1}


def test_behind_proxies_the_visitors_own_address_counts(tmp_path: Path) -> None:
    held = make(tmp_path, hops=1)
    held.count("v", "S1", {**PHONE, "REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 222.178.10.44"})
    held.lay_down()
    assert laid_down(tmp_path)[0][1][0].place == "222.178.*.*"


def test_a_broken_file_says_nothing_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "1-1.looks").write_text("[[", "utf-8")
    (tmp_path / "1-2.looks").write_text('[["2026-11-26", "v"]]', "utf-8")
    assert [found for _, found in laid_down(tmp_path)] == [[], []]


def test_the_operators_table_names_places(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text("# network,place\n222.178.0.0/15,重庆 电信\n240e:380::/28,重庆\n", "utf-8")
    places = looks.read_places(path)
    assert place_of("222.179.1.1", places) == "重庆 电信"
    assert place_of("240e:381::5", places) == "重庆"
    assert place_of("8.8.8.8", places) == "8.8.*.*"
    assert looks.read_places(tmp_path / "none.csv") == ()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("127.0.0.1", INSIDE), ("192.168.3.4", INSIDE), ("fe80::1%eth0", INSIDE), ("::ffff:8.8.4.4", "8.8.*.*"),
        ("2001:4860:4860::8888", "2001:4860::/32"), ("", UNKNOWN), ("evil'; --", UNKNOWN), ("999.1.1.1", UNKNOWN),
    ],
)  # fmt: skip
def test_a_place_is_coarse(address: str, place: str) -> None:
    assert place_of(address) == place


@given(st.ip_addresses(), st.integers(min_value=0))
def test_a_place_never_tells_more_than_half_an_address(address: Any, noise: int) -> None:
    """Whoever shares the first half shares the place."""
    kept, width = (16, 32) if address.version == 4 else (32, 128)
    other = type(address)(int(address) ^ (noise % (1 << (width - kept))))
    places = {place_of(str(address)), place_of(str(other))} - {INSIDE}
    assert len(places) <= 1 or getattr(address, "ipv4_mapped", None) or getattr(other, "ipv4_mapped", None)
