"""Re-tests: the authority draws and arranges, examiners mark, the candidate is heard."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.kernel.errors import Missing
from skills.supervision.actions import retests as actions
from skills.supervision.forms import CallForm, DecideForm, RetestDrawForm, WordsForm
from skills.supervision.queries import retests as queries
from skills.supervision.queries import trust
from skills.supervision.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, show, tell, today

SEE = "retest.see"


def bounds() -> frozenset[str] | None:
    """The authority's districts. Raises Missing("retest.unknown") for others."""
    if not me().actor.may_unbound(SEE):
        raise Missing("retest.unknown")
    return me().actor.districts_for(SEE)


def _desk(form: RetestDrawForm, status: int) -> ResponseReturnValue:
    districts = bounds()
    form.body.choices = [(t.organisation_id, f"{t.body} · {t.rate}%") for t in trust.listing(db(), districts, today())]
    return show(
        "supervision/retests.html", status, lines=queries.listing(db(), districts=districts), draws=queries.draws(db(), districts), form=form,
        may_plan=me().actor.may(actions.PLAN),
    )  # fmt: skip


@room.get("/gov/retests", may=SEE, name="retests")
def desk() -> ResponseReturnValue:
    """Re-tests of the visitor's districts, and the draws."""
    return _desk(RetestDrawForm(), 200)


@room.post("/gov/retests", does=actions.plan, name="plan_retests")
def plan() -> ResponseReturnValue:
    form = RetestDrawForm()
    form.body.choices = [(form.body.data or "", "")]
    if not form.validate():
        return _desk(form, 422)
    done = perform(actions.plan, form.key.data, organisation_id=form.body.data, since=form.since.data, until=form.until.data)
    tell(f"计划已记入操作日志，将抽取 {done.size} 张", f"The plan stands in the log of acts: {done.size} are drawn")
    return go("supervision.retests")


@room.post("/gov/retests/draws/<draw_id>/draw", does=actions.draw_now, name="draw_retests")
def draw(draw_id: str) -> ResponseReturnValue:
    done = perform(actions.draw_now, OrderForm().key.data, draw_id=draw_id)
    tell(f"已抽取 {len(done.retest_ids)} 张", f"{len(done.retest_ids)} drawn")
    return go("supervision.retests")


@room.get("/gov/retests/<retest_id>", may=SEE, name="retest")
def one(retest_id: str) -> ResponseReturnValue:
    return _page(retest_id, CallForm(), DecideForm(), 200)


def _page(retest_id: str, call: CallForm, ending: DecideForm, status: int) -> ResponseReturnValue:
    found = queries.one(db(), retest_id, districts=bounds())
    actor = me().actor
    may = {
        "call": found.state in ("drawn", "called") and actor.may(actions.PLAN),
        "close": found.state == "marked" and actor.may(actions.CLOSE),
    }
    return show("supervision/retest.html", status, r=found, call=call, ending=ending, may=may)


@room.post("/gov/retests/<retest_id>/call", does=actions.call, name="call_retest")
def call(retest_id: str) -> ResponseReturnValue:
    form = CallForm()
    if not form.validate():
        return _page(retest_id, form, DecideForm(), 422)
    perform(actions.call, form.key.data, retest_id=retest_id, held_on=form.held_on.data, site=form.site.data)
    tell("已通知考生和考评员", "The candidate and the examiners were told")
    return go("supervision.retest", retest_id=retest_id)


@room.post("/gov/retests/<retest_id>/close", does=actions.close, name="close_retest")
def close(retest_id: str) -> ResponseReturnValue:
    form = DecideForm()
    if not form.validate():
        return _page(retest_id, CallForm(), form, 422)
    perform(actions.close, form.key.data, retest_id=retest_id, counted=form.yes.data == "yes", reason=form.text.data)
    tell("已办结", "Closed")
    return go("supervision.retest", retest_id=retest_id)


@room.get("/exam/retests", may=actions.MARK, name="marking")
def marking() -> ResponseReturnValue:
    """The re-tests that one marks."""
    return show("supervision/marking.html", lines=queries.listing(db(), examiner=me().actor.account), day=today())


@room.post("/exam/retests/<retest_id>/marks", does=actions.mark, name="mark_retest")
def mark(retest_id: str) -> ResponseReturnValue:
    found = queries.one(db(), retest_id, examiner=me().actor.account)
    marks = tuple((code, request.form.get(f"mark-{code}", "")) for code, _, _ in found.sections)
    perform(actions.mark, OrderForm().key.data, retest_id=retest_id, marks=marks)
    tell("成绩已提交", "Your marks are in")
    return go("supervision.marking")


@room.get("/me/retests", may=actions.OWN, name="my_retests")
def mine() -> ResponseReturnValue:
    """Re-tests of one's own certificates."""
    lines = queries.of_person(db(), me().actor.person or "")
    return show("supervision/my_retests.html", lines=lines, form=WordsForm(), day=today())


@room.post("/me/retests/<retest_id>/words", does=actions.say, name="say_retest")
def say_it(retest_id: str) -> ResponseReturnValue:
    perform(actions.say, OrderForm().key.data, retest_id=retest_id, text=request.form.get("text", ""))
    tell("已提交申辩，办结前会有人核对", "Handed in; somebody looks at it before it is closed")
    return go("supervision.my_retests")
