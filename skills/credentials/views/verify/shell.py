"""The page at `/v/<number>` and `/scan` that phones keep, and the worker that keeps it."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from skills.credentials.queries.shares import holder_of
from skills.credentials.views.verify.room import room
from skills.kernel.clock import SystemClock
from skills.standards.queries import occupations
from skills.web import packing
from skills.web.doorman import Assets
from skills.web.pages import PUBLIC, db, lang, look, me, office, settings

SCANNER = "vendor/jsQR.js"  # put there by make from the npm registry; without it the server reads the pictures
CAMERA = "camera=(self), microphone=(), geolocation=()"


@room.get("/v/<number>", may=PUBLIC)
def shell(number: str) -> ResponseReturnValue:
    """One static page for every number; the browser reads the code itself and never sends it."""
    if number != "-" and not _own(number):
        look("v", number)
    return _page()


@room.get("/scan", may=PUBLIC)
def scan() -> ResponseReturnValue:
    """The same page as a camera: its script looks at the address. Only here may it ask for the camera."""
    response = _page()
    response.headers["Permissions-Policy"] = CAMERA
    return response


def _page() -> Response:
    offset = 0 if settings().production else _clock_offset()
    held: Assets = current_app.extensions["assets"]
    elder = request.cookies.get("elder") == "1"
    body, small = _shell(lang(), elder, offset, settings().public_base, held.version)
    response = packing.fitting("text/html", body, small)
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:16])
    response.make_conditional(request)
    return response


@room.get("/sw.js", may=PUBLIC)
def service_worker() -> ResponseReturnValue:
    """The worker that keeps the shell usable without a server; never cached, scope the whole site."""
    path = current_app.extensions["assets"].folder / "credentials" / "sw.js"
    body = path.read_bytes()
    response = packing.fitting("text/javascript", body, packing.packed(body))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _own(number: str) -> bool:
    """Whether the visitor is signed in as the holder: an own look is not counted."""
    person = me().actor.person
    return person is not None and holder_of(db(), number) == person


@lru_cache(maxsize=64)
def _shell(language: str, elder: bool, offset: int, base: str, assets: str) -> tuple[bytes, bytes]:
    """The shell, plain and packed; made once for a language, type size, clock, address and set of static files."""
    held: Assets = current_app.extensions["assets"]
    names = {o.code: o.name for o in occupations(db())}
    text = render_template(
        "credentials/shell.html", occupations=names, clock_offset=offset, base=base, scanner=held.has(SCANNER)
    )
    return text.encode(), packing.packed(text.encode())


def _clock_offset() -> int:
    """How far a demo's clock is ahead of the world's, to the minute."""
    ahead = (office().clock.now() - SystemClock().now()).total_seconds()
    return round(ahead / 60) * 60
