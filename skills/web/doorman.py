"""Deny by default: session → visitor → rule of the endpoint; headers on every answer; one look for every error."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, HTTPException

from skills.config import Settings
from skills.kernel.actors import Actor
from skills.kernel.box import Box
from skills.kernel.errors import Forbidden, Refusal, Unavailable
from skills.kernel.sessions import OpenSession
from skills.web import headers, i18n, limits, packing
from skills.web.openapi import problem, problem_of, status_of
from skills.web.pages import (
    GUEST,
    PUBLIC,
    SIGNED_IN,
    Access,
    House,
    Me,
    Room,
    close_db,
    db,
    fresh_key,
    house,
    lang,
    me,
    office,
    safe_next,
    say,
    session,
    settings,
    wants_json,
)

csrf = CSRFProtect()
# What is open to everybody signed in, and to whoever acts in another person's name too.
FOR_HELPERS = frozenset({"accounts.home", "accounts.sign_out", "family.end", "family.api_stop_helping"})
OWN_MATTERS = ("/inbox", "/account")
LoadMe = Callable[[Session, OpenSession], Me | None]


def guard(app: Flask, load_me: LoadMe) -> None:
    """Put the doorman in front of every endpoint of the application."""
    app.before_request(_size)  # before anything looks into the body
    csrf.init_app(app)
    app.before_request(lambda: _let_in(load_me))
    app.after_request(_headers)
    app.teardown_appcontext(lambda _error: close_db())
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(CSRFError, failed)
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(UnicodeEncodeError, _no_text)
    app.context_processor(_words)


def open_doors(app: Flask, rooms: list[Room]) -> None:
    """Register the rooms and insist that every endpoint has its rule of access."""
    held: House = app.extensions["skills"]
    for room in rooms:
        app.register_blueprint(room)
        held.access |= {f"{room.name}.{name}": access for name, access in room.doors.items()}
        held.api += room.api_doors
        for name, access in room.doors.items():
            if access.api:
                csrf.exempt(app.view_functions[f"{room.name}.{name}"])
    taken: dict[tuple[str, str], str] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in held.access:
            raise RuntimeError(f"{rule.endpoint} ({rule.rule}) has no rule of access")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            first = taken.setdefault((rule.rule, method), rule.endpoint)
            if first != rule.endpoint:
                raise RuntimeError(f"{method} {rule.rule} is answered by {first} and by {rule.endpoint}")


def cookie_name(chosen: Settings) -> str:
    """The session cookie: bound to this host over https."""
    return "__Host-skills" if chosen.secure else "skills"


def set_session_cookie(response: Response, text: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(settings()), text, secure=settings().secure, httponly=True, samesite="Lax", path="/"
    )


def _size() -> None:
    access = house().access.get(request.endpoint or "")
    if access is not None and access.most:
        request.max_content_length = access.most


def _let_in(load_me: LoadMe) -> ResponseReturnValue | None:
    access = house().access.get(request.endpoint or "")
    if request.endpoint is None:
        return None  # 404 and 405 are answered by the error handler
    if access is None:
        abort(403)
    _recognise(load_me, access)
    if access.may == PUBLIC:
        return None
    if session() is None:
        if access.api:
            return problem("sign_in_needed", 401, {})
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), code=303)
    if access.api and request.method != "GET" and "Authorization" not in request.headers:
        csrf.protect()
    visitor = me()
    if visitor.must and not access.api and request.path != visitor.must and not request.path.startswith("/account/"):
        return redirect(visitor.must, code=303)
    if visitor.helps and access.may == SIGNED_IN and request.endpoint not in FOR_HELPERS:
        return refused(Forbidden("not_for_helpers"))  # one's own account and inbox wait
    if access.may != SIGNED_IN and not visitor.actor.may(access.may):
        abort(403)
    return None


def _recognise(load_me: LoadMe, access: Access) -> None:
    g.me = GUEST
    g.open_session = None
    bearer = request.headers.get("Authorization", "")
    text = bearer.removeprefix("Bearer ") if bearer.startswith("Bearer ") and access.api else ""
    text = text or request.cookies.get(cookie_name(settings()), "")
    if not text:
        return
    now = office().clock.now()
    found = house().sessions.find(db(), text, now)
    if found is None:
        return
    visitor = load_me(db(), found)
    if visitor is None:
        return
    g.open_session, g.me = found, replace(visitor, actor=_from_where(visitor.actor))
    if found.kind == "browser":
        g.restamped = house().sessions.restamped(text, now)


def _from_where(actor: Actor) -> Actor:
    """The actor with keyed digests of the network and the browser: what can be counted, but not traced back."""
    box = office().tools[Box]
    assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
    network = limits.visitor(request.remote_addr or "")
    browser = f"{network}\0{request.user_agent.string}\0{request.headers.get('Accept-Language', '')}"
    return replace(actor, network=box.blind("network", network), device=box.blind("device", browser))


def _headers(response: Response) -> Response:
    for name, value in headers.USUAL.items():
        response.headers.setdefault(name, value)
    response.headers.update(headers.fixed(settings().secure))
    if session() is not None or request.method == "POST":  # what a form brought to light stays with who sent it
        response.headers["Cache-Control"] = "no-store"
    if fresh := g.get("restamped"):
        set_session_cookie(response, fresh)
    return response


def refused(refusal: Refusal) -> ResponseReturnValue:
    """The page (or problem+json) of a no: clause, fact, and what would turn it into a yes."""
    close_db()
    if wants_json():
        return problem_of(refusal)
    told = i18n.tell_refusal(refusal, lang())
    back = safe_next(request.form.get("back") or _referrer(), me().home)
    status = status_of(refusal)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return render_template("layout/errors/503.html", told=told), status, {"Retry-After": "30"}
    if status == HTTPStatus.NOT_FOUND:
        return render_template("layout/errors/404.html", told=told), status
    page = render_template(
        "layout/refused.html",
        code=told.code,
        sentence=told.text,
        todo=told.todo,
        clause=told.clause,
        findings=told.findings,
        back=back,
    )
    return page, status


def _referrer() -> str:
    base = request.host_url.rstrip("/")
    return (request.referrer or "").removeprefix(base)


def failed(error: HTTPException) -> ResponseReturnValue:
    """The page (or problem+json) of an HTTP error."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    known = status if status in {400, 403, 404, 405, 413, 429, 500, 503} else (500 if status >= 500 else 400)
    if wants_json():
        return problem(f"http_{known}", status, {})
    later = {"Retry-After": "60"} if status in {429, 503} else {}
    return render_template(f"layout/errors/{known}.html", told=None), status, later


def _no_text(error: UnicodeEncodeError | DataError) -> ResponseReturnValue:
    """Half a character, or one that PostgreSQL does not keep (NUL): such a request was not typed by anybody."""
    close_db()
    return failed(BadRequest())


def _database_failed(error: DBAPIError) -> ResponseReturnValue:
    """A database that is away or full is no fault of the visitor's: say so, and let it be seen in the log."""
    if isinstance(error, DataError):
        return _no_text(error)
    current_app.logger.error("database: %s", type(error.orig).__name__)
    return refused(Unavailable("busy"))


def opens(address: str) -> bool:
    """Whether the visitor's rights open the page at an address; what lies behind it may still be somebody else's."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(address)
    except HTTPException:
        return False
    access = house().access.get(str(endpoint))
    return access is not None and (access.may in (PUBLIC, SIGNED_IN) or me().actor.may(access.may))


def _words() -> dict[str, object]:
    chosen = lang()
    return {
        "say": say,
        "lang": chosen,
        "elder": request.cookies.get("elder") == "1",
        "me": me() if session() is not None else None,
        "csrf_key": fresh_key,
        "fresh_key": fresh_key,
        "asset": asset,
        "tz": lambda value: i18n.moment(value, chosen),
        "day": lambda value: i18n.day(value, chosen),
        "iso": i18n.iso,
        "yuan": i18n.yuan,
        "opens": opens,
        "told": lambda refusal: i18n.tell_refusal(refusal, chosen),
        "tell_findings": lambda findings: i18n.tell_findings(findings, chosen),
        "here": request.path,
        "public_host": settings().host,
        "env": settings().env,
        "notes": _Notes(),
        "switches": _switches(chosen),
        **_menus(),
        **_demo(),
    }


class _Notes:
    """What was told since the last page; taken from the session only when a page shows it."""

    @cached_property
    def _told(self) -> list[dict[str, str]]:
        held: Any = get_flashed_messages(with_categories=True)
        return [{"kind": kind, "text": text} for kind, text in held]

    def __bool__(self) -> bool:
        return bool(self._told)

    def __iter__(self) -> Iterator[dict[str, str]]:
        return iter(self._told)


def _switches(chosen: str) -> dict[str, str]:
    """Where to change language and type size; back to this page afterwards."""
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    elder = "0" if request.cookies.get("elder") == "1" else "1"
    other = "en" if chosen == "zh" else "zh"
    back = {"next": here}
    return {"lang_url": "/switch?" + urlencode({"lang": other, **back}),
            "elder_url": "/switch?" + urlencode({"elder": elder, **back})}  # fmt: skip


def _menus() -> dict[str, object]:
    visitor = me()
    area = request.path.split("/")[1] if session() is not None else ""
    home_area = visitor.home.split("/")[1] if visitor.home != "/" else ""
    own = {entry.zh for entry in house().menu if entry.area == home_area}
    shown = [
        {
            "url": entry.url,
            "icon": entry.icon,
            "label": say(entry.zh, entry.en),
            "current": request.path == entry.url or (request.path.startswith(entry.url.rstrip("/") + "/")
            and entry.url.count("/") > 1),
            "scan": entry.scan,
            "count": 0,
            "dock": entry.dock,
        }
        for entry in house().menu
        if session() is not None
        and (entry.area == home_area or (entry.area == area and entry.zh not in own))  # a firm at /org keeps its own menu
        and ((entry.may == SIGNED_IN and not visitor.helps) or visitor.actor.may(entry.may))
    ]
    here = [len(str(e["url"])) for e in shown if e["current"]]
    for entry in shown:
        entry["current"] = entry["current"] and len(str(entry["url"])) == max(here)  # /gov/people/lists, not /gov/people
    shown.sort(key=lambda e: _place(str(e["url"])))
    return {"menu": [e for e in shown if not e["dock"]], "dock": [e for e in shown if e["dock"]]}


def _place(url: str) -> int:
    """Home first, one's own matters last, the rest in the order of the rooms."""
    if url in OWN_MATTERS:
        return 2 + OWN_MATTERS.index(url)
    return int(url.count("/") > 1)


def _demo() -> dict[str, object]:
    if settings().env != "demo":
        return {"demo_clock": None}
    return {"demo_clock": {"now": i18n.moment(office().clock.now(), lang())}}


class Assets:
    """static/ under one content hash, so that every file may be kept for ever."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        digest = hashlib.sha256()
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
        self.version = digest.hexdigest()[:12]
        self._packed: dict[bytes, bytes] = {}

    def has(self, name: str) -> bool:
        """Whether there is such a file: what comes from a registry may be missing."""
        return (self.folder / name).is_file()

    def url(self, name: str) -> str:
        """The address of a file in static/. Raises FileNotFoundError for a name that is not there."""
        if not self.has(name):
            raise FileNotFoundError(name)
        return f"/static/{self.version}/{name}"

    def serve(self, version: str, name: str) -> Response:
        """A file of static/; kept for a year if the address names the present content."""
        path = (self.folder / name).resolve()
        if not path.is_file() or self.folder.resolve() not in path.parents:
            abort(404)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        body = path.read_bytes()
        response = packing.fitting(kind, body, self._small(kind, body))
        fresh = version == self.version
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
        return response

    def _small(self, kind: str, body: bytes) -> bytes | None:
        if kind not in packing.WORTH or len(body) < packing.LEAST:
            return None
        key = hashlib.sha256(body).digest()
        if key not in self._packed:
            self._packed[key] = packing.packed(body)
        return self._packed[key]


def asset(name: str) -> str:
    """The hashed address of a file in static/."""
    held: Assets = current_app.extensions["assets"]
    return held.url(name)
