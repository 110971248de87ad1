"""The catalogue for everyone."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from skills.courses.actions.saved import SAVE
from skills.courses.queries import catalogue, changes, prices, ratings, saved, versions
from skills.courses.queries.facets import Facet, FacetValue, Filters
from skills.courses.rules.catalogue import SECTIONS
from skills.courses.rules.classes import ZONES
from skills.courses.views.open_data import data_block, json_ld, licence
from skills.courses.views.words import room
from skills.standards.rules import Level
from skills.training_standards import queries as norms
from skills.web.pages import PUBLIC, db, lang, me, show, today

MOST_SHOWN = 8


def filters() -> Filters:
    """What the address asks for; what it cannot ask for is left out."""
    asked = request.args
    level = asked.get("level", "")[:2]
    return Filters(
        words=asked.get("q", "").strip()[:60],
        occupation=asked.get("occupation", "")[:16],
        level=int(level) if level.isdecimal() and int(level) in list(Level) else None,
        district=asked.get("district", "")[:12],
        zone=_code("zone", ZONES),
        section=_code("section", SECTIONS),
        kind=asked.get("kind", "")[:24],
        mode=asked.get("mode", "")[:16],
        leads_to=asked.get("leads_to", "")[:24],
        price=asked.get("price", "")[:12],
        start=asked.get("start", "")[:4],
        places="1" if asked.get("places") else "",
    )


def _code(name: str, known: dict[str, tuple[str, str]]) -> str | None:
    """A code whose empty value is written none."""
    value = request.args.get(name, "")
    if value == "none":
        return ""
    return value if value and value in known else None


def address(chosen: Filters, **change: str | None) -> str:
    """The catalogue by these conditions, some of them changed; None takes one out."""
    held: dict[str, str | None] = {"q": chosen.words, **chosen.chosen, "voucher": _voucher(), **change}
    return url_for("courses.catalogue", _external=False, **{name: value for name, value in held.items() if value})


def words_of(value: FacetValue) -> str:
    """A facet's value as the visitor reads it."""
    return value.zh if lang() == "zh" else value.en


def chips(found: catalogue.CataloguePage, chosen: Filters) -> list[dict[str, str]]:
    """Every condition that is set, with the way to take it out."""
    held = [{"text": f"“{chosen.words}”", "url": address(chosen, q=None)}] if chosen.words else []
    for facet in found.facets:
        held += [
            {"text": f"{facet.zh if lang() == 'zh' else facet.en}{'：' if lang() == 'zh' else ': '}{words_of(v)}",
             "url": address(chosen, **{facet.name: None})}
            for v in facet.values if v.chosen
        ]  # fmt: skip
    return held


def sides(found: catalogue.CataloguePage, chosen: Filters) -> list[dict[str, object]]:
    """The facets in which something is left to choose, each value a link; the first eight values are shown at once."""
    def link(facet: Facet, value: FacetValue) -> dict[str, object]:
        return {"text": words_of(value), "count": value.count, "chosen": value.chosen,
                "url": address(chosen, **{facet.name: None if value.chosen else value.code})}

    held: list[dict[str, object]] = []
    for facet in found.facets:
        links = [link(facet, value) for value in facet.values]
        if len(links) > 1 or any(v.count != found.total for v in facet.values):
            held.append({"title": facet.zh if lang() == "zh" else facet.en, "first": links[:MOST_SHOWN], "rest": links[MOST_SHOWN:],
                         "name": facet.name})
    return held


def page_number() -> int:
    """Which page the address asks for."""
    number = request.args.get("page", "1")
    return int(number) if number.isdecimal() and len(number) < 6 else 1


@room.get("/courses", may=PUBLIC, name="catalogue")
def listing() -> ResponseReturnValue:
    """The catalogue: the zone first, facets, search, and for a signed-in person the price after voucher."""
    chosen = filters()
    found = catalogue.catalogue(db(), chosen, today(), page_number())
    person = me().actor.person
    mine = prices.prices(db(), person, today(), found.courses) if person else {}
    return show(
        "courses/catalogue.html", found=found, filters=chosen, mine=mine, voucher=_voucher(), chips=chips(found, chosen),
        sides=sides(found, chosen), address=lambda **change: address(chosen, **change), licence=licence(), signed_in=bool(person),
    )


@room.get("/courses/<course_id>", may=PUBLIC, name="course")
def one(course_id: str) -> ResponseReturnValue:
    """A course with its open classes."""
    course = catalogue.public_course(db(), course_id, today())
    person = me().actor.person
    price = prices.prices(db(), person, today(), [course])[course.id] if person else None
    classes = catalogue.open_classes(db(), course_id)
    return show(
        "courses/course.html", course=course, classes=classes, price=price, voucher=_voucher(), today=today(),
        voice=ratings.voice(db(), course_id, today()), history=versions.history(db(), course_id),
        norm=norms.named(db(), [course.standard_version]).get(course.standard_version) if course.standard_version else None,
        saved=bool(person) and course_id in saved.saved_of(db(), person or "", [course_id]), may_save=me().actor.may(SAVE),
        data=data_block(json_ld(course, classes)), orders=changes.live_orders(db(), [c.id for c in classes], today()),
    )


def _voucher() -> str:
    """The voucher that the person came with, carried from page to page."""
    return request.args.get("voucher", "")[:26]
