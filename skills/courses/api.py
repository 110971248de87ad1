"""Courses, classes and places for programs: the same actions as the pages."""

from __future__ import annotations

from datetime import date, datetime

from flask import request
from pydantic import AwareDatetime, BaseModel, Field

from skills.courses.actions import catalogue as course_acts
from skills.courses.actions import classes as class_acts
from skills.courses.actions import disputes as own_disputes
from skills.courses.actions import enrolments, leaving, reservations
from skills.courses.actions.catalogue import CourseMade
from skills.courses.actions.classes import MANAGE as MANAGE_CLASSES
from skills.courses.actions.classes import ClassMade, SessionPlan
from skills.courses.actions.enrolments import ENROL, Enrolled, Left
from skills.courses.actions.leaving import LeaveAsked
from skills.courses.actions.reservations import Reserved
from skills.courses.bodies import CourseBody, ReasonBody
from skills.courses.queries import catalogue, classes
from skills.courses.queries import reservations as asked
from skills.courses.queries.catalogue import CataloguePage, ClassLine, CourseLine
from skills.courses.queries.classes import PlaceLine
from skills.courses.queries.reservations import LeaveLine, RequestLine, ReservationLine
from skills.courses.states import Admission
from skills.courses.views.disputes import SEE
from skills.courses.views.public import filters, page_number
from skills.vouchers import queries as vouchers
from skills.vouchers.actions import disputes
from skills.vouchers.actions.disputes import Disputed
from skills.vouchers.queries import DisputeLine
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, Room, db, me, office, perform, today

room = Room("courses_api", __name__)
FACES = [room]


class SessionBody(BaseModel):
    """A lesson, with times that name their zone, ids of its lecturers, and its address if it is another than the class's."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    room: str = Field(max_length=60)
    topic: str = Field(default="", max_length=120)
    lecturers: list[str] = Field(default_factory=list, max_length=10)
    address: str = Field(default="", max_length=120)


class ClassBody(BaseModel):
    """A class of a course. One of lessons online alone has no sessions and no address; `lecturer` names who answers for it."""

    course_id: str
    district: str
    address: str = Field(default="", max_length=120)
    lecturer: str = Field(default="", max_length=60)
    lecturer_proof: str = Field(default="", max_length=120)
    assessment_plan: str = Field(max_length=1000)
    seats: int
    starts_on: date
    ends_on: date
    sessions: list[SessionBody] = Field(default_factory=list, max_length=400)
    class_id: str | None = None
    admits: Admission = Admission.AT_ONCE


class PromiseBody(BaseModel):
    """The truth promise."""

    promise: bool


class DecisionBody(BaseModel):
    """Why; whom it concerns reads it."""

    reason: str = Field(min_length=1, max_length=400)


class LeaveBody(BaseModel):
    """Why somebody leaves: a code (illness, family, work, moved, quality, mistake, other) and own words."""

    code: str = Field("other", max_length=24)
    words: str = Field("", max_length=400)


class TakeBody(BaseModel):
    """With which voucher, if any."""

    voucher_id: str | None = Field(None, max_length=26)


class EnrolBody(BaseModel):
    """A place in a class, with a voucher or without."""

    class_id: str
    voucher_id: str | None = None


@room.api("GET", "/courses", may=PUBLIC, answers=CataloguePage)
def list_courses() -> CataloguePage:
    """The public catalogue with its facets: q, each facet by its name, and page narrow it."""
    return catalogue.catalogue(db(), filters(), today(), page_number())


@room.api("GET", "/courses/<course_id>", may=PUBLIC, answers=CourseLine)
def read_course(course_id: str) -> CourseLine:
    """A public course."""
    return catalogue.public_course(db(), course_id, today())


@room.api("GET", "/courses/<course_id>/classes", may=PUBLIC, answers=list[ClassLine])
def list_classes(course_id: str) -> list[ClassLine]:
    """The open classes of a public course."""
    catalogue.public_course(db(), course_id, today())
    return catalogue.open_classes(db(), course_id)


@room.api("POST", "/courses", does=course_acts.draft, body=CourseBody, answers=CourseMade, status=201)
def write_course(body: CourseBody) -> CourseMade:
    """Write a course or change a draft of one."""
    return perform(course_acts.draft, request_key(), institution_id=me().organisation_id, **body.model_dump())


@room.api("POST", "/courses/<course_id>/submit", does=course_acts.submit, answers=CourseMade)
def submit_course(course_id: str) -> CourseMade:
    """Send a course for review."""
    return perform(course_acts.submit, request_key(), course_id=course_id)


@room.api("POST", "/courses/<course_id>/publish", does=course_acts.publish, answers=CourseMade)
def publish_course(course_id: str) -> CourseMade:
    """Publish a course under review."""
    return perform(course_acts.publish, request_key(), course_id=course_id)


@room.api("POST", "/courses/<course_id>/send-back", does=course_acts.send_back, body=ReasonBody, answers=CourseMade)
def send_back_course(course_id: str, body: ReasonBody) -> CourseMade:
    """Send a course back with a reason."""
    return perform(course_acts.send_back, request_key(), course_id=course_id, reason=body.reason)


@room.api("POST", "/courses/<course_id>/withdraw", does=course_acts.withdraw, body=ReasonBody, answers=CourseMade)
def withdraw_course(course_id: str, body: ReasonBody) -> CourseMade:
    """Take a course out of the catalogue."""
    return perform(course_acts.withdraw, request_key(), course_id=course_id, reason=body.reason)


@room.api("POST", "/classes", does=class_acts.plan, body=ClassBody, answers=ClassMade, status=201)
def plan_class(body: ClassBody) -> ClassMade:
    """Plan a class or change one that was not applied for."""
    order = body.model_dump(exclude={"sessions"})
    sessions = tuple(
        SessionPlan(_at(s.starts_at), _at(s.ends_at), s.room, s.topic, tuple(s.lecturers), s.address) for s in body.sessions
    )
    return perform(class_acts.plan, request_key(), sessions=sessions, **order).or_refuse()


def _at(moment: AwareDatetime) -> datetime:
    return moment


@room.api("POST", "/classes/<class_id>/submit", does=class_acts.submit, body=PromiseBody, answers=ClassMade)
def submit_class(class_id: str, body: PromiseBody) -> ClassMade:
    """Apply for a class 开班申请."""
    return perform(class_acts.submit, request_key(), class_id=class_id, promise=body.promise)


@room.api("POST", "/classes/<class_id>/approve", does=class_acts.approve, answers=ClassMade)
def approve_class(class_id: str) -> ClassMade:
    """Approve a class."""
    return perform(class_acts.approve, request_key(), class_id=class_id)


@room.api("POST", "/classes/<class_id>/send-back", does=class_acts.send_back, body=ReasonBody, answers=ClassMade)
def send_back_class(class_id: str, body: ReasonBody) -> ClassMade:
    """Send an application back with a reason."""
    return perform(class_acts.send_back, request_key(), class_id=class_id, reason=body.reason)


@room.api("POST", "/classes/<class_id>/start", does=class_acts.start, answers=ClassMade)
def start_class(class_id: str) -> ClassMade:
    """Begin a class."""
    return perform(class_acts.start, request_key(), class_id=class_id)


@room.api("POST", "/classes/<class_id>/finish", does=class_acts.finish, answers=ClassMade)
def finish_class(class_id: str) -> ClassMade:
    """Finish a class."""
    return perform(class_acts.finish, request_key(), class_id=class_id)


@room.api("POST", "/classes/<class_id>/cancel", does=class_acts.cancel, body=ReasonBody, answers=ClassMade)
def cancel_class(class_id: str, body: ReasonBody) -> ClassMade:
    """Cancel a class; every voucher goes back."""
    return perform(class_acts.cancel, request_key(), class_id=class_id, reason=body.reason)


@room.api("POST", "/enrolments", does=enrolments.enrol, body=EnrolBody, answers=Enrolled, status=201)
def create_enrolment(body: EnrolBody) -> Enrolled:
    """Take a place in a class and use a voucher for it in the same act."""
    return perform(enrolments.enrol, request_key(), class_id=body.class_id, voucher_id=body.voucher_id)


@room.api("GET", "/enrolments", may=ENROL, answers=list[PlaceLine])
def list_enrolments() -> list[PlaceLine]:
    """One's own places."""
    return classes.places_of(db(), me().person_id)


@room.api("POST", "/enrolments/<enrolment_id>/withdraw", does=enrolments.withdraw, body=LeaveBody, answers=Left)
def withdraw_enrolment(enrolment_id: str, body: LeaveBody) -> Left:
    """Leave while it is free; the voucher goes back."""
    return perform(enrolments.withdraw, request_key(), enrolment_id=enrolment_id, code=body.code, reason=body.words)


@room.api("POST", "/reservations", does=reservations.ask, body=EnrolBody, answers=Reserved, status=201)
def ask_for_seat(body: EnrolBody) -> Reserved:
    """Ask for a seat that the institution confirms, or for a place in the queue of a full class."""
    return perform(reservations.ask, request_key(), class_id=body.class_id, voucher_id=body.voucher_id)


@room.api("GET", "/reservations", may=ENROL, answers=list[ReservationLine], skips=True)
def list_reservations() -> list[ReservationLine]:
    """What one has asked for and has not got, newest first."""
    page = paging.asked()
    return asked.mine(db(), me().person_id, office().clock.now(), page.key, page.limit + 1)


@room.api("POST", "/reservations/<reservation_id>/take", does=reservations.take, body=TakeBody, answers=Reserved)
def take_seat(reservation_id: str, body: TakeBody) -> Reserved:
    """Take the seat that was offered."""
    return perform(reservations.take, request_key(), reservation_id=reservation_id, voucher_id=body.voucher_id)


@room.api("POST", "/reservations/<reservation_id>/cancel", does=reservations.cancel, answers=Reserved)
def cancel_reservation(reservation_id: str) -> Reserved:
    """Take one's own word back."""
    return perform(reservations.cancel, request_key(), reservation_id=reservation_id)


@room.api("GET", "/reservations/to-answer", may=MANAGE_CLASSES, answers=list[RequestLine], skips=True)
def list_requests() -> list[RequestLine]:
    """Requests for seats that one's own institution has to answer, the most urgent first."""
    page, mine = paging.asked(), me().actor.organisations_for(MANAGE_CLASSES)
    return asked.requests(db(), mine, office().clock.now(), page.key, page.limit + 1)


@room.api("POST", "/reservations/<reservation_id>/confirm", does=reservations.confirm, answers=Enrolled)
def confirm_reservation(reservation_id: str) -> Enrolled:
    """Confirm: the place is taken and the voucher used."""
    return perform(reservations.confirm, request_key(), reservation_id=reservation_id)


@room.api("POST", "/reservations/<reservation_id>/decline", does=reservations.decline, body=DecisionBody, answers=Reserved)
def decline_reservation(reservation_id: str, body: DecisionBody) -> Reserved:
    """Decline with a reason; seat and voucher are free."""
    return perform(reservations.decline, request_key(), reservation_id=reservation_id, reason=body.reason)


@room.api("POST", "/enrolments/<enrolment_id>/leave", does=leaving.ask, body=LeaveBody, answers=LeaveAsked, status=201)
def ask_to_leave(enrolment_id: str, body: LeaveBody) -> LeaveAsked:
    """Ask to leave after leaving is free no more."""
    return perform(leaving.ask, request_key(), enrolment_id=enrolment_id, code=body.code, words=body.words)


@room.api("POST", "/leaves/<request_id>/withdraw", does=leaving.withdraw, answers=LeaveAsked)
def withdraw_leave(request_id: str) -> LeaveAsked:
    """Stay after all."""
    return perform(leaving.withdraw, request_key(), request_id=request_id)


@room.api("GET", "/leaves", may=leaving.DECIDE, answers=list[LeaveLine], skips=True)
def list_leaves() -> list[LeaveLine]:
    """Requests to leave that wait for a decision; `?state=closed` for the others."""
    page, opened = paging.asked(), request.args.get("state") != "closed"
    return asked.leave_requests(db(), me().actor.districts_for(leaving.DECIDE), opened, page.key, page.limit + 1)


@room.api("POST", "/leaves/<request_id>/grant", does=leaving.grant, body=DecisionBody, answers=LeaveAsked)
def grant_leave(request_id: str, body: DecisionBody) -> LeaveAsked:
    """Let the learner leave; the voucher comes back with its life."""
    return perform(leaving.grant, request_key(), request_id=request_id, reason=body.reason)


@room.api("POST", "/leaves/<request_id>/refuse", does=leaving.refuse, body=DecisionBody, answers=LeaveAsked)
def refuse_leave(request_id: str, body: DecisionBody) -> LeaveAsked:
    """The place stands."""
    return perform(leaving.refuse, request_key(), request_id=request_id, reason=body.reason)


@room.api("GET", "/disputes", may=SEE, answers=list[DisputeLine], skips=True)
def list_disputes() -> list[DisputeLine]:
    """Uses of vouchers that their holders deny and that wait for a decision; `?state=closed` for the others."""
    page, opened = paging.asked(), request.args.get("state") != "closed"
    return vouchers.disputes(db(), me().actor.districts_for(SEE), opened, page.key, page.limit + 1)


@room.api("POST", "/disputes/<dispute_id>/uphold", does=own_disputes.uphold, body=DecisionBody, answers=Disputed)
def uphold_dispute(dispute_id: str, body: DecisionBody) -> Disputed:
    """It was not the holder: the use is undone."""
    return perform(own_disputes.uphold, request_key(), dispute_id=dispute_id, reason=body.reason)


@room.api("POST", "/disputes/<dispute_id>/dismiss", does=disputes.dismiss, body=DecisionBody, answers=Disputed)
def dismiss_dispute(dispute_id: str, body: DecisionBody) -> Disputed:
    """It was the holder: the money is free again."""
    return perform(disputes.dismiss, request_key(), dispute_id=dispute_id, reason=body.reason)
