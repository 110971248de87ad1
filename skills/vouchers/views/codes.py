"""The holder's screen: a code that changes by itself, for some minutes, after a fresh sign-in."""

from __future__ import annotations

from flask import make_response
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import BaseModel

from skills.kernel import steps
from skills.kernel.errors import Forbidden, Refusal
from skills.kernel.keys import KeyRing
from skills.vouchers import queries
from skills.vouchers.actions import codes
from skills.vouchers.actions.codes import SHOW, CodeShown, CodesStopped
from skills.vouchers.queries import codes as shown
from skills.vouchers.queries.codes import CodeNow
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, go, me, office, perform, say, settings, show, tell, today, tool
from skills.web.qr import qr as draw

room = Room("voucher_codes", __name__)
SCAN_AT = "/org/scan"


@room.get("/me/vouchers/<voucher_id>/code", may=SHOW)
def code(voucher_id: str) -> ResponseReturnValue:
    """The code as it reads now. The page asks for the next one by itself; nothing is changed by looking."""
    found = queries.ticket(db(), voucher_id, me().person_id, today())
    now = office().clock.now()
    held = _now(voucher_id)
    page = show(
        "vouchers/code.html", v=found.line, held=held, grouped=steps.shown(held.code) if held else "", qr=qr(held.code) if held else "",
        last="" if held else shown.shown_last(db(), voucher_id, now), slip=shown.slip(db(), voucher_id, now),
        fresh=me().actor.stepped_up, key=OrderForm().key.data,
    )  # fmt: skip
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@room.post("/me/vouchers/<voucher_id>/code", does=codes.show, name="show")
def begin(voucher_id: str) -> ResponseReturnValue:
    """Begin to show it. Whoever signed in a while ago is asked to sign in anew first."""
    try:
        perform(codes.show, OrderForm().key.data, voucher_id=voucher_id)
    except Forbidden as no:
        if no.code != "step_up_needed":
            raise
    return go("voucher_codes.code", voucher_id=voucher_id)


@room.post("/me/vouchers/<voucher_id>/code/stop", does=codes.stop, name="stop")
def end(voucher_id: str) -> ResponseReturnValue:
    """No code of this voucher counts any more, on a screen or on paper."""
    perform(codes.stop, OrderForm().key.data, voucher_id=voucher_id)
    tell("券码已收回，旧码全部作废", "Every code of this voucher is taken back")
    return go("vouchers.ticket", voucher_id=voucher_id)


class CodeView(BaseModel):
    """The code now: as it is typed, as the QR code holds it; seconds until the next one."""

    code: str
    address: str
    seconds: int
    ends_at: str


@room.api("POST", "/me/vouchers/<voucher_id>/code", does=codes.show, answers=CodeShown, status=201)
def show_code(voucher_id: str) -> CodeShown:
    """Show the code of one's own voucher for some minutes."""
    return perform(codes.show, request_key(), voucher_id=voucher_id)


@room.api("GET", "/me/vouchers/<voucher_id>/code", may=SHOW, answers=CodeView)
def read_code(voucher_id: str) -> CodeView:
    """The code that one shows now; it changes every half minute and counts for a minute."""
    queries.ticket(db(), voucher_id, me().person_id, today())
    held = _now(voucher_id)
    if held is None:
        raise Refusal("voucher_code.not_shown")
    return CodeView(code=held.code, address=_address(held.code), seconds=held.seconds, ends_at=held.ends_at.isoformat())


@room.api("POST", "/me/vouchers/<voucher_id>/code/stop", does=codes.stop, answers=CodesStopped)
def stop_codes(voucher_id: str) -> CodesStopped:
    """Take back every code of one's own voucher."""
    return perform(codes.stop, request_key(), voucher_id=voucher_id)


def _now(voucher_id: str) -> CodeNow | None:
    return shown.code_now(db(), tool(KeyRing), voucher_id, me().actor.account, office().clock.now())


def _address(text: str) -> str:
    """What the QR code holds: the page of institutions. The code follows the # and is never sent in an address."""
    return f"{settings().public_base}{SCAN_AT}#{text}"


def qr(text: str) -> Markup:
    """The QR code of a voucher's code, as SVG."""
    return draw(_address(text), say("券码的二维码", "QR code of the voucher's code"))
