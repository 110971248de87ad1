"""Assembly: settings → office → doorman → rooms."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, text

from skills import features
from skills.config import Settings, resources
from skills.credentials.pairs import read_number
from skills.credentials.views.verify.shell import SCANNER
from skills.kernel import jobs, log
from skills.kernel.acts import Office
from skills.kernel.box import Box, holding
from skills.kernel.clock import Clock, MovableClock, SystemClock
from skills.kernel.datakeys import DataKeys
from skills.kernel.db import make_engine
from skills.kernel.ids import Source, SystemSource
from skills.kernel.keys import KeyRing
from skills.kernel.log import Sealer
from skills.kernel.sessions import Sessions
from skills.kernel.witness import Witness
from skills.standards.calendar import add_working_days
from skills.web import doorman, pages
from skills.web.kept import KeptPage
from skills.web.limits import limiter, look_up_allowed
from skills.web.looks import Looks, read_places
from skills.web.openapi import describe
from skills.web.pages import PUBLIC, House, Room, safe_next
from skills.web.window import Window

BODY_LIMIT = 6 * 1024 * 1024


@dataclass(frozen=True)
class Works:
    """Everything below the faces: what commands, jobs and tests work with."""

    settings: Settings
    engine: Engine
    office: Office
    sealer: Sealer
    keys: KeyRing


def assemble(settings: Settings, clock: Clock | None = None, source: Source | None = None) -> Works:
    """Engine, keys and office for these settings. Keys that are missing are made (0600, in DATA_DIR/keys)."""
    features.load()
    clock = clock or (SystemClock() if settings.production else MovableClock(settings.data_dir / "clock"))
    source = source or SystemSource()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    keys = KeyRing(settings.keys_dir)
    keys.create_missing(clock.now(), source)
    subjects = DataKeys(settings.keys_dir / "subjects.db", source)
    box = Box(keys.secrets("box"), lambda: keys.active("box").kid, keys.secret("index"), source, subjects)
    engine = holding(make_engine(settings.database_url), box)
    sealer = Sealer(engine, clock, keys, settings.host, settings.checkpoints_dir)
    sessions = Sessions(engine, source, lambda: keys.secret("session"))
    tools: dict[type, object] = {
        Settings: settings, KeyRing: keys, DataKeys: subjects, Box: box, Sealer: sealer, Sessions: sessions, Witness: Witness(keys),
    }  # fmt: skip
    tools |= features.tools(settings, clock)
    stop = settings.data_dir / "read-only"
    office = Office(engine, clock, source, keys.secret("replay"), tools, stop.exists)
    return Works(settings, engine, office, sealer, keys)


def create_app(settings: Settings, works: Works | None = None) -> Flask:
    """The web application."""
    works = works or assemble(settings)
    app = Flask("skills", static_folder=None, template_folder=str(resources("templates")))
    app.config.update(
        SECRET_KEY=works.keys.secret("session"),
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_NAME="__Host-form" if settings.secure else "form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=None,
        RATELIMIT_STORAGE_URI=settings.redis_url or f"limitsfile://{settings.data_dir / 'limits.db'}",
        RATELIMIT_ENABLED=settings.limits,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    sessions = works.office.tools[Sessions]
    assert isinstance(sessions, Sessions)  # noqa: S101
    app.extensions["skills"] = House(works.office, settings, sessions, features.menu())
    app.extensions["assets"] = doorman.Assets(resources("static"))
    limiter.init_app(app)
    looks = Looks(settings.looks_dir, works.office.clock, read_places(settings.data_dir / "places.csv"), settings.proxy_hops)
    app.extensions["looks"] = looks
    for path, made in features.windows().items():
        app.wsgi_app = Window(  # type: ignore[method-assign]
            app.wsgi_app, path, made(works.office), look_up_allowed, settings.secure, _asked(looks)
        )
    _sign_forms_with_the_present_key(app, works.keys)
    _trust_proxies(app, settings.proxy_hops)
    doorman.guard(app, features.load_me())
    doorman.open_doors(app, [_service(settings), *features.faces()])
    app.logger.setLevel(logging.INFO)
    if not app.extensions["assets"].has(SCANNER):
        app.logger.warning("static/%s is missing: /scan reads pictures on the server only (make installs it)", SCANNER)
    app.wsgi_app = KeptPage(app.wsgi_app, "/v/", seen=lambda name, environ: looks.count("v", name, environ))  # type: ignore[method-assign]
    return app


def _sign_forms_with_the_present_key(app: Flask, keys: KeyRing) -> None:
    """A rotated session key takes effect with the next request, in every process."""
    inner = app.wsgi_app

    def call(environ: Any, start_response: Any) -> Any:
        app.config["SECRET_KEY"] = keys.secret("session")
        return inner(environ, start_response)

    app.wsgi_app = call  # type: ignore[method-assign]


def _asked(looks: Looks) -> Callable[[dict[str, Any], bytes, dict[str, Any]], None]:
    """Counts a question at the window: a look at a certificate, or one that found nothing."""

    def seen(environ: dict[str, Any], body: bytes, answer: dict[str, Any]) -> None:
        kind = "miss" if answer.get("state") == "NO_MATCH" else "v"
        looks.count(kind, read_number(str(json.loads(body).get("number", ""))), environ)

    return seen


def _trust_proxies(app: Flask, hops: int) -> None:
    if hops:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def _service(settings: Settings) -> Room:
    """Static files, health, language switches, the API's description and, in demo and test, the clock."""
    room = Room("service", "skills")

    @room.get("/static/<version>/<path:name>", may=PUBLIC)
    def static(version: str, name: str) -> ResponseReturnValue:
        from flask import current_app

        held: doorman.Assets = current_app.extensions["assets"]
        return held.serve(version, name)

    @room.get("/favicon.ico", may=PUBLIC)
    def favicon() -> ResponseReturnValue:
        return redirect(doorman.asset("site/favicon.svg"), 302)

    @room.get("/robots.txt", may=PUBLIC)
    def robots() -> ResponseReturnValue:
        return Response("User-agent: *\nDisallow: /v/\nDisallow: /share/\nDisallow: /me/\nDisallow: /api/\n", mimetype="text/plain")

    _health(room)
    _switches(room, settings)
    if not settings.production:
        _clock_door(room)
    return room


def _health(room: Room) -> None:
    @room.get("/livez", may=PUBLIC)
    def livez() -> ResponseReturnValue:
        return Response("ok\n", mimetype="text/plain")

    @room.get("/readyz", may=PUBLIC)
    def readyz() -> ResponseReturnValue:
        pages.db().execute(text("select 1"))
        oldest = log.oldest_waiting(pages.db(), log.AUDIT)
        now = pages.office().clock.now()
        late = oldest is not None and now - oldest > timedelta(seconds=60)
        told = [f"late: {name}" for name in jobs.behind(pages.db(), now)]
        if late:
            told.insert(0, "late: log")
        return Response("\n".join(told or ["ok"]) + "\n", 503 if told else 200, mimetype="text/plain")


def _switches(room: Room, settings: Settings) -> None:
    @room.get("/switch", may=PUBLIC)
    def switch() -> ResponseReturnValue:
        """Language and 长辈版, remembered in cookies that say nothing about the visitor."""
        response = redirect(safe_next(request.args.get("next"), "/"), 303)
        for name, allowed in (("lang", {"zh", "en"}), ("elder", {"0", "1"})):
            chosen = request.args.get(name, "")
            if chosen in allowed:
                response.set_cookie(name, chosen, max_age=31_536_000, samesite="Lax", secure=settings.secure)
        return response

    @room.get("/api/v1/openapi.json", may=PUBLIC)
    def openapi() -> ResponseReturnValue:
        body = json.dumps(describe(pages.house().api, settings.public_base), ensure_ascii=False, indent=1)
        return Response(body, mimetype="application/json")


def _clock_door(room: Room) -> None:
    @room.post("/demo/clock", may=PUBLIC)
    def move_clock() -> ResponseReturnValue:
        clock: Any = pages.office().clock
        step = request.form.get("step", "+1days")
        if isinstance(clock, MovableClock):
            clock.move(clock_step(step, clock))
        return redirect(safe_next(request.form.get("next"), "/"), 303)


def clock_step(step: str, clock: Clock) -> timedelta:
    """`+3days`, `+5workdays`, `+2hours` as a shift from now. Raises ValueError for anything else."""
    for unit in ("workdays", "days", "hours", "minutes"):
        number = step.removesuffix(unit)
        if number != step:
            count = int(number)
            if unit != "workdays":
                return timedelta(**{unit: count})
            from skills.kernel.clock import shanghai_day

            today = shanghai_day(clock.now())
            return add_working_days(today, count) - today
    raise ValueError(f"{step}: say +1days, +5workdays, +2hours or +10minutes")
