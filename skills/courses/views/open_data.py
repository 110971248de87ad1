"""The catalogue for machines: schema.org on every public course, and the whole as one open file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from skills.courses.queries import catalogue
from skills.courses.queries.catalogue import ClassLine, CourseLine
from skills.courses.rules.catalogue import LEADS_TO, MODES, SECTIONS
from skills.courses.rules.classes import KINDS, ZONES
from skills.courses.views.words import room
from skills.kernel.acts import Office
from skills.kernel.clock import SHANGHAI
from skills.kernel.sheets import csv_lines
from skills.standards import queries as standards
from skills.training_standards import queries as norms
from skills.training_standards.queries import StandardLine, norm_words
from skills.web.pages import PUBLIC, db, office, settings, today

LICENCE = "course.open_data_licence"
CHUNK = 200
_MODES = {"onsite": "Onsite", "online": "Online", "blended": "Blended"}
COLUMNS = (
    "课程编号", "课程名称", "机构", "专区", "栏目", "培训类型", "取得证书", "专项职业能力", "职业代码", "职业", "等级", "学时", "费用（元）",
    "授课方式", "培训标准", "最近开班", "空余名额", "结业率（%）", "取证率（%）", "发布日期", "网址", "数据日期", "许可",
)  # fmt: skip


def licence() -> dict[str, str]:
    """Under which licence the catalogue may be used: zh, en, url."""
    value: dict[str, str] = standards.value(db(), LICENCE, today())
    return value


@room.get("/courses.csv", may=PUBLIC, name="open_data")
def open_data() -> ResponseReturnValue:
    """The whole catalogue as CSV, sent while it is read; every row says its date and licence."""
    day, held = today(), licence()
    said = f"{held['zh']} {held['url']}"
    answer = Response(csv_lines(_rows(office(), day, said, settings().public_base)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="courses-{day.isoformat()}.csv"'
    answer.headers["Link"] = f'<{held["url"]}>; rel="license"'
    return answer


def _rows(works: Office, day: date, said: str, base: str) -> Iterator[Sequence[str]]:
    """Head and courses, so many at a time, each chunk read by a session of its own: a slow reader holds nothing open."""
    yield COLUMNS
    after = ""
    while True:
        found, known = works.ask(lambda session, after=after: _part(session, day, after))  # type: ignore[misc]
        for c in found:
            yield (
                c.id, c.title, c.institution, ZONES[c.zone][0], SECTIONS[c.section][0], KINDS[c.kind][0], LEADS_TO[c.leads_to][0],
                c.ability, c.occupation, c.occupation_name, c.level.wording if c.level else "", str(c.hours), f"{c.fee / 100:.2f}",
                MODES[c.mode][0], norm_words(known.get(c.standard_version or ""))[0] or c.standard,
                c.next_start.isoformat() if c.next_start else "", str(c.places), _rate(c.completion_rate), _rate(c.certificate_rate),
                c.published_at.astimezone(SHANGHAI).date().isoformat() if c.published_at else "",
                f"{base}/courses/{c.id}", day.isoformat(), said,
            )  # fmt: skip
        if len(found) < CHUNK:
            return
        after = found[-1].id


def _part(session: Session, day: date, after: str) -> tuple[list[CourseLine], dict[str, StandardLine]]:
    """The next courses, and the training standards that they point at."""
    found = list(catalogue.public_courses(session, day, after, CHUNK))
    return found, norms.named(session, {c.standard_version for c in found if c.standard_version})


def _rate(percent: int | None) -> str:
    return "" if percent is None else str(percent)


@room.get("/courses/<course_id>.jsonld", may=PUBLIC, name="course_data")
def data(course_id: str) -> ResponseReturnValue:
    """The course as schema.org Course with its CourseInstances, for search engines."""
    course = catalogue.public_course(db(), course_id, today())
    body = json_ld(course, catalogue.open_classes(db(), course_id))
    return Response(json.dumps(body, ensure_ascii=False, indent=1), mimetype="application/ld+json")


def data_block(body: dict[str, Any]) -> Markup:
    """The data as a block in a page's head.

    Browsers run no script of this type, so the content security policy does not concern it (HTML standard, "prepare the script
    element": a data block ends before the policy is asked). No character in it can end the block.
    """
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))  # noqa: S704 - escaped for JSON above


def json_ld(course: CourseLine, classes: Sequence[ClassLine]) -> dict[str, Any]:
    """schema.org/Course: provider, price, workload, and each class as CourseInstance.

    Without an open class one instance tells how it is taught and how long, with no date.
    """
    url = settings().public_base + url_for("courses.course", course_id=course.id)
    workload = f"PT{course.hours * standards.value(db(), 'course.minutes_per_hour', today())}M"
    offer = {
        "@type": "Offer", "price": f"{course.fee / 100:.2f}", "priceCurrency": "CNY", "url": url,
        "category": "Paid" if course.fee else "Free",
    }  # fmt: skip
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": url,
        "url": url,
        "name": course.title,
        "description": course.description or f"{course.institution}：{course.title}，{course.occupation_name}，{course.hours}学时。",
        "inLanguage": "zh-CN",
        "provider": {"@type": "EducationalOrganization", "name": course.institution},
        "timeRequired": workload,
        "isAccessibleForFree": course.fee == 0,
        "educationalCredentialAwarded": {
            "@type": "EducationalOccupationalCredential", "name": course.ability or LEADS_TO[course.leads_to][0],
            "credentialCategory": LEADS_TO[course.leads_to][0],
        },
        "about": {"@type": "Occupation", "name": course.occupation_name, "occupationalCategory": course.occupation},
        "offers": offer,
        "hasCourseInstance": [_instance(course, c, workload, url) for c in classes] or [
            {"@type": "CourseInstance", "name": course.title, "courseMode": _MODES[course.mode], "courseWorkload": workload}
        ],
    }  # fmt: skip
    if course.level:
        told["educationalLevel"] = course.level.wording
    if course.published_at:
        told["datePublished"] = course.published_at.astimezone(SHANGHAI).date().isoformat()
    return told


def _instance(course: CourseLine, held: ClassLine, workload: str, url: str) -> dict[str, Any]:
    return {
        "@type": "CourseInstance",
        "name": held.number,
        "courseMode": _MODES[course.mode],
        "courseWorkload": workload,
        "startDate": held.starts_on.isoformat(),
        "endDate": held.ends_on.isoformat(),
        "location": {"@type": "VirtualLocation", "url": url} if held.online
        else {"@type": "Place", "name": held.address, "address": f"{held.district_name}{held.address}"},
        "instructor": {"@type": "Person", "name": held.lecturer},
        "maximumAttendeeCapacity": held.seats,
        "remainingAttendeeCapacity": held.seats_left,
        "subEvent": [
            {
                "@type": "Event",
                "name": s.topic or course.title,
                "startDate": s.starts_at.astimezone(SHANGHAI).isoformat(),
                "endDate": s.ends_at.astimezone(SHANGHAI).isoformat(),
                "location": {
                    "@type": "Place", "name": s.room or s.address or held.address, "address": f"{held.district_name}{s.address or held.address}",
                },
            }
            for s in held.sessions
        ],
    }
