"""The life of certificates for programs, by the same actions as the pages."""

from __future__ import annotations

from pydantic import BaseModel, Field

from skills.credentials import actions, queries
from skills.credentials.actions import uploads
from skills.credentials.queries import CertificateLine
from skills.credentials.queries.uploads import UploadLine, work_list
from skills.web.openapi import request_key
from skills.web.pages import Room, db, perform, today

room = Room("credentials_api", __name__)
FACES = [room]


class ReasonBody(BaseModel):
    """A reason."""

    reason: str = Field(min_length=1, max_length=400)


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


class HandOutBody(BaseModel):
    """To whom the paper was handed out: self or proxy; `serial` is the blank's own number, if it has one."""

    to: str
    serial: str = Field(default="", max_length=32)


@room.api("POST", "/certificates/<number>/hand-out", does=actions.hand_out, body=HandOutBody, answers=CertificateLine)
def hand_out(number: str, body: HandOutBody) -> CertificateLine:
    """Note that the paper of a certificate was handed out."""
    perform(actions.hand_out, request_key(), number=number, to=body.to, serial=body.serial)
    return queries.certificate(db(), number)


@room.api("GET", "/national/uploads", may="upload.handle", answers=list[UploadLine], by=("certificate_id",))
def uploads_list() -> list[UploadLine]:
    """Certificates whose upload to the national query system is not finished, what is due first."""
    return list(work_list(db(), today()))


@room.api("POST", "/national/exports", does=uploads.export, answers=uploads.Exported, status=201)
def export() -> uploads.Exported:
    """Export every certificate that waits for the national query system."""
    return perform(uploads.export, request_key())


@room.api("POST", "/national/uploads/<certificate_id>/enter-again", does=uploads.enter_again, answers=dict[str, str])
def enter_again(certificate_id: str) -> dict[str, str]:
    """Put a certificate that was sent back into the next export."""
    perform(uploads.enter_again, request_key(), certificate_id=certificate_id)
    return {"certificate_id": certificate_id, "state": "waiting"}
