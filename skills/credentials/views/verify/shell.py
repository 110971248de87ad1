"""The page at `/v/<number>` that phones keep, and the worker that keeps it."""

from __future__ import annotations

from functools import lru_cache

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from skills.credentials.views.verify.room import room
from skills.kernel.clock import SystemClock
from skills.standards.queries import occupations
from skills.web.pages import PUBLIC, db, lang, office, settings


@room.get("/v/<number>", may=PUBLIC)
def shell(number: str) -> ResponseReturnValue:
    """One static page for every number; the browser reads the code itself and never sends it."""
    offset = 0 if settings().production else _clock_offset()
    body = _shell(lang(), request.cookies.get("elder") == "1", offset, current_app.extensions["assets"].version)
    response = Response(body, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(str(hash(body) & 0xFFFFFFFFFFFF))
    return response.make_conditional(request)


@room.get("/sw.js", may=PUBLIC)
def service_worker() -> ResponseReturnValue:
    """The worker that keeps the shell usable without a server; never cached, scope the whole site."""
    path = current_app.extensions["assets"].folder / "credentials" / "sw.js"
    return Response(path.read_bytes(), mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=64)
def _shell(language: str, elder: bool, offset: int, assets: str) -> str:
    """The shell's text; made once for a language, type size, clock and set of static files."""
    names = {o.code: o.name for o in occupations(db())}
    return render_template("credentials/shell.html", occupations=names, clock_offset=offset)


def _clock_offset() -> int:
    """How far a demo's clock is ahead of the world's, to the minute."""
    ahead = (office().clock.now() - SystemClock().now()).total_seconds()
    return round(ahead / 60) * 60
