"""The lecturer pool: for everybody, for the institutions that propose, for the bureau, for the lecturer."""

from __future__ import annotations

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.resources.actions import lecturers as acts
from skills.resources.actions.lecturers import CONFIRM, LEAVE, PROPOSE, LecturerMade
from skills.resources.forms import ConfirmForm, LecturerForm, ReasonForm
from skills.resources.queries import lecturers as queries
from skills.resources.queries.lecturers import LecturerCase, LecturerLine
from skills.resources.rules import QualificationPlan
from skills.resources.states import LecturerState
from skills.resources.views.words import room
from skills.standards import queries as standards
from skills.web import paging
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, db, go, me, perform, show, tell, tool

PAGE = 24


class QualificationBody(BaseModel):
    """A qualification: kind level, title, teacher or expert; `level` a rank 1–8."""

    kind: str = Field(max_length=16)
    name: str = Field(min_length=1, max_length=60)
    level: int | None = Field(None, ge=1, le=8)
    occupation: str | None = Field(None, max_length=16)
    issuer: str = Field("", max_length=60)
    number: str = Field("", max_length=60)
    valid_until: date | None = None


class LecturerBody(BaseModel):
    """A person on record, proposed for the pool."""

    name: str = Field(min_length=1, max_length=40)
    document_kind: str = Field(max_length=16)
    document_number: str = Field(min_length=5, max_length=32)
    occupations: list[str] = Field(min_length=1, max_length=10)
    qualifications: list[QualificationBody] = Field(min_length=1, max_length=10)


class ProofBody(BaseModel):
    """How the papers were proven: seen or compared, and with whom."""

    strength: str = Field(max_length=12)
    source: str = Field("", max_length=80)


class WhyBody(BaseModel):
    """A reason."""

    reason: str = Field(min_length=1, max_length=400)


@room.get("/lecturers", may=PUBLIC, name="pool")
def pool() -> ResponseReturnValue:
    """Everybody in the pool: name, what is taught, what proves it; nothing else."""
    words, occupation = request.args.get("q", "").strip()[:40], request.args.get("occupation", "")[:16]
    found = queries.pool(db(), words, occupation, request.args.get("after", "")[:26], PAGE + 1)
    return show(
        "resources/pool.html", lecturers=found[:PAGE], more=len(found) > PAGE, words=words, occupation=occupation,
        occupations=standards.occupations(db()),
    )  # fmt: skip


@room.api("GET", "/lecturers", may=PUBLIC, answers=list[LecturerLine], skips=True)
def list_lecturers() -> list[LecturerLine]:
    """Confirmed lecturers, newest first; q (a part of the name) and occupation narrow it."""
    page = paging.asked()
    return queries.pool(db(), request.args.get("q", "").strip()[:40], request.args.get("occupation", "")[:16], page.key, page.limit + 1)


@room.get("/org/lecturers", may=PROPOSE, name="own_lecturers")
def own() -> ResponseReturnValue:
    return _own(LecturerForm())


def _own(form: LecturerForm, status: int = 200) -> ResponseReturnValue:
    mine = me().actor.organisations_for(PROPOSE)
    return show("resources/own_lecturers.html", status, form=form, proposed=queries.proposed_for(db(), tool(Box), mine))


@room.post("/org/lecturers", does=acts.propose, name="propose_lecturer")
def propose() -> ResponseReturnValue:
    form = LecturerForm()
    if not form.validate_on_submit():
        return _own(form, 422)
    done = perform(acts.propose, form.key.data, organisation_id=me().organisation_id, **form.order())
    if done.state == LecturerState.CONFIRMED:
        tell("已入库，可以排课", "In the pool; classes may name this person")
    else:
        tell("已推荐，等人力社保局确认", "Proposed; the bureau confirms")
    return go("resources.own_lecturers")


@room.api("GET", "/org/lecturers", may=PROPOSE, answers=list[LecturerCase])
def list_own_lecturers() -> list[LecturerCase]:
    """Whom one's institution proposed last."""
    return queries.proposed_for(db(), tool(Box), me().actor.organisations_for(PROPOSE))


@room.api("POST", "/org/lecturers", does=acts.propose, body=LecturerBody, answers=LecturerMade, status=201)
def api_propose_lecturer(body: LecturerBody) -> LecturerMade:
    """Propose somebody for the pool, or state more qualifications of a lecturer."""
    plans = tuple(QualificationPlan(**q.model_dump()) for q in body.qualifications)
    order = body.model_dump(exclude={"qualifications", "occupations"})
    return perform(
        acts.propose, request_key(), organisation_id=me().organisation_id, occupations=tuple(body.occupations), qualifications=plans,
        **order,
    )  # fmt: skip


@room.get("/gov/lecturers", may=CONFIRM, name="lecturer_cases")
def cases() -> ResponseReturnValue:
    """What waits for a look at the papers; or everybody in a state."""
    state = request.args.get("state", "")
    state = state if state in list(LecturerState) else ""
    found = queries.cases(db(), tool(Box), state, request.args.get("after", "")[:26], PAGE + 1)
    return show("resources/lecturer_cases.html", cases=found[:PAGE], more=len(found) > PAGE, state=state, states=list(LecturerState))


@room.get("/gov/lecturers/<lecturer_id>", may=CONFIRM, name="lecturer_case")
def case(lecturer_id: str) -> ResponseReturnValue:
    found = queries.case(db(), tool(Box), lecturer_id)
    return show("resources/lecturer_case.html", case=found, form=ConfirmForm(), reason=ReasonForm())


@room.post("/gov/lecturers/<lecturer_id>/confirm", does=acts.confirm, name="confirm_lecturer")
def confirm(lecturer_id: str) -> ResponseReturnValue:
    form = ConfirmForm()
    perform(acts.confirm, form.key.data, lecturer_id=lecturer_id, strength=form.strength.data or "", source=form.source.data or "")
    tell("已确认入库", "Confirmed")
    return go("resources.lecturer_case", lecturer_id=lecturer_id)


@room.post("/gov/lecturers/<lecturer_id>/refuse", does=acts.refuse, name="refuse_lecturer")
def refuse(lecturer_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(acts.refuse, form.key.data, lecturer_id=lecturer_id, reason=form.reason.data or "")
    tell("不予入库，已告知", "Not taken in; both are told")
    return go("resources.lecturer_case", lecturer_id=lecturer_id)


@room.post("/gov/lecturers/<lecturer_id>/withdraw", does=acts.withdraw, name="withdraw_lecturer")
def withdraw(lecturer_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(acts.withdraw, form.key.data, lecturer_id=lecturer_id, reason=form.reason.data or "")
    tell("已出库", "Taken out of the pool")
    return go("resources.lecturer_case", lecturer_id=lecturer_id)


@room.api("GET", "/gov/lecturers", may=CONFIRM, answers=list[LecturerCase], skips=True)
def list_lecturer_cases() -> list[LecturerCase]:
    """Lecturers with something that waits, newest first; `?state=` for everybody in a state."""
    page, state = paging.asked(), request.args.get("state", "")
    return queries.cases(db(), tool(Box), state if state in list(LecturerState) else "", page.key, page.limit + 1)


@room.api("POST", "/gov/lecturers/<lecturer_id>/confirm", does=acts.confirm, body=ProofBody, answers=LecturerMade)
def api_confirm_lecturer(lecturer_id: str, body: ProofBody) -> LecturerMade:
    """Confirm what was stated of a lecturer."""
    return perform(acts.confirm, request_key(), lecturer_id=lecturer_id, strength=body.strength, source=body.source)


@room.api("POST", "/gov/lecturers/<lecturer_id>/refuse", does=acts.refuse, body=WhyBody, answers=LecturerMade)
def api_refuse_lecturer(lecturer_id: str, body: WhyBody) -> LecturerMade:
    """Do not take somebody in."""
    return perform(acts.refuse, request_key(), lecturer_id=lecturer_id, reason=body.reason)


@room.api("POST", "/gov/lecturers/<lecturer_id>/withdraw", does=acts.withdraw, body=WhyBody, answers=LecturerMade)
def api_withdraw_lecturer(lecturer_id: str, body: WhyBody) -> LecturerMade:
    """Take somebody out of the pool."""
    return perform(acts.withdraw, request_key(), lecturer_id=lecturer_id, reason=body.reason)


@room.get("/me/lecturer", may=LEAVE, name="own_line")
def own_line() -> ResponseReturnValue:
    """One's own line in the pool."""
    return show("resources/own_line.html", case=queries.mine(db(), tool(Box), me().person_id or ""))


@room.post("/me/lecturer/leave", does=acts.leave, name="leave_pool")
def leave() -> ResponseReturnValue:
    form = OrderForm()
    perform(acts.leave, form.key.data)
    tell("已退出师资库", "You have left the pool")
    return go("resources.own_line")


@room.api("GET", "/me/lecturer", may=LEAVE, answers=LecturerCase)
def api_own_line() -> LecturerCase:
    """One's own line in the pool."""
    found = queries.mine(db(), tool(Box), me().person_id or "")
    if found is None:
        raise Missing("lecturer.unknown")
    return found


@room.api("POST", "/me/lecturer/leave", does=acts.leave, answers=LecturerMade)
def api_leave() -> LecturerMade:
    """Leave the pool oneself."""
    return perform(acts.leave, request_key())
