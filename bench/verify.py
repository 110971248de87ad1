"""Verification: the look-up that reads a row, and the shell, each beside a bare Flask page on the same server."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from bench.load import requests_per_second
from bench.result import Result
from bench.scene import Scene
from bench.servers import serving


def measure() -> list[Result]:
    """Requests a second on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder))
        number, name = scene.certificate()
        scene.close()
        form = urlencode({"number": number, "name": name}).encode()
        post = (
            b"POST /verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: " + str(len(form)).encode() + b"\r\n\r\n" + form
        )
        pair = json.dumps({"number": number, "name": name}).encode()
        asked = (
            b"POST /api/v1/verifications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: " + str(len(pair)).encode() + b"\r\n\r\n" + pair
        )
        shell = f"GET /v/{number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        with serving("bench.servers:bare", {}) as port:
            bare = requests_per_second(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with serving("skills.wsgi:app", scene.environ) as port:
            answered = requests_per_second(port, asked)
            looked_up = requests_per_second(port, post)
            shown = requests_per_second(port, shell)
    return [
        Result("verify by number and name (reads the row, SQLite)", "requests/s", answered, bare, "bare Flask page", 0.6),
        Result("the same as a whole page", "requests/s", looked_up, bare, "bare Flask page", None),
        Result("verification shell /v/<number>", "requests/s", shown, bare, "bare Flask page", 0.9),
    ]
