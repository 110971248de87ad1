"""What all views of the desk share: the room, its limits against flooding, answers that no cache keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from flask_limiter.util import get_remote_address

from skills.complaints import papers
from skills.complaints.actions import steps
from skills.kernel.box import Box
from skills.people.actions.counter import SERVE
from skills.people.queries import on_record
from skills.standards.queries import value
from skills.web.limits import limiter, network, visitor
from skills.web.pages import MenuEntry, Room, db, settings, show, today, tool, wants_json

View = TypeVar("View", bound=Callable[..., Any])
SEE = "complaint.see"
room = Room("complaints", __name__)
MENU = [
    MenuEntry("me", "/me/complaints", "flag", "我的投诉", "My complaints"),
    MenuEntry("org", "/org/complaints", "flag", "被反映的情况", "What we are complained of", may="complaint.hear"),
    MenuEntry("ent", "/ent/complaints", "flag", "被反映的情况", "What we are complained of", may="complaint.hear"),
    MenuEntry("gov", "/gov/complaints", "flag", "投诉举报", "Complaints", may=SEE),
    MenuEntry("gov", "/gov/counter/complaints", "flag", "匿名投诉受理", "Complaints without a name", may=SERVE),
]

# A network has more room than a visitor: a school or a carrier stands behind it.
FILED, FILED_OF_A_NETWORK, FOLLOWED = "10 per hour", "60 per hour", "30 per hour"


def _digest(place: str) -> str:
    """From where, as a digest that lasts a day and leads back to nothing: no address of a visitor is kept by this desk."""
    return tool(Box).blind("complaints:from", f"{place}:{today()}")


def _visitor() -> str:
    return _digest(visitor(get_remote_address() or ""))


def _network() -> str:
    return _digest(network(get_remote_address() or ""))


def _busy(_limit: RequestLimit) -> Response | None:
    """A kind answer: what to do, and the way by telephone; the API has the house's own."""
    return None if wants_json() else private(show("complaints/busy.html", 429))


def filing_limit(view: View) -> View:
    """Count what is handed in, by page or API, for its visitor and for the network around."""
    of_network = limiter.shared_limit(
        FILED_OF_A_NETWORK, scope="complaints", key_func=_network, on_breach=_busy, methods=["POST"]
    )
    of_one = limiter.shared_limit(FILED, scope="complaints", key_func=_visitor, on_breach=_busy, methods=["POST"])
    return cast(View, of_network(of_one(view)))


def following_limit(view: View) -> View:
    """Count every try of number and word."""
    return cast(View, limiter.shared_limit(FOLLOWED, scope="complaints-follow", key_func=_visitor, on_breach=_busy)(view))


def take_papers(key: str, found: list[bytes], person: str | None) -> tuple[steps.Paper, ...]:
    """Papers of this request, sealed for whose case it is (None: anonymous) and stored. Raises as `papers.put_in` does.

    Nothing is sealed, and no key made, for who is not on record: Missing("person.unknown"), Refusal("person.erased" | "person.joined").
    """
    if person is not None:
        on_record(db(), person)
    limits = value(db(), "complaint.papers", today())
    return papers.put_in(tool(Box), settings().files_dir, key, found, int(limits["bytes"]), person)


def sent_papers() -> list[bytes]:
    """The files of a form; an empty field sends one without a name."""
    return [f.stream.read() for f in request.files.getlist("papers") if f.filename]


def private(answer: ResponseReturnValue) -> Response:
    """An answer that nobody on the way keeps."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response
