"""The desks of the authority and of a body: draws, supervisions, what was found, why an exam goes on without a report."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import make_response, request, send_file
from flask.typing import ResponseReturnValue

from skills.certification.queries import exams
from skills.kernel.box import Box
from skills.kernel.errors import Missing
from skills.kernel.shots import KINDS
from skills.supervision.actions import draws, reports
from skills.supervision.forms import DrawForm, OrderToRectifyForm, WordsForm
from skills.supervision.queries import supervisions as queries
from skills.supervision.views.words import room
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, perform, settings, show, tell, today, tool

View = Callable[..., ResponseReturnValue]
SEE, PLAN = "supervision.see", draws.PLAN


def bounds() -> dict[str, Any]:
    """Whose supervisions the visitor may see: the authority's districts, or one's bodies."""
    actor = me().actor
    if actor.may_unbound(SEE):
        return {"districts": actor.districts_for(SEE)}
    return {"bodies": actor.organisations_for(SEE)}


def _own_body() -> str:
    bodies = sorted(me().actor.organisations_for(PLAN))
    if not bodies:
        raise Missing("organisation.unknown")
    return bodies[0]


def _desk(form: DrawForm, status: int, org: bool) -> ResponseReturnValue:
    limits = bounds()
    return show(
        "supervision/desk.html", status, lines=queries.listing(db(), **limits), draws=queries.draws(db(), **limits), form=form, org=org,
        may_plan=me().actor.may(PLAN), waiting=[] if org else queries.without_report(db(), limits.get("districts"), today()),
    )  # fmt: skip


@room.get("/gov/supervision", may=SEE, name="desk")
def desk() -> ResponseReturnValue:
    """Supervisions within the visitor's bounds, and the draws."""
    return _desk(DrawForm(), 200, False)


@room.get("/ent/supervision", may=SEE, name="own_desk")
def own_desk() -> ResponseReturnValue:
    """The same for a body: its own draws, and whoever watched its exams."""
    return _desk(DrawForm(), 200, True)


@room.post("/gov/supervision/draws", does=draws.plan, name="plan")
def plan() -> ResponseReturnValue:
    return _plan(False)


@room.post("/ent/supervision/draws", does=draws.plan, name="own_plan")
def own_plan() -> ResponseReturnValue:
    return _plan(True)


def _plan(org: bool) -> ResponseReturnValue:
    form = DrawForm()
    if not form.validate():
        return _desk(form, 422, org)
    done = perform(
        draws.plan, form.key.data, since=form.since.data, until=form.until.data, size=form.size.data or 0,
        organisation_id=_own_body() if org else None,
    )  # fmt: skip
    tell("计划已记入操作日志", "The plan stands in the log of acts")
    return _back(done.draw_id)


def _twice(method: str, rule: str, name: str, **how: Any) -> Callable[[View], View]:
    """One page for the authority and for bodies, each at its own address."""

    def wrap(view: View) -> View:
        for prefix, own in (("/gov/supervision", ""), ("/ent/supervision", "own_")):
            getattr(room, method)(f"{prefix}{rule}", name=own + name, **how)(view)
        return view

    return wrap


def _org() -> bool:
    return request.path.startswith("/ent/")


def _back(draw_id: str) -> ResponseReturnValue:
    return go("supervision.own_drawing" if _org() else "supervision.drawing", draw_id=draw_id)


@_twice("get", "/draws/<draw_id>", "drawing", may=SEE)
def drawing(draw_id: str) -> ResponseReturnValue:
    """A draw: what was planned, the seed, what it drew."""
    return show(
        "supervision/draw.html", d=queries.one_draw(db(), draw_id, **bounds()), lines=queries.listing(db(), draw_id=draw_id, **bounds()),
        form=WordsForm(), may_plan=me().actor.may(PLAN), org=_org(),
    )  # fmt: skip


@_twice("post", "/draws/<draw_id>/draw", "draw", does=draws.draw_now)
def draw(draw_id: str) -> ResponseReturnValue:
    perform(draws.draw_now, OrderForm().key.data, draw_id=draw_id)
    tell("已抽取，督导员已收到通知", "Drawn; the supervisors were told")
    return _back(draw_id)


@_twice("post", "/draws/<draw_id>/give-up", "give_up", does=draws.give_up)
def give_up(draw_id: str) -> ResponseReturnValue:
    perform(draws.give_up, OrderForm().key.data, draw_id=draw_id, reason=request.form.get("text", ""))
    tell("计划已放弃", "The plan was given up")
    return _back(draw_id)


@_twice("get", "/<supervision_id>", "one", may=SEE)
def one(supervision_id: str) -> ResponseReturnValue:
    """Everything on record about one supervision."""
    return show("supervision/one.html", s=queries.page(db(), supervision_id, today(), **bounds()), org=_org(), form=OrderToRectifyForm())


@_twice("get", "/<supervision_id>/photos/<photo_id>", "photo", may=SEE)
def photo(supervision_id: str, photo_id: str) -> ResponseReturnValue:
    """The bytes of a picture, which nobody on the way keeps."""
    queries.page(db(), supervision_id, today(), **bounds())
    kind, data = queries.photo(db(), tool(Box), settings().files_dir, supervision_id, photo_id)
    answer = make_response(send_file(BytesIO(data), KINDS[kind], as_attachment=True, download_name=f"{photo_id}.{kind}"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@room.get("/gov/plans/<sitting_id>/supervision", may=SEE, name="sitting")
def sitting(sitting_id: str) -> ResponseReturnValue:
    """Whether the report of an exam's internal supervisor is there, and the page on which the authority lets it go on without."""
    line = exams.sitting(db(), sitting_id, bounds().get("bodies"))
    return show("supervision/sitting.html", exam=line, form=WordsForm())


@room.post("/gov/plans/<sitting_id>/supervision", does=reports.excuse, name="excuse")
def excuse(sitting_id: str) -> ResponseReturnValue:
    perform(reports.excuse, OrderForm().key.data, sitting_id=sitting_id, reason=request.form.get("text", ""))
    tell("已记录；该场次可以进入公示", "On record; the exam may go on to its notice")
    return go("supervision.desk")
