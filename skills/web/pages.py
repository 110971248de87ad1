"""What views are written with: rooms that deny by default, `perform`, `show`, `tell`, `go`.

A view reads its form, performs one action, tells what happened and goes on. It never opens a writing transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ParamSpec, TypeVar, cast, get_origin

from flask import Blueprint, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from skills.config import Settings
from skills.kernel.actors import ANONYMOUS, Actor
from skills.kernel.acts import ANYONE, Action, Office
from skills.kernel.errors import Refusal
from skills.kernel.ids import secret_code
from skills.kernel.sessions import OpenSession, Sessions
from skills.web import i18n
from skills.web.looks import Looks

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

PUBLIC = "public"
SIGNED_IN = "signed in"


@dataclass(frozen=True)
class Me:
    """The visitor. `must` is an address that comes before all others (set a password, a second factor).

    helps  the name of the person in whose name the visitor acts just now, empty for none
    """

    actor: Actor = ANONYMOUS
    name: str = ""
    role: str = ""
    role_zh: str = ""
    role_en: str = ""
    home: str = "/"
    organisation: str | None = None
    organisation_name: str = ""
    must: str = ""
    helps: str = ""

    @property
    def role_name(self) -> str:
        return say(self.role_zh, self.role_en)

    @property
    def home_url(self) -> str:
        return self.home

    @property
    def organisation_id(self) -> str:
        """The organisation the visitor works for. Raises Refusal if there is none."""
        if self.organisation is None:
            raise Refusal("no_organisation")
        return self.organisation

    @property
    def person_id(self) -> str:
        """The visitor's own person record. Raises Refusal if the account is not a person's own."""
        if self.actor.person is None:
            raise Refusal("no_person")
        return self.actor.person


GUEST = Me()


@dataclass(frozen=True)
class Access:
    """Who may see an endpoint: PUBLIC, SIGNED_IN, or a right. `does` is the action behind it, if it is one.

    most  how many bytes a request may hold; 0: as many as anywhere
    """

    may: str
    does: str = ""
    api: bool = False
    most: int = 0


@dataclass(frozen=True)
class ApiRoute:
    """What the OpenAPI page says about an endpoint."""

    rule: str
    method: str
    access: Access
    summary: str
    body: type[BaseModel] | None
    answers: Any
    keyless: bool = False
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class MenuEntry:
    """A line of a menu. `area` is the first part of the address: me, org, ent, exam, gov, audit."""

    area: str
    url: str
    icon: str
    zh: str
    en: str
    may: str = SIGNED_IN
    dock: bool = False
    scan: bool = False


@dataclass
class House:
    """What the application hands to views: kept in `app.extensions["skills"]`."""

    office: Office
    settings: Settings
    sessions: Sessions
    menu: Sequence[MenuEntry]
    access: dict[str, Access] = field(default_factory=dict)
    api: list[ApiRoute] = field(default_factory=list)


class Room(Blueprint):
    """A blueprint whose every door names who may pass: `may=` a right, or `does=` the action behind it."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name)
        self.doors: dict[str, Access] = {}
        self.api_doors: list[ApiRoute] = []
        self.rules: list[tuple[str, str, str]] = []

    def get(  # type: ignore[override]
        self, rule: str, *, may: str, name: str | None = None, **options: Any
    ) -> Callable[[View], View]:
        """A page. It changes nothing."""
        return self._door(rule, "GET", Access(may), name, options)

    def post(  # type: ignore[override]
        self,
        rule: str,
        *,
        does: Action[Any, Any] | None = None,
        may: str | None = None,
        name: str | None = None,
        most: int = 0,
        **options: Any,
    ) -> Callable[[View], View]:
        """A form that changes something through the action named by `does` (or is guarded by `may`); `most` bytes of it."""
        return self._door(rule, "POST", Access(*_plain_access(does, may), most=most), name, options)

    def api(
        self,
        method: str,
        rule: str,
        *,
        answers: Any,
        does: Action[Any, Any] | None = None,
        may: str | None = None,
        body: type[BaseModel] | None = None,
        status: int = 200,
        keyless: bool = False,
        by: tuple[str, ...] = ("id",),
        skips: bool = False,
        most: int = 0,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """An endpoint of the JSON API at `/api/v1` + rule. `keyless`: a POST that only asks needs no idempotency key.

        Every list that is read goes by pages (`web.paging`): `by` are the attributes that name a row in it; `skips`
        says that the view begins behind `paging.asked().key` itself and gives a row more than the page holds.

        The view gets `body` (a pydantic model) as keyword if one is declared and returns a value of type `answers`.
        """

        def mark(view: Callable[..., Any]) -> Callable[..., Any]:
            from skills.web.openapi import endpoint

            access = Access(*_plain_access(does, may), api=True, most=most)
            rows = by if method == "GET" and get_origin(answers) is list else ()
            summary = (view.__doc__ or "").strip().split("\n")[0]
            self.api_doors.append(ApiRoute(f"/api/v1{rule}", method, access, summary, body, answers, keyless, rows))
            wrapped = endpoint(view, body, answers, status, keyless, rows, skips)
            name = f"api_{view.__name__}"
            self.doors[name] = access
            self.rules.append((f"/api/v1{rule}", method, name))
            self.add_url_rule(f"/api/v1{rule}", name, wrapped, methods=[method])
            return view

        return mark

    def _door(
        self, rule: str, method: str, access: Access, name: str | None, options: dict[str, Any]
    ) -> Callable[[View], View]:
        def mark(view: View) -> View:
            endpoint = name or view.__name__
            if self.doors.setdefault(endpoint, access) != access:
                raise ValueError(f"{self.name}.{endpoint} has two rules of access")
            self.rules.append((rule, method, endpoint))
            self.add_url_rule(rule, endpoint, view, methods=[method], **options)
            return view

        return mark


def _plain_access(does: Action[Any, Any] | None, may: str | None) -> tuple[str, str]:
    if may is None and does is None:
        raise ValueError("a door without a rule of access: say may= or does=")
    if may is None and does is not None:
        may = PUBLIC if does.may == ANYONE else does.may
    return may or "", does.name if does is not None else ""


def house() -> House:
    """The assembled application."""
    return cast(House, current_app.extensions["skills"])


def office() -> Office:
    """Where acts are performed."""
    return house().office


def tool(kind: type[T]) -> T:
    """The tool of this type given at assembly (box, key ring, sender …)."""
    held = office().tools[kind]
    assert isinstance(held, kind)  # noqa: S101 - narrows for the type checker
    return held


def settings() -> Settings:
    """The installation's settings."""
    return house().settings


def me() -> Me:
    """The visitor; `GUEST` without a session."""
    return cast(Me, g.get("me", GUEST))


def session() -> OpenSession | None:
    """The visitor's session, if signed in."""
    return cast("OpenSession | None", g.get("open_session"))


def device() -> str:
    """The session as a name for the browser that sits there, empty for none. It opens nothing."""
    held = session()
    return held.id if held else ""


def db() -> Session:
    """The reading session of this request. Nothing done in it is kept."""
    if "db" not in g:
        g.db = office().read()
    return cast(Session, g.db)


def close_db() -> None:
    """End the reading session, so that the next read sees what was committed meanwhile."""
    held: Session | None = g.pop("db", None)
    if held is not None:
        held.expunge_all()
        held.close()


def look(kind: str, name: str) -> None:
    """Count that a visitor looked at something public; see `skills.web.looks`."""
    looks: Looks = current_app.extensions["looks"]
    looks.count(kind, name, request.environ)


def today() -> date:
    """The present day in Asia/Shanghai."""
    return office().today()


def perform(work: Action[P, R], key: str | None = None, **order: Any) -> R:
    """Perform an action as the visitor. The request's reading session is ended first: no page shows an old snapshot."""
    close_db()
    return office().perform(work, actor=me().actor, key=key, **order)


def misread(code: str, fields: Iterable[str]) -> None:
    """Keep an attempt of somebody signed in whose order could not be read, by the names of the fields that were wrong.

    Of what anybody may order nothing is kept: whoever wants to complain without a name has not been seen here.
    """
    access = house().access.get(request.endpoint or "")
    if access is not None and access.does and access.may != PUBLIC and session() is not None:
        close_db()
        office().misread(access.does, me().actor, code, fields)


def lang() -> str:
    """The visitor's language: zh unless switched."""
    chosen = request.cookies.get("lang", "zh") if request else "zh"
    return chosen if chosen in i18n.LANGUAGES else "zh"


def say(zh: str, en: str) -> str:
    """The words in the visitor's language."""
    return en if lang() == "en" else zh


def tell(zh: str, en: str, kind: str = "ok") -> None:
    """A message for the next page: kind ok, warn or bad."""
    flash(say(zh, en), kind)


def go(endpoint: str, **values: Any) -> Response:
    """On to another page, by GET."""
    return redirect(url_for(endpoint, **values), code=303)


def unlisted(answer: ResponseReturnValue) -> Response:
    """A page with names or receipts that anyone may open: no search engine lists it, nobody keeps it."""
    response = make_response(answer)
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    response.headers["Cache-Control"] = "no-store"
    return response


def show(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """A page."""
    return render_template(template, **values), status


def fresh_key() -> str:
    """A new idempotency key for a form."""
    return secret_code(office().source, 20)


def safe_next(target: str | None, otherwise: str) -> str:
    """A way back inside this site: a path of ours, or `otherwise`."""
    clean = target or ""
    inside = clean.startswith("/") and not clean.startswith(("//", "/\\")) and clean.isprintable()
    return clean if inside and "\\" not in clean else otherwise


def wants_json() -> bool:
    """Whether the request speaks the JSON API."""
    return request.path.startswith("/api/")
