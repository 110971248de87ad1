"""Writing a complaint and following it: with number and word, or under the own account."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import request, send_file
from flask.typing import ResponseReturnValue

from skills.complaints import actions, queries
from skills.complaints.forms import ComplaintForm, FollowForm
from skills.complaints.views.base import filing_limit, following_limit, private, room, sent_papers, take_papers
from skills.kernel.actors import ANONYMOUS
from skills.kernel.acts import Action
from skills.kernel.box import Box
from skills.kernel.errors import Missing, Refusal
from skills.kernel.files import PAPERS
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import (
    PUBLIC,
    SIGNED_IN,
    close_db,
    db,
    fresh_key,
    go,
    lang,
    me,
    office,
    perform,
    settings,
    show,
    tell,
    today,
    tool,
)


@room.get("/complaints/new", may=PUBLIC)
def new() -> ResponseReturnValue:
    return show("complaints/new.html", form=ComplaintForm(), kinds=queries.kinds(db(), today()), problem=None)


@room.post("/complaints/new", does=actions.file, name="file")
@filing_limit
def file() -> ResponseReturnValue:
    """Take it in; the receipt is shown once, with the word that opens the case."""
    form = ComplaintForm()
    kinds = queries.kinds(db(), today())
    if not form.validate_on_submit():
        return show("complaints/new.html", 422, form=form, kinds=kinds, problem=None)
    actor = ANONYMOUS if form.unnamed.data else me().actor
    try:
        order = {
            "kind": form.kind.data, "text": form.text.data, "contact": form.contact.data or "", "about_id": form.about.data or None,
            "matter": form.matter.data or "", "ref": form.ref.data or "",
            "papers": take_papers(form.key.data or "", sent_papers(), actor.person),
        }  # fmt: skip
        close_db()
        done = office().perform(actions.file, actor=actor, key=form.key.data, **order)
    except Refusal as no:  # what was written is not lost: the form is shown again
        problem = i18n.tell_refusal(no, lang())
        return private(show("complaints/new.html", 409, form=form, kinds=kinds, problem=problem))
    return private(show("complaints/received.html", done=done, named=actor.person is not None))


@room.get("/complaints/follow", may=PUBLIC)
def follow() -> ResponseReturnValue:
    return show("complaints/follow.html", form=FollowForm(), case=None, problem=None)


@room.post("/complaints/follow", may=PUBLIC, name="followed")
@following_limit
def followed() -> ResponseReturnValue:
    """Number and word open the case; the word never stands in an address."""
    form = FollowForm()
    if not form.validate_on_submit():
        return show("complaints/follow.html", 422, form=form, case=None, problem=None)
    return _case(form)


@room.post("/complaints/follow/reply", does=actions.reply, name="reply")
@following_limit
def reply() -> ResponseReturnValue:
    """Answer the desk, with papers; they are sealed for whose case it is."""
    person = queries.author_of(db(), request.form.get("number", ""), request.form.get("word", ""), me().actor.account)
    try:
        papers = take_papers(OrderForm().key.data or "", sent_papers(), person)
    except Refusal as no:
        return _again(request.form.get("number", ""), request.form.get("word", ""), 409, i18n.tell_refusal(no, lang()))
    return _do(actions.reply, text=request.form.get("text", ""), papers=papers)


@room.post("/complaints/follow/escalate", does=actions.escalate, name="escalate")
@following_limit
def escalate() -> ResponseReturnValue:
    return _do(actions.escalate, text=request.form.get("text", ""))


@room.post("/complaints/follow/withdraw", does=actions.withdraw, name="withdraw")
@following_limit
def withdraw() -> ResponseReturnValue:
    return _do(actions.withdraw)


@room.post("/complaints/follow/paper", may=PUBLIC, name="own_paper")
@following_limit
def own_paper() -> ResponseReturnValue:
    """One of the author's own papers."""
    found = _found(request.form.get("number", ""), request.form.get("word", ""))
    return paper_of(found.line.id, request.form.get("paper", ""))


@room.get("/me/complaints", may=SIGNED_IN)
def mine() -> ResponseReturnValue:
    return show("complaints/mine.html", cases=queries.of_account(db(), me().actor.account, today()))


@room.get("/me/complaints/<number>", may=SIGNED_IN, name="my_case")
def my_case(number: str) -> ResponseReturnValue:
    case = queries.own(db(), tool(Box), number, me().actor.account, today())
    return private(show("complaints/my_case.html", case=case, word="", key=fresh_key(), problem=None))


def paper_of(complaint_id: str, paper_id: str) -> ResponseReturnValue:
    """A paper as a download, never shown inside the site."""
    kind, data = queries.paper(db(), tool(Box), settings().files_dir, complaint_id, paper_id)
    return private(send_file(BytesIO(data), PAPERS[kind], as_attachment=True, download_name=f"paper.{kind}"))


def _do(work: Action[..., Any], **order: Any) -> ResponseReturnValue:
    """One act of the author; afterwards the case as it is now."""
    number, word = request.form.get("number", ""), request.form.get("word", "")
    try:
        perform(work, OrderForm().key.data, number=number, word=word, **order)
    except Missing:
        raise
    except Refusal as no:
        return _again(number, word, 409, i18n.tell_refusal(no, lang()))
    if not word:
        tell("已提交", "Handed in")
        return go("complaints.my_case", number=number)
    return _again(number, word, 200, None)


def _again(number: str, word: str, status: int, problem: i18n.Told | None) -> ResponseReturnValue:
    case = _found(number, word)
    values = {"case": case, "word": word, "key": fresh_key(), "problem": problem, "done": problem is None}
    return private(show("complaints/my_case.html", status, **values))


def _found(number: str, word: str) -> queries.Case:
    if word:
        return queries.by_word(db(), tool(Box), number, word, today())
    return queries.own(db(), tool(Box), number, me().actor.account, today())


def _case(form: FollowForm) -> ResponseReturnValue:
    number, word = form.number.data or "", form.word.data or ""
    try:
        case = queries.by_word(db(), tool(Box), number, word, today())
    except Missing as missing:
        problem = i18n.tell_refusal(missing, lang())
        return private(show("complaints/follow.html", 404, form=form, case=None, problem=problem))
    return private(show("complaints/my_case.html", case=case, word=word, key=fresh_key(), problem=None))
