"""Pages and endpoints of objections to a training standard on notice: for everyone, and for who answers them."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.kernel.box import Box
from skills.training_standards import objections, queries
from skills.training_standards.actions import PUBLISH
from skills.training_standards.forms import DecisionForm, ObjectionForm
from skills.training_standards.objections import StandardObjected, StandardObjectionDecided
from skills.training_standards.queries import StandardObjectionCase, StandardObjectionLine
from skills.training_standards.views.standards import api, room
from skills.web.limits import limiter
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, db, go, perform, show, tell, today, tool, unlisted

room.context_processor(lambda: {"objection_chips": {"raised": "warn", "upheld": "ok", "dismissed": "idle"}})


@room.get("/training-standards/<version_id>/objection", may=PUBLIC, name="objection")
@limiter.limit("60 per minute")
def objection(version_id: str) -> ResponseReturnValue:
    return _form(version_id, ObjectionForm())


@room.post("/training-standards/<version_id>/objection", does=objections.raise_, name="object_to")
@limiter.limit("10 per hour")
def object_to(version_id: str) -> ResponseReturnValue:
    form = ObjectionForm()
    if not form.validate_on_submit():
        return _form(version_id, form, 422)
    done = perform(
        objections.raise_, form.key.data, version_id=version_id, name=form.name.data, contact=form.contact.data, text=form.text.data
    )
    return unlisted(show("training_standards/objected.html", receipt=done.receipt))


def _form(version_id: str, form: ObjectionForm, status: int = 200) -> ResponseReturnValue:
    held = queries.page(db(), version_id, public=True)
    return show("training_standards/objection.html", status, held=held, form=form, opens=queries.may_object(held.line, today()))


@room.get("/training-standard-objections/<receipt>", may=PUBLIC, name="objection_answer")
@limiter.limit("30 per minute")
def objection_answer(receipt: str) -> ResponseReturnValue:
    """What an objection came to, for whoever has its receipt."""
    return unlisted(show("training_standards/objection_answer.html", o=queries.objection(db(), receipt)))


@room.get("/gov/training-standard-objections/<objection_id>", may=PUBLISH, name="objection_case")
def objection_case(objection_id: str) -> ResponseReturnValue:
    return _case(objection_id, DecisionForm())


@room.post("/gov/training-standard-objections/<objection_id>", does=objections.decide, name="decide_objection")
def decide_objection(objection_id: str) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate_on_submit():
        return _case(objection_id, form, 422)
    done = perform(
        objections.decide, form.key.data, objection_id=objection_id, upheld=form.outcome.data == "uphold", reply=form.reply.data
    )
    if done.state == "upheld" and done.version_state == "draft":
        tell("异议成立，标准已退回修改", "Upheld: the standard went back to its draft")
    else:
        tell("异议已答复", "The objection is answered")
    return go("training_standards.objection_case", objection_id=objection_id)


def _case(objection_id: str, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    case = queries.objection_case(db(), tool(Box), objection_id)
    return show("training_standards/objection_case.html", status, o=case.line, case=case, form=form)


class StandardObjectionBody(BaseModel):
    """An objection by real name; only who answers it sees name and contact."""

    name: str = Field(min_length=1, max_length=60)
    contact: str = Field(min_length=1, max_length=120)
    text: str = Field(min_length=1, max_length=1000)


class StandardDecisionBody(BaseModel):
    """What an objection came to, and why."""

    upheld: bool
    reply: str = Field(min_length=1, max_length=400)


@api.api("POST", "/training-standards/<version_id>/objections", does=objections.raise_, body=StandardObjectionBody,
         answers=StandardObjected, status=201)  # fmt: skip
def api_object(version_id: str, body: StandardObjectionBody) -> StandardObjected:
    """Object to a standard on notice."""
    return perform(objections.raise_, request_key(), version_id=version_id, **body.model_dump())


@api.api("GET", "/training-standard-objections/<receipt>", may=PUBLIC, answers=StandardObjectionLine)
def api_objection(receipt: str) -> StandardObjectionLine:
    """What an objection came to, by its receipt."""
    return queries.objection(db(), receipt)


@api.api("GET", "/training-standard-objections/<objection_id>/case", may=PUBLISH, answers=StandardObjectionCase)
def api_objection_case(objection_id: str) -> StandardObjectionCase:
    """An objection with the name and the contact of who raised it, for who answers it."""
    return queries.objection_case(db(), tool(Box), objection_id)


@api.api("GET", "/training-standards/<version_id>/objections", may=PUBLISH, answers=list[StandardObjectionLine])
def api_objections(version_id: str) -> list[StandardObjectionLine]:
    """The objections to a version, the oldest first."""
    return queries.objections(db(), version_id)


@api.api("POST", "/training-standard-objections/<objection_id>/decide", does=objections.decide, body=StandardDecisionBody,
         answers=StandardObjectionDecided)  # fmt: skip
def api_decide_objection(objection_id: str, body: StandardDecisionBody) -> StandardObjectionDecided:
    """Answer an objection."""
    return perform(objections.decide, request_key(), objection_id=objection_id, upheld=body.upheld, reply=body.reply)
