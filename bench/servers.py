"""Servers under test: granian, one process, one thread, on a free loopback port."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

from flask import Flask


def bare() -> Flask:
    """A Flask page that does nothing: what every ratio of the web is taken against."""
    app = Flask("bare")
    app.add_url_rule("/", "hello", lambda: "hello")
    return app


@contextlib.contextmanager
def serving(factory: str, environ: Mapping[str, str]) -> Iterator[int]:
    """A server for `module:factory`; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "1", "--log-level", "error", "--factory", factory,
    ]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, **environ})
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")
