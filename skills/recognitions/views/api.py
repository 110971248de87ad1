"""The same for programs."""

from __future__ import annotations

from pydantic import Base64Bytes, BaseModel, Field

from skills.certification.actions.awards import Noticed
from skills.recognitions import queries
from skills.recognitions.actions import appointments, awards, committee, drafts, notices
from skills.recognitions.actions.awards import Again
from skills.recognitions.actions.committee import Decided, Vote
from skills.recognitions.actions.drafts import Drafted, Line, RecognitionOrder
from skills.recognitions.actions.notices import Ordered
from skills.recognitions.queries import RecognitionLine
from skills.recognitions.queries import appointments as appointment_queries
from skills.recognitions.queries.appointments import AppointmentLine
from skills.recognitions.states import PROPOSE, SEE
from skills.recognitions.views.firm import MOST_REQUEST, put_papers
from skills.recognitions.views.words import room
from skills.web.openapi import request_key
from skills.web.pages import db, me, perform


class DraftBody(BaseModel):
    """What is to be recognised, for whom, by whom. kind direct (rank 2 to 6) or appointment (7, 8); people by record, members by account."""

    kind: str = Field(default="direct", max_length=16)
    occupation: str = Field(max_length=16)
    branch: str = Field(default="", max_length=80)
    level: int = Field(ge=1, le=8)
    people: list[str] = Field(min_length=1, max_length=200)
    chair: str = Field(max_length=26)
    members: list[str] = Field(min_length=3, max_length=99)


class LineBody(BaseModel):
    """What is said of one person: way condition or norm, what was done, papers as PDF, JPEG or PNG in base64."""

    id: str = Field(max_length=26)
    way: str = Field(default="", max_length=16)
    statement: str = Field(default="", max_length=400)
    papers: list[Base64Bytes] = Field(default=[], max_length=3)


class LinesBody(BaseModel):
    """What is said of people of a draft; who is not named stays as it is."""

    lines: list[LineBody] = Field(min_length=1, max_length=200)


class VoteBody(BaseModel):
    """A member's word on one person; a no with its reason."""

    id: str = Field(max_length=26)
    yes: bool
    reason: str = Field(default="", max_length=200)


class VotesBody(BaseModel):
    """A member's word on everybody."""

    votes: list[VoteBody] = Field(min_length=1, max_length=200)


class WhyBody(BaseModel):
    """A reason."""

    reason: str = Field(min_length=1, max_length=400)


class ReviewedBody(BaseModel):
    """The authority's document."""

    document: str = Field(default="", max_length=80)


@room.api("GET", "/recognitions", may=SEE, answers=list[RecognitionLine])
def list_recognitions() -> list[RecognitionLine]:
    """The recognitions of one's own firm."""
    return list(queries.of_bodies(db(), me().actor.organisations_for(SEE)))


@room.api("POST", "/recognitions", does=drafts.draft, body=DraftBody, answers=Drafted, status=201)
def create_recognition(body: DraftBody) -> Drafted:
    """Begin a recognition."""
    order = RecognitionOrder(
        body.kind, body.occupation, body.branch, body.level, tuple(body.people), body.chair, tuple(body.members)
    )
    return perform(drafts.draft, request_key(), organisation_id=me().organisation_id, order=order)


@room.api("GET", "/recognitions/<recognition_id>", may=SEE, answers=RecognitionLine)
def get_recognition(recognition_id: str) -> RecognitionLine:
    """A recognition of one's own firm, with its committee and people."""
    return queries.recognition(db(), recognition_id, me().actor.organisations_for(SEE))


@room.api("POST", "/recognitions/<recognition_id>/lines", does=drafts.propose, body=LinesBody, answers=RecognitionLine, most=MOST_REQUEST)
def write_recognition_lines(recognition_id: str, body: LinesBody) -> RecognitionLine:
    """Say by which rule people are proposed and what they did, with papers."""
    whose = {one.id: one.person_id for one in queries.recognition(db(), recognition_id, me().actor.organisations_for(PROPOSE)).people}
    lines = tuple(
        Line(one.id, one.way, one.statement, put_papers(request_key(), whose.get(one.id, ""), list(one.papers) if one.id in whose else []))
        for one in body.lines
    )
    perform(drafts.propose, request_key(), recognition_id=recognition_id, lines=lines)
    return _own(recognition_id)


@room.api("POST", "/recognised-people/<recognised_id>/leave-out", does=drafts.leave_out, answers=None)
def leave_recognised_out(recognised_id: str) -> None:
    """Propose somebody no more."""
    perform(drafts.leave_out, request_key(), recognised_id=recognised_id)


@room.api("POST", "/recognitions/<recognition_id>/submit", does=drafts.submit, answers=RecognitionLine)
def submit_recognition(recognition_id: str) -> RecognitionLine:
    """Put it before the committee."""
    perform(drafts.submit, request_key(), recognition_id=recognition_id)
    return _own(recognition_id)


@room.api("POST", "/recognitions/<recognition_id>/votes", does=committee.vote, body=VotesBody, answers=RecognitionLine)
def vote_on_recognition(recognition_id: str, body: VotesBody) -> RecognitionLine:
    """Vote on everybody, as a member."""
    votes = tuple(Vote(one.id, one.yes, one.reason) for one in body.votes)
    perform(committee.vote, request_key(), recognition_id=recognition_id, votes=votes)
    return _own(recognition_id)


@room.api("POST", "/recognitions/<recognition_id>/decide", does=committee.decide, answers=Decided)
def decide_recognition(recognition_id: str) -> Decided:
    """Take the committee's decision, as its chair."""
    return perform(committee.decide, request_key(), recognition_id=recognition_id)


@room.api("POST", "/recognitions/<recognition_id>/notice", does=notices.give_notice, answers=Noticed)
def notice_recognition(recognition_id: str) -> Noticed:
    """Put the confirmed on public notice."""
    return perform(notices.give_notice, request_key(), recognition_id=recognition_id)


@room.api("POST", "/recognitions/<recognition_id>/review", does=notices.review, body=ReviewedBody, answers=None)
def review_recognition(recognition_id: str, body: ReviewedBody) -> None:
    """Pass the data review, for the authority."""
    perform(notices.review, request_key(), recognition_id=recognition_id, document=body.document)


@room.api("POST", "/recognitions/<recognition_id>/conclude", does=notices.conclude, answers=Ordered)
def conclude_recognition(recognition_id: str) -> Ordered:
    """Conclude after the notice; certificates follow."""
    return perform(notices.conclude, request_key(), recognition_id=recognition_id)


@room.api("POST", "/recognitions/<recognition_id>/again", does=awards.again, answers=Again)
def recognise_again(recognition_id: str) -> Again:
    """Order anew what a concluded recognition still owes."""
    return perform(awards.again, request_key(), recognition_id=recognition_id)


@room.api("POST", "/recognitions/<recognition_id>/cancel", does=drafts.cancel, body=WhyBody, answers=RecognitionLine)
def cancel_recognition(recognition_id: str, body: WhyBody) -> RecognitionLine:
    """Give a recognition up before its notice."""
    perform(drafts.cancel, request_key(), recognition_id=recognition_id, reason=body.reason)
    return _own(recognition_id)


@room.api("GET", "/appointments", may=SEE, answers=list[AppointmentLine])
def list_appointments() -> list[AppointmentLine]:
    """Who is or was in office as 特级技师 or 首席技师 at one's own firm."""
    return list(appointment_queries.appointments(db(), me().actor.organisations_for(SEE)))


@room.api("POST", "/appointments/<appointment_id>/end", does=appointments.end, body=WhyBody, answers=None)
def end_appointment_early(appointment_id: str, body: WhyBody) -> None:
    """End an appointment before its term."""
    perform(appointments.end, request_key(), appointment_id=appointment_id, reason=body.reason)


def _own(recognition_id: str) -> RecognitionLine:
    return queries.recognition(db(), recognition_id, me().actor.organisations_for(SEE))
