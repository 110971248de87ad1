"""What an institution is told of cases about it, and a trainee's answer to a call-back."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.oversight.actions import callbacks
from skills.oversight.forms import AnswerForm
from skills.oversight.queries import cases, drawing
from skills.oversight.states import ANSWER_WORDS
from skills.oversight.views.words import chip, room, told
from skills.web.pages import db, go, me, perform, show, tell, today

CLAIM = "voucher.claim"


@room.get("/org/cases", may="class.manage", name="told")
def told_to_us() -> ResponseReturnValue:
    """Cases that froze our money or were decided against us, each with its plain reason."""
    found = cases.told_to(db(), me().actor.organisations_for("class.manage"), today())
    return show("oversight/told.html", found=found, told=told, chip=chip, money=True)


@room.get("/ent/cases", may="complaint.hear", name="told_body")
def told_to_body() -> ResponseReturnValue:
    """Cases that were decided against an assessment body, each with its plain reason; no money hangs on them."""
    found = cases.told_to(db(), me().actor.organisations_for("complaint.hear"), today())
    return show("oversight/told.html", found=found, told=told, chip=chip, money=False)


@room.get("/me/attended", may=CLAIM, name="questions")
def questions() -> ResponseReturnValue:
    """What I am asked."""
    return show("oversight/questions.html", lines=drawing.questions(db(), me().person_id, today()))


@room.get("/me/attended/<call_back_id>", may=CLAIM, name="question")
def question(call_back_id: str) -> ResponseReturnValue:
    """One question: did this training take place for you?"""
    return _page(call_back_id, AnswerForm(), 200)


@room.post("/me/attended/<call_back_id>", does=callbacks.answer)
def answer(call_back_id: str) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate_on_submit():
        return _page(call_back_id, form, 422)
    perform(callbacks.answer, form.key.data, call_back_id=call_back_id, said=form.answer.data)
    tell("谢谢，已收到你的答复", "Thank you, we have your answer")
    return go("oversight.question", call_back_id=call_back_id)


def _page(call_back_id: str, form: AnswerForm, status: int) -> ResponseReturnValue:
    found = drawing.question(db(), call_back_id, me().person_id, today())
    return show("oversight/question.html", status, q=found, form=form, words=ANSWER_WORDS)
