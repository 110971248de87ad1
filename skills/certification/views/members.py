"""A body's other people: own students, dispatched staff, apprentices; entered and ended by the body."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.certification.actions import members
from skills.certification.actions.members import ENTER, Belongs
from skills.certification.forms.registration import MemberEndForm, MemberForm
from skills.certification.queries import members as queries
from skills.certification.queries.members import Member
from skills.certification.views.employees import EndBody
from skills.certification.views.words import room
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import db, go, me, perform, show, tell, today


class MemberBody(BaseModel):
    """Somebody who belongs to one's body without being employed by it; a student with the expected end of studies."""

    tie: str = Field(max_length=24)
    name: str = Field(min_length=1, max_length=40)
    kind: str = Field(max_length=16)
    number: str = Field(min_length=5, max_length=32)
    since: date
    until: date | None = None


@room.get("/ent/members", may=ENTER, name="members")
def listing() -> ResponseReturnValue:
    """Who belongs here beside the employees, and the form to enter somebody."""
    return _listing(_form())


@room.post("/ent/members", does=members.declare, name="enter_member")
def enter() -> ResponseReturnValue:
    form = _form()
    if not form.validate_on_submit():
        return _listing(form, 422)
    perform(
        members.declare, form.key.data, organisation_id=me().organisation_id, tie=form.tie.data, name=form.name.data, kind=form.kind.data,
        number=form.number.data, since=form.since.data, until=form.until.data,
    )  # fmt: skip
    tell("已登记，本人会收到消息", "Entered; the person is told")
    return go("certification.members")


@room.post("/ent/members/<entry_id>/end", does=members.end, name="end_member")
def end(entry_id: str) -> ResponseReturnValue:
    form = MemberEndForm(prefix=f"e{entry_id}-")
    if not form.validate_on_submit():
        return _listing(_form(blank=True), 422, {entry_id: form})
    perform(members.end, form.key.data, organisation_id=me().organisation_id, entry_id=entry_id, until=form.until.data)
    tell("已登记结束日期", "The last day is entered")
    return go("certification.members")


def _form(*, blank: bool = False) -> MemberForm:
    ties = queries.ties_to_enter(db(), me().organisation_id or "", today())
    return MemberForm(ties, formdata=None) if blank else MemberForm(ties)


def _listing(form: MemberForm, status: int = 200, wrong: Mapping[str, MemberEndForm] = MappingProxyType({})) -> ResponseReturnValue:
    found = queries.members(db(), me().organisation_id or "", today())
    ends = {m.id: wrong.get(m.id) or MemberEndForm(formdata=None, prefix=f"e{m.id}-") for m in found}
    return show("certification/members.html", status, form=form, members=found, ends=ends, wrong=wrong, day_now=today())


@room.api("GET", "/ent/members", may=ENTER, answers=list[Member], skips=True)
def api_members() -> list[Member]:
    """Who belongs to one's body beside its employees, newest first."""
    page = paging.asked()
    return queries.members(db(), me().organisation_id or "", today(), page.key, page.limit + 1)


@room.api("POST", "/ent/members", does=members.declare, body=MemberBody, answers=Belongs, status=201)
def api_enter_member(body: MemberBody) -> Belongs:
    """State that somebody belongs to one's body; the person is told."""
    return perform(members.declare, request_key(), organisation_id=me().organisation_id, **body.model_dump())


@room.api("POST", "/ent/members/<entry_id>/end", does=members.end, body=EndBody, answers=Belongs)
def api_end_member(entry_id: str, body: EndBody) -> Belongs:
    """The last day on which somebody belonged to one's body."""
    return perform(members.end, request_key(), organisation_id=me().organisation_id, entry_id=entry_id, until=body.until)
