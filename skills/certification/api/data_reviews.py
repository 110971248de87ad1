"""Result files and their answers for programs: the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.certification.actions import data_reviews as actions
from skills.certification.actions.data_reviews import DataSent, NumbersBrought
from skills.certification.queries import data_reviews
from skills.certification.queries.data_reviews import DataReviewLine
from skills.certification.rules.results import NumberLine
from skills.web.openapi import request_key
from skills.web.pages import Room, db, me, perform, today

room = Room("certification_data_api", __name__)


class DataAnswerBody(BaseModel):
    """The authority's answer; sent back only with a reason."""

    passed: bool
    document: str = Field(default="", max_length=80)
    reason: str = Field(default="", max_length=400)


class NumberBody(BaseModel):
    """A pass by its ticket, and the number that it was given."""

    ticket: str = Field(max_length=32)
    number: str = Field(max_length=32)


class NumbersBody(BaseModel):
    """Numbers of one exam; all or none."""

    lines: list[NumberBody] = Field(min_length=1, max_length=5000)


@room.api("POST", "/plans/<sitting_id>/data-review", does=actions.send_results, answers=DataSent, status=201)
def send_results(sitting_id: str) -> DataSent:
    """Send the passes of an exam to the authority, when the notice is over."""
    return perform(actions.send_results, request_key(), sitting_id=sitting_id)


@room.api("GET", "/data-reviews", may="data.review", answers=list[DataReviewLine])
def list_data_reviews() -> list[DataReviewLine]:
    """Result files: those that wait first."""
    return list(data_reviews.data_reviews(db(), today=today(), districts=me().actor.districts_for("data.review")))


@room.api("POST", "/data-reviews/<review_id>/answer", does=actions.answer, body=DataAnswerBody, answers=DataReviewLine)
def answer_data_review(review_id: str, body: DataAnswerBody) -> DataReviewLine:
    """Answer a result file."""
    perform(actions.answer, request_key(), review_id=review_id, passed=body.passed, document=body.document, reason=body.reason)
    return data_reviews.data_review(db(), review_id, today())


@room.api("POST", "/plans/<sitting_id>/numbers", does=actions.bring_numbers, body=NumbersBody, answers=NumbersBrought)
def bring_numbers(sitting_id: str, body: NumbersBody) -> NumbersBrought:
    """Take in the numbers that the authority gave to passes of an exam."""
    lines = tuple(NumberLine(line.ticket, line.number) for line in body.lines)
    return perform(actions.bring_numbers, request_key(), sitting_id=sitting_id, lines=lines)
