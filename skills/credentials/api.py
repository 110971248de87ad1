"""The life of certificates for programs, by the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.credentials import actions, queries
from skills.credentials.actions import Proposed
from skills.credentials.queries import CertificateLine
from skills.web.openapi import request_key
from skills.web.pages import Room, db, perform

room = Room("credentials_api", __name__)
FACES = [room]


class ReasonBody(BaseModel):
    """A reason."""

    reason: str = Field(min_length=1, max_length=400)


class RevocationBody(BaseModel):
    """Why a certificate is taken back, and what the holder said when heard."""

    reason: str
    explanation: str = Field(max_length=1000)
    heard: str = Field(max_length=1000)


@room.api("POST", "/certificates/<number>/suspend", does=actions.suspend, body=ReasonBody, answers=CertificateLine)
def suspend(number: str, body: ReasonBody) -> CertificateLine:
    """Suspend a certificate of one's own body while something is looked into."""
    perform(actions.suspend, request_key(), number=number, reason=body.reason)
    return queries.certificate(db(), number)


@room.api("POST", "/certificates/<number>/reinstate", does=actions.reinstate, answers=CertificateLine)
def reinstate(number: str) -> CertificateLine:
    """End a suspension."""
    perform(actions.reinstate, request_key(), number=number)
    return queries.certificate(db(), number)


@room.api(
    "POST", "/certificates/<number>/revocations", does=actions.propose_revocation, body=RevocationBody, answers=Proposed,
    status=201,
)  # fmt: skip
def propose(number: str, body: RevocationBody) -> Proposed:
    """Propose to take a certificate back; a second person decides."""
    return perform(
        actions.propose_revocation, request_key(), number=number, reason=body.reason, explanation=body.explanation,
        heard=body.heard,
    )  # fmt: skip


@room.api("POST", "/revocations/<revocation_id>/carry-out", does=actions.revoke, answers=Proposed)
def carry_out(revocation_id: str) -> Proposed:
    """Carry a proposed revocation out, as the second person."""
    perform(actions.revoke, request_key(), revocation_id=revocation_id)
    return Proposed(revocation_id)
