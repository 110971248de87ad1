"""A public course is changed by versions: the old text stays public until another hand has reviewed the new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select

from skills.courses.actions.catalogue import MANAGE, PUBLISH, other_hand, own, put_on_shelf, said, written
from skills.courses.models import Course, CourseClass, CourseVersion, Enrolment
from skills.courses.rules.catalogue import FIELDS, CourseSaid, changes, may_replace
from skills.courses.states import COURSE, ClassState, CourseState, EnrolmentState
from skills.courses.states.catalogue import OPEN_VERSION, VERSION, VersionState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal

TAUGHT = (ClassState.SUBMITTED, ClassState.APPROVED, ClassState.RUNNING)


@dataclass(frozen=True)
class VersionMade:
    """A version after an act upon it."""

    version_id: str
    course_id: str
    number: int
    state: str


@action("course_version.draft", may=MANAGE)
def revise(act: Act, /, course_id: str, **text: Any) -> VersionMade:
    """Write the next version of a public or withdrawn course, or change it while it is not under review.

    `text`: the fields of `CourseSaid`.
    Raises Missing("course.unknown", "occupation.unknown"), Refusal("course.invalid", "course_version.not_public",
    "course_version.under_review").
    """
    course = own(act, course_id)
    if course.state not in (CourseState.PUBLISHED, CourseState.WITHDRAWN):
        raise Refusal("course_version.not_public")
    values = written(act, CourseSaid(**text))
    row = act.db.scalar(select(CourseVersion).where(CourseVersion.course_id == course_id, CourseVersion.state.in_(OPEN_VERSION)))
    if row is None:
        last = act.db.scalar(select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course_id)) or 1
        row = act.add(
            CourseVersion(id=act.new_id(), course_id=course_id, number=last + 1, said=values, state=VersionState.DRAFT, drafted_at=act.at)
        )
    elif row.state == VersionState.SUBMITTED:
        raise Refusal("course_version.under_review")
    else:
        row.said = values
    act.note("course_version.draft", id=row.id)
    return _made(row)


@action("course_version.submit", may=MANAGE)
def submit(act: Act, version_id: str) -> VersionMade:
    """Send a version for review. Raises Missing, Refusal("course_version.not_publishable", "course_version.cannot_submit")."""
    row, course = _version(act, version_id)
    own(act, course.id)
    may_replace(changes(said_by(course), row.said), 0).or_refuse()
    act.move(row, VERSION, "submit", submitted_by=act.actor.account, submitted_at=act.at, reason="")
    return _made(row)


@action("course_version.publish", may=PUBLISH)
def publish(act: Act, version_id: str) -> VersionMade:
    """Let a reviewed version take the place of the public text.

    Raises Missing, Refusal("course.own_work", "course_version.not_publishable", "course_version.cannot_publish").
    """
    row, course = _version(act, version_id)
    other_hand(act, row.submitted_by)
    open_ = select(Enrolment.class_id).where(Enrolment.state == EnrolmentState.ATTENDING)  # results are still judged by the course
    going = or_(CourseClass.state.in_(TAUGHT), and_(CourseClass.state == ClassState.FINISHED, CourseClass.id.in_(open_)))
    taught = select(func.count()).select_from(CourseClass).where(CourseClass.course_id == course.id, going)
    may_replace(changes(said_by(course), row.said), act.db.scalar(taught) or 0).or_refuse()
    before = act.find(CourseVersion, course_id=course.id, state=VersionState.PUBLISHED)
    if before is None:
        act.add(CourseVersion(
            id=act.new_id(), course_id=course.id, number=1, said=said_by(course), state=VersionState.REPLACED,
            drafted_at=course.published_at or act.at, submitted_by=course.submitted_by, submitted_at=course.submitted_at,
            decided_by=course.decided_by, decided_at=course.published_at, ended_at=act.at,
        ))  # fmt: skip
    else:
        act.move(before, VERSION, "replace", ended_at=act.at)
    act.move(row, VERSION, "publish", decided_by=act.actor.account, decided_at=act.at)
    for name, value in row.said.items():
        setattr(course, name, value)
    if course.state == CourseState.WITHDRAWN:
        act.move(course, COURSE, "relist", decided_by=act.actor.account, decided_at=act.at, reason="", published_at=act.at)
    put_on_shelf(act, course)
    return _made(row)


@action("course_version.send_back", may=PUBLISH)
def send_back(act: Act, version_id: str, reason: str) -> VersionMade:
    """Send a version back with a reason; the public text stays. Raises Missing, Refusal."""
    row, _ = _version(act, version_id)
    act.move(row, VERSION, "send_back", decided_by=act.actor.account, decided_at=act.at, reason=said(reason))
    return _made(row)


@action("course_version.drop", may=MANAGE)
def drop(act: Act, version_id: str) -> VersionMade:
    """Give up a version that is not public. Raises Missing, Refusal("course_version.cannot_drop")."""
    row, course = _version(act, version_id)
    own(act, course.id)
    act.move(row, VERSION, "drop", ended_at=act.at)
    return _made(row)


def said_by(course: Course) -> dict[str, Any]:
    """What a course says now, field by field as a version keeps it."""
    return {name: getattr(course, name) for name in FIELDS}


def _version(act: Act, version_id: str) -> tuple[CourseVersion, Course]:
    row = act.get(CourseVersion, id=version_id)
    course = act.db.get(Course, row.course_id)
    if course is None:
        raise Missing("course.unknown")
    return row, course


def _made(row: CourseVersion) -> VersionMade:
    return VersionMade(row.id, row.course_id, row.number, row.state)

