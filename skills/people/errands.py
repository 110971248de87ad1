"""窗口代办: what a clerk does for somebody who stands at the counter, each act said once, for its page and for programs.

Every room that has errands opens its desk here and draws its part of the receipt, so that nothing imports upward.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import BaseModel, ValidationError

from skills.kernel.acts import Action
from skills.kernel.errors import Refusal
from skills.people.actions.counter import reason_of
from skills.people.queries import person
from skills.people.rules.counter import REASON_WORDS, CounterReason
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, fresh_key, go, misread, perform, show, tell


class WhyBody(BaseModel):
    """Why it is done at the counter."""

    reason: CounterReason


@dataclass(frozen=True)
class Errand:
    """One act of the counter.

    name   of the page's endpoint
    page   its address below the person's; empty if the desk has a page of its own for it
    api    the same for programs
    told   what is said when it is done (Chinese, English), or how that is read from the answer
    order  what is chosen and stands in no address; without one nothing is
    """

    name: str
    does: Action[Any, Any]
    page: str
    api: str
    told: tuple[str, str] | Callable[[Any], tuple[str, str]] = ("", "")
    order: type[BaseModel] | None = WhyBody
    status: int = 200


@dataclass(frozen=True)
class Desk:
    """The page of a room at the counter.

    receipt  draws its part of a person's receipt; an empty text if nothing is open
    place    where it stands among the desks; equal ones stand in the order of the rooms
    """

    endpoint: str
    zh: str
    en: str
    receipt: Callable[[str], str]
    place: int = 0


DESKS: list[Desk] = []


def open_desk(room: Room, desk: Desk, *errands: Errand) -> None:
    """Open a desk and the doors of its errands; each page goes back to the desk when it is done."""
    DESKS.append(desk)
    DESKS.sort(key=lambda one: one.place)
    for one in errands:
        if one.page:
            room.post(f"/gov/people/<person_id>/{one.page}", does=one.does, name=one.name)(_page(one, desk.endpoint))
        answers = get_type_hints(one.does.work)["return"]
        room.api("POST", f"/people/<person_id>/{one.api}", does=one.does, body=one.order, answers=answers, status=one.status)(_call(one))


def part(template: str, **values: Any) -> str:
    """A room's part of the receipt, with the words of its own that it needs."""
    return Markup(render_template(template, **values).strip())  # noqa: S704 - a template has escaped it


def show_desk(template: str, person_id: str, /, **values: Any) -> Response:
    """A page about somebody at the counter, with the way to the other desks; no browser keeps it."""
    return private(show(template, who=person(db(), person_id), desks=DESKS, why_words=REASON_WORDS, fresh_key=fresh_key, **values))


def private(page: ResponseReturnValue) -> Response:
    """A page about a person: no browser keeps it."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(one: Errand, desk: str) -> Callable[..., ResponseReturnValue]:
    def view(person_id: str, **place: str) -> ResponseReturnValue:
        done = perform(one.does, OrderForm().key.data, person_id=person_id, **place, **_chosen(one.order, place))
        tell(*(one.told(done) if callable(one.told) else one.told))
        return go(desk, person_id=person_id)

    return view


def _call(one: Errand) -> Callable[..., Any]:
    def view(body: BaseModel | None = None, **place: str) -> Any:
        return perform(one.does, request_key(), **place, **(dict(body) if body else {}))

    view.__name__, view.__doc__ = f"{one.name}_for_person", one.does.work.__doc__
    return view


def _chosen(order: type[BaseModel] | None, place: Mapping[str, str]) -> dict[str, Any]:
    """What the form says of an order; what stands in the address is not asked for.

    Raises Refusal("counter.reason_needed" | "counter.incomplete").
    """
    if order is None:
        return {}
    sent: dict[str, Any] = {}
    for name, field in order.model_fields.items():
        if name in place:
            sent[name] = place[name]
        elif get_origin(field.annotation) is tuple:
            sent[name] = request.form.getlist(name)
        elif request.form.get(name) or type(None) not in get_args(field.annotation):
            sent[name] = request.form.get(name, "").strip()
    if "reason" in sent:
        reason_of(sent["reason"])
    try:
        read = order.model_validate(sent)
    except ValidationError as error:
        misread("invalid_form", {str(e["loc"][0]) for e in error.errors()})
        raise Refusal("counter.incomplete") from None
    return {name: value for name, value in read if name not in place}

