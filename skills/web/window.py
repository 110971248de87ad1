"""A short question that is asked often is answered at a window in front of the application, by the same rules."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from skills.web import headers
from skills.web.kept import WSGI

MOST = 2_048
Answer = Callable[[bytes], "dict[str, Any] | None"]


class Window:
    """In front of the application, behind the proxies' addresses: a short POST to `path` is answered here if it can be.

    answer   the plain answer to a body, or None for whatever the application has to see
    allowed  counts one more question of an address; False once there were too many: the application then refuses
    secure   whether the house is reached over https
    seen     is told the request, the body and the answer given here
    """

    def __init__(
        self,
        inner: WSGI,
        path: str,
        answer: Answer,
        allowed: Callable[[str], bool],
        secure: bool = False,
        seen: Callable[[dict[str, Any], bytes, dict[str, Any]], None] | None = None,
    ) -> None:
        self._inner = inner
        self._path = path
        self._answer = answer
        self._allowed = allowed
        self._seen = seen
        said = {"Content-Type": "application/json", **headers.USUAL, **headers.fixed(secure), "Cache-Control": "no-store"}
        self._headers = list(said.items())

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != self._path or environ.get("REQUEST_METHOD") != "POST":
            return self._inner(environ, start_response)
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or int(length) > MOST:
            return self._inner(environ, start_response)
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        answer = self._answer(body)
        if answer is None or not self._allowed(environ.get("REMOTE_ADDR", "")):
            return self._inner(environ, start_response)
        if self._seen is not None:
            self._seen(environ, body, answer)
        said = json.dumps(answer, ensure_ascii=False).encode()
        start_response("200 OK", [*self._headers, ("Content-Length", str(len(said)))])
        return [said]
