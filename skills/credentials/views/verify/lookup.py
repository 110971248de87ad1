"""The look-up by number and name, and the verdict over a code that was sent."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.credentials.queries import lookup
from skills.credentials.views.verify.result import Result, judge_code, of_certificate, of_code, state_of
from skills.credentials.views.verify.room import room
from skills.web.doorman import csrf
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, db, say, show


@room.get("/verify", may=PUBLIC)
def ask() -> ResponseReturnValue:
    """The form for number and name."""
    return show("credentials/verify.html", number=request.args.get("number", ""), name="", errors=[], result=None)


@room.post("/verify", may=PUBLIC)
@csrf.exempt
@limiter.limit("30 per minute")
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
    found = lookup(db(), number, name)
    result = Result(missing=True) if found is None else of_certificate(found, name)
    return show("credentials/verify.html", number="", name="", errors=[], result=result)


@room.api("POST", "/verifications", may=PUBLIC, answers=dict[str, Any])
def verify_api() -> dict[str, Any]:
    """Judge a code, or look a certificate up by number and name."""
    sent = request.get_json(silent=True) or {}
    if code := str(sent.get("code", "")):
        judged = judge_code(code)
        return {"state": judged.state, "reason": judged.reason, "steps": dict(judged.steps)}
    found = lookup(db(), read_number(str(sent.get("number", ""))), str(sent.get("name", "")))
    if found is None:
        return {"state": "NO_MATCH"}
    state = state_of(found)
    return {"state": state, "kind": found.kind, "issued_on": found.claims.issued_on, "replaced_by": found.replaced_by}


def read_number(text: str) -> str:
    """A number as people type it: blanks out, upper case. Hyphens belong to some series and stay."""
    return "".join(text.upper().split())[:40]
