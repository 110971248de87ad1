"""The inspector's phone: my visits, counting, pictures, the list, signing."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.inspections.actions import draws, visits
from skills.inspections.actions.visits import CARRY, ItemAnswer
from skills.inspections.forms import CountForm, PhotoForm, WordsForm
from skills.inspections.queries import visits as queries
from skills.inspections.queries.pool import SHELF
from skills.inspections.queries.visits import InspectionPage
from skills.inspections.views.words import room
from skills.kernel.box import Box
from skills.kernel.clock import SHANGHAI
from skills.kernel.errors import Missing
from skills.kernel.shots import Photo, put_in
from skills.standards.queries import value
from skills.web.forms import OrderForm
from skills.web.pages import db, go, me, office, perform, say, settings, show, tell, today, tool


@room.get("/gov/visits", may=CARRY, name="visits")
def listing() -> ResponseReturnValue:
    """What I am to visit, and what I visited."""
    account, bounds = me().actor.account, me().actor.districts_for(CARRY)
    return show(
        "inspections/visits.html", open=queries.listing(db(), today(), districts=bounds, inspector=account),
        over=queries.listing(db(), today(), districts=bounds, inspector=account, closed=True),
    )  # fmt: skip


@room.get("/gov/visits/<inspection_id>", may=CARRY, name="visit")
def visit(inspection_id: str) -> ResponseReturnValue:
    return _page(_mine(inspection_id), CountForm(), 200)


def _mine(inspection_id: str) -> InspectionPage:
    found = queries.inspection(db(), inspection_id, today(), districts=me().actor.districts_for(CARRY))
    if found.inspector_account != me().actor.account:
        raise Missing("inspection.unknown")
    return found


def _page(found: InspectionPage, form: CountForm, status: int) -> ResponseReturnValue:
    now = office().clock.now()
    form.session.choices = [
        (x.session_id, f"{x.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}–{x.ends_at.astimezone(SHANGHAI):%H:%M} {x.room}")
        for x in found.lessons
    ]
    going = next((x for x in found.lessons if x.starts_at <= now <= x.ends_at), None)
    if going and not form.session.data:
        form.session.data = going.session_id
    least = int(value(db(), "inspection.photos", today())["least"])
    return show(
        "inspections/visit.html", status, i=found, form=form, photos=PhotoForm(), words=WordsForm(), going=going, now=now, least=least
    )


@room.post("/gov/visits/<inspection_id>/count", does=visits.count, name="count")
def count(inspection_id: str) -> ResponseReturnValue:
    form, found = CountForm(), _mine(inspection_id)
    form.session.choices = [(x.session_id, "") for x in found.lessons]
    held = form.held.data != "no"
    good = form.validate()
    if held and form.heads.data is None and not form.heads.errors:
        form.heads.errors = (say("正在上课的，请填写清点人数；没有学员填 0", "A class is being held: count heads; 0 if nobody is there"),)
        good = False
    if not good:
        return _page(found, form, 422)
    done = perform(
        visits.count, form.key.data, inspection_id=inspection_id, session_id=form.session.data, held=held,
        heads=(form.heads.data or 0) if held else 0, same_room=bool(form.same_room.data), same_lecturer=bool(form.same_lecturer.data),
        seen=form.seen.data or "",
    )  # fmt: skip
    tell(f"已记录；此刻签到 {done.written} 人", f"On record; {done.written} are written present at this minute")
    return go("inspections.visit", inspection_id=inspection_id)


@room.post("/gov/visits/<inspection_id>/photos", does=visits.add_photos, name="add_photos")
def add_photos(inspection_id: str) -> ResponseReturnValue:
    form = PhotoForm()
    found = [f.stream.read() for f in request.files.getlist("photos") if f.filename]
    perform(visits.add_photos, form.key.data, inspection_id=inspection_id, photos=taken(inspection_id, form.key.data or "", found))
    tell(f"已上传 {len(found)} 张", f"{len(found)} taken in")
    return go("inspections.visit", inspection_id=inspection_id)


def taken(inspection_id: str, key: str, found: list[bytes]) -> tuple[Photo, ...]:
    """Pictures of this request, judged, sealed and stored. Raises as `put_in` does."""
    _mine(inspection_id)
    most = int(value(db(), "inspection.photos", today())["bytes"])
    return put_in(tool(Box), SHELF, settings().files_dir, f"{inspection_id}:{key}", found, most)


@room.post("/gov/visits/<inspection_id>/sign", does=visits.sign, name="sign")
def sign(inspection_id: str) -> ResponseReturnValue:
    found = _mine(inspection_id)
    answers = tuple(
        ItemAnswer(i.code, request.form.get(f"item-{i.code}", ""), request.form.get(f"remark-{i.code}", "")) for i in found.items
    )
    done = perform(
        visits.sign, OrderForm().key.data, inspection_id=inspection_id, answers=tuple(a for a in answers if a.answer),
        remark=request.form.get("remark", ""),
    )  # fmt: skip
    if done.findings:
        n = len(done.findings)
        tell(f"已签字；发现 {n} 个问题，该班结算已暂停", f"Signed; {n} findings, payment of this class is held", "warn")
    else:
        tell("已签字，未发现问题", "Signed; nothing was found")
    return go("inspections.visit", inspection_id=inspection_id)


@room.post("/gov/visits/<inspection_id>/refusal", does=visits.note_refusal, name="note_refusal")
def note_refusal(inspection_id: str) -> ResponseReturnValue:
    form = WordsForm()
    perform(visits.note_refusal, form.key.data, inspection_id=inspection_id, text=form.text.data or "")
    tell("已记录机构未签字", "Noted that the institution did not sign")
    return go("inspections.visit", inspection_id=inspection_id)


@room.post("/gov/visits/<inspection_id>/step-back", does=draws.step_back, name="step_back")
def step_back(inspection_id: str) -> ResponseReturnValue:
    form = WordsForm()
    perform(draws.step_back, form.key.data, inspection_id=inspection_id, reason=form.text.data or "")
    tell("已回避，由种子顺位的下一位检查", "You stepped back; the next by the seed visits it")
    return go("inspections.visits")
