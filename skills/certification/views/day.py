"""The day of an exam: a candidate moves to another one."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import rescheduling
from skills.certification.queries import day as days
from skills.certification.queries.exams import MyExam
from skills.certification.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, office, perform, tell, today


def of_candidate(line: MyExam) -> dict[str, Any]:
    """What a candidate's page shows of the day: where to and until when the exam can be moved."""
    return {"moving": days.moving(db(), line, office().clock.now(), today())}


@room.post("/me/applications/<application_id>/reschedule", does=rescheduling.reschedule)
def reschedule(application_id: str) -> ResponseReturnValue:
    """Move one's own application to another exam."""
    done = perform(
        rescheduling.reschedule, OrderForm().key.data, application_id=application_id, sitting_id=request.form.get("sitting_id", "")[:26]
    )
    tell("已改期，原来的座位已让出", "You are registered for the other exam; the first place is given up")
    return go("certification.my_exam", application_id=done.application_id)
