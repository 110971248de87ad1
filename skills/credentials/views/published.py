"""What everybody may fetch about keys and states. Reads only, no session."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from flask.typing import ResponseReturnValue

from skills.credentials import statuslist
from skills.credentials.queries import exceptions, kept_list, last_change, lists
from skills.credentials.signing import Signer
from skills.kernel.errors import Missing
from skills.web.pages import PUBLIC, Room, db, office, tool

room = Room("published", __name__)
OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}


def signer() -> Signer:
    """The installation's signer."""
    return tool(Signer)


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
    """The status list for phones."""
    return Response(status_list("phone", number), mimetype=statuslist.TYPE, headers=OPEN)


@room.get("/status/<purpose>/<int:number>", may=PUBLIC)
def bitstring(purpose: str, number: int) -> ResponseReturnValue:
    """A Bitstring status list credential."""
    if purpose not in statuslist.PURPOSES:
        raise Missing("status_list.unknown")
    return Response(status_list(purpose, number), mimetype="application/vc", headers=OPEN)


def status_list(form: str, number: int) -> bytes:
    """A signed status list that is true now: the kept bytes, or a fresh signature while the worker is behind.

    Kept bytes are served only if no state has changed since and they are younger than their time to live; so no
    revocation waits for the worker, and a worker that stopped shows in `/readyz`, not in an old list.
    """
    _known(number)
    now = office().clock.now()
    kept = kept_list(db(), form, number)
    if kept is not None:
        body, made_at = kept
        changed = last_change(db())
        if (changed is None or changed <= made_at) and now - made_at < timedelta(seconds=statuslist.TTL_SECONDS):
            return body
    return signer().status_lists(number, exceptions(db(), number), now)[form]


def _known(number: int) -> None:
    if not 1 <= number <= lists(db()):
        raise Missing("status_list.unknown")
