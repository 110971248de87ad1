"""Sessions as they are held, and approved against delivered: the institution's pages and the bureau's desk."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, Field

from skills.courses.actions import delivery as acts
from skills.courses.actions.delivery import EXAMINE, MANAGE, RELEASE, Recorded, Reported
from skills.courses.forms import ReasonForm
from skills.courses.queries import classes
from skills.courses.queries import delivery as queries
from skills.courses.queries.changes import changes_of
from skills.courses.queries.delivery import RecordLine, ReportLine
from skills.courses.rules.timetable import read_timetable, split_names
from skills.courses.states.delivery import ReportState
from skills.courses.views.words import room
from skills.kernel.errors import Missing, Refusal
from skills.resources.queries import lecturers as pool
from skills.web import i18n, paging
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import db, go, lang, me, office, perform, say, show, tell

CHIPS = {"drawn": "info", "clear": "ok", "noted": "warn", "held": "bad", "explained": "warn", "proposed": "warn", "accepted": "ok", "released": "ok"}
FAULTS = {
    "not_held": ("未开课", "not held"), "unrecorded": ("未登记", "not recorded"), "lecturer": ("教师不符", "other lecturer"),
    "venue": ("场地不符", "other place"), "unattended": ("无人签到", "nobody signed in"), "short": ("课时不足", "short"),
}  # fmt: skip
WHY = {"approval": ("同意开班", "approved"), "change": ("变更报备", "change"), "start": ("开班名册", "roster at the start")}


class RecordBody(BaseModel):
    """How a session was held; what is left out is as it was planned. `lecturers` ids of the pool, `other` a name outside it."""

    held: bool = True
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    lecturers: list[str] = Field(default_factory=list, max_length=10)
    other: str = Field("", max_length=40)
    room: str = Field("", max_length=60)
    address: str = Field("", max_length=120)
    note: str = Field("", max_length=400)


class WordsBody(BaseModel):
    """Why; the other side reads it."""

    words: str = Field(min_length=1, max_length=1000)


@room.context_processor
def words() -> dict[str, object]:
    """Words that templates of delivery use."""
    return {
        "report_chip": lambda line: (CHIPS[line.state], say(*line.state_words)),
        "fault_word": lambda fault: say(*FAULTS[fault]),
        "why_word": lambda why: say(*WHY[why]),
        "deviation": lambda code, facts: i18n.sentence(code, facts, lang()).text,
    }


def _class(class_id: str) -> Any:
    return classes.class_of(db(), class_id, me().actor.organisations_for(MANAGE))


# The institution ---------------------------------------------------------------------------------------------------


@room.get("/org/classes/<class_id>/sessions", may=MANAGE, name="sessions")
def sessions(class_id: str) -> ResponseReturnValue:
    """Every session with what was recorded of it, and the report once it is drawn."""
    held = _class(class_id)
    return show(
        "courses/delivery/sessions.html", held=held, records=queries.records(db(), class_id, office().clock.now()),
        report=queries.report_of(db(), class_id), versions=queries.versions(db(), class_id), changes=changes_of(db(), class_id),
        now=office().clock.now(),
    )  # fmt: skip


@room.post("/org/classes/<class_id>/sessions/<session_id>/record", does=acts.record, name="record_session")
def record(class_id: str, session_id: str) -> ResponseReturnValue:
    """As planned by one tap; else times, lecturers and place as they were."""
    _class(class_id)
    form = OrderForm()
    lines = queries.records(db(), class_id, office().clock.now())
    booked = {name: i for line in lines if line.session_id == session_id for i, name in line.teachers}
    perform(acts.record, form.key.data, session_id=session_id, **_record(booked))
    tell("课次已登记", "The session is recorded")
    return go("courses.sessions", class_id=class_id)


def _record(booked: dict[str, str]) -> dict[str, Any]:
    """What a form says of a session; who is booked for it is known by name, who is not in the pool is kept by name."""
    sent = request.form
    if sent.get("held") == "no":
        return {"held": False, "note": sent.get("note", "")}
    order: dict[str, Any] = {"room": sent.get("room", ""), "address": sent.get("address", ""), "note": sent.get("note", "")}
    if when := sent.get("when", "").strip():
        lessons = read_timetable(when)
        if len(lessons) != 1:
            raise Refusal("class.timetable_unreadable", line=1)
        order |= {"starts_at": lessons[0][0].starts_at, "ends_at": lessons[0][0].ends_at}
    known: list[str] = []
    strangers: list[str] = []
    for name in split_names(sent.get("lecturers", "")):
        if name in booked:
            known.append(booked[name])
            continue
        try:
            known += pool.named(db(), [name]).values()
        except Refusal as refusal:
            if refusal.code != "lecturer.not_in_pool":
                raise
            strangers.append(name)
    return order | {"lecturers": tuple(known), "other": "、".join(strangers)}


@room.post("/org/classes/<class_id>/report/explain", does=acts.explain, name="explain_report")
def explain(class_id: str) -> ResponseReturnValue:
    _class(class_id)
    form, found = ReasonForm(), queries.report_of(db(), class_id)
    if found is None:
        raise Missing("delivery_report.unknown")
    perform(acts.explain, form.key.data, report_id=found.id, words=form.reason.data or "")
    tell("说明已提交，等人力社保局审核", "Handed in; the bureau examines it")
    return go("courses.sessions", class_id=class_id)


# The bureau --------------------------------------------------------------------------------------------------------


@room.get("/gov/deliveries", may=EXAMINE, name="deliveries")
def deliveries() -> ResponseReturnValue:
    """Reports that hold settlement, newest first; or those that do not."""
    return _deliveries(EXAMINE)


@room.get("/gov/releases", may=RELEASE, name="releases")
def releases() -> ResponseReturnValue:
    """The same for whoever decides as the second person."""
    return _deliveries(RELEASE)


def _deliveries(right: str) -> ResponseReturnValue:
    waiting = request.args.get("state") != "free"
    after = request.args.get("after", "")[:26]
    found = queries.reports(db(), me().actor.districts_for(right), waiting, after, queries.PAGE + 1)
    page = "courses.deliveries" if right == EXAMINE else "courses.releases"
    return show(
        "courses/delivery/reports.html", reports=found[: queries.PAGE], more=len(found) > queries.PAGE, waiting=waiting, page=page,
        one="courses.delivery" if right == EXAMINE else "courses.release",
    )  # fmt: skip


@room.get("/gov/deliveries/<report_id>", may=EXAMINE, name="delivery")
def delivery(report_id: str) -> ResponseReturnValue:
    return _report(report_id, EXAMINE)


@room.get("/gov/releases/<report_id>", may=RELEASE, name="release")
def release_page(report_id: str) -> ResponseReturnValue:
    return _report(report_id, RELEASE)


def _report(report_id: str, right: str) -> ResponseReturnValue:
    """One report: figures, chart, deviations, what the institution says, and what may be decided."""
    actor = me().actor
    found = queries.report(db(), report_id, actor.districts_for(right))
    may = {
        "accept": actor.may(EXAMINE) and found.state == ReportState.EXPLAINED,
        "propose": actor.may(EXAMINE) and found.state in (ReportState.HELD, ReportState.EXPLAINED),
        "decline": actor.may(EXAMINE) and found.state == ReportState.EXPLAINED,
        "release": actor.may(RELEASE) and found.state == ReportState.PROPOSED,
    }
    return show(
        "courses/delivery/report.html", report=found, versions=queries.versions(db(), found.class_id), may=may,
        back="courses.deliveries" if right == EXAMINE else "courses.releases",
    )  # fmt: skip


def _decided(act: Any, report_id: str, back: str, zh: str, en: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(act, form.key.data, report_id=report_id, words=form.reason.data or "")
    tell(zh, en)
    return go(back, report_id=report_id)


@room.post("/gov/deliveries/<report_id>/accept", does=acts.accept, name="accept_report")
def accept(report_id: str) -> ResponseReturnValue:
    return _decided(acts.accept, report_id, "courses.delivery", "说明成立，恢复结算", "Accepted; settlement goes on")


@room.post("/gov/deliveries/<report_id>/propose", does=acts.propose, name="propose_release")
def propose(report_id: str) -> ResponseReturnValue:
    return _decided(acts.propose, report_id, "courses.delivery", "已提出放行，等复核", "Proposed; a second person decides")


@room.post("/gov/deliveries/<report_id>/decline", does=acts.decline, name="decline_report")
def decline(report_id: str) -> ResponseReturnValue:
    return _decided(acts.decline, report_id, "courses.delivery", "说明不成立，继续暂缓", "Declined; settlement stays held")


@room.post("/gov/releases/<report_id>/release", does=acts.release, name="release_report")
def release(report_id: str) -> ResponseReturnValue:
    return _decided(acts.release, report_id, "courses.release", "已放行，恢复结算", "Released; settlement goes on")


@room.post("/gov/releases/<report_id>/refuse", does=acts.refuse_release, name="refuse_release")
def refuse_release(report_id: str) -> ResponseReturnValue:
    return _decided(acts.refuse_release, report_id, "courses.release", "不予放行，继续暂缓", "Not released; settlement stays held")


# The JSON API ------------------------------------------------------------------------------------------------------


@room.api("GET", "/classes/<class_id>/sessions", may=MANAGE, answers=list[RecordLine])
def list_sessions(class_id: str) -> list[RecordLine]:
    """The sessions of one's own class with what was recorded of each."""
    _class(class_id)
    return queries.records(db(), class_id, office().clock.now())


@room.api("POST", "/sessions/<session_id>/record", does=acts.record, body=RecordBody, answers=Recorded, status=201)
def api_record_session(session_id: str, body: RecordBody) -> Recorded:
    """Record how a session was held."""
    order = body.model_dump(exclude={"lecturers"})
    return perform(acts.record, request_key(), session_id=session_id, lecturers=tuple(body.lecturers), **order)


@room.api("GET", "/classes/<class_id>/report", may=MANAGE, answers=ReportLine)
def api_report(class_id: str) -> ReportLine:
    """Approved against delivered of one's own class."""
    _class(class_id)
    found = queries.report_of(db(), class_id)
    if found is None:
        raise Missing("delivery_report.unknown")
    return found


@room.api("POST", "/deliveries/<report_id>/explain", does=acts.explain, body=WordsBody, answers=Reported)
def api_explain_report(report_id: str, body: WordsBody) -> Reported:
    """Explain the deviations of one's own class."""
    return perform(acts.explain, request_key(), report_id=report_id, words=body.words)


@room.api("GET", "/deliveries", may=EXAMINE, answers=list[ReportLine], skips=True)
def list_deliveries() -> list[ReportLine]:
    """Reports that hold settlement, newest first; `?state=free` for the others."""
    page, waiting = paging.asked(), request.args.get("state") != "free"
    return queries.reports(db(), me().actor.districts_for(EXAMINE), waiting, page.key, page.limit + 1)


@room.api("GET", "/releases", may=RELEASE, answers=list[ReportLine], skips=True)
def list_releases() -> list[ReportLine]:
    """The same for whoever decides as the second person."""
    page, waiting = paging.asked(), request.args.get("state") != "free"
    return queries.reports(db(), me().actor.districts_for(RELEASE), waiting, page.key, page.limit + 1)


@room.api("POST", "/deliveries/<report_id>/accept", does=acts.accept, body=WordsBody, answers=Reported)
def api_accept_report(report_id: str, body: WordsBody) -> Reported:
    """The explanation stands."""
    return perform(acts.accept, request_key(), report_id=report_id, words=body.words)


@room.api("POST", "/deliveries/<report_id>/propose", does=acts.propose, body=WordsBody, answers=Reported)
def api_propose_release(report_id: str, body: WordsBody) -> Reported:
    """Propose to let the class through."""
    return perform(acts.propose, request_key(), report_id=report_id, words=body.words)


@room.api("POST", "/deliveries/<report_id>/decline", does=acts.decline, body=WordsBody, answers=Reported)
def api_decline_report(report_id: str, body: WordsBody) -> Reported:
    """The explanation does not stand."""
    return perform(acts.decline, request_key(), report_id=report_id, words=body.words)


@room.api("POST", "/deliveries/<report_id>/release", does=acts.release, body=WordsBody, answers=Reported)
def api_release_report(report_id: str, body: WordsBody) -> Reported:
    """Let the class through as the second person."""
    return perform(acts.release, request_key(), report_id=report_id, words=body.words)


@room.api("POST", "/deliveries/<report_id>/refuse-release", does=acts.refuse_release, body=WordsBody, answers=Reported)
def api_refuse_release(report_id: str, body: WordsBody) -> Reported:
    """Do not let it through."""
    return perform(acts.refuse_release, request_key(), report_id=report_id, words=body.words)
