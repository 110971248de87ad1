"""The look-up by number and name, and the verdict over a code that was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, ValidationError

from skills.credentials import pairs
from skills.credentials.pairs import read_number
from skills.credentials.queries import lookup
from skills.credentials.views.verify.result import Result, judge_code, of_certificate, of_code
from skills.credentials.views.verify.room import room
from skills.kernel.acts import Office
from skills.kernel.box import Box
from skills.web.doorman import csrf
from skills.web.limits import Fours, look_up_limit
from skills.web.pages import PUBLIC, db, look, me, office, say, show, today, tool


@room.get("/verify", may=PUBLIC)
def ask() -> ResponseReturnValue:
    """The form for number and name."""
    return show("credentials/verify.html", number=request.args.get("number", ""), name="", errors=[], result=None)


@room.post("/verify", may=PUBLIC)
@csrf.exempt
@look_up_limit
def answer() -> ResponseReturnValue:
    """A right pair is answered; a wrong pair and an unknown number get the same page. A sent code is judged."""
    code = request.form.get("code", "")
    if code:
        return show("credentials/verify.html", number="", name="", errors=[], result=of_code(code))
    number, name = read_number(request.form.get("number", "")), request.form.get("name", "").strip()
    errors = []
    if not number:
        errors.append({"field": "number", "text": say("请填写证书编号", "Enter the certificate number")})
    if not name:
        text = say("请填写持证人姓名，或证件号码后四位", "Enter the holder's name, or the last four of the document")
        errors.append({"field": "name", "text": text})
    if errors:
        return show("credentials/verify.html", 422, number=number, name=name, errors=errors, result=None)
    found = lookup(db(), number, name, Fours())
    if found is None or found.person_id != me().actor.person:
        look("miss" if found is None else "v", number)
    result = Result(missing=True) if found is None else of_certificate(found, name)
    return show("credentials/verify.html", number="", name="", errors=[], result=result)


class Question(BaseModel):
    """What may be asked: a code, or a number and a name (or the last four characters of the document)."""

    model_config = ConfigDict(extra="allow")  # further words say nothing, but the window leaves them to the application

    code: str = ""
    number: str = ""
    name: str = ""


@room.api("POST", "/verifications", may=PUBLIC, body=Question, answers=dict[str, Any], keyless=True)
@look_up_limit
def verify_api(body: Question) -> dict[str, Any]:
    """Judge a code, or look a certificate up by number and name. Changes nothing."""
    if body.code:
        return judge_code(body.code).plain()
    said = pairs.reader(office().engine, tool(Box), Fours())(body.number, body.name, today())
    look("miss" if said["state"] == "NO_MATCH" else "v", read_number(body.number))
    return said


def window(desk: Office) -> Callable[[bytes], dict[str, Any] | None]:
    """The same answer to number and name without waking the application; anything else is the application's."""
    box = desk.tools[Box]
    assert isinstance(box, Box)  # noqa: S101 - narrows for the type checker
    read = pairs.reader(desk.engine, box, Fours())

    def answered(body: bytes) -> dict[str, Any] | None:
        try:
            asked = Question.model_validate_json(body)
        except ValidationError:  # hostile JSON too: the parser has bounds of its own and takes no half characters
            return None
        if asked.model_fields_set != {"number", "name"}:
            return None
        return read(asked.number, asked.name, desk.today())

    return answered
