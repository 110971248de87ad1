"""The ledger of class hours: one's own, an institution's classes, as pages and as CSV."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from flask.typing import ResponseReturnValue

from skills.courses.queries import hours as places
from skills.kernel import sheets
from skills.kernel.errors import Missing
from skills.learning.actions.studying import STUDYING
from skills.learning.queries import ledger, overlaps
from skills.learning.queries.ledger import HourLine, PlaceHours
from skills.learning.rules.places import KIND_WORDS
from skills.learning.views.bureau import overlap_page
from skills.learning.views.words import room
from skills.web.pages import db, me, say, show, today

CLASSES = "class.manage"
SHOWN = 60


@room.get("/me/hours", may=STUDYING)
def own_hours() -> ResponseReturnValue:
    """One's own class hours: by class, by year, by month."""
    person = me().person_id
    return show(
        "learning/own_hours.html", h=ledger.own(db(), person, today()), lines=ledger.lines(db(), person_id=person)[:SHOWN],
        overlaps=overlaps.listed(db(), person_id=person),
    )


@room.get("/me/hours.csv", may=STUDYING)
def own_hours_csv() -> ResponseReturnValue:
    """The same, line by line."""
    person = me().person_id
    named = {p.enrolment_id: p for p in ledger.of_places(db(), places.places(db(), persons=[person]))}
    return _csv([(named[e], line) for e in named for line in ledger.lines(db(), enrolment_id=e)], "my-hours.csv", name=False)


@room.get("/org/hours", may=CLASSES)
def own_classes_hours() -> ResponseReturnValue:
    """Every class of one's own institution with its class hours."""
    mine = me().actor.organisations_for(CLASSES)
    by_class: dict[str, list[PlaceHours]] = {}
    for p in ledger.of_places(db(), places.places(db(), institutions=mine)):
        by_class.setdefault(p.class_id, []).append(p)
    return show("learning/org_hours.html", classes=list(by_class.values()))


def _of_class(class_id: str) -> list[PlaceHours]:
    mine = me().actor.organisations_for(CLASSES)
    found = places.places(db(), institutions=mine, classes=[class_id])
    if not found:
        raise Missing("course_class.unknown")
    return sorted(ledger.of_places(db(), found), key=lambda p: (p.name, p.enrolment_id))


@room.get("/org/classes/<class_id>/hours", may=CLASSES)
def class_hours(class_id: str) -> ResponseReturnValue:
    """The ledger of one class, learner by learner."""
    held = _of_class(class_id)
    return show("learning/class_hours.html", places=held, lines=ledger.lines(db(), class_id=class_id)[:SHOWN],
                named={p.enrolment_id: p.name for p in held})  # fmt: skip


@room.get("/org/classes/<class_id>/hours.csv", may=CLASSES)
def class_hours_csv(class_id: str) -> ResponseReturnValue:
    """The same, line by line."""
    return _csv([(p, line) for p in _of_class(class_id) for line in ledger.lines(db(), enrolment_id=p.enrolment_id)], "class-hours.csv")


@room.get("/org/overlaps", may=CLASSES)
def own_overlaps() -> ResponseReturnValue:
    """Learners of one's own who were in two places at once."""
    mine = me().actor.organisations_for(CLASSES)
    found, more = overlap_page(institutions=mine)
    return show("learning/overlaps.html", overlaps=found, more=more, form=None, every=True)


def _csv(rows: Sequence[tuple[PlaceHours, HourLine]], name_of_file: str, name: bool = True) -> Response:
    head = [say("姓名", "Name")] if name else []
    head += [
        say("班级", "Class"), say("课程", "Course"), say("序号", "No."), say("学习日期", "Learned on"), say("来源", "Source"),
        say("内容", "What"), say("分钟", "Minutes"), say("累计", "Balance"), say("暂不计入", "Held"),
    ]  # fmt: skip
    body = [
        [*([p.name] if name else []), p.number, p.course, str(line.number), line.day.isoformat(), say(*KIND_WORDS[line.kind]), line.what,
         str(line.minutes), str(line.balance), say("是", "yes") if line.held else ""]
        for p, line in rows
    ]  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="{name_of_file}"', "Cache-Control": "private, no-store"}
    return Response(sheets.write_csv([head, *body]), mimetype=sheets.CSV_TYPE, headers=headers)
