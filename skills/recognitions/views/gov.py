"""What the authority sees of recognitions, and its data review."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.queries import filings
from skills.certification.queries.data_reviews import wanted
from skills.kernel.errors import Missing
from skills.recognitions import queries
from skills.recognitions.actions import notices
from skills.recognitions.forms import ReasonForm
from skills.recognitions.queries import RecognitionLine
from skills.recognitions.queries import people as people_queries
from skills.recognitions.views.firm import handed_out
from skills.recognitions.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

SEE, REVIEW = "gov.see", "data.review"


@room.get("/gov/recognitions", may=SEE)
def gov_listing() -> ResponseReturnValue:
    """What committees of firms have decided, newest first."""
    lines = queries.for_bureau(db(), me().actor.districts_for(SEE))
    return show("recognitions/list.html", lines=lines, own=False, may_propose=False)


@room.get("/gov/recognitions/<recognition_id>", may=SEE)
def gov_one(recognition_id: str) -> ResponseReturnValue:
    line, day = _seen(recognition_id, SEE), today()
    over = line.notice_to is not None and line.notice_to < day
    due = over and line.state == "noticed" and line.reviewed_on is None and wanted(db(), line.filing_number, day)
    return show(
        "recognitions/one.html", r=line, form=ReasonForm(), own=False, steps=filings.history(db(), "recognition", line.id),
        may_propose=False, may_publish=False, member=None, today=day, may_papers=me().actor.may(REVIEW), deadline_over=over,
        review=due and me().actor.may(REVIEW),
    )  # fmt: skip


@room.post("/gov/recognitions/<recognition_id>/review", does=notices.review, name="gov_review")
def gov_review(recognition_id: str) -> ResponseReturnValue:
    perform(notices.review, OrderForm().key.data, recognition_id=recognition_id, document=request.form.get("document", ""))
    tell("数据审核通过", "Reviewed")
    return go("recognitions.gov_one", recognition_id=recognition_id)


@room.get("/gov/recognitions/people/<recognised_id>/papers/<paper_id>", may=REVIEW)
def gov_paper(recognised_id: str, paper_id: str) -> ResponseReturnValue:
    """A paper for whoever reviews the results."""
    recognition_id, _ = people_queries.owner(db(), recognised_id)
    _seen(recognition_id, REVIEW)
    return handed_out(recognised_id, paper_id)


def _seen(recognition_id: str, right: str) -> RecognitionLine:
    line, districts = queries.recognition(db(), recognition_id), me().actor.districts_for(right)
    if line.decided_on is None or (districts is not None and line.district not in districts):
        raise Missing("recognition.unknown")
    return line
