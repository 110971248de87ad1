"""Checking a certificate of hours: number and name together; a wrong pair and an unknown number are answered alike."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.professional.queries import own as queries
from skills.professional.views.words import room
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, db, show


@room.get("/hours", may=PUBLIC, name="check")
def check() -> ResponseReturnValue:
    """The form; the code of a certificate fills its number in."""
    return show("professional/check.html", number=request.args.get("number", "")[:20], found=None, asked=False, name="")


@room.post("/hours", may=PUBLIC, name="checked")
@limiter.limit("30 per hour")
def checked() -> ResponseReturnValue:
    number, name = request.form.get("number", "")[:20], request.form.get("name", "")[:60]
    found = queries.verified(db(), number, name)
    return show("professional/check.html", number=number, found=found, asked=True, name=name.strip())
