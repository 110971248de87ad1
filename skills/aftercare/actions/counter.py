"""窗口代办: certificates of somebody who stands at the authority's counter, the document seen: requests, copies, links.

What may be asked is the holder's own; two hands of the issuing body decide on it as ever.
"""

from __future__ import annotations

from dataclasses import dataclass

from skills.aftercare.actions import requests, revocations
from skills.aftercare.actions.requests import Asked
from skills.aftercare.rules import CareKind
from skills.credentials import queries as certificates
from skills.credentials.actions import looks, shares
from skills.credentials.actions.shares import Shared
from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason


@dataclass(frozen=True)
class Copied:
    """The certificate of which a copy was printed."""

    number: str


@action("care.ask_for", may=SERVE)
def ask_for(act: Act, person_id: str, number: str, kind: CareKind, care_reason: str, text: str, reason: CounterReason) -> Asked:
    """Ask for the certificate of somebody at the counter. `care_reason` is the request's own class of reason.

    Raises Missing("person.unknown") and what `requests.ask` refuses.
    """
    serve(act, person_id, reason)
    done = requests.ask_as(act, person_id, number, kind, care_reason, text)
    send(act, code="care_request.told_asked_at_counter", person_id=person_id, number=done.number, request=done.request_id)
    return done


@action("care.complete_for", may=SERVE)
def complete_for(act: Act, person_id: str, request_id: str, text: str, reason: CounterReason) -> None:
    """Write down what somebody at the counter brings. Raises Missing("person.unknown") and what `requests.complete` refuses."""
    serve(act, person_id, reason)
    requests.complete_as(act, person_id, request_id, text)
    send(act, code="care_request.told_completed_at_counter", person_id=person_id, request=request_id)


@action("care.withdraw_for", may=SERVE)
def withdraw_for(act: Act, person_id: str, request_id: str, reason: CounterReason) -> None:
    """Take a request back for somebody at the counter. Raises Missing("person.unknown") and what `requests.withdraw` refuses."""
    serve(act, person_id, reason)
    requests.withdraw_as(act, person_id, request_id)
    send(act, code="care_request.told_withdrawn_at_counter", person_id=person_id, request=request_id)


@action("revocation.answer_for", may=SERVE)
def answer_for(act: Act, person_id: str, request_id: str, text: str, reason: CounterReason) -> None:
    """Write down the 陈述申辩 of somebody at the counter. Raises Missing("person.unknown") and what `revocations.answer` refuses."""
    serve(act, person_id, reason)
    revocations.answer_as(act, person_id, request_id, text)
    send(act, code="care_request.told_answered_at_counter", person_id=person_id, request=request_id)


@action("certificate.copy_for", may=SERVE)
def copy_for(act: Act, person_id: str, number: str, reason: CounterReason) -> Copied:
    """Print a copy of the certificate of somebody at the counter. Raises Missing("person.unknown" | "certificate.unknown")."""
    serve(act, person_id, reason)
    line = certificates.mine(act.db, person_id, number)
    act.note("certificate.copy", id=line.id)
    send(act, code="certificate.told_copied_at_counter", person_id=person_id, number=number)
    return Copied(number)


@action("share.make_for", may=SERVE)
def share_for(act: Act, person_id: str, number: str, fields: tuple[str, ...], days: int, reason: CounterReason) -> Shared:
    """Make a link to a certificate of somebody at the counter. Raises Missing("person.unknown") and what `shares.make` refuses."""
    serve(act, person_id, reason)
    done = shares.make_as(act, person_id, number, fields, days)
    send(act, code="certificate_share.told_made_at_counter", person_id=person_id, number=number)
    return done


@action("share.end_for", may=SERVE)
def end_share_for(act: Act, person_id: str, share_id: str, reason: CounterReason) -> None:
    """End a link for somebody at the counter. Raises Missing("person.unknown") and what `shares.end` refuses."""
    serve(act, person_id, reason)
    shares.end_as(act, person_id, share_id)
    send(act, code="certificate_share.told_ended_at_counter", person_id=person_id)


@action("look.choose_for", may=SERVE)
def choose_for(act: Act, person_id: str, counted: bool, reason: CounterReason) -> None:
    """Have looks at the certificates of somebody at the counter counted, or not. Raises Missing("person.unknown")."""
    serve(act, person_id, reason)
    looks.choose_as(act, person_id, counted)
    send(act, code="look.told_chosen_at_counter", person_id=person_id)
