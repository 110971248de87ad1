"""Pages and endpoints of training standards: for everyone, for who writes, reviews and publishes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, StringConstraints

from skills.accounts import queries as accounts
from skills.standards.rules import Level
from skills.training_standards import actions, queries
from skills.training_standards.actions import DRAFT, EXPERTS, PUBLISH, REVIEW, StandardMade
from skills.training_standards.forms import BackForm, ExpertForm, InsteadForm, OpinionForm, StandardForm, TaskForm
from skills.training_standards.queries import StandardLine, StandardPage
from skills.training_standards.rules import WANTED
from skills.training_standards.states import STANDARD
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, MenuEntry, Room, db, go, lang, me, perform, say, show, tell, today

room = Room("training_standards", __name__)
api = Room("training_standards_api", __name__)
FACES = [room, api]
MENU = [
    MenuEntry("gov", "/gov/training-standards", "file", "培训标准", "Training standards", may="gov.see"),
    MenuEntry("exam", "/exam/training-standards", "file", "标准评审", "Standards to review", may=REVIEW),
]
CHIPS = {"draft": "info", "in_review": "warn", "on_notice": "warn", "published": "ok", "replaced": "idle"}
PARTS = {"task": ("任务", "Task"), "skills": ("技能", "Skill"), "knowledge": ("知识", "Knowledge"), "hours": ("学时", "Hours")}


def level_word(rank: int) -> str:
    """A level as the visitor reads it."""
    return Level(rank).wording if lang() == "zh" else Level(rank).english


room.context_processor(lambda: {
    "standard_chip": lambda state: (CHIPS[state], say(*STANDARD.words[STANDARD.states(state)])),
    "rank_word": level_word, "part_word": lambda part: say(*PARTS[part]), "wanted": WANTED,
})  # fmt: skip


# For everyone ----------------------------------------------------------------------------------------------------


@room.get("/training-standards", may=PUBLIC, name="listing")
def listing() -> ResponseReturnValue:
    """The standards in force, how far the count has come, and what is on notice."""
    return show("training_standards/list.html", standards=queries.published(db()), noticed=queries.on_notice(db()))


@room.get("/training-standards/<version_id>", may=PUBLIC, name="one")
def one(version_id: str) -> ResponseReturnValue:
    """A version that is or was public: tasks, hours by level, what it changed."""
    held = queries.page(db(), version_id, public=True)
    return show("training_standards/one.html", held=held, opens=queries.may_object(held.line, today()))


# Who writes and publishes -----------------------------------------------------------------------------------------


@room.get("/gov/training-standards", may="gov.see", name="desk")
def desk() -> ResponseReturnValue:
    """What is under way, and what is in force."""
    return show(
        "training_standards/desk.html", open=queries.under_way(db()), standards=queries.published(db()), form=StandardForm(),
        may_draft=me().actor.may(DRAFT),
    )


@room.post("/gov/training-standards", does=actions.draft, name="begin")
def begin() -> ResponseReturnValue:
    form = StandardForm()
    if not form.validate_on_submit():
        return show(
            "training_standards/desk.html", 422, open=queries.under_way(db()), standards=queries.published(db()), form=form, may_draft=True
        )
    done = perform(
        actions.draft, form.key.data, title=form.title.data, occupation=form.occupation.data, levels=tuple(form.levels.data or ())
    )
    return go("training_standards.version", version_id=done.version_id)


@room.get("/gov/training-standards/<version_id>", may="gov.see", name="version")
def version(version_id: str) -> ResponseReturnValue:
    """A version on the desk: tasks, experts, difference, and what can be done now."""
    return _version_page(version_id, TaskForm())


def _version_page(version_id: str, form: TaskForm, status: int = 200, back: BackForm | None = None) -> ResponseReturnValue:
    held = queries.page(db(), version_id, public=False)
    named = {e.account_id for e in held.experts} | {held.line.drafted_by}
    choose, instead = ExpertForm(), InsteadForm()
    choose.account.choices = list({s.account_id: s.name for s in accounts.staff_of_roles(db(), EXPERTS) if s.account_id not in named}.items())
    instead.account.choices = choose.account.choices
    moves = {m.name for m in STANDARD.open_moves(held.line.state)}
    mine = {right for right in (DRAFT, PUBLISH) if me().actor.may(right)}
    return show(
        "training_standards/version.html", status, held=held, form=form, choose=choose, instead=instead, moves=moves, back=back or BackForm(),
        drafting=DRAFT in mine and held.line.state == "draft", publishing=PUBLISH in mine, may_draft=DRAFT in mine,
        objections=queries.objections(db(), version_id),
    )


@room.post("/gov/training-standards/<version_id>/tasks", does=actions.put_task, name="add_task")
def add_task(version_id: str) -> ResponseReturnValue:
    form = TaskForm()
    if not form.validate_on_submit():
        return _version_page(version_id, form, 422)
    levels = queries.page(db(), version_id, public=False).line.levels
    perform(actions.put_task, form.key.data, version_id=version_id, **form.order(levels))
    tell("任务已保存", "The task is saved")
    return go("training_standards.version", version_id=version_id)


@room.get("/gov/training-standards/<version_id>/tasks/<int:position>", may=DRAFT, name="task")
def task(version_id: str, position: int) -> ResponseReturnValue:
    """One task of a draft, to be changed."""
    held = queries.page(db(), version_id, public=False)
    if position >= len(held.line.tasks):
        return go("training_standards.version", version_id=version_id)
    row = held.line.tasks[position]
    form = TaskForm(data={
        "name": row.name, "skills": "\n".join(row.skills), "knowledge": "\n".join(row.knowledge),
        **{f"hours_{n}": row.hours.get(n) for n in held.line.levels},
    })  # fmt: skip
    return show("training_standards/task.html", held=held, form=form, position=position)


@room.post("/gov/training-standards/<version_id>/tasks/<int:position>", does=actions.put_task, name="change_task")
def change_task(version_id: str, position: int) -> ResponseReturnValue:
    form, held = TaskForm(), queries.page(db(), version_id, public=False)
    if not form.validate_on_submit():
        return show("training_standards/task.html", 422, held=held, form=form, position=position)
    perform(actions.put_task, form.key.data, version_id=version_id, position=position, **form.order(held.line.levels))
    tell("任务已保存", "The task is saved")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<version_id>/tasks/<int:position>/drop", does=actions.drop_task, name="drop_task")
def drop_task(version_id: str, position: int) -> ResponseReturnValue:
    form = OrderForm()
    perform(actions.drop_task, form.key.data, version_id=version_id, position=position)
    tell("任务已删除", "The task is taken out")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<version_id>/experts", does=actions.name_expert, name="name_expert")
def name_expert(version_id: str) -> ResponseReturnValue:
    form = ExpertForm()
    perform(actions.name_expert, form.key.data, version_id=version_id, account_id=form.account.data or "")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<version_id>/experts/<account_id>/unname", does=actions.unname_expert, name="unname_expert")
def unname_expert(version_id: str, account_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(actions.unname_expert, form.key.data, version_id=version_id, account_id=account_id)
    tell("已取消指定", "The expert is not named any more")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<version_id>/experts/<account_id>/replace", does=actions.replace_expert, name="replace_expert")
def replace_expert(version_id: str, account_id: str) -> ResponseReturnValue:
    form = InsteadForm()
    perform(
        actions.replace_expert, form.key.data, version_id=version_id, account_id=account_id, instead=form.account.data or "",
        reason=form.reason.data or "",
    )
    tell("已换人评审，并已告知双方", "Another expert is asked; both were told")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<version_id>/submit", does=actions.submit, name="submit")
def submit(version_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(actions.submit, form.key.data, version_id=version_id)
    tell("已送专家评审", "The experts are asked")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<version_id>/notice", does=actions.give_notice, name="give_notice")
def give_notice(version_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(actions.give_notice, form.key.data, version_id=version_id)
    tell("已公示", "It is on notice")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<version_id>/send-back", does=actions.send_back, name="send_back")
def send_back(version_id: str) -> ResponseReturnValue:
    form = BackForm()
    if not form.validate_on_submit():
        return _version_page(version_id, TaskForm(), 422, form)
    perform(actions.send_back, form.key.data, version_id=version_id, reason=form.reason.data or "")
    tell("已退回修改", "Sent back")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<version_id>/publish", does=actions.publish, name="publish")
def publish(version_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(actions.publish, form.key.data, version_id=version_id)
    tell(f"已发布，编号 {done.code}", f"Published as {done.code}")
    return go("training_standards.version", version_id=version_id)


@room.post("/gov/training-standards/<standard_id>/next", does=actions.next_version, name="next_version")
def next_version(standard_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(actions.next_version, form.key.data, standard_id=standard_id)
    return go("training_standards.version", version_id=done.version_id)


# Experts ------------------------------------------------------------------------------------------------------------


@room.get("/exam/training-standards", may=REVIEW, name="review_list")
def review_list() -> ResponseReturnValue:
    """What waits for one's opinion."""
    return show("training_standards/review_list.html", standards=queries.to_review(db(), me().actor.account))


@room.get("/exam/training-standards/<version_id>", may=REVIEW, name="review")
def review(version_id: str) -> ResponseReturnValue:
    """A version to read and judge; who was not named does not find it."""
    held = queries.page(db(), version_id, public=me().actor.account not in {e.account_id for e in queries.page(db(), version_id, False).experts})
    asked = version_id in {v.id for v in queries.to_review(db(), me().actor.account)}
    return show("training_standards/review.html", held=held, form=OpinionForm(), asked=asked)


@room.post("/exam/training-standards/<version_id>", does=actions.give_opinion, name="give_opinion")
def give_opinion(version_id: str) -> ResponseReturnValue:
    form = OpinionForm()
    perform(actions.give_opinion, form.key.data, version_id=version_id, agrees=form.agrees.data == "yes", words=form.words.data or "")
    tell("评审意见已提交", "Your opinion is on record")
    return go("training_standards.review_list")


# Programs -----------------------------------------------------------------------------------------------------------


class StandardBody(BaseModel):
    """A standard as it is begun; levels are ranks 1–8."""

    title: str = Field(min_length=1, max_length=60)
    occupation: str
    levels: list[int] = Field(min_length=1, max_length=8)


class TaskBody(BaseModel):
    """A task: skills and knowledge one a line, hours by rank; `position` (from 0) to change one."""

    name: str = Field(min_length=1, max_length=60)
    skills: str = Field(max_length=4000)
    knowledge: str = Field(max_length=4000)
    hours: dict[Annotated[str, StringConstraints(pattern="^[1-8]$")], int]
    position: int | None = None


class ExpertBody(BaseModel):
    """The expert's account."""

    account_id: str = Field(max_length=26)


class InsteadBody(ExpertBody):
    """The account of whoever is asked instead, and why."""

    reason: str = Field(min_length=1, max_length=400)


class OpinionBody(BaseModel):
    """What an expert says."""

    agrees: bool
    words: str = Field(default="", max_length=1000)


class WhyBody(BaseModel):
    """Why a version goes back."""

    reason: str = Field(min_length=1, max_length=400)


@api.api("GET", "/training-standards", may=PUBLIC, answers=list[StandardLine])
def api_list() -> list[StandardLine]:
    """The standards in force."""
    return [replace(line, drafted_by="") for line in queries.published(db())]


@api.api("GET", "/training-standards/<version_id>", may=PUBLIC, answers=StandardPage)
def api_one(version_id: str) -> StandardPage:
    """A version that is or was public, with what it changed."""
    return queries.page(db(), version_id, public=True)


@api.api("GET", "/training-standards/under-way", may=DRAFT, answers=list[StandardLine])
def api_under_way() -> list[StandardLine]:
    """Versions that are not published yet."""
    return queries.under_way(db())


@api.api("GET", "/training-standards/to-review", may=REVIEW, answers=list[StandardLine])
def api_to_review() -> list[StandardLine]:
    """Versions that wait for my opinion."""
    return queries.to_review(db(), me().actor.account)


@api.api("POST", "/training-standards", does=actions.draft, body=StandardBody, answers=StandardMade, status=201)
def api_draft(body: StandardBody) -> StandardMade:
    """Begin a standard."""
    return perform(actions.draft, request_key(), title=body.title, occupation=body.occupation, levels=tuple(body.levels))


@api.api("POST", "/training-standards/<standard_id>/next", does=actions.next_version, answers=StandardMade, status=201)
def api_next(standard_id: str) -> StandardMade:
    """Begin the next version of a standard in force."""
    return perform(actions.next_version, request_key(), standard_id=standard_id)


@api.api("POST", "/training-standards/<version_id>/tasks", does=actions.put_task, body=TaskBody, answers=StandardMade)
def api_put_task(version_id: str, body: TaskBody) -> StandardMade:
    """Add or change a task of a draft."""
    return perform(actions.put_task, request_key(), version_id=version_id, **body.model_dump())


@api.api("POST", "/training-standards/<version_id>/tasks/<int:position>/drop", does=actions.drop_task, answers=StandardMade)
def api_drop_task(version_id: str, position: int) -> StandardMade:
    """Take a task out of a draft."""
    return perform(actions.drop_task, request_key(), version_id=version_id, position=position)


@api.api("POST", "/training-standards/<version_id>/experts", does=actions.name_expert, body=ExpertBody, answers=StandardMade)
def api_name_expert(version_id: str, body: ExpertBody) -> StandardMade:
    """Name an expert."""
    return perform(actions.name_expert, request_key(), version_id=version_id, account_id=body.account_id)


@api.api("POST", "/training-standards/<version_id>/experts/<account_id>/unname", does=actions.unname_expert, answers=StandardMade)
def api_unname_expert(version_id: str, account_id: str) -> StandardMade:
    """Take an expert off a draft."""
    return perform(actions.unname_expert, request_key(), version_id=version_id, account_id=account_id)


@api.api("POST", "/training-standards/<version_id>/experts/<account_id>/replace", does=actions.replace_expert, body=InsteadBody,
         answers=StandardMade)  # fmt: skip
def api_replace_expert(version_id: str, account_id: str, body: InsteadBody) -> StandardMade:
    """Name another expert for one who has not answered."""
    return perform(
        actions.replace_expert, request_key(), version_id=version_id, account_id=account_id, instead=body.account_id, reason=body.reason
    )


@api.api("POST", "/training-standards/<version_id>/submit", does=actions.submit, answers=StandardMade)
def api_submit(version_id: str) -> StandardMade:
    """Ask the experts."""
    return perform(actions.submit, request_key(), version_id=version_id)


@api.api("POST", "/training-standards/<version_id>/opinion", does=actions.give_opinion, body=OpinionBody, answers=StandardMade)
def api_opinion(version_id: str, body: OpinionBody) -> StandardMade:
    """Say what I think as a named expert."""
    return perform(actions.give_opinion, request_key(), version_id=version_id, agrees=body.agrees, words=body.words)


@api.api("POST", "/training-standards/<version_id>/notice", does=actions.give_notice, answers=StandardMade)
def api_notice(version_id: str) -> StandardMade:
    """Put a version on notice."""
    return perform(actions.give_notice, request_key(), version_id=version_id)


@api.api("POST", "/training-standards/<version_id>/send-back", does=actions.send_back, body=WhyBody, answers=StandardMade)
def api_send_back(version_id: str, body: WhyBody) -> StandardMade:
    """Send a version back to its draft."""
    return perform(actions.send_back, request_key(), version_id=version_id, reason=body.reason)


@api.api("POST", "/training-standards/<version_id>/publish", does=actions.publish, answers=StandardMade)
def api_publish(version_id: str) -> StandardMade:
    """Publish a version after its notice."""
    return perform(actions.publish, request_key(), version_id=version_id)
