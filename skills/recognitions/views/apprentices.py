"""A firm's apprentices: entered, graded by somebody else, or ended; the same for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from wtforms import DateField, SelectField

from skills.certification.queries import employees
from skills.recognitions.actions import apprentices as acts
from skills.recognitions.actions.apprentices import Begun
from skills.recognitions.queries import apprentices as queries
from skills.recognitions.queries.apprentices import ApprenticeLine
from skills.recognitions.states import APPRENTICESHIP, PROPOSE, SEE, VOTE, ApprenticeshipState
from skills.recognitions.views.words import room
from skills.standards import queries as standards
from skills.web.forms import OrderForm, needed
from skills.web.openapi import request_key
from skills.web.pages import db, go, me, perform, say, show, tell, today


class ApprenticeForm(OrderForm):
    """An apprentice of the firm and the master."""

    person = SelectField()
    master = SelectField()
    occupation = SelectField()
    since = DateField(validators=[needed("请填写开始日期", "Say when it began")])
    ends_on = DateField(validators=[needed("请填写学徒期满日期", "Say when it ends")])

    def __init__(self, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.person.choices, self.master.choices = people, people
        self.occupation.choices = [(o.code, o.name) for o in standards.occupations(db(), "skill")]
        for field, zh, en in (
            (self.person, "学徒", "Apprentice"), (self.master, "师傅", "Master"), (self.occupation, "职业", "Occupation"),
            (self.since, "开始日期", "Began on"), (self.ends_on, "学徒期满日期", "Ends on"),
        ):  # fmt: skip
            field.label.text = say(zh, en)


class ApprenticeBody(BaseModel):
    """An apprentice and the master, by record."""

    person_id: str = Field(max_length=26)
    master_id: str = Field(max_length=26)
    occupation_code: str = Field(max_length=16)
    since: date
    ends_on: date


class StatementBody(BaseModel):
    """What was assessed, or why it ends."""

    statement: str = Field(min_length=1, max_length=400)


@room.get("/ent/apprentices", may=SEE)
def apprentices() -> ResponseReturnValue:
    return _listing(_form())


@room.post("/ent/apprentices", does=acts.begin, name="begin_apprentice")
def begin_apprentice() -> ResponseReturnValue:
    form = _form()
    if not form.validate_on_submit():
        return _listing(form, 422)
    perform(
        acts.begin, form.key.data, organisation_id=me().organisation_id, person_id=form.person.data, master_id=form.master.data,
        occupation_code=form.occupation.data, since=form.since.data, ends_on=form.ends_on.data,
    )  # fmt: skip
    tell("已登记", "Entered")
    return go("recognitions.apprentices")


@room.post("/ent/apprentices/<apprenticeship_id>/grade", does=acts.grade, name="grade_apprentice")
def grade_apprentice(apprenticeship_id: str) -> ResponseReturnValue:
    perform(acts.grade, OrderForm().key.data, apprenticeship_id=apprenticeship_id, statement=request.form.get("statement", ""))
    tell("已转正定级，记入本人档案", "Graded; it stands in the person's record")
    return go("recognitions.apprentices")


@room.post("/ent/apprentices/<apprenticeship_id>/stop", does=acts.stop, name="stop_apprentice")
def stop_apprentice(apprenticeship_id: str) -> ResponseReturnValue:
    perform(acts.stop, OrderForm().key.data, apprenticeship_id=apprenticeship_id, reason=request.form.get("statement", ""))
    tell("已终止", "Ended")
    return go("recognitions.apprentices")


@room.api("GET", "/apprentices", may=SEE, answers=list[ApprenticeLine])
def list_apprentices() -> list[ApprenticeLine]:
    """The apprentices of one's own firm."""
    return list(queries.apprentices(db(), me().actor.organisations_for(SEE), me().actor.account))


@room.api("POST", "/apprentices", does=acts.begin, body=ApprenticeBody, answers=Begun, status=201)
def create_apprentice(body: ApprenticeBody) -> Begun:
    """Enter an apprentice."""
    return perform(acts.begin, request_key(), organisation_id=me().organisation_id, **dict(body))


@room.api("POST", "/apprentices/<apprenticeship_id>/grade", does=acts.grade, body=StatementBody, answers=None)
def grade_apprentice_as_program(apprenticeship_id: str, body: StatementBody) -> None:
    """Grade an apprentice whose time is over."""
    perform(acts.grade, request_key(), apprenticeship_id=apprenticeship_id, statement=body.statement)


@room.api("POST", "/apprentices/<apprenticeship_id>/stop", does=acts.stop, body=StatementBody, answers=None)
def stop_apprentice_as_program(apprenticeship_id: str, body: StatementBody) -> None:
    """End an apprenticeship that comes to nothing."""
    perform(acts.stop, request_key(), apprenticeship_id=apprenticeship_id, reason=body.statement)


def _form() -> ApprenticeForm:
    people: dict[str, str] = {}
    for who, name, _ in employees.at_work(db(), me().organisation_id, today()):
        people.setdefault(who, name)
    return ApprenticeForm(list(people.items()))


def _listing(form: ApprenticeForm, status: int = 200) -> ResponseReturnValue:
    actor = me().actor
    lines = queries.apprentices(db(), actor.organisations_for(SEE), actor.account)
    return show(
        "recognitions/apprentices.html", status, form=form, lines=lines, today=today(), may_propose=actor.may(PROPOSE), may_grade=actor.may(VOTE),
    )  # fmt: skip


CHIPS = {"begun": "info", "graded": "gold", "ended": "idle"}
room.context_processor(
    lambda: {"apprentice_chip": lambda state: (CHIPS[state], say(*APPRENTICESHIP.words[ApprenticeshipState(state)]))}
)
