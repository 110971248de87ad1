"""One static page is answered without waking the application: the same bytes for every number, a second old at most."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from skills.web.packing import takes_gzip

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# With one of these the answer may be another: language and type size, a session, a copy that the browser holds.
OWN = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_RANGE")
AGE = 1.0


class KeptPage:
    """In front of the application: a plain GET below `prefix` gets what the application last said to one.

    prefix  an address under which one static page stands for every last part
    tick    seconds of a clock that never goes back
    seen    is told the last part and the request of each answer given here; the application counts its own
    """

    def __init__(
        self,
        inner: WSGI,
        prefix: str,
        tick: Callable[[], float] = time.monotonic,
        seen: Callable[[str, dict[str, Any]], None] | None = None,
    ) -> None:
        self._inner = inner
        self._prefix = prefix
        self._tick = tick
        self._seen = seen
        self._kept: dict[bool, tuple[float, str, list[tuple[str, str]], bytes]] = {}  # packed or not

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not self._plain(environ):
            return self._inner(environ, start_response)
        kept = self._kept.get(takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")))
        if kept is None or self._tick() - kept[0] > AGE:
            kept = self._ask(environ)
        elif self._seen is not None:
            self._seen(environ["PATH_INFO"][len(self._prefix) :], environ)
        _, status, headers, body = kept
        start_response(status, list(headers))
        return [body]

    def _plain(self, environ: dict[str, Any]) -> bool:
        path: str = environ.get("PATH_INFO", "")
        return (
            environ.get("REQUEST_METHOD") == "GET"
            and path.startswith(self._prefix)
            and len(path) > len(self._prefix)
            and "/" not in path[len(self._prefix) :]
            and not environ.get("QUERY_STRING")
            and not any(name in environ for name in OWN)
        )

    def _ask(self, environ: dict[str, Any]) -> tuple[float, str, list[tuple[str, str]], bytes]:
        said: list[Any] = []
        parts = self._inner(environ, lambda status, headers, _error=None: said.extend((status, headers)))
        body = b"".join(parts)
        close = getattr(parts, "close", None)
        if close is not None:
            close()
        status, headers = said
        answer = (self._tick(), str(status), list(headers), body)
        if status.startswith("200"):
            self._kept[takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))] = answer
        return answer
