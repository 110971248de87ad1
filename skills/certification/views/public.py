"""The register of filings and the public notices."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.certification.actions import objections
from skills.certification.forms import ObjectionForm
from skills.certification.queries import exams, filings
from skills.certification.views.words import box, room
from skills.kernel.errors import Missing
from skills.standards.queries import value
from skills.web.limits import limiter
from skills.web.pages import PUBLIC, db, perform, show, today, unlisted


@room.get("/filings", may=PUBLIC)
def register() -> ResponseReturnValue:
    """Every body that was filed, and for what."""
    lines = filings.register(db())
    return show("certification/register.html", filings=lines, broken=filings.broken(db(), lines, today()), today=today())


@room.get("/filings/<number>", may=PUBLIC)
def registered(number: str) -> ResponseReturnValue:
    line = filings.by_number(db(), number)
    steps = filings.history(db(), "filing", line.id)
    return show("certification/registered.html", f=line, steps=steps, today=today())


@room.get("/notices", may=PUBLIC)
@limiter.limit("60 per minute")
def notices() -> ResponseReturnValue:
    """Who passed, on notice: not for search engines, gone some days after the end."""
    days = value(db(), "notice.working_days", today())
    return unlisted(
        show("certification/notices.html", notices=exams.notices(db(), box(), today()), notice_days=days)
    )


@room.get("/notices/<application_id>/objection", may=PUBLIC)
@limiter.limit("60 per minute")
def objection(application_id: str) -> ResponseReturnValue:
    return _objection(application_id, ObjectionForm())


@room.post("/notices/<application_id>/objection", does=objections.raise_objection, name="object_to")
@limiter.limit("10 per hour")
def object_to(application_id: str) -> ResponseReturnValue:
    form = ObjectionForm()
    if not form.validate_on_submit():
        return _objection(application_id, form, 422)
    done = perform(
        objections.raise_objection, form.key.data, application_id=application_id, name=form.name.data,
        contact=form.contact.data, text=form.text.data,
    )  # fmt: skip
    return unlisted(show("certification/objected.html", receipt=done.receipt))


def _objection(application_id: str, form: ObjectionForm, status: int = 200) -> ResponseReturnValue:
    for line in exams.notices(db(), box(), today()):
        for known, name, document in line.names:
            if known == application_id and line.running:
                return unlisted(
                    show("certification/objection.html", status, form=form, notice=line, name=name, document=document,
                         application_id=application_id)
                )  # fmt: skip
    raise Missing("application.unknown")
