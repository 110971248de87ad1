"""An assessment body: its filing, its plans, its candidates, and each step of an exam."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from skills.certification.actions import applications, awards, employments, filings, plans, scores
from skills.certification.forms import EnlistForm, PlanForm, PromiseForm, ReasonForm, ScopeForm, hours_data, plan_data
from skills.certification.queries import data_reviews, exams
from skills.certification.queries import filings as filing_queries
from skills.certification.queries import rooms as room_queries
from skills.certification.queries.decisions import admitted_ties
from skills.certification.queries.duties import could_serve, staff_of
from skills.certification.queries.filings import FilingLine
from skills.certification.queries.panels import panels
from skills.certification.rules.exams import usual_hours
from skills.certification.rules.filings import EMPLOYEE, ScopeItem
from skills.certification.rules.rooms import standard_rooms
from skills.certification.rules.seating import comfortable
from skills.certification.states import ISSUING, FilingState, SittingState
from skills.certification.views.filing_changes import changes_of, norms_of
from skills.certification.views.words import room
from skills.kernel.acts import Action
from skills.kernel.errors import Missing, Refusal
from skills.standards.queries import value
from skills.standards.rules import Level
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import db, go, lang, me, perform, show, tell, today

SEE_FILING, SEE_PLANS = "filing.see", "plan.see"


@room.get("/ent/filing", may=SEE_FILING)
def filing() -> ResponseReturnValue:
    return _filing(ScopeForm(data=_contact()))


@room.post("/ent/filing", does=filings.draft, name="add_scope")
def add_scope() -> ResponseReturnValue:
    """Add occupations and levels to the scope in draft."""
    form = ScopeForm()
    if not form.validate_on_submit():
        return _filing(form, 422)
    items = {*_scope(filing_queries.live_of(db(), me().organisation_id)), *form.items()}
    _draft(form.key.data, items, form.contact.data, bool(form.own_students_only.data))
    tell("已加入备案范围", "Added to the scope")
    return go("certification.filing")


@room.post("/ent/filing/remove", does=filings.draft, name="remove_scope")
def remove_scope() -> ResponseReturnValue:
    """Take an occupation and branch out of the scope in draft."""
    form = OrderForm()
    line = filing_queries.live_of(db(), me().organisation_id)
    code, _, branch = request.form.get("pair", "").partition("|")
    items = {i for i in _scope(line) if (i.occupation, i.branch) != (code, branch)}
    _draft(form.key.data, items, line.contact if line else "", bool(line and line.kind == "Y"))
    return go("certification.filing")


@room.post("/ent/filing/submit", does=filings.submit, name="submit_filing")
def submit_filing() -> ResponseReturnValue:
    form = OrderForm()
    perform(filings.submit, form.key.data, filing_id=_own_filing().id)
    tell("已提交审核", "Handed in for review")
    return go("certification.filing")


@room.post("/ent/filing/commit", does=filings.commit, name="commit_filing")
def commit_filing() -> ResponseReturnValue:
    form = PromiseForm()
    done = perform(filings.commit, form.key.data, filing_id=_own_filing().id, promised=bool(form.promised.data))
    tell(f"已按告知承诺备案，备案号 {done.number}", f"Filed on your promise: {done.number}")
    return go("certification.filing")


@room.get("/ent/plans", may=SEE_PLANS)
def own_plans() -> ResponseReturnValue:
    mine = me().actor.organisations_for(SEE_PLANS)
    ahead = value(db(), "plan.working_days_ahead", today())
    return show("certification/plans.html", plans=exams.of_bodies(db(), mine), ahead=ahead)


@room.get("/ent/plans/new", may="plan.make")
def new_plan() -> ResponseReturnValue:
    line = filing_queries.live_of(db(), me().organisation_id)
    if line is None or not line.number:
        raise Refusal("plan.no_filing")
    usual: dict[str, object] = {
        "capacity": 30, "fee": 0, "rooms": standard_rooms(30)[0].line, "papers": "2", **hours_data(usual_hours(Level.L1)),
    }  # fmt: skip
    return show("certification/plan_form.html", form=_plan_form(line, usual), s=None)


@room.post("/ent/plans/new", does=plans.plan, name="make_plan")
def make_plan() -> ResponseReturnValue:
    form = _plan_form(_own_filing())
    if not form.validate_on_submit():
        return show("certification/plan_form.html", 422, form=form, s=None)
    done = perform(plans.plan, form.key.data, organisation_id=me().organisation_id, order=form.order())
    tell("计划已保存", "The plan is saved")
    return go("certification.own_plan", sitting_id=done.sitting_id)


@room.get("/ent/plans/<sitting_id>", may=SEE_PLANS)
def own_plan(sitting_id: str) -> ResponseReturnValue:
    return _plan(sitting_id, EnlistForm())


@room.get("/ent/plans/<sitting_id>/edit", may="plan.make")
def edit_plan(sitting_id: str) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for("plan.make"))
    named = staff_of(db(), [line.id]).get(line.id, {})
    data = plan_data(line, room_queries.rooms_of(db(), line.id), named)
    return show("certification/plan_form.html", form=_plan_form(_own_filing(), data), s=line)


@room.post("/ent/plans/<sitting_id>/edit", does=plans.change, name="change_plan")
def change_plan(sitting_id: str) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for("plan.make"))
    form = _plan_form(_own_filing())
    if not form.validate_on_submit():
        return show("certification/plan_form.html", 422, form=form, s=line)
    perform(plans.change, form.key.data, sitting_id=sitting_id, order=form.order())
    tell("计划已保存", "The plan is saved")
    return go("certification.own_plan", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/cancel", does=plans.cancel, name="cancel_plan")
def cancel_plan(sitting_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(plans.cancel, form.key.data, sitting_id=sitting_id, reason=form.reason.data or "")
    tell("已取消，考生已收到通知", "Cancelled; the candidates are told")
    return go("certification.own_plan", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/candidates", does=applications.enlist, name="enlist")
def enlist(sitting_id: str) -> ResponseReturnValue:
    """Register several people; each line is answered for itself, and a no of one stops no other."""
    form = EnlistForm()
    if not form.validate_on_submit():
        return _plan(sitting_id, form, 422)
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for("application.enter"))
    refused: list[tuple[str, i18n.Told]] = []
    count = 0
    for row, number in enumerate(form.listed()):
        order: dict[str, Any] = {"kind": form.kind.data, "number": number}
        try:
            _employ(form, f"{form.key.data}:w{row}", line.organisation_id, line.occupation, order)
            perform(applications.enlist, f"{form.key.data}:{row}", sitting_id=sitting_id, **order)
            count += 1
        except Refusal as refusal:
            refused.append((number, i18n.tell_refusal(refusal, lang())))
    if not refused:
        tell(f"已报名 {count} 人", f"{count} registered")
        return go("certification.own_plan", sitting_id=sitting_id)
    form.numbers.data = "\n".join(number for number, _ in refused)
    return _plan(sitting_id, form, 422, tuple(refused), count)


def _step(
    path: str, action: Action[Any, Any], zh: str, en: str, then: str = "certification.own_plan"
) -> Callable[[str], ResponseReturnValue]:
    """A button of an exam's page: one action on the sitting, then on to its page."""

    def press(sitting_id: str) -> ResponseReturnValue:
        form = OrderForm()
        perform(action, form.key.data, sitting_id=sitting_id)
        tell(zh, en)
        return go(then, sitting_id=sitting_id)

    press.__name__ = f"step_{path}"
    room.post(f"/ent/plans/<sitting_id>/{path}", does=action)(press)
    return press


_step("file", plans.file, "已报备", "Filed with the authority")
_step("open", plans.open_registration, "已开放报名", "Registration is open")
_step("close", plans.close, "已截止报名", "Registration is closed")
_step("hold", plans.hold, "已登记开考，可以录入成绩", "Noted as held; scores can be typed")
_step("sign", scores.sign, "已初签，等待第二人复签", "Signed once; a second person signs next")
_step("countersign", scores.countersign, "成绩已签发，考生可以查询", "Signed off; candidates can see their scores")
_step("review", awards.end_review, "复核期已结束", "The review window is over")
_step("notice", awards.give_notice, "已开始公示", "The public notice has begun")
_step(
    "conclude", awards.conclude, "已结束，证书正在制作", "Concluded; certificates are being made",
    then="certification.plan_certificates",
)  # fmt: skip


@room.post("/ent/plans/<sitting_id>/seat", does=plans.seat, name="step_seat")
def step_seat(sitting_id: str) -> ResponseReturnValue:
    """Give seats; what could not be done as it should be is said."""
    done = perform(plans.seat, OrderForm().key.data, sitting_id=sitting_id)
    tell(f"已编排 {done.count} 个座位，准考证已发出", f"{done.count} seats and tickets are given")
    if done.close:
        tell(
            f"座位不够隔开：有 {done.close} 对邻座试卷相同，请增加考场或试卷套数",
            f"Too few seats to keep people apart: {done.close} pairs of neighbours have the same paper", "warn",
        )  # fmt: skip
    if done.stepped:
        tell(
            f"有 {done.stepped} 名需要无障碍考场的考生没有排进无障碍考场，请调整考场",
            f"{done.stepped} who need a room without a step have none", "warn",
        )  # fmt: skip
    return go("certification.exam_rooms", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/send-back", does=scores.send_back, name="send_scores_back")
def send_scores_back(sitting_id: str) -> ResponseReturnValue:
    """The second person does not sign: the scores are typed again."""
    form = ReasonForm()
    perform(scores.send_back, form.key.data, sitting_id=sitting_id, reason=form.reason.data or "")
    tell("已退回，可以重新录入", "Sent back; scores can be typed again")
    return go("certification.own_plan", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/award/<application_id>", does=awards.award, name="award")
def award(sitting_id: str, application_id: str) -> ResponseReturnValue:
    """Try again what was held."""
    form = OrderForm()
    done = perform(awards.award, form.key.data, application_id=application_id)
    if done.number:
        tell(f"证书已签发：{done.number}", f"Issued: {done.number}")
    else:
        tell("仍不能制证", "It is still held", "warn")
    return go("certification.own_plan", sitting_id=sitting_id)


def _employ(form: EnlistForm, key: str, organisation_id: str, occupation: str, order: dict[str, Any]) -> None:
    since = form.employed_since()
    if since is None:
        return
    try:
        perform(
            employments.declare, key, organisation_id=organisation_id, occupation_code=occupation,
            since=since, **order,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code != "employment.known":
            raise


def _plan(
    sitting_id: str, form: EnlistForm, status: int = 200, refused: tuple[tuple[str, i18n.Told], ...] = (),
    count: int = 0,
) -> ResponseReturnValue:  # fmt: skip
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS))
    planned = line.state == SittingState.PLANNED
    planned_rooms = [r.planned for r in room_queries.rooms_of(db(), line.id)]
    return show(
        "certification/plan.html", status, s=line, form=form, refused=refused, count=count,
        rooms=planned_rooms, apart=comfortable([r.grid for r in planned_rooms], line.papers),
        faults=exams.faults_of(db(), line, today()) if planned else None,
        candidates=exams.candidates(db(), line), sheets=exams.sheets(db(), line), panels=panels(db(), line.id),
        own_students=line.body_kind == "Y" and EMPLOYEE not in admitted_ties(db(), line.organisation_id, today()),
        steps=filing_queries.history(db(), "sitting", line.id), reason=ReasonForm(),
        data_reviews=data_reviews.data_reviews(db(), line.id), data_wanted=data_reviews.wanted(db(), line.filing_number, today()),
    )


def _plan_form(line: FilingLine, data: dict[str, Any] | None = None) -> PlanForm:
    return PlanForm(line, could_serve(db(), line.organisation_id), data=data)


def _contact() -> dict[str, Any]:
    line = filing_queries.live_of(db(), me().organisation_id)
    return {"contact": line.contact if line else me().name}


def _filing(form: ScopeForm, status: int = 200) -> ResponseReturnValue:
    line = filing_queries.live_of(db(), me().organisation_id)
    over = line is not None and line.state in ISSUING and line.expired(today())
    draft = line is None or over or line.state in (FilingState.DRAFT, FilingState.SUPPLEMENT)
    steps = filing_queries.history(db(), "filing", line.id) if line else []
    return show(
        "certification/filing.html", status, form=form, promise=PromiseForm(), f=line, draft=draft, steps=steps, over=over,
        today=today(), may_submit=me().actor.may("filing.submit"), **changes_of(line), **norms_of(line),
    )


def _own_filing() -> FilingLine:
    line = filing_queries.live_of(db(), me().organisation_id)
    if line is None:
        raise Missing("filing.unknown")
    return line


def _scope(line: FilingLine | None) -> set[ScopeItem]:
    return {ScopeItem(s.occupation, s.branch, lv) for s in line.scope for lv in s.levels} if line else set()


def _draft(key: str, items: set[ScopeItem], contact: str, own_students: bool) -> None:
    perform(
        filings.draft, key, organisation_id=me().organisation_id, scope=tuple(sorted(items)), contact=contact,
        own_students_only=own_students,
    )  # fmt: skip


