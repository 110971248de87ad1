"""The catalogue: an institution submits a course, the bureau publishes or sends it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from skills.courses.models import Course, CourseGram, CourseText
from skills.courses.rules.catalogue import FIELDS, CourseSaid, Known, Offer, may_write
from skills.courses.rules.classes import KINDS, ZONES
from skills.courses.rules.search import fold, grams
from skills.courses.states import COURSE, CourseState
from skills.credentials.characters import unfit
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.people.rules import INVISIBLE
from skills.standards import queries as standards
from skills.training_standards import queries as norms

MANAGE = "course.manage"
PUBLISH = "course.publish"


@dataclass(frozen=True)
class CourseMade:
    """A course after an act upon it."""

    course_id: str
    state: str


@action("course.draft", may=MANAGE)
def draft(act: Act, /, institution_id: str, course_id: str | None = None, **text: Any) -> CourseMade:
    """Write a course, or change one that is not public yet. `text`: the fields of `CourseSaid`.

    Raises Forbidden, Missing("occupation.unknown", "course.unknown"), Refusal("course.invalid", "course.not_open").
    """
    act.require(MANAGE, institution_id)
    values = written(act, CourseSaid(**text))
    if course_id is None:
        row = act.add(Course(id=act.new_id(), institution_id=institution_id, state=CourseState.DRAFT, **values))
        act.note("course.draft", id=row.id)
        return CourseMade(row.id, row.state)
    row = own(act, course_id)
    if row.state not in (CourseState.DRAFT, CourseState.RETURNED):
        raise Refusal("course.not_open")
    for name, value in values.items():
        setattr(row, name, value)
    act.note("course.change", id=row.id)
    return CourseMade(row.id, row.state)


@action("course.submit", may=MANAGE)
def submit(act: Act, course_id: str) -> CourseMade:
    """Send a course for review. Raises Missing, Refusal("course.cannot_submit")."""
    row = own(act, course_id)
    act.move(row, COURSE, "submit", submitted_by=act.actor.account, submitted_at=act.at, reason="")
    return CourseMade(row.id, row.state)


@action("course.publish", may=PUBLISH)
def publish(act: Act, course_id: str) -> CourseMade:
    """Put a reviewed course into the catalogue. Raises Missing, Refusal("course.cannot_publish", "own_work")."""
    row = act.get(Course, id=course_id)
    other_hand(act, row.submitted_by)
    act.move(row, COURSE, "publish", decided_by=act.actor.account, decided_at=act.at, published_at=act.at)
    put_on_shelf(act, row)
    return CourseMade(row.id, row.state)


@action("course.send_back", may=PUBLISH)
def send_back(act: Act, course_id: str, reason: str) -> CourseMade:
    """Send a course back with a reason. Raises Missing, Refusal("course.cannot_send_back", "reason_needed")."""
    row = act.get(Course, id=course_id)
    act.move(row, COURSE, "send_back", decided_by=act.actor.account, decided_at=act.at, reason=said(reason))
    return CourseMade(row.id, row.state)


@action("course.withdraw", may=PUBLISH)
def withdraw(act: Act, course_id: str, reason: str) -> CourseMade:
    """Take a course out of the catalogue; classes under way go on. Raises Missing, Refusal."""
    row = act.get(Course, id=course_id)
    act.move(row, COURSE, "withdraw", decided_by=act.actor.account, decided_at=act.at, reason=said(reason))
    take_off_shelf(act, row)
    return CourseMade(row.id, row.state)


def written(act: Act, text: CourseSaid) -> dict[str, Any]:
    """What a course says, as it is stored. Raises Missing("occupation.unknown"), Refusal("course.invalid")."""
    taught = standards.occupation(act.db, text.occupation)
    norm = norms.named(act.db, [text.standard_version]).get(text.standard_version) if text.standard_version else None
    fits = not text.standard_version or (
        norm is not None and norm.state == "published" and norm.occupation == text.occupation and text.level in norm.levels
    )
    title = " ".join(INVISIBLE.sub("", text.title).split())[:60].strip()
    offer = Offer(
        title, text.kind, text.zone, text.section, text.mode, text.leads_to, text.ability, text.level, text.hours, text.fee,
        taught.kind == "professional", fits, unfit(title),
    )  # fmt: skip
    may_write(offer, Known(tuple(KINDS), tuple(ZONES))).or_refuse()
    return {name: getattr(text, name) for name in FIELDS} | {
        "title": title, "standard": text.standard.strip()[:120], "description": text.description.strip()[:4000],
        "ability": text.ability.strip()[:60], "standard_version": text.standard_version or None,
    }


def put_on_shelf(act: Act, row: Course) -> None:
    """Let a public course be found by its words."""
    take_off_shelf(act, row)
    title, body = fold(row.title), fold(row.description)
    act.add(CourseText(course_id=row.id, title=title, body=body))
    act.add_many(CourseGram, [{"gram": gram, "course_id": row.id} for gram in sorted(grams(title, body))])


def take_off_shelf(act: Act, row: Course) -> None:
    """A course that is not public is not found."""
    act.db.execute(delete(CourseGram).where(CourseGram.course_id == row.id))
    act.db.execute(delete(CourseText).where(CourseText.course_id == row.id))


def said(reason: str) -> str:
    """A reason that was given. Raises Refusal("course.reason_needed")."""
    if not reason.strip():
        raise Refusal("course.reason_needed")
    return reason.strip()[:400]


def own(act: Act, course_id: str) -> Course:
    """A course of an institution for which this account may manage courses. Raises Missing("course.unknown")."""
    row = act.get(Course, id=course_id)
    if not act.actor.may(MANAGE, row.institution_id):
        raise Missing("course.unknown")
    return row


def other_hand(act: Act, first: str | None) -> None:
    """Nobody decides on their own work. Raises Refusal("course.own_work")."""
    if first == act.actor.account and not act.actor.everything:
        raise Refusal("course.own_work")
