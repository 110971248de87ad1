"""The catalogue for everyone."""

from __future__ import annotations

import json

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from skills.courses.queries import catalogue, prices
from skills.courses.queries.catalogue import ClassLine, CourseLine, Filters
from skills.courses.rules.classes import ZONES
from skills.courses.views.words import room
from skills.kernel.clock import SHANGHAI
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.web.pages import PUBLIC, db, me, settings, show, today


def filters() -> Filters:
    """What the address asks for."""
    level = request.args.get("level", "")
    zone = request.args.get("zone")
    return Filters(
        words=request.args.get("q", "").strip()[:60],
        occupation=request.args.get("occupation", "")[:16],
        level=int(level) if level.isdecimal() and int(level) in list(Level) else None,
        district=request.args.get("district", "")[:12],
        zone=zone if zone in ZONES and zone else None,
    )


@room.get("/courses", may=PUBLIC, name="catalogue")
def listing() -> ResponseReturnValue:
    """The catalogue: the zone first, facets, search, and for a signed-in person the price after voucher."""
    number = request.args.get("page", "1")
    chosen = filters()
    found = catalogue.catalogue(db(), chosen, today(), int(number) if number.isdecimal() else 1)
    person = me().actor.person
    offers = prices.offers(db(), person, today(), found.courses) if person else {}
    return show(
        "courses/catalogue.html", found=found, filters=chosen, offers=offers, voucher=_voucher(),
        occupations=catalogue.offered_occupations(db()), districts=standards.districts(db()), levels=list(Level),
    )


@room.get("/courses/<course_id>", may=PUBLIC, name="course")
def one(course_id: str) -> ResponseReturnValue:
    """A course with its open classes."""
    course = catalogue.public_course(db(), course_id, today())
    person = me().actor.person
    offer = prices.offers(db(), person, today(), [course]).get(course.id) if person else None
    return show(
        "courses/course.html", course=course, classes=catalogue.open_classes(db(), course_id), offer=offer,
        voucher=_voucher(), today=today(),
    )


@room.get("/courses/<course_id>.jsonld", may=PUBLIC, name="course_data")
def data(course_id: str) -> ResponseReturnValue:
    """The course as schema.org Course with its CourseInstances, for search engines."""
    course = catalogue.public_course(db(), course_id, today())
    body = json_ld(course, catalogue.open_classes(db(), course_id), settings().public_base)
    return Response(json.dumps(body, ensure_ascii=False, indent=1), mimetype="application/ld+json")


def json_ld(course: CourseLine, classes: list[ClassLine], base: str) -> dict[str, object]:
    """schema.org/Course: provider, price, and each class as CourseInstance."""
    provider = {"@type": "EducationalOrganization", "name": course.institution}
    return {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": base + url_for("courses.course", course_id=course.id),
        "url": base + url_for("courses.course", course_id=course.id),
        "name": course.title,
        "description": course.description or course.title,
        "inLanguage": "zh-CN",
        "provider": provider,
        "timeRequired": f"PT{course.hours * 45}M",
        "educationalLevel": course.level.wording if course.level else "",
        "about": {"@type": "Occupation", "name": course.occupation_name, "occupationalCategory": course.occupation},
        "offers": {"@type": "Offer", "price": f"{course.fee / 100:.2f}", "priceCurrency": "CNY", "category": "Fee"},
        "hasCourseInstance": [
            {
                "@type": "CourseInstance",
                "name": c.number,
                "courseMode": "onsite",
                "startDate": c.starts_on.isoformat(),
                "endDate": c.ends_on.isoformat(),
                "location": {"@type": "Place", "name": c.address, "address": f"{c.district_name}{c.address}"},
                "instructor": {"@type": "Person", "name": c.lecturer},
                "maximumAttendeeCapacity": c.seats,
                "remainingAttendeeCapacity": c.seats_left,
                "subEvent": [
                    {
                        "@type": "Event",
                        "name": s.topic or course.title,
                        "startDate": s.starts_at.astimezone(SHANGHAI).isoformat(),
                        "endDate": s.ends_at.astimezone(SHANGHAI).isoformat(),
                    }
                    for s in c.sessions
                ],
            }
            for c in classes
        ],
    }


def _voucher() -> str:
    """The voucher that the person came with, carried from page to page."""
    return request.args.get("voucher", "")[:26]
