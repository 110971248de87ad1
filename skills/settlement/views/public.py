"""What is paid to whom, on public notice, and objections to it."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.settlement.actions import objections
from skills.settlement.forms import ObjectionForm
from skills.settlement.queries import notices as queries
from skills.settlement.queries import objections as answers
from skills.settlement.queries.objections import ObjectionAnswer
from skills.settlement.views.words import other_chip, room
from skills.standards.queries import value
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, db, perform, show, today, unlisted


@room.get("/notices/statements", may=PUBLIC, name="notices")
@limiter.limit("60 per minute")
def listing() -> ResponseReturnValue:
    """Statements on notice: not for search engines, gone when the notice is closed."""
    days = value(db(), "statement.notice_days", today())
    return unlisted(show("settlement/notices.html", notices=queries.notices(db(), today()), days=days))


@room.get("/notices/statements/<statement_id>", may=PUBLIC, name="notice")
@limiter.limit("60 per minute")
def one(statement_id: str) -> ResponseReturnValue:
    after = request.args.get("after", "0")
    place = int(after) if after.isdecimal() and len(after) < 9 else 0
    return unlisted(show("settlement/notice.html", n=queries.notice(db(), statement_id, today(), place)))


@room.get("/notices/statements/lines/<line_id>/objection", may=PUBLIC, name="objection")
@limiter.limit("60 per minute")
def objection(line_id: str) -> ResponseReturnValue:
    return _objection(line_id, ObjectionForm())


@room.post("/notices/statements/lines/<line_id>/objection", does=objections.raise_, name="object_to")
@limiter.limit("10 per hour")
def object_to(line_id: str) -> ResponseReturnValue:
    form = ObjectionForm()
    if not form.validate_on_submit():
        return _objection(line_id, form, 422)
    done = perform(
        objections.raise_, form.key.data, line_id=line_id, name=form.name.data, contact=form.contact.data, text=form.text.data
    )
    return unlisted(show("settlement/objected.html", receipt=done.receipt))


@room.get("/notices/statements/objections/<receipt>", may=PUBLIC, name="objection_answer")
@limiter.limit("30 per minute")
def objection_answer(receipt: str) -> ResponseReturnValue:
    """What an objection came to, for whoever has its receipt."""
    return unlisted(show("settlement/objection_answer.html", o=answers.answer(db(), receipt), other_chip=other_chip))


@room.api("GET", "/statement-objections/<receipt>", may=PUBLIC, answers=ObjectionAnswer)
def api_objection(receipt: str) -> ObjectionAnswer:
    """What an objection to a payment came to, by its receipt."""
    return answers.answer(db(), receipt)


def _objection(line_id: str, form: ObjectionForm, status: int = 200) -> ResponseReturnValue:
    notice, line = queries.line_on_notice(db(), line_id, today())
    return unlisted(show("settlement/objection.html", status, form=form, n=notice, l=line))
