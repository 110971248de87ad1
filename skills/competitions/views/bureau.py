"""The authority: planning, approval by a second person, start, close, ratify, publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from skills.competitions import queries
from skills.competitions.actions import planning, results
from skills.competitions.actions.marking import close_marking
from skills.competitions.forms import CompetitionForm
from skills.competitions.states import COMPETITION, CompetitionState
from skills.competitions.views.words import room
from skills.kernel.acts import Action
from skills.standards.queries import value
from skills.web.forms import OrderForm
from skills.web.pages import db, fresh_key, go, me, perform, show, tell

SEE = "gov.see"
RANKED = (CompetitionState.MARKED, CompetitionState.RATIFIED)


@room.get("/gov/competitions", may=SEE, name="plans")
def plans() -> ResponseReturnValue:
    return show(
        "competitions/plans.html", competitions=queries.competitions(db()), may_plan=me().actor.may("competition.plan")
    )


@room.get("/gov/competitions/new", may="competition.plan", name="new")
def new() -> ResponseReturnValue:
    return show("competitions/plan_form.html", form=CompetitionForm(data={"practical_weight": 70}))


@room.post("/gov/competitions/new", does=planning.plan, name="plan")
def plan() -> ResponseReturnValue:
    form = CompetitionForm()
    if not form.validate_on_submit():
        return show("competitions/plan_form.html", 422, form=form)
    done = perform(planning.plan, form.key.data, **form.order())
    tell("计划已保存，请另一位同事批准", "The plan is kept; another colleague has to approve it")
    return go("competitions.plan_of", competition_id=done.competition_id)


@room.get("/gov/competitions/<competition_id>", may=SEE, name="plan_of")
def plan_of(competition_id: str) -> ResponseReturnValue:
    """One competition: where it stands, what is open, and the next step for who may take it."""
    held = queries.competition(db(), competition_id)
    prizes = queries.prize_places(value(db(), "competition.prizes", held.starts_on))
    if held.state in RANKED:
        rankings = {e.id: queries.draft_places(db(), e.id, prizes) for e in held.events}
    elif held.state == CompetitionState.PUBLISHED:
        rankings = {e.id: queries.places(db(), e.id) for e in held.events}
    else:
        rankings = {}
    running = held.state == CompetitionState.RUNNING
    moves = [m for m in COMPETITION.open_moves(held.state) if me().actor.may(m.may)]
    return show(
        "competitions/plan.html",
        c=held,
        rankings=rankings,
        moves={m.name for m in moves},
        fresh_key=fresh_key,
        open_marks=queries.unsettled(db(), held.id) if running else [],
        me_account=me().actor.account,
    )


def _step(path: str, action: Action[Any, Any], zh: str, en: str) -> Callable[[str], ResponseReturnValue]:
    """A button of a competition's page: one action, then back to the page."""

    def press(competition_id: str) -> ResponseReturnValue:
        perform(action, OrderForm().key.data, competition_id=competition_id)
        tell(zh, en)
        return go("competitions.plan_of", competition_id=competition_id)

    room.post(f"/gov/competitions/<competition_id>/{path}", does=action, name=f"step_{path}")(press)
    return press


_step("approve", planning.approve, "已批准", "Approved")
_step("open", planning.open_entries, "已开放报名", "Entries are open")
_step("start", planning.start, "已开赛，工位号已抽签", "It has begun; the benches are drawn")
_step("close", close_marking, "评分已结束", "Marking is closed")
_step("ratify", results.ratify, "名次已核准", "The ranking is ratified")
_step("publish", results.publish, "结果已公布，证书正在制作", "Published; the certificates are being made")
_step("cancel", planning.cancel, "竞赛已取消", "Cancelled")
