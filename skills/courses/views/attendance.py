"""Attendance: the room's screen, the learner's scan, what each side may read, the bureau's desk of corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import make_response, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import AwareDatetime, BaseModel, Field

from skills.courses.actions import attendance as acts
from skills.courses.actions.attendance import CORRECT, MANAGE, SCAN, Attended, SessionMade, Wish
from skills.courses.forms import MakeupForm, WishForm
from skills.courses.queries import attendance as queries
from skills.courses.queries import flags
from skills.courses.queries.attendance import ClassAttendance, OwnAttendance
from skills.courses.queries.corrections import PAGE, CorrectionLine, corrections
from skills.courses.rules import attendance as rules
from skills.courses.rules.attendance import Mark, Reason, Side
from skills.courses.states import CORRECTION, CorrectionState
from skills.kernel import steps
from skills.kernel.keys import KeyRing
from skills.web import paging
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, go, me, office, perform, say, settings, show, tell, tool
from skills.web.qr import qr

room = Room("attendance", __name__)
CHIPS = {Mark.ON_TIME: "ok", Mark.LATE: "warn", Mark.ABSENT: "bad"}
FLAGS = {
    "none_written": ("已上课但没有任何签到", "sessions were held, nobody's attendance was written"),
    "by_card": ("用学员卡在终端签到的比例偏高", "an unusual share was written by card at a terminal"),
}


def words() -> dict[str, object]:
    """Words that templates of attendance use."""
    return {
        "mark_chip": lambda mark: (CHIPS[Mark(mark)], say(*rules.MARK_WORDS[mark])),
        "side_word": lambda side: say(*rules.SIDE_WORDS[side]),
        "way_word": lambda way: say(*rules.WAY_WORDS[way]),
        "reason_word": lambda reason: say(*rules.REASON_WORDS[reason]),
        "flag_word": lambda flag: say(*FLAGS[flag]),
        "wish_word": lambda state: say(*CORRECTION.words[CorrectionState(state)]),
    }


room.context_processor(words)


def now() -> datetime:
    """This moment."""
    return office().clock.now()


# The room ----------------------------------------------------------------------------------------------------------


@room.get("/org/classes/<class_id>/sessions/<session_id>/screen", may=MANAGE, name="screen")
def screen(class_id: str, session_id: str) -> ResponseReturnValue:
    """For the projector: the code now, and how many are present. The page asks for the next one by itself."""
    mine = me().actor.organisations_for(MANAGE)
    held = queries.screen(db(), tool(KeyRing), class_id, session_id, mine, now())
    page = make_response(
        show("courses/attendance/screen.html", s=held, class_id=class_id, grouped=steps.shown(held.code), qr=_qr(held.session_id, held.code))
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _qr(session_id: str, code: str) -> Markup:
    """The QR code of the learner's page for this session and code, as SVG."""
    if not code:
        return Markup()
    address = f"{settings().public_base}/me/attend?session={session_id}&code={code}"
    return qr(address, say("签到二维码", "QR code for attendance"))


@room.get("/org/classes/<class_id>/attendance", may=MANAGE, name="of_class")
def of_class(class_id: str) -> ResponseReturnValue:
    """What the institution may read: every session and learner. It can write none of it."""
    found = queries.of_class(db(), class_id, now(), institutions=me().actor.organisations_for(MANAGE))
    wishes = corrections(db(), account=me().actor.account, class_id=class_id, state=None)
    return show("courses/attendance/class.html", c=found, wishes=wishes, bureau=False, now=now(), wish=_wish(found), makeup=MakeupForm())


def _wish(found: ClassAttendance) -> WishForm:
    form = WishForm()
    form.offer(found.sessions, found.check_out, now())
    form.learner.choices = [(p.enrolment_id, p.name) for p in found.learners]
    return form


@room.post("/org/classes/<class_id>/attendance/corrections", does=acts.ask_for, name="ask_for")
def ask_for(class_id: str) -> ResponseReturnValue:
    form = WishForm()
    perform(acts.ask_for, form.key.data, enrolment_id=form.learner.data or "", **form.order())
    tell("更正申请已提交，由人力社保局审核", "Handed in; the bureau decides")
    return go("attendance.of_class", class_id=class_id)


@room.post("/org/classes/<class_id>/attendance/makeups", does=acts.plan_makeup, name="plan_makeup")
def plan_makeup(class_id: str) -> ResponseReturnValue:
    form = MakeupForm()
    perform(acts.plan_makeup, form.key.data, session_id=request.form.get("session", ""), **form.order()).or_refuse()
    tell("补课已安排", "The make-up is planned")
    return go("attendance.of_class", class_id=class_id)


# The learner -------------------------------------------------------------------------------------------------------


@room.get("/me/attend", may=SCAN, name="attend")
def attend() -> ResponseReturnValue:
    """Scanned: one tap. Typed: eight characters. Looking changes nothing."""
    session_id, code = request.args.get("session", "")[:26], request.args.get("code", "")[:16]
    near = queries.places_now(db(), me().person_id, now())
    chosen = next((s for s in near if s.session_id == session_id), None)
    return show("courses/attendance/attend.html", session_id=session_id, code=code, chosen=chosen, key=OrderForm().key.data)


@room.post("/me/attend", does=acts.scan, name="scan")
def scan() -> ResponseReturnValue:
    form = OrderForm()
    session_id = request.form.get("session", "")[:26] or None
    done = perform(acts.scan, form.key.data, code=request.form.get("code", "")[:40], session_id=session_id)
    return go("attendance.done", attendance_id=done.attendance_id, enrolment_id=done.enrolment_id)


@room.get("/me/courses/<enrolment_id>/attendance", may=SCAN, name="own")
def own(enrolment_id: str) -> ResponseReturnValue:
    """One's own attendance of a class, session by session."""
    found = queries.own(db(), enrolment_id, me().person_id, now())
    form = WishForm()
    form.offer(found.sessions, found.check_out, now())
    return show("courses/attendance/own.html", a=found, enrolment_id=enrolment_id, form=form)


@room.get("/me/courses/<enrolment_id>/attendance/<attendance_id>", may=SCAN, name="done")
def done(enrolment_id: str, attendance_id: str) -> ResponseReturnValue:
    """It is written: present, large."""
    row = queries.own_row(db(), attendance_id, me().person_id)
    return show("courses/attendance/done.html", row=row, enrolment_id=enrolment_id)


@room.post("/me/courses/<enrolment_id>/attendance/corrections", does=acts.ask, name="ask")
def ask(enrolment_id: str) -> ResponseReturnValue:
    form = WishForm()
    perform(acts.ask, form.key.data, **form.order())
    tell("更正申请已提交，由人力社保局审核", "Handed in; the bureau decides")
    return go("attendance.own", enrolment_id=enrolment_id)


# The bureau --------------------------------------------------------------------------------------------------------


@room.get("/gov/attendance", may=CORRECT, name="desk")
def desk() -> ResponseReturnValue:
    """Corrections that wait, and classes that ask for a look."""
    districts, after = me().actor.districts_for(CORRECT), request.args.get("after", "")[:26]
    wishes = corrections(db(), account=me().actor.account, districts=districts, after=after)
    flagged = [
        {"url": url_for("attendance.for_bureau", class_id=c.class_id), "title": c.number, "text": c.course,
         "chip": ("warn", say(*FLAGS[c.flags[0]]))}
        for c in flags.flagged(db(), districts, now())
    ]  # fmt: skip
    return show("courses/attendance/desk.html", wishes=wishes, flagged=flagged, more=len(wishes) == PAGE)


@room.get("/gov/classes/<class_id>/attendance", may=CORRECT, name="for_bureau")
def for_bureau(class_id: str) -> ResponseReturnValue:
    found = queries.of_class(db(), class_id, now(), districts=me().actor.districts_for(CORRECT))
    wishes = corrections(db(), account=me().actor.account, class_id=class_id, state=None)
    return show("courses/attendance/class.html", c=found, wishes=wishes, bureau=True, now=now())


@room.post("/gov/attendance/<correction_id>/approve", does=acts.approve, name="approve")
def approve(correction_id: str) -> ResponseReturnValue:
    perform(acts.approve, OrderForm().key.data, correction_id=correction_id, answer=request.form.get("answer", "")[:400])
    tell("已更正，原记录保留", "Corrected; the old record stays")
    return go("attendance.desk")


@room.post("/gov/attendance/<correction_id>/refuse", does=acts.refuse, name="refuse")
def refuse(correction_id: str) -> ResponseReturnValue:
    perform(acts.refuse, OrderForm().key.data, correction_id=correction_id, answer=request.form.get("answer", "")[:400])
    tell("未予更正，学员会收到理由", "Not corrected; the learner is told why")
    return go("attendance.desk")


# Programs ----------------------------------------------------------------------------------------------------------


class ScanBody(BaseModel):
    """The code that the room shows; the session if it was scanned."""

    code: str = Field(min_length=1, max_length=40)
    session_id: str | None = Field(default=None, max_length=26)


class WishBody(BaseModel):
    """What one side of a session should say, and why."""

    session_id: str = Field(max_length=26)
    side: Side = Side.IN
    mark: Mark
    reason: Reason
    words: str = Field(min_length=1, max_length=400)


class WishForBody(WishBody):
    """The same, of a learner of one's own class."""

    enrolment_id: str = Field(max_length=26)


class AnswerBody(BaseModel):
    """What the learner reads."""

    answer: str = Field(default="", max_length=400)


class MakeupBody(BaseModel):
    """When and where a session is held again."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    room: str = Field(min_length=1, max_length=60)


@room.api("POST", "/attendance", does=acts.scan, body=ScanBody, answers=Attended, status=201)
def write_attendance(body: ScanBody) -> Attended:
    """Write one's own attendance with the code of the room's screen."""
    return perform(acts.scan, request_key(), code=body.code, session_id=body.session_id)


@room.api("GET", "/enrolments/<enrolment_id>/attendance", may=SCAN, answers=OwnAttendance)
def read_attendance(enrolment_id: str) -> OwnAttendance:
    """One's own attendance of a class."""
    return queries.own(db(), enrolment_id, me().person_id, now())


@room.api("GET", "/classes/<class_id>/attendance", may=MANAGE, answers=ClassAttendance)
def read_class_attendance(class_id: str) -> ClassAttendance:
    """Attendance of one's own class; an institution can read it and never write it."""
    return queries.of_class(db(), class_id, now(), institutions=me().actor.organisations_for(MANAGE))


@room.api("POST", "/sessions/<session_id>/makeups", does=acts.plan_makeup, body=MakeupBody, answers=SessionMade, status=201)
def make_up(session_id: str, body: MakeupBody) -> SessionMade:
    """Plan a make-up of a session."""
    order: dict[str, Any] = body.model_dump()
    return perform(acts.plan_makeup, request_key(), session_id=session_id, **order).or_refuse()


@room.api("POST", "/attendance/corrections", does=acts.ask, body=WishBody, answers=Wish, status=201)
def ask_correction(body: WishBody) -> Wish:
    """Ask for a correction of one's own attendance."""
    return perform(acts.ask, request_key(), **body.model_dump())


@room.api("POST", "/attendance/corrections/for-learner", does=acts.ask_for, body=WishForBody, answers=Wish, status=201)
def ask_correction_for(body: WishForBody) -> Wish:
    """Ask, as the institution, for a correction; the bureau decides."""
    return perform(acts.ask_for, request_key(), **body.model_dump())


@room.api("GET", "/attendance/corrections", may=CORRECT, answers=list[CorrectionLine], skips=True)
def list_corrections() -> list[CorrectionLine]:
    """Corrections that wait for a decision, oldest first."""
    page, districts = paging.asked(), me().actor.districts_for(CORRECT)
    return corrections(db(), account=me().actor.account, districts=districts, after=page.key, most=page.limit + 1)


@room.api("POST", "/attendance/corrections/<correction_id>/approve", does=acts.approve, body=AnswerBody, answers=Wish)
def approve_correction(correction_id: str, body: AnswerBody) -> Wish:
    """Correct; the old row stays as it was written."""
    return perform(acts.approve, request_key(), correction_id=correction_id, answer=body.answer)


@room.api("POST", "/attendance/corrections/<correction_id>/refuse", does=acts.refuse, body=AnswerBody, answers=Wish)
def refuse_correction(correction_id: str, body: AnswerBody) -> Wish:
    """Leave it as it is, with a reason."""
    return perform(acts.refuse, request_key(), correction_id=correction_id, answer=body.answer)
