"""The window in front: it answers what it can, and hands everything else on untouched."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from skills.web.window import MOST, Window


def inner(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """An application that says what reached it."""
    start_response("418 INNER", [])
    return [environ["wsgi.input"].read()]


def ask(window: Window, body: bytes, **more: str) -> tuple[str, bytes]:
    said: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/q", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
        **more,
    }  # fmt: skip
    said_body = b"".join(window(environ, lambda status, _headers: said.append(status)))
    return said[0], said_body


def window(answer: dict[str, Any] | None = None, allowed: bool = True) -> Window:
    return Window(inner, "/q", lambda _body: answer, lambda _address: allowed)


def test_what_it_can_answer_never_reaches_the_application() -> None:
    assert ask(window({"state": "有效"}), b"{}") == ("200 OK", '{"state": "有效"}'.encode())


@pytest.mark.parametrize(
    "other", [{"REQUEST_METHOD": "GET"}, {"PATH_INFO": "/other"}, {"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "-1"}]
)
def test_other_questions_are_handed_on(other: dict[str, str]) -> None:
    assert ask(window({"state": "VALID"}), b"body", **other) == ("418 INNER", b"body")


def test_a_long_body_is_handed_on_unread() -> None:
    body = b"x" * (MOST + 1)
    assert ask(window({"state": "VALID"}), body) == ("418 INNER", body)


def test_what_it_cannot_answer_and_whoever_asked_too_often_is_the_applications() -> None:
    assert ask(window(None), b"body") == ("418 INNER", b"body")
    assert ask(window({"state": "VALID"}, allowed=False), b"body") == ("418 INNER", b"body")
