"""After-care for programs, by the same actions as the pages."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from skills.aftercare import queries
from skills.aftercare.actions import orders, requests, revocations
from skills.aftercare.actions.orders import Ordered
from skills.aftercare.actions.requests import Asked, Settled
from skills.aftercare.actions.revocations import Proposed
from skills.aftercare.queries import CareCase, CareLine
from skills.aftercare.queries.naming import WrongCertificate, still_wrong
from skills.aftercare.rules import LONGEST, CareKind
from skills.aftercare.views.words import box
from skills.web.openapi import request_key
from skills.web.pages import Room, db, me, perform, today

room = Room("care_api", __name__)
FACES = [room]


class AskBody(BaseModel):
    """A request: kind (reprint, correct, exchange, void, cancel), class of reason, what happened; a body's corrections."""

    kind: CareKind
    reason: str = Field(max_length=16)
    text: str = Field(min_length=1, max_length=LONGEST)
    changes: dict[str, str] = Field(default_factory=dict)


class ProposeBody(BaseModel):
    """A proposal to revoke: class of reason, facts and rule, and whether the certificate is suspended meanwhile."""

    reason: str = Field(max_length=16)
    explanation: str = Field(min_length=1, max_length=LONGEST)
    urgent: bool = False


class ExamineBody(BaseModel):
    """The proofs that were seen, a note, and for a correction what the certificate is to say."""

    proofs: Sequence[str]
    note: str = Field(default="", max_length=LONGEST)
    changes: dict[str, str] = Field(default_factory=dict)


class TextBody(BaseModel):
    """A text: a reason, an answer, what was considered."""

    text: str = Field(default="", max_length=LONGEST)


class OrderBody(BaseModel):
    """An order of the authority: revoke or correct, number of its document, facts and rule."""

    kind: CareKind
    document: str = Field(min_length=1, max_length=60)
    grounds: str = Field(min_length=1, max_length=LONGEST)


@room.api("GET", "/me/care", may="care.ask", answers=list[CareLine])
def my_requests() -> list[CareLine]:
    """The requests about one's own certificates."""
    return list(queries.of_person(db(), me().person_id, today()))


@room.api("GET", "/me/care/<request_id>", may="care.ask", answers=CareCase)
def my_request(request_id: str) -> CareCase:
    """One request about one's own certificate."""
    return queries.case_of_person(db(), box(), me().person_id, request_id, today())


@room.api("POST", "/me/certificates/<number>/care", does=requests.ask, body=AskBody, answers=Asked, status=201)
def ask(number: str, body: AskBody) -> Asked:
    """Ask for one's own certificate to be printed again, corrected, exchanged or cancelled."""
    return perform(
        requests.ask, request_key(), number=number, kind=body.kind, reason=body.reason, text=body.text
    )


@room.api("POST", "/me/care/<request_id>/answer", does=revocations.answer, body=TextBody, answers=CareCase)
def answer(request_id: str, body: TextBody) -> CareCase:
    """Answer before a revocation is decided."""
    perform(revocations.answer, request_key(), request_id=request_id, text=body.text)
    return queries.case_of_person(db(), box(), me().person_id, request_id, today())


@room.api("POST", "/me/care/<request_id>/complete", does=requests.complete, body=TextBody, answers=CareCase)
def complete(request_id: str, body: TextBody) -> CareCase:
    """Bring what was missing."""
    perform(requests.complete, request_key(), request_id=request_id, text=body.text)
    return queries.case_of_person(db(), box(), me().person_id, request_id, today())


@room.api("POST", "/me/care/<request_id>/withdraw", does=requests.withdraw, answers=CareCase)
def withdraw(request_id: str) -> CareCase:
    """Take one's own request back."""
    perform(requests.withdraw, request_key(), request_id=request_id)
    return queries.case_of_person(db(), box(), me().person_id, request_id, today())


@room.api("GET", "/care", may="care.handle", answers=list[CareLine])
def desk() -> list[CareLine]:
    """The open requests to one's own bodies, what is due first."""
    return list(queries.of_bodies(db(), me().actor.organisations_for("care.handle"), today()))


@room.api("GET", "/care/documents", may="care.see", answers=list[WrongCertificate], by=("removal_id", "number"))
def documents() -> list[WrongCertificate]:
    """Certificates that name a document which was taken off their holder, for the authority."""
    return list(still_wrong(db()))


@room.api("GET", "/care/<request_id>", may="care.handle", answers=CareCase)
def case(request_id: str) -> CareCase:
    """One request to one's own body."""
    return _case(request_id)


def _case(request_id: str) -> CareCase:
    return queries.case(db(), box(), request_id, today(), me().actor.organisations_for("care.handle"))


@room.api(
    "POST", "/certificates/<number>/care", does=requests.ask_as_body, body=AskBody, answers=Asked, status=201
)
def begin(number: str, body: AskBody) -> Asked:
    """Begin a request as the issuing body."""
    return perform(
        requests.ask_as_body, request_key(), number=number, kind=body.kind, reason=body.reason, text=body.text,
        changes=body.changes or None,
    )  # fmt: skip


@room.api(
    "POST", "/certificates/<number>/revocations", does=revocations.propose, body=ProposeBody, answers=Proposed,
    status=201,
)  # fmt: skip
def propose(number: str, body: ProposeBody) -> Proposed:
    """Propose to take a certificate back; the holder is told and heard, then a second person decides."""
    return perform(
        revocations.propose, request_key(), number=number, reason=body.reason, explanation=body.explanation,
        urgent=body.urgent,
    )  # fmt: skip


@room.api("POST", "/care/<request_id>/examine", does=requests.examine, body=ExamineBody, answers=CareCase)
def examine(request_id: str, body: ExamineBody) -> CareCase:
    """The first hand: every proof has been seen."""
    perform(
        requests.examine, request_key(), request_id=request_id, proofs=tuple(body.proofs), note=body.note,
        changes=body.changes or None,
    )  # fmt: skip
    return _case(request_id)


@room.api("POST", "/care/<request_id>/send-back", does=requests.send_back, body=TextBody, answers=CareCase)
def send_back(request_id: str, body: TextBody) -> CareCase:
    """Say what is missing."""
    perform(requests.send_back, request_key(), request_id=request_id, missing=body.text)
    return _case(request_id)


@room.api("POST", "/care/<request_id>/carry-out", does=requests.carry_out, answers=Settled)
def carry_out(request_id: str) -> Settled:
    """The second hand: carry the request out."""
    return perform(requests.carry_out, request_key(), request_id=request_id)


@room.api("POST", "/care/<request_id>/refuse", does=requests.refuse, body=TextBody, answers=Settled)
def refuse(request_id: str, body: TextBody) -> Settled:
    """The second hand: refuse, with the reason."""
    return perform(requests.refuse, request_key(), request_id=request_id, why=body.text)


@room.api("POST", "/revocations/<request_id>/carry-out", does=revocations.carry_out, body=TextBody, answers=Settled)
def revoke(request_id: str, body: TextBody) -> Settled:
    """Carry a proposed revocation out, as the second person, after the holder was heard."""
    return perform(revocations.carry_out, request_key(), request_id=request_id, considered=body.text)


@room.api("POST", "/revocations/<request_id>/refuse", does=revocations.refuse, body=TextBody, answers=Settled)
def keep(request_id: str, body: TextBody) -> Settled:
    """Decide not to revoke, as the second person."""
    return perform(revocations.refuse, request_key(), request_id=request_id, why=body.text)


@room.api("POST", "/certificates/<number>/orders", does=orders.order, body=OrderBody, answers=Ordered, status=201)
def order(number: str, body: OrderBody) -> Ordered:
    """Order the issuing body, as the authority, to revoke or correct a certificate."""
    return perform(
        orders.order, request_key(), number=number, kind=body.kind, document=body.document, grounds=body.grounds
    )
