"""Theory on screens: the candidate's door, the forms that lie there, and the room as its invigilator sees it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from skills.certification.actions import online as acts
from skills.certification.forms.online import EnterForm, FormsForm, PauseForm
from skills.certification.queries import exams, online
from skills.certification.views.words import room
from skills.papers.states import DRAW, INVIGILATE, SIT
from skills.web.forms import OrderForm
from skills.web.pages import db, device, go, me, office, perform, show, tell

SEE_PLANS = "plan.see"


@room.get("/me/applications/<application_id>/paper", may=SIT, name="my_paper")
def my_paper(application_id: str) -> ResponseReturnValue:
    """The door: a code begins one's paper, or lets it go on here."""
    return _door(application_id, EnterForm(), 200)


@room.post("/me/applications/<application_id>/paper", does=acts.enter, name="enter_paper")
def enter_paper(application_id: str) -> ResponseReturnValue:
    form = EnterForm()
    if not form.validate():
        return _door(application_id, form, 422)
    done = perform(acts.enter, form.key.data, application_id=application_id, code=form.code.data, device=device())
    return go("papers.run", run_id=done.run_id)


def _door(application_id: str, form: EnterForm, status: int) -> ResponseReturnValue:
    line = exams.my_exam(db(), me().person_id, application_id)
    run = online.run_of(db(), line.id, office().clock.now())
    return show(
        "certification/my_paper.html", status, m=line, s=line.sitting, form=form, run=run, online=online.sits_online(db(), line),
        theory=online.theory_of(line.sitting),
    )


@room.get("/ent/plans/<sitting_id>/online", may=SEE_PLANS, name="plan_online")
def plan_online(sitting_id: str) -> ResponseReturnValue:
    """What lies on the screens, and who is in."""
    return _plan(sitting_id, None, None, 200)


@room.post("/ent/plans/<sitting_id>/online/forms", does=acts.bind, name="bind_forms")
def bind_forms(sitting_id: str) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(DRAW))
    form = FormsForm(online.choices(db(), me().actor, line.organisation_id), line.papers)
    if not form.validate():
        return _plan(sitting_id, form, None, 422)
    perform(acts.bind, form.key.data, sitting_id=sitting_id, forms=form.chosen())
    tell(*(("机考试卷已确定", "The papers are chosen") if form.chosen() else ("理论知识改为纸笔", "Theory is on paper")))
    return go("certification.plan_online", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/online/rooms/<int:position>", does=acts.open_door, name="open_door")
def open_door(sitting_id: str, position: int) -> ResponseReturnValue:
    done = perform(acts.open_door, OrderForm().key.data, sitting_id=sitting_id, position=position)
    tell(f"考场口令：{done.code}", f"The room's code: {done.code}")
    return go("certification.plan_online", sitting_id=sitting_id, _anchor=f"room-{position}")


@room.post("/ent/plans/<sitting_id>/online/candidates/<application_id>/code", does=acts.give_code, name="give_run_code")
def give_run_code(sitting_id: str, application_id: str) -> ResponseReturnValue:
    done = perform(acts.give_code, OrderForm().key.data, application_id=application_id)
    tell(f"换机口令：{done.code}，只能用一次", f"The code to go on elsewhere: {done.code}, good once")
    return go("certification.plan_online", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/online/candidates/<application_id>/collect", does=acts.collect, name="collect_run")
def collect_run(sitting_id: str, application_id: str) -> ResponseReturnValue:
    perform(acts.collect, OrderForm().key.data, application_id=application_id)
    tell("已收卷，保存的答案有效", "Collected; what was saved counts")
    return go("certification.plan_online", sitting_id=sitting_id)


@room.post("/ent/plans/<sitting_id>/online/pause", does=acts.pause, name="pause_runs")
def pause_runs(sitting_id: str) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(INVIGILATE))
    form = PauseForm(_sit(online.halls(db(), line.id, office().clock.now())))
    if not form.validate():
        return _plan(sitting_id, None, form, 422)
    done = perform(
        acts.pause, form.key.data, sitting_id=sitting_id, application_ids=tuple(form.who.data or ()), minutes=form.minutes.data,
        reason=form.reason.data,
    )
    tell(f"已给 {done.count} 人补时", f"Time is given back to {done.count}")
    return go("certification.plan_online", sitting_id=sitting_id)


def _sit(halls: list[online.Hall]) -> list[tuple[str, str]]:
    return [(t.application_id, f"{t.seat} {t.name}") for hall in halls for t in hall.takers if t.run and t.run.open]


def _plan(sitting_id: str, forms: FormsForm | None, pause: PauseForm | None, status: int) -> ResponseReturnValue:
    line = exams.sitting(db(), sitting_id, me().actor.organisations_for(SEE_PLANS))
    bound, halls = online.bound(db(), line.id), online.halls(db(), line.id, office().clock.now())
    if forms is None:
        held = {f"paper_{b.paper}": b.form_id for b in bound}
        forms = FormsForm(online.choices(db(), me().actor, line.organisation_id), line.papers, data=held)
    return show(
        "certification/online.html", status, s=line, bound=bound, halls=halls if bound else [], forms=forms,
        pause=pause or PauseForm(_sit(halls)), theory=online.theory_of(line), now=office().clock.now(),
        may_bind=me().actor.may(DRAW, line.organisation_id) and line.state in online.BEFORE,
        may_watch=me().actor.may(INVIGILATE, line.organisation_id), sheet=next((t for t in exams.sheets(db(), line) if t.machine), None),
    )  # fmt: skip
