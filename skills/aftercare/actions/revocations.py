"""撤销: proposed with its reason, the holder told and heard, decided by a second person of the issuing body."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from skills.aftercare.actions.requests import Settled
from skills.aftercare.actions.steps import (
    begin,
    certificate_for,
    of_body,
    of_holder,
    reason_given,
    seal,
    settle_order,
    take,
    tell_body,
    tell_follower,
    tell_holder,
)
from skills.aftercare.models import CareRequest
from skills.aftercare.rules import URGENT, Asker, CareKind, heard, second_hand
from skills.aftercare.states import OPEN, REVOCATION
from skills.credentials import actions as credentials
from skills.credentials import queries as certificates
from skills.credentials.states import CertificateState
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


@dataclass(frozen=True)
class Proposed:
    """A revocation that was proposed: the holder may answer until this day."""

    request_id: str
    number: str
    hear_until: str
    suspended: bool


@action("revocation.propose", may="care.handle", step_up=True)
def propose(act: Act, number: str, reason: str, explanation: str, urgent: bool = False) -> Proposed:
    """Propose to take a certificate back: the holder is told at once and has the days of the policy to answer.

    urgent  a suspicion of fraud that cannot wait: the certificate is suspended while the holder is heard
    Raises Refusal("care.not_possible", "revocation.not_urgent").
    """
    line = certificate_for(act, number, "care.handle")
    if urgent and reason != URGENT:
        raise Refusal("revocation.not_urgent")
    days = int(value(act.db, "care.hearing_working_days", act.today))
    until = add_working_days(act.today, days)
    suspends = urgent and line.state == CertificateState.ISSUED
    row = begin(
        act, line, CareKind.REVOKE, Asker.BODY, reason, explanation, hear_until=until, suspended_here=suspends
    )
    if suspends:
        credentials.hold(act, line.id, reason)
    tell_holder(act, row, "care.hearing", until=until)
    return Proposed(row.id, row.number, until.isoformat(), suspends)


@action("revocation.answer", may="care.ask")
def answer(act: Act, request_id: str, text: str) -> None:
    """The holder's 陈述申辩; once, and as long as nothing is decided."""
    answer_as(act, act.actor.person, request_id, text)


def answer_as(act: Act, person_id: str | None, request_id: str, text: str) -> None:
    """The same in somebody's name, inside the caller's act."""
    row = of_holder(act, person_id, request_id)
    _is_revocation(row)
    words = reason_given(text)
    take(act, row, REVOCATION, "answer", answer=seal(act.using(Box), row.id, "answer", words, row.person_id), answered_at=act.at)
    tell_body(act, row, "care.answered", number=row.number)


@action("revocation.carry_out", may="certificate.revoke", step_up=True)
def carry_out(act: Act, request_id: str, considered: str = "") -> Settled:
    """Decide to revoke, as the second person: after the answer, or after the time for it.

    considered  what is said about the holder's answer; needed when there is one
    Raises Refusal("care.second_person", "revocation.not_heard").
    """
    row = of_body(act, request_id, "certificate.revoke")
    _is_revocation(row)
    REVOCATION.check(row.state, "carry_out")
    second_hand(act.actor.account, row.asked_by).or_refuse()
    assert row.hear_until is not None  # noqa: S101 - every revocation has its day
    heard(row.answer is not None, row.hear_until, act.today, considered).or_refuse()
    credentials.take_back(act, row.certificate_id, "revoke", row.reason)
    note = seal(act.using(Box), row.id, "note", considered, row.person_id) if considered.strip() else None
    take(act, row, REVOCATION, "carry_out", decided_by=act.actor.account, decided_at=act.at, note=note)
    settle_order(act, row, "fulfil")
    tell_follower(act, row, carried_out=True)
    number = certificates.by_id(act.db, row.certificate_id).number
    tell_holder(act, row, "care.revoked", certificate=number)
    return Settled(row.id, row.state, number)


@action("revocation.refuse", may="certificate.revoke")
def refuse(act: Act, request_id: str, why: str) -> Settled:
    """Decide not to revoke; a suspension that this proposal brought about ends with it."""
    row = of_body(act, request_id, "certificate.revoke")
    _is_revocation(row)
    second_hand(act.actor.account, row.asked_by).or_refuse()
    return _refuse(act, row, why, act.actor.account)


def drop(act: Act, request_id: str, why: str, hands: Collection[str]) -> None:
    """Not to revoke, inside the act of these people that took away what the proposal rested on. Nothing if it was decided before.

    hands  those who decided; one of them at least did not propose it
    """
    row = act.get(CareRequest, id=request_id)
    others = sorted(set(hands) - {row.asked_by})
    if row.state in OPEN and others:
        _refuse(act, row, why, others[0])


def _refuse(act: Act, row: CareRequest, why: str, by: str) -> Settled:
    REVOCATION.check(row.state, "refuse")
    line = certificates.by_id(act.db, row.certificate_id)
    if row.suspended_here and line.state == CertificateState.SUSPENDED:
        credentials.unhold(act, line.id)
    take(act, row, REVOCATION, "refuse", decided_by=by, decided_at=act.at,
         note=seal(act.using(Box), row.id, "note", reason_given(why), row.person_id))  # fmt: skip
    settle_order(act, row, "decline")
    tell_follower(act, row, carried_out=False)
    tell_holder(act, row, "care.not_revoked")
    return Settled(row.id, row.state, line.number)


def _is_revocation(row: CareRequest) -> None:
    if row.kind != CareKind.REVOKE:
        raise Refusal("care.wrong_way")
