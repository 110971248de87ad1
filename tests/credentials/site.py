"""The application behind a real address, with keys and status lists made by the test: what a phone meets."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from skills.credentials import badge, cose, statuslist
from skills.credentials.claims import Claims
from skills.credentials.statuslist import Status
from skills.credentials.verdicts import PublishedKey
from skills.kernel.clock import shanghai_day
from skills.web.doorman import Assets
from tests.credentials.make_vectors import OLD, QR, STATUS, STOLEN
from tests.world import World, make_world

logging.getLogger("werkzeug").setLevel(logging.ERROR)
NUMBER = "S000050001862263000412"
DAY = timedelta(days=1)


class Lasting(WSGIRequestHandler):
    """Keeps connections open, as the programme's own server does; after `stop` the open ones still answer."""

    protocol_version = "HTTP/1.1"


class Site:
    """A served world whose `/keys.json` and `/status/<n>.cwt` are the test's; counts what it is asked for."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self.now = datetime.now(UTC)
        folder.mkdir(parents=True, exist_ok=True)
        self.world: World = make_world(
            folder, f"sqlite:///{folder}/skills.db", limits="off", public_base=self.base, now=self.now
        )
        self.app = self.world.app
        self.assets: Assets = self.app.extensions["assets"]
        self._version = self.assets.version
        self._lock = threading.Lock()
        self.server: Any = None
        self.reset()

    def reset(self) -> None:
        """As on the first day: served, all certificates valid, nothing asked yet."""
        self.asked: list[str] = []
        self.sent = 0
        self.lists: dict[int, bytes] = {}
        self.slow: set[str] = set()
        self.free = threading.Event()
        self.own_keys = True  # or else the world's, for certificates that it issued
        # A list signed "now" is from the future for a page whose server stood still more than five minutes ago.
        self.world.clock.set(datetime.now(UTC))
        self.worker = ""  # added to the service worker: a new one
        self.publish("")
        self.keys = badge.keys_json(self._published())
        self.say({})
        self.start()

    def _published(self) -> list[PublishedKey]:
        first = int((self.now - 400 * DAY).timestamp())
        return [
            PublishedKey("qr", QR.public_key(), first),
            PublishedKey("qr", OLD.public_key(), first, int((self.now - 60 * DAY).timestamp())),
            PublishedKey("qr", STOLEN.public_key(), first, None, True),
            PublishedKey("status", STATUS.public_key(), first),
        ]

    # ---- what it publishes

    def publish(self, edition: str) -> None:
        """A new version of every file: other addresses, and so another shell."""
        self.assets.version = self._version + edition
        self.app.wsgi_app._kept.clear()  # type: ignore[attr-defined]

    def say(self, states: dict[int, Status], number: int = 1, age: timedelta = timedelta()) -> None:
        """Publish a status list as it was signed some time ago."""
        uri = statuslist.list_uri(self.base, number)
        self.lists[number] = statuslist.phone_list(uri, states, STATUS, datetime.now(UTC) - age)

    def claims(self, **other: Any) -> Claims:
        held: dict[str, Any] = {
            "kind": "level", "number": NUMBER, "holder_name": "古丽·𠮷", "document_kind": "居民身份证",
            "document_masked": "***", "issuer_name": "评价中心", "issued_on": shanghai_day(self.now),
            "occupation_code": "4-04-05-05", "occupation_name": "人工智能训练师", "level_rank": 4,
        }  # fmt: skip
        return Claims(**{**held, **other})

    def message(
        self, index: int = 4, key: ec.EllipticCurvePrivateKey = QR, issued: datetime | None = None,
        until: date | None = None, **other: Any,
    ) -> bytes:
        """The signed bytes of a certificate."""
        at = issued or self.now
        claims = self.claims(issued_on=shanghai_day(at), expires_on=until, **other)
        return cose.sign(cose.payload_of(claims, index, at), key)

    def url(self, message: bytes | str | None = None, number: str = NUMBER) -> str:
        """The address in a QR code; text stands as it is."""
        message = self.message() if message is None else message
        fragment = message if isinstance(message, str) else cose.fragment_of(message)
        return f"{self.base}/v/{number}#{fragment}"

    # ---- the server

    def start(self, handler: type[WSGIRequestHandler] = WSGIRequestHandler) -> None:
        """Serve. Each answer ends its connection unless the handler is `Lasting`."""
        if self.server is None:
            self.server = make_server("127.0.0.1", self.port, self._answer, threaded=True, request_handler=handler)
            threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """From now on nothing answers."""
        if self.server is not None:
            self.free.set()
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(f"{environ['REQUEST_METHOD']} {path}")
        if path in self.slow:
            self.free.wait(60)
        if self.worker:
            environ.pop("HTTP_ACCEPT_ENCODING", None)
        head: list[Any] = []

        def begin(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            head[:] = [status, headers]

        made = self._own(path)
        if made is None:
            parts = self.app(environ, begin)
            body = b"".join(parts)
            getattr(parts, "close", lambda: None)()
            if path == "/sw.js":
                body += self.worker.encode()
                head[1] = [pair for pair in head[1] if pair[0] != "Content-Length"] + [("Content-Length", str(len(body)))]
        else:
            kind, body = made
            begin("200 OK", [("Content-Type", kind), ("Cache-Control", "no-cache"), ("Content-Length", str(len(body)))])
        with self._lock:
            self.sent += len(body) + len(head[0]) + sum(len(name) + len(value) + 4 for name, value in head[1])
        start_response(head[0], head[1])
        return [body]

    def _own(self, path: str) -> tuple[str, bytes] | None:
        if not self.own_keys:
            return None
        if path == "/keys.json":
            return "application/json", json.dumps(self.keys).encode()
        for number, body in self.lists.items():
            if path == f"/status/{number}.cwt":
                return statuslist.TYPE, body
        return None

    def close(self) -> None:
        self.stop()
        self.world.engine.dispose()


def state(page: Page, wanted: str) -> None:
    """Wait for this verdict."""
    expect(page.locator("#verdict")).to_have_attribute("data-state", wanted, timeout=20_000)


def settle(page: Page) -> None:
    """Wait until the page could do without the server."""
    expect(page.locator("#verdict")).to_have_attribute("data-offline", "ready", timeout=20_000)


def kept(page: Page, cache: str) -> list[str]:
    """The paths that the worker keeps in this cache."""
    asked = "async (name) => (await (await caches.open(name)).keys()).map((k) => new URL(k.url).pathname).sort()"
    found: list[str] = page.evaluate(asked, cache)
    return found


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that no element shows."""
    stop = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < stop, "waited in vain"
        time.sleep(0.05)
