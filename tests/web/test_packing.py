"""Packed for the way: only what is the same for everybody, only for those who can unpack it."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.web.kept import KeptPage
from skills.web.packing import packed, takes_gzip
from tests.web.test_kept import Inner, ask
from tests.world import World


@pytest.mark.parametrize(
    ("header", "takes"),
    [("", False), ("gzip", True), ("GZIP", True), ("br, gzip", True), ("gzip;q=0", False), ("gzip; q=0.0", False),
     ("gzip;q=0.5", True), ("identity;q=1, gzip;q=1.0", True), ("x-gzip", False), ("*", False), ("br", False)],
)  # fmt: skip
def test_who_takes_gzip(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


@given(st.text(max_size=60))
def test_no_header_breaks_it(header: str) -> None:
    assert takes_gzip(header) in (True, False)


def test_the_same_bytes_for_the_same_input() -> None:
    assert packed(b"a" * 1000) == packed(b"a" * 1000)
    assert gzip.decompress(packed(b"a" * 1000)) == b"a" * 1000


@pytest.mark.parametrize("path", ["/v/S000050001862263000412", "/scan", "/sw.js", "css"])
def test_both_forms_hold_the_same(lite: World, path: str) -> None:
    if path == "css":
        path = lite.app.extensions["assets"].url("site/site.css").split("?")[0]
    plain = lite.client().get(path)
    small = lite.client().get(path, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert {answer.headers["Vary"] for answer in (plain, small)} == {"Accept-Encoding"}
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    if "ETag" in plain.headers:
        assert plain.headers["ETag"] != small.headers["ETag"]


@pytest.mark.parametrize("path", ["/", "/verify", "/help", "/sign-in"])
def test_a_page_with_a_form_key_is_never_packed(lite: World, path: str) -> None:
    assert "Content-Encoding" not in lite.client().get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_nobody_gets_the_form_that_another_asked_for() -> None:
    inner = Inner()
    page = KeptPage(inner, "/v/", lambda: 0.0)
    assert [ask(page, HTTP_ACCEPT_ENCODING=how)[1] for how in ("gzip", "", "gzip, br", "*", "gzip;q=0")] == [
        b"1", b"2", b"1", b"2", b"2",
    ]  # fmt: skip
