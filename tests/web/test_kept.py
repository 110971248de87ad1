"""The static page in front: the same answer as the application's, never a stranger's, never old."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from skills.web.kept import KeptPage
from tests.world import World


def ask(page: KeptPage, path: str = "/v/1", method: str = "GET", **more: str) -> tuple[str, bytes]:
    said: list[str] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, **more}
    body = b"".join(page(environ, lambda status, _headers: said.append(status)))
    return said[0], body


class Inner:
    """An application that counts and can be told what to say."""

    def __init__(self) -> None:
        self.count, self.status = 0, "200 OK"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.count += 1
        start_response(self.status, [("X-Count", str(self.count))])
        return [f"{self.count}".encode()]


def test_one_second_of_visitors_is_one_question() -> None:
    now, inner = [0.0], Inner()
    page = KeptPage(inner, "/v/", lambda: now[0])
    assert [ask(page, f"/v/{n}")[1] for n in range(5)] == [b"1"] * 5
    now[0] = 1.5
    assert ask(page)[1] == b"2"


@pytest.mark.parametrize(
    "other",
    [{"HTTP_COOKIE": "lang=en"}, {"HTTP_AUTHORIZATION": "Bearer x"}, {"HTTP_IF_NONE_MATCH": '"x"'}, {"QUERY_STRING": "lang=en"},
     {"method": "POST"}, {"method": "HEAD"}, {"path": "/v/"}, {"path": "/v/a/b"}, {"path": "/verify"}],
)  # fmt: skip
def test_whatever_may_be_answered_otherwise_goes_to_the_application(other: dict[str, str]) -> None:
    inner = Inner()
    page = KeptPage(inner, "/v/", lambda: 0.0)
    assert [ask(page, **other)[1] for _ in range(2)] == [b"1", b"2"]


def test_a_failure_is_never_kept() -> None:
    inner = Inner()
    inner.status = "503 SERVICE UNAVAILABLE"
    page = KeptPage(inner, "/v/", lambda: 0.0)
    assert ask(page)[0].startswith("503")
    inner.status = "200 OK"
    assert ask(page) == ("200 OK", b"2")


def test_the_kept_answer_is_the_applications_with_all_its_headers(lite: World) -> None:
    kept = lite.client().get("/v/S000050001862263000412", headers={"X-No-Cookie": "1"})
    asked = lite.client().get("/v/other", headers={"Range": "bytes=0-"})
    assert kept.data == asked.data
    names = {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "ETag", "Cache-Control"}
    assert {n: kept.headers[n] for n in names} == {n: asked.headers[n] for n in names}
    assert "Set-Cookie" not in kept.headers
    assert lite.client().get("/v/x", headers={"If-None-Match": kept.headers["ETag"]}).status_code == 304
