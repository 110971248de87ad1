"""The register of training platforms: public page, CSV and JSON; the bureau's desk by two people."""

from __future__ import annotations

from datetime import date

from flask import Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.kernel import sheets
from skills.resources.actions import platforms as acts
from skills.resources.actions.platforms import PROPOSE, PlatformMade
from skills.resources.forms import PlatformForm, ReasonForm
from skills.resources.queries import platforms as queries
from skills.resources.queries.platforms import PlatformLine, Wanted
from skills.resources.rules import PLATFORM_KINDS
from skills.resources.states import PlatformState
from skills.resources.views.lecturers import WhyBody
from skills.resources.views.words import room
from skills.standards import queries as standards
from skills.web import paging
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, db, go, me, perform, show, tell, today

SEE = "gov.see"


class PlatformBody(BaseModel):
    """An entry: kind base, master_workshop, industry_college or alliance_member."""

    kind: str = Field(max_length=24)
    name: str = Field(min_length=1, max_length=60)
    organisation: str = Field("", max_length=60)
    organisation_id: str | None = Field(None, max_length=26)
    district: str = Field(max_length=12)
    address: str = Field(min_length=1, max_length=120)
    occupations: list[str] = Field(default_factory=list, max_length=20)
    recognised_by: str = Field(min_length=1, max_length=60)
    recognised_on: date
    recognised_until: date | None = None
    document: str = Field("", max_length=60)


def _wanted() -> Wanted:
    kind = request.args.get("kind", "")
    return Wanted(
        kind if kind in PLATFORM_KINDS else "", request.args.get("district", "")[:12], request.args.get("occupation", "")[:16],
        request.args.get("q", "").strip()[:60], request.args.get("over") == "1",
    )  # fmt: skip


@room.get("/platforms", may=PUBLIC, name="register")
def register() -> ResponseReturnValue:
    """Bases, master workshops, industry colleges and members of the alliance, with filters."""
    wanted = _wanted()
    found = queries.register(db(), wanted, today(), request.args.get("after", "")[:26], queries.PAGE + 1)
    return show(
        "resources/register.html", found=found[: queries.PAGE], more=len(found) > queries.PAGE, wanted=wanted,
        kinds=list(PLATFORM_KINDS), counts=queries.counts(db(), today()), districts=standards.districts(db()),
        occupations=standards.occupations(db()),
    )  # fmt: skip


@room.get("/platforms.csv", may=PUBLIC, name="register_csv")
def register_csv() -> ResponseReturnValue:
    """The same as a table, all of it."""
    head = ["类别", "名称", "建设单位", "区县", "地址", "面向职业", "认定单位", "认定文号", "认定日期", "有效期至", "状态", "撤销理由"]
    rows = [
        [
            p.kind_words[0], p.name, p.organisation, p.district_name, p.address, "、".join(p.occupation_names), p.recognised_by,
            p.document, p.recognised_on.isoformat(), p.recognised_until.isoformat() if p.recognised_until else "", p.state_words[0],
            p.reason,
        ]
        for p in queries.register(db(), _wanted(), today(), most=None)
    ]  # fmt: skip
    headers = {"Content-Disposition": 'attachment; filename="platforms.csv"'}
    return Response(sheets.write_csv([head, *rows]), content_type=sheets.CSV_TYPE, headers=headers)


@room.api("GET", "/platforms", may=PUBLIC, answers=list[PlatformLine], skips=True)
def list_platforms() -> list[PlatformLine]:
    """The public register, newest first; kind, district, occupation, q and over=1 (those that are over) narrow it."""
    page = paging.asked()
    return queries.register(db(), _wanted(), today(), page.key, page.limit + 1)


@room.get("/gov/platforms", may=SEE, name="platform_desk")
def desk() -> ResponseReturnValue:
    return _desk(PlatformForm())


def _desk(form: PlatformForm, status: int = 200) -> ResponseReturnValue:
    state = request.args.get("state", PlatformState.PROPOSED)
    state = state if state in list(PlatformState) else PlatformState.PROPOSED
    found = queries.desk(db(), me().actor.districts_for(SEE), state, today(), request.args.get("after", "")[:26], queries.PAGE + 1)
    actor = me().actor
    return show(
        "resources/platform_desk.html", status, form=form, found=found[: queries.PAGE], more=len(found) > queries.PAGE, state=state,
        states=list(PlatformState), may_propose=actor.may(PROPOSE), may_decide=actor.may(acts.RECOGNISE),
    )  # fmt: skip


@room.post("/gov/platforms", does=acts.propose, name="propose_platform")
def propose() -> ResponseReturnValue:
    form = PlatformForm()
    if not form.validate_on_submit():
        return _desk(form, 422)
    perform(acts.propose, form.key.data, **form.order())
    tell("已提出，等另一位同事认定", "Proposed; a colleague recognises it")
    return go("resources.platform_desk")


@room.post("/gov/platforms/<platform_id>/recognise", does=acts.recognise, name="recognise_platform")
def recognise(platform_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(acts.recognise, form.key.data, platform_id=platform_id)
    tell("已认定，已公开", "Recognised; it is public")
    return go("resources.platform_desk")


@room.post("/gov/platforms/<platform_id>/refuse", does=acts.refuse, name="refuse_platform")
def refuse(platform_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(acts.refuse, form.key.data, platform_id=platform_id, reason=form.reason.data or "")
    tell("不予认定", "Refused")
    return go("resources.platform_desk")


@room.post("/gov/platforms/<platform_id>/withdraw", does=acts.withdraw, name="withdraw_platform")
def withdraw(platform_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(acts.withdraw, form.key.data, platform_id=platform_id, reason=form.reason.data or "")
    tell("已撤销认定，理由已公开", "Withdrawn; the reason is public")
    return go("resources.platform_desk")


@room.api("GET", "/gov/platforms", may=SEE, answers=list[PlatformLine], skips=True)
def list_platform_desk() -> list[PlatformLine]:
    """Entries of one's districts, newest first; `?state=` proposed, recognised, refused or withdrawn."""
    page, state = paging.asked(), request.args.get("state", PlatformState.PROPOSED)
    state = state if state in list(PlatformState) else PlatformState.PROPOSED
    return queries.desk(db(), me().actor.districts_for(SEE), state, today(), page.key, page.limit + 1)


@room.api("POST", "/gov/platforms", does=acts.propose, body=PlatformBody, answers=PlatformMade, status=201)
def api_propose_platform(body: PlatformBody) -> PlatformMade:
    """Propose an entry for the register."""
    order = body.model_dump(exclude={"occupations"})
    return perform(acts.propose, request_key(), occupations=tuple(body.occupations), **order)


@room.api("POST", "/gov/platforms/<platform_id>/recognise", does=acts.recognise, answers=PlatformMade)
def api_recognise_platform(platform_id: str) -> PlatformMade:
    """Recognise an entry that somebody else proposed."""
    return perform(acts.recognise, request_key(), platform_id=platform_id)


@room.api("POST", "/gov/platforms/<platform_id>/refuse", does=acts.refuse, body=WhyBody, answers=PlatformMade)
def api_refuse_platform(platform_id: str, body: WhyBody) -> PlatformMade:
    """Do not recognise it."""
    return perform(acts.refuse, request_key(), platform_id=platform_id, reason=body.reason)


@room.api("POST", "/gov/platforms/<platform_id>/withdraw", does=acts.withdraw, body=WhyBody, answers=PlatformMade)
def api_withdraw_platform(platform_id: str, body: WhyBody) -> PlatformMade:
    """It is recognised no more; the reason is public."""
    return perform(acts.withdraw, request_key(), platform_id=platform_id, reason=body.reason)
