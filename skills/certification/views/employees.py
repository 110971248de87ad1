"""A firm's people: who works here since when, entered and ended by the firm, compared by the authority."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.certification.actions import employments
from skills.certification.actions.employments import ENTER, Employed
from skills.certification.forms import EmployeeForm, EmploymentEndForm
from skills.certification.queries.employees import Employee, employees
from skills.certification.views.words import room
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import db, go, me, perform, show, tell


class EmployeeBody(BaseModel):
    """Somebody who works for one's firm."""

    name: str = Field(min_length=1, max_length=40)
    kind: str = Field(max_length=16)
    number: str = Field(min_length=5, max_length=32)
    occupation_code: str = Field(max_length=16)
    since: date


class EndBody(BaseModel):
    """The last day of an employment."""

    until: date


@room.get("/ent/employees", may=ENTER, name="employees")
def listing() -> ResponseReturnValue:
    """Who works here, and the form to enter somebody."""
    return _listing(EmployeeForm())


@room.post("/ent/employees", does=employments.declare, name="employ")
def employ() -> ResponseReturnValue:
    form = EmployeeForm()
    if not form.validate_on_submit():
        return _listing(form, 422)
    perform(
        employments.declare, form.key.data, organisation_id=me().organisation_id, name=form.name.data, kind=form.kind.data, number=form.number.data,
        occupation_code=form.occupation.data, since=form.since.data,
    )  # fmt: skip
    tell("已登记，本人会收到消息", "Entered; the person is told")
    return go("certification.employees")


@room.post("/ent/employees/<entry_id>/end", does=employments.end, name="end_employment")
def end(entry_id: str) -> ResponseReturnValue:
    form = EmploymentEndForm(prefix=f"e{entry_id}-")
    if not form.validate_on_submit():
        return _listing(EmployeeForm(formdata=None), 422, {entry_id: form})
    perform(
        employments.end, form.key.data, organisation_id=me().organisation_id, entry_id=entry_id, until=form.until.data
    )
    tell("已登记离职日期", "The last day is entered")
    return go("certification.employees")


def _listing(form: EmployeeForm, status: int = 200, wrong: Mapping[str, EmploymentEndForm] = MappingProxyType({})) -> ResponseReturnValue:
    found = employees(db(), me().organisation_id or "")
    ends = {e.id: wrong.get(e.id) or EmploymentEndForm(formdata=None, prefix=f"e{e.id}-") for e in found if e.until is None}
    return show("certification/employees.html", status, form=form, employees=found, ends=ends, wrong=wrong)


@room.api("GET", "/ent/employees", may=ENTER, answers=list[Employee], skips=True)
def api_employees() -> list[Employee]:
    """Who works for one's firm, newest first."""
    page = paging.asked()
    return employees(db(), me().organisation_id or "", page.key, page.limit + 1)


@room.api("POST", "/ent/employees", does=employments.declare, body=EmployeeBody, answers=Employed, status=201)
def api_employ(body: EmployeeBody) -> Employed:
    """State that somebody works for one's firm; the person is told."""
    return perform(employments.declare, request_key(), organisation_id=me().organisation_id, **body.model_dump())


@room.api("POST", "/ent/employees/<entry_id>/end", does=employments.end, body=EndBody, answers=Employed)
def api_end(entry_id: str, body: EndBody) -> Employed:
    """The last day of an employment."""
    return perform(employments.end, request_key(), organisation_id=me().organisation_id, entry_id=entry_id, until=body.until)
