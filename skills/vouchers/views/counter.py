"""The authority's counter: vouchers of somebody who stands there, claimed, waited for, printed and denied for them."""

from __future__ import annotations

from flask import make_response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from skills.kernel import steps
from skills.people.queries import person
from skills.vouchers import queries
from skills.vouchers.actions import claims, codes, counter
from skills.vouchers.actions.codes import CodesStopped, SlipMade
from skills.vouchers.actions.disputes import Disputed
from skills.vouchers.actions.hands import SERVE, reason_of
from skills.vouchers.actions.waiting import InLine
from skills.vouchers.queries import codes as shown
from skills.vouchers.rules.codes import SLIP_WORDS, SlipReason
from skills.vouchers.states import DisputeState
from skills.vouchers.views.codes import qr
from skills.vouchers.views.holder import FULL, chip, kind_of, reasons
from skills.web.forms import OrderForm
from skills.web.openapi import request_key
from skills.web.pages import Room, db, fresh_key, go, office, perform, show, tell, today

room = Room("voucher_counter", __name__)


@room.get("/gov/people/<person_id>/vouchers", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """What the person holds, waits for and could claim, and the uses that may be denied."""
    day, now = today(), office().clock.now()
    offers, places = queries.offers(db(), person_id, day), queries.places_of(db(), person_id)
    waits = {p.batch_id for p in places}
    held = [v for v in queries.wallet(db(), person_id, day) if v.state in ("claimed", "reserved", "redeemed", "earned")]
    page = show(
        "vouchers/counter.html", who=person(db(), person_id),
        held=[(v, shown.slip(db(), v.id, now), queries.latest_dispute(db(), v.id)) for v in held],
        claimable=[o for o in offers if o.verdict], places=places,
        later=[(o, reasons(o)) for o in offers if not o.verdict and o.batch_id not in waits], full=FULL,
        chip=chip, kind_of=kind_of, words=SLIP_WORDS, fresh_key=fresh_key, opened=DisputeState.OPENED,
        dismissed=DisputeState.DISMISSED,
    )  # fmt: skip
    return _private(page)


@room.post("/gov/people/<person_id>/vouchers/claim/<batch_id>", does=counter.claim_for, name="claim")
def claim(person_id: str, batch_id: str) -> ResponseReturnValue:
    perform(counter.claim_for, OrderForm().key.data, person_id=person_id, batch_id=batch_id, reason=_reason())
    tell("已替本人领取，本人会收到消息", "Claimed for the person, who is told")
    return go("voucher_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/vouchers/<voucher_id>/slip", does=codes.print_slip, name="slip")
def slip(person_id: str, voucher_id: str) -> ResponseReturnValue:
    """Print a slip. Its code is shown this once."""
    done = perform(
        codes.print_slip, OrderForm().key.data, person_id=person_id, voucher_id=voucher_id, reason=_reason()
    )
    found = queries.ticket(db(), voucher_id, person_id, today())
    page = show(
        "vouchers/slip.html", who=person(db(), person_id), v=found.line, done=done, grouped=steps.shown(done.code),
        qr=qr(done.code),
    )  # fmt: skip
    return _private(page)


@room.post("/gov/people/<person_id>/vouchers/<voucher_id>/take-back", does=codes.take_back, name="take_back")
def take_back(person_id: str, voucher_id: str) -> ResponseReturnValue:
    """A slip that was lost counts no more."""
    perform(codes.take_back, OrderForm().key.data, person_id=person_id, voucher_id=voucher_id)
    tell("这张券的纸质券码和屏幕券码已全部收回", "Every code of this voucher is taken back")
    return go("voucher_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/vouchers/waiting/<batch_id>/join", does=counter.join_for, name="join")
def join(person_id: str, batch_id: str) -> ResponseReturnValue:
    perform(counter.join_for, OrderForm().key.data, person_id=person_id, batch_id=batch_id, reason=_reason())
    tell("已替本人加入候补", "The person is on the list")
    return go("voucher_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/vouchers/waiting/<batch_id>/leave", does=counter.leave_for, name="leave")
def leave(person_id: str, batch_id: str) -> ResponseReturnValue:
    perform(counter.leave_for, OrderForm().key.data, person_id=person_id, batch_id=batch_id, reason=_reason())
    tell("已替本人退出候补", "The person has left the list")
    return go("voucher_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/vouchers/<voucher_id>/dispute", does=counter.deny_for, name="deny")
def deny(person_id: str, voucher_id: str) -> ResponseReturnValue:
    """One step for the person too: the money is frozen at once."""
    perform(counter.deny_for, OrderForm().key.data, person_id=person_id, voucher_id=voucher_id, reason=_reason())
    tell("已冻结这笔付款，请打印回执交给本人", "The money is frozen; print the receipt for the person")
    return go("voucher_counter.desk", person_id=person_id)


@room.post("/gov/people/<person_id>/disputes/<dispute_id>/withdraw", does=counter.take_word_back_for, name="take_word_back")
def take_word_back(person_id: str, dispute_id: str) -> ResponseReturnValue:
    perform(counter.take_word_back_for, OrderForm().key.data, person_id=person_id, dispute_id=dispute_id, reason=_reason())
    tell("已撤回，付款照常", "Withdrawn; the payment goes its way")
    return go("voucher_counter.desk", person_id=person_id)


class ReasonBody(BaseModel):
    """Why it is done at the counter."""

    reason: SlipReason


class ClaimForBody(ReasonBody):
    """The batch of which a voucher is claimed."""

    batch_id: str = Field(max_length=26)


@room.api("POST", "/people/<person_id>/vouchers", does=counter.claim_for, body=ClaimForBody, answers=claims.Claimed, status=201)
def claim_for_person(person_id: str, body: ClaimForBody) -> claims.Claimed:
    """Claim a voucher for somebody who is present at the counter."""
    return perform(counter.claim_for, request_key(), person_id=person_id, batch_id=body.batch_id, reason=body.reason)


@room.api("POST", "/people/<person_id>/vouchers/<voucher_id>/slip", does=codes.print_slip, body=ReasonBody, answers=SlipMade, status=201)
def print_voucher_slip(person_id: str, voucher_id: str, body: ReasonBody) -> SlipMade:
    """Make a one-use slip for somebody who is present at the counter; its code is told this once."""
    return perform(codes.print_slip, request_key(), person_id=person_id, voucher_id=voucher_id, reason=body.reason)


@room.api("POST", "/people/<person_id>/vouchers/<voucher_id>/take-back", does=codes.take_back, answers=CodesStopped)
def take_voucher_codes_back(person_id: str, voucher_id: str) -> CodesStopped:
    """Take back every code of somebody's voucher."""
    return perform(codes.take_back, request_key(), person_id=person_id, voucher_id=voucher_id)


@room.api("POST", "/people/<person_id>/waiting/<batch_id>/join", does=counter.join_for, body=ReasonBody, answers=InLine, status=201)
def join_line_for_person(person_id: str, batch_id: str, body: ReasonBody) -> InLine:
    """Put somebody who is present at the counter onto the waiting list of a batch that is used up."""
    return perform(counter.join_for, request_key(), person_id=person_id, batch_id=batch_id, reason=body.reason)


@room.api("POST", "/people/<person_id>/waiting/<batch_id>/leave", does=counter.leave_for, body=ReasonBody, answers=InLine)
def leave_line_for_person(person_id: str, batch_id: str, body: ReasonBody) -> InLine:
    """Take somebody who is present at the counter off a waiting list."""
    return perform(counter.leave_for, request_key(), person_id=person_id, batch_id=batch_id, reason=body.reason)


@room.api("POST", "/people/<person_id>/vouchers/<voucher_id>/dispute", does=counter.deny_for, body=ReasonBody, answers=Disputed, status=201)
def deny_use_for_person(person_id: str, voucher_id: str, body: ReasonBody) -> Disputed:
    """Write down that a use was not the doing of somebody who is present at the counter: its money is frozen at once."""
    return perform(counter.deny_for, request_key(), person_id=person_id, voucher_id=voucher_id, reason=body.reason)


@room.api("POST", "/people/<person_id>/disputes/<dispute_id>/withdraw", does=counter.take_word_back_for, body=ReasonBody, answers=Disputed)
def withdraw_dispute_for_person(person_id: str, dispute_id: str, body: ReasonBody) -> Disputed:
    """Take a denial back for somebody who is present at the counter."""
    return perform(counter.take_word_back_for, request_key(), person_id=person_id, dispute_id=dispute_id, reason=body.reason)


def _reason() -> SlipReason:
    return reason_of(request.form.get("reason", ""))


def _private(page: ResponseReturnValue) -> ResponseReturnValue:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
