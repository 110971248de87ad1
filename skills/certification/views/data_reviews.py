"""数据审核: the body sends its results, the authority opens the file, answers, and brings numbers where they are its own."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from skills.certification.actions import data_reviews as actions
from skills.certification.forms import ReasonForm
from skills.certification.queries import data_reviews, exams
from skills.certification.rules.results import NumberLine
from skills.certification.views.words import box, room
from skills.kernel import sheets
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

REVIEW, PUBLISH = "data.review", "score.publish"


@room.post("/ent/plans/<sitting_id>/data-review", does=actions.send_results, name="send_results")
def send_results(sitting_id: str) -> ResponseReturnValue:
    """Send the passes to the authority."""
    done = perform(actions.send_results, OrderForm().key.data, sitting_id=sitting_id)
    tell(f"已报送 {done.rows} 人", f"{done.rows} results are sent")
    return go("certification.own_plan", sitting_id=sitting_id)


@room.get("/ent/data-reviews/<review_id>.xlsx", may=PUBLISH)
def sent_file(review_id: str) -> ResponseReturnValue:
    """The file that was sent, for the body whose it is."""
    line = data_reviews.data_review(db(), review_id, today())
    exams.sitting(db(), line.sitting_id, me().actor.organisations_for(PUBLISH))
    return _file(review_id)


@room.get("/gov/data-reviews", may=REVIEW)
def gov_data_reviews() -> ResponseReturnValue:
    lines = data_reviews.data_reviews(db(), today=today(), districts=me().actor.districts_for(REVIEW))
    return show("certification/gov_data_reviews.html", lines=lines)


@room.get("/gov/data-reviews/<review_id>.xlsx", may=REVIEW)
def result_file(review_id: str) -> ResponseReturnValue:
    """The result file with its control total."""
    data_reviews.data_review(db(), review_id, today(), me().actor.districts_for(REVIEW))
    return _file(review_id)


@room.post("/gov/data-reviews/<review_id>", does=actions.answer, name="answer_data_review")
def answer_data_review(review_id: str) -> ResponseReturnValue:
    """The answer to a result file."""
    form = ReasonForm()
    perform(
        actions.answer, form.key.data, review_id=review_id, passed=request.form.get("found") == "passed",
        document=request.form.get("document", "")[:80], reason=form.reason.data or "",
    )  # fmt: skip
    tell("已答复，评价机构已收到通知", "Answered; the body is told")
    return go("certification.gov_data_reviews")


@room.post("/gov/data-reviews/<review_id>/numbers", does=actions.bring_numbers, name="bring_numbers")
def bring_numbers(review_id: str) -> ResponseReturnValue:
    """Take in the numbers that came with the answer: lines of ticket and number."""
    line = data_reviews.data_review(db(), review_id, today())
    done = perform(
        actions.bring_numbers, OrderForm().key.data, sitting_id=line.sitting_id, lines=read_lines(request.form.get("numbers", ""))
    )
    tell(f"已导入 {done.count} 个编号", f"{done.count} numbers are taken in")
    return go("certification.gov_data_reviews")


def read_lines(text: str) -> tuple[NumberLine, ...]:
    """Lines of ticket and number, apart by a comma, a tab or a blank, as they are copied from a sheet."""
    parted = [line.replace(",", " ").replace("，", " ").split() for line in text.splitlines()[: actions.MOST_LINES + 1] if line.strip()]
    return tuple(NumberLine(parts[0][:32], parts[1][:32] if len(parts) > 1 else "") for parts in parted)


def _file(review_id: str) -> Response:
    data = sheets.write_xlsx(data_reviews.result_file(db(), box(), review_id))
    headers = {"Content-Disposition": f'attachment; filename="{review_id}.xlsx"', "Cache-Control": "private, no-store"}
    return Response(data, content_type=sheets.XLSX_TYPE, headers=headers)
