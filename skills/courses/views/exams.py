"""Completion exams: the institution plans, the bureau names and signs off, markers enter by seat; the JSON API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, Field

from skills.courses.actions import exams as acts
from skills.courses.actions.exams import MARK, NAME, PLAN, Entered, ExamMade, SeatMark, SignedOff
from skills.courses.queries import exams as queries
from skills.courses.queries.exams import ExamLine, ExamPage, MarkSheet
from skills.courses.rules.exams import OUTCOME_WORDS, SECTION_WORDS
from skills.courses.states.exams import CompletionExamState
from skills.kernel.clock import SHANGHAI
from skills.kernel.errors import Refusal
from skills.records.rules.marks import read_typed
from skills.web import i18n, paging
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, go, lang, me, perform, say, show, tell

room = Room("completion_exams", __name__)
SEE = "completion_exam.see"
CHIPS = {"planned": "info", "named": "warn", "signed": "ok", "cancelled": "idle"}
OUTCOME_CHIPS = {"passed": "gold", "failed": "bad", "absent": "warn"}


def words() -> dict[str, object]:
    """Words that templates of completion exams use."""
    return {
        "exam_chip": lambda line: (CHIPS[line.state], say(line.state_zh, line.state_en)),
        "section_name": lambda section: say(*SECTION_WORDS.get(section, (section, section))),
        "outcome_chip": lambda code: (OUTCOME_CHIPS[code], say(*OUTCOME_WORDS[code])),
    }


room.context_processor(words)


# The institution ---------------------------------------------------------------------------------------------------


def _own() -> frozenset[str]:
    return me().actor.organisations_for(PLAN)


@room.get("/org/completion-exams", may=PLAN, name="own_list")
def own_list() -> ResponseReturnValue:
    """Exams of one's classes, and the form for the next."""
    lines, more = _page(institutions=_own())
    return show("courses/exams/own_list.html", lines=lines, more=more, classes=queries.waiting_classes(db(), _own()))


def _page(**whose: Any) -> tuple[list[ExamLine], str | None]:
    """A page of exams, and the last of them if there are more."""
    found = queries.listing(db(), after=request.args.get("after", "")[:26], most=queries.PAGE + 1, **whose)
    return found[: queries.PAGE], found[queries.PAGE - 1].id if len(found) > queries.PAGE else None


@room.post("/org/completion-exams", does=acts.plan, name="plan")
def plan() -> ResponseReturnValue:
    text = f"{request.form.get('day', '')} {request.form.get('clock', '')}"
    try:
        held_at = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    except ValueError as wrong:
        raise Refusal("completion_exam.when_needed") from wrong
    done = perform(
        acts.plan, OrderForm().key.data, class_id=request.form.get("class", "")[:26], held_at=held_at, room=request.form.get("room", "")[:60]
    )
    tell("考核已安排，由人力社保局确定命题和评分人", "Planned; the authority names paper and markers")
    return go("completion_exams.own", exam_id=done.exam_id)


@room.get("/org/completion-exams/<exam_id>", may=PLAN, name="own")
def own(exam_id: str) -> ResponseReturnValue:
    return show("courses/exams/one.html", e=queries.exam(db(), exam_id, institutions=_own()), may={}, choices=[], org=True)


# The bureau --------------------------------------------------------------------------------------------------------


def _bounds() -> frozenset[str] | None:
    return me().actor.districts_for(SEE)


@room.get("/gov/completion-exams", may=SEE, name="desk")
def desk() -> ResponseReturnValue:
    """Exams that wait for markers or a signature, and signed ones."""
    over = request.args.get("view") == "over"
    states = (CompletionExamState.SIGNED, CompletionExamState.CANCELLED) if over else (CompletionExamState.PLANNED, CompletionExamState.NAMED)
    lines, more = _page(districts=_bounds(), states=states)
    return show("courses/exams/desk.html", lines=lines, over=over, more=more)


@room.get("/gov/completion-exams/<exam_id>", may=SEE, name="one")
def one(exam_id: str) -> ResponseReturnValue:
    found = queries.exam(db(), exam_id, districts=_bounds())
    actor = me().actor
    may = {
        "name": actor.may(NAME) and "name" in found.moves, "cancel": actor.may(NAME) and "cancel" in found.moves,
        "sign": actor.may("completion_exam.sign") and "sign" in found.moves,
    }  # fmt: skip
    choices = []
    if may["name"]:
        people = queries.possible_markers(db())
        near = queries.near_to(db(), {account for account, _ in people}, found.line.institution_id)
        choices = [(account, name, account in near) for account, name in people]
    return show("courses/exams/one.html", e=found, may=may, choices=choices, org=False)


@room.post("/gov/completion-exams/<exam_id>/name", does=acts.name, name="name")
def name(exam_id: str) -> ResponseReturnValue:
    perform(
        acts.name, OrderForm().key.data, exam_id=exam_id, paper=request.form.get("paper", ""), setter=request.form.get("setter", ""),
        markers=tuple(request.form.getlist("markers")),
    )  # fmt: skip
    tell("已确定命题和评分人，并通知考生", "Named; markers and learners were told")
    return go("completion_exams.one", exam_id=exam_id)


@room.post("/gov/completion-exams/<exam_id>/sign", does=acts.sign, name="sign")
def sign(exam_id: str) -> ResponseReturnValue:
    done = perform(acts.sign, OrderForm().key.data, exam_id=exam_id)
    tell(
        f"成绩已签发：合格 {done.passed} 人，不合格 {done.failed} 人，缺考 {done.absent} 人",
        f"Signed off: {done.passed} passed, {done.failed} not, {done.absent} absent",
    )
    return go("completion_exams.one", exam_id=exam_id)


@room.post("/gov/completion-exams/<exam_id>/cancel", does=acts.cancel, name="cancel")
def cancel(exam_id: str) -> ResponseReturnValue:
    perform(acts.cancel, OrderForm().key.data, exam_id=exam_id, reason=request.form.get("reason", ""))
    tell("考核已取消", "The exam was cancelled")
    return go("completion_exams.one", exam_id=exam_id)


# The marker --------------------------------------------------------------------------------------------------------


@room.get("/exam/completion", may=MARK, name="mine")
def mine() -> ResponseReturnValue:
    """Exams that I was named to mark."""
    lines, more = _page(marker=me().actor.account, states=(CompletionExamState.NAMED,))
    return show("courses/exams/mine.html", lines=[(line, queries.exam(db(), line.id).weights) for line in lines], more=more)


@room.get("/exam/completion/<exam_id>/<section>", may=MARK, name="sheet")
def sheet(exam_id: str, section: str) -> ResponseReturnValue:
    return _sheet(exam_id, section, {}, {}, 200)


def _sheet(exam_id: str, section: str, typed: dict[int, str], wrong: dict[int, i18n.Sentence], status: int) -> ResponseReturnValue:
    found = queries.sheet(db(), exam_id, section, me().actor.account)
    return show("courses/exams/sheet.html", status, s=found, typed=typed, wrong=wrong)


@room.post("/exam/completion/<exam_id>/<section>", does=acts.enter, name="enter")
def enter(exam_id: str, section: str) -> ResponseReturnValue:
    """Take what was entered; a bad mark is shown at its seat and nothing is written."""
    found = queries.sheet(db(), exam_id, section, me().actor.account)
    typed = {s.seat: request.form.get(f"mark-{s.seat}", "").strip(" ") for s in found.seats}
    wrong: dict[int, i18n.Sentence] = {}
    for seat, text in typed.items():
        try:
            if text:
                read_typed(text, found.step)
        except Refusal as refusal:
            wrong[seat] = i18n.sentence(refusal.code, refusal.facts, lang())
    if wrong:
        return _sheet(exam_id, section, typed, wrong, 422)
    marks = tuple(SeatMark(seat, text) for seat, text in typed.items() if text)
    done = perform(acts.enter, OrderForm().key.data, exam_id=exam_id, section=section, marks=marks)
    tell(f"已保存 {done.count} 项", f"{done.count} saved")
    return go("completion_exams.sheet", exam_id=exam_id, section=section)


# For programs ------------------------------------------------------------------------------------------------------


class PlanBody(BaseModel):
    """When and where a class sits its exam."""

    class_id: str = Field(max_length=26)
    held_at: AwareDatetime
    room: str = Field(min_length=1, max_length=60)


class NameBody(BaseModel):
    """The paper, who set it, and who marks it (account ids)."""

    paper: str = Field(min_length=1, max_length=200)
    setter: str = Field(max_length=26)
    markers: list[str] = Field(min_length=1, max_length=20)


class MarkBody(BaseModel):
    """A seat's mark: a number, or 缺考 / absent."""

    seat: int = Field(ge=1)
    text: str = Field(max_length=8)


class MarksBody(BaseModel):
    """Marks of a section."""

    marks: list[MarkBody] = Field(min_length=1, max_length=1_000)


class ReasonBody(BaseModel):
    """Why."""

    reason: str = Field(min_length=1, max_length=400)


@room.api("GET", "/completion-exams", may=SEE, answers=list[ExamLine], skips=True)
def list_exams() -> list[ExamLine]:
    """Completion exams of one's districts, newest first."""
    page = paging.asked()
    return queries.listing(db(), districts=_bounds(), after=page.key, most=page.limit + 1)


@room.api("GET", "/completion-exams/<exam_id>", may=SEE, answers=ExamPage)
def get_exam(exam_id: str) -> ExamPage:
    """One completion exam."""
    return queries.exam(db(), exam_id, districts=_bounds())


@room.api("GET", "/organisations/own/completion-exams", may=PLAN, answers=list[ExamLine], skips=True)
def list_own_exams() -> list[ExamLine]:
    """Completion exams of one's own classes, newest first."""
    page = paging.asked()
    return queries.listing(db(), institutions=_own(), after=page.key, most=page.limit + 1)


@room.api("GET", "/organisations/own/completion-exams/<exam_id>", may=PLAN, answers=ExamPage)
def get_own_exam(exam_id: str) -> ExamPage:
    """One completion exam of one's own classes."""
    return queries.exam(db(), exam_id, institutions=_own())


@room.api("GET", "/completion-exams/<exam_id>/sheets/<section>", may=MARK, answers=MarkSheet)
def get_mark_sheet(exam_id: str, section: str) -> MarkSheet:
    """A section as one marker sees it: seats and the own marks."""
    return queries.sheet(db(), exam_id, section, me().actor.account)


@room.api("POST", "/completion-exams", does=acts.plan, body=PlanBody, answers=ExamMade, status=201)
def plan_exam(body: PlanBody) -> ExamMade:
    """Plan a completion exam of an own class."""
    return perform(acts.plan, request_key(), class_id=body.class_id, held_at=body.held_at, room=body.room)


@room.api("POST", "/completion-exams/<exam_id>/markers", does=acts.name, body=NameBody, answers=ExamMade)
def name_markers(exam_id: str, body: NameBody) -> ExamMade:
    """Name paper and markers, none of them the trainer's."""
    return perform(acts.name, request_key(), exam_id=exam_id, paper=body.paper, setter=body.setter, markers=tuple(body.markers))


@room.api("POST", "/completion-exams/<exam_id>/sheets/<section>", does=acts.enter, body=MarksBody, answers=Entered)
def enter_marks(exam_id: str, section: str, body: MarksBody) -> Entered:
    """Enter marks of a section, blind to the other marker."""
    marks = tuple(SeatMark(m.seat, m.text) for m in body.marks)
    return perform(acts.enter, request_key(), exam_id=exam_id, section=section, marks=marks)


@room.api("POST", "/completion-exams/<exam_id>/signature", does=acts.sign, answers=SignedOff)
def sign_exam(exam_id: str) -> SignedOff:
    """Sign the marks off as a third person."""
    return perform(acts.sign, request_key(), exam_id=exam_id)


@room.api("POST", "/completion-exams/<exam_id>/end", does=acts.cancel, body=ReasonBody, answers=ExamMade)
def cancel_exam(exam_id: str, body: ReasonBody) -> ExamMade:
    """Cancel an exam that is not signed off."""
    return perform(acts.cancel, request_key(), exam_id=exam_id, reason=body.reason)
