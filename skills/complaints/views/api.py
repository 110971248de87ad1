"""The same by JSON: every write beside its page, with an idempotency key."""

from __future__ import annotations

from typing import Annotated

from pydantic import Base64Bytes, BaseModel, Field

from skills.complaints import actions, queries
from skills.complaints.actions import Followed, Handled, Received
from skills.complaints.queries import Case, CaseLine, PartyCase
from skills.complaints.rules import LONGEST, LONGEST_REF
from skills.complaints.views.base import SEE, filing_limit, following_limit, room, take_papers
from skills.kernel.actors import ANONYMOUS
from skills.kernel.box import Box
from skills.web.openapi import request_key
from skills.web.pages import PUBLIC, close_db, db, me, office, perform, today, tool

Words = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class CaseBody(BaseModel):
    """What is complained of. `kind` is one of the published kinds; `contact` may be empty where the kind may be anonymous.

    matter, ref  what it is about (class, voucher, certificate, record, competition, notice) and its number or name
    papers       PDF, JPEG or PNG in base64
    """

    kind: str = Field(max_length=24)
    text: Words
    contact: str = Field(default="", max_length=200)
    about_id: str | None = None
    matter: str = Field(default="", max_length=16)
    ref: str = Field(default="", max_length=LONGEST_REF)
    papers: list[Base64Bytes] = Field(default_factory=list, max_length=3)


class ComplaintBody(CaseBody):
    """A complaint of one's own; `unnamed`: nothing of the caller's account is kept."""

    unnamed: bool = False


class WordBody(BaseModel):
    """Number and word of a receipt; `word` may be empty for the account that wrote the complaint."""

    number: str = Field(max_length=20)
    word: str = Field(default="", max_length=20)


class SayBody(WordBody):
    """The same with what one has to say, and papers to a reply."""

    text: Words
    papers: list[Base64Bytes] = Field(default_factory=list, max_length=3)


class TextBody(BaseModel):
    """What is asked or said."""

    text: Words


class AnswerBody(TextBody):
    """The answer and what it came to: upheld, partly, not_upheld."""

    outcome: str = Field(max_length=16)


class PassBody(TextBody):
    """Why it is not ours, and the code of who is competent."""

    elsewhere: str = Field(max_length=24)


class AssignBody(BaseModel):
    """To whom a case is given."""

    account_id: str = Field(max_length=26)


@room.api("POST", "/complaints", does=actions.file, body=ComplaintBody, answers=Received, status=201)
@filing_limit
def create_complaint(body: ComplaintBody) -> Received:
    """File a complaint; the receipt holds the word that opens it later."""
    actor = ANONYMOUS if body.unnamed else me().actor
    found = take_papers(request_key(), list(body.papers), actor.person)
    close_db()
    return office().perform(
        actions.file, actor=actor, key=request_key(), kind=body.kind, text=body.text, contact=body.contact,
        about_id=body.about_id, matter=body.matter, ref=body.ref, papers=found,
    )  # fmt: skip


@room.api("POST", "/complaints/followed", may=PUBLIC, body=WordBody, answers=Case, keyless=True)
@following_limit
def follow_complaint(body: WordBody) -> Case:
    """A case by number and word."""
    return queries.by_word(db(), tool(Box), body.number, body.word, today())


@room.api("POST", "/complaints/replies", does=actions.reply, body=SayBody, answers=Followed)
@following_limit
def reply_complaint(body: SayBody) -> Followed:
    """Answer what the desk has asked."""
    person = queries.author_of(db(), body.number, body.word, me().actor.account)
    found = take_papers(request_key(), list(body.papers), person)
    return perform(actions.reply, request_key(), number=body.number, word=body.word, text=body.text, papers=found)


@room.api("POST", "/complaints/escalations", does=actions.escalate, body=SayBody, answers=Followed)
@following_limit
def escalate_complaint(body: SayBody) -> Followed:
    """Turn to the level above, once."""
    return perform(actions.escalate, request_key(), number=body.number, word=body.word, text=body.text)


@room.api("POST", "/complaints/withdrawals", does=actions.withdraw, body=WordBody, answers=Followed)
@following_limit
def withdraw_complaint(body: WordBody) -> Followed:
    """Take a complaint back."""
    return perform(actions.withdraw, request_key(), number=body.number, word=body.word)


@room.api("GET", "/complaints", may=SEE, answers=list[CaseLine])
def list_complaints() -> list[CaseLine]:
    """Open cases, late ones first."""
    actor = me().actor
    return list(queries.cases(db(), today(), districts=actor.districts_for(SEE), without=actor.organisations))


@room.api("GET", "/complaints/<complaint_id>", may=SEE, answers=Case)
def read_complaint(complaint_id: str) -> Case:
    """One case for the desk."""
    return queries.case(db(), tool(Box), complaint_id, today(), me().actor)


@room.api("POST", "/complaints/<complaint_id>/take", does=actions.take, answers=Handled)
def take_complaint(complaint_id: str) -> Handled:
    """Take a case on."""
    return perform(actions.take, request_key(), complaint_id=complaint_id)


@room.api("POST", "/complaints/<complaint_id>/assign", does=actions.assign, body=AssignBody, answers=Handled)
def assign_complaint(complaint_id: str, body: AssignBody) -> Handled:
    """Give a case to a colleague."""
    return perform(actions.assign, request_key(), complaint_id=complaint_id, account_id=body.account_id)


@room.api("POST", "/complaints/<complaint_id>/ask", does=actions.ask, body=TextBody, answers=Handled)
def ask_complaint(complaint_id: str, body: TextBody) -> Handled:
    """Ask the author; the clock stands still."""
    return perform(actions.ask, request_key(), complaint_id=complaint_id, text=body.text)


@room.api("POST", "/complaints/<complaint_id>/hear", does=actions.hear, body=TextBody, answers=Handled)
def hear_complaint(complaint_id: str, body: TextBody) -> Handled:
    """Tell the party complained of what it is about, never who."""
    return perform(actions.hear, request_key(), complaint_id=complaint_id, text=body.text)


@room.api("POST", "/complaints/<complaint_id>/answer", does=actions.answer, body=AnswerBody, answers=Handled)
def answer_complaint(complaint_id: str, body: AnswerBody) -> Handled:
    """Answer a case with what it came to."""
    return perform(actions.answer, request_key(), complaint_id=complaint_id, text=body.text, outcome=body.outcome)


@room.api("POST", "/complaints/<complaint_id>/pass-on", does=actions.pass_on, body=PassBody, answers=Handled)
def pass_complaint(complaint_id: str, body: PassBody) -> Handled:
    """Not for this authority: who is competent."""
    return perform(actions.pass_on, request_key(), complaint_id=complaint_id, text=body.text, elsewhere=body.elsewhere)


@room.api("GET", "/told-complaints", may="complaint.hear", answers=list[PartyCase])
def list_told_complaints() -> list[PartyCase]:
    """What one's own organisation is complained of: the substance, never who."""
    return queries.told_to(db(), me().actor.organisations_for("complaint.hear"), today())


@room.api("POST", "/told-complaints/<complaint_id>/statement", does=actions.state, body=TextBody, answers=Handled)
def state_complaint(complaint_id: str, body: TextBody) -> Handled:
    """Say what one's own organisation has to say to it."""
    return perform(actions.state, request_key(), complaint_id=complaint_id, text=body.text)
