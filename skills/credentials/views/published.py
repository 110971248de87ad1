"""What everybody may fetch about keys and states. Reads only, no session."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from flask.typing import ResponseReturnValue

from skills.credentials import badge, statuslist
from skills.credentials.queries import exceptions, lists
from skills.credentials.signing import Signer
from skills.credentials.statuslist import Status
from skills.kernel.errors import Missing
from skills.web.pages import PUBLIC, Room, db, office

room = Room("published", __name__)
OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
PURPOSES = {"revocation": (Status.REVOKED, Status.SUPERSEDED), "suspension": (Status.SUSPENDED,)}


def signer() -> Signer:
    """The installation's signer."""
    held = office().tools[Signer]
    assert isinstance(held, Signer)  # noqa: S101
    return held


@room.get("/keys.json", may=PUBLIC)
def keys() -> ResponseReturnValue:
    """The public keys of QR codes and phone lists."""
    return Response(signer().keys_json(), mimetype="application/json", headers=OPEN)


@room.get("/trust.json", may=PUBLIC)
def trust() -> ResponseReturnValue:
    """All public keys in one file: with it and the status lists anybody verifies without this server."""
    return Response(signer().trust_json(lists(db())), mimetype="application/json", headers=OPEN)


@room.get("/.well-known/did.json", may=PUBLIC)
def did() -> ResponseReturnValue:
    """The did:web document."""
    return Response(signer().did(), mimetype="application/did+json", headers=OPEN)


@room.get("/status/<int:number>.cwt", may=PUBLIC)
def phone_list(number: int) -> ResponseReturnValue:
    """The status list for phones, signed now."""
    _known(number)
    body = signer().phone_list(number, exceptions(db(), number), office().clock.now())
    return Response(body, mimetype=statuslist.TYPE, headers=OPEN)


@room.get("/status/<purpose>/<int:number>", may=PUBLIC)
def bitstring(purpose: str, number: int) -> ResponseReturnValue:
    """A Bitstring status list credential."""
    _known(number)
    if purpose not in PURPOSES:
        raise Missing("status_list.unknown")
    entries = [entry for entry, status in exceptions(db(), number).items() if status in PURPOSES[purpose]]
    now = office().clock.now()
    document = badge.status_credential(signer().public_base, purpose, number, sorted(entries), now, timedelta(days=7))
    body = signer().status_credential(document, now)
    return Response(body, mimetype="application/vc", headers=OPEN)


def _known(number: int) -> None:
    if not 1 <= number <= lists(db()):
        raise Missing("status_list.unknown")
