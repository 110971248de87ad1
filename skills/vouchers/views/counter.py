"""The authority's counter: vouchers of somebody who stands there, claimed, waited for, printed and denied for them; the receipt."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from skills.kernel import steps
from skills.people.actions.counter import SERVE, reason_of
from skills.people.errands import DESKS, Desk, Errand, WhyBody, open_desk, part, show_desk
from skills.vouchers import queries
from skills.vouchers.actions import codes, counter
from skills.vouchers.queries import codes as shown
from skills.vouchers.rules.ceilings import FULL
from skills.vouchers.states import DisputeState
from skills.vouchers.views.codes import qr
from skills.vouchers.views.holder import chip, kind_of, reasons
from skills.web.forms import OrderForm
from skills.web.pages import Room, db, office, perform, today

room = Room("voucher_counter", __name__)
LIVE = ("claimed", "reserved", "redeemed", "earned")


class ClaimForBody(WhyBody):
    """The batch of which a voucher is claimed."""

    batch_id: str = Field(max_length=26)


@room.get("/gov/people/<person_id>/vouchers", may=SERVE)
def desk(person_id: str) -> ResponseReturnValue:
    """What the person holds, waits for and could claim, and the uses that may be denied."""
    day, now = today(), office().clock.now()
    offers, places = queries.offers(db(), person_id, day), queries.places_of(db(), person_id)
    waits = {p.batch_id for p in places}
    return show_desk(
        "vouchers/counter.html", person_id,
        held=[(v, shown.slip(db(), v.id, now), queries.latest_dispute(db(), v.id)) for v in _held(person_id)],
        claimable=[o for o in offers if o.verdict], places=places,
        later=[(o, reasons(o)) for o in offers if not o.verdict and o.batch_id not in waits], full=FULL,
        chip=chip, kind_of=kind_of, opened=DisputeState.OPENED, dismissed=DisputeState.DISMISSED,
    )  # fmt: skip


@room.post("/gov/people/<person_id>/vouchers/<voucher_id>/slip", does=codes.print_slip, name="slip")
def slip(person_id: str, voucher_id: str) -> ResponseReturnValue:
    """Print a slip. Its code is shown this once."""
    done = perform(
        codes.print_slip, OrderForm().key.data, person_id=person_id, voucher_id=voucher_id,
        reason=reason_of(request.form.get("reason", "")),
    )  # fmt: skip
    found = queries.ticket(db(), voucher_id, person_id, today())
    return show_desk("vouchers/slip.html", person_id, v=found.line, done=done, grouped=steps.shown(done.code), qr=qr(done.code))


@room.get("/gov/people/<person_id>/receipt", may=SERVE)
def receipt(person_id: str) -> ResponseReturnValue:
    """What stands on paper for somebody without a phone: what every desk did and what is open, with every day that counts."""
    parts = [told for desk in DESKS if (told := desk.receipt(person_id))]
    return show_desk("counter/receipt.html", person_id, parts=parts, now=office().clock.now())


def _held(person_id: str) -> list[queries.VoucherLine]:
    return [v for v in queries.wallet(db(), person_id, today()) if v.state in LIVE]


def _receipt(person_id: str) -> str:
    held = _held(person_id)
    denied = [d for v in held if (d := queries.latest_dispute(db(), v.id)) is not None and d.state == DisputeState.OPENED]
    return part("vouchers/_receipt.html", held=held, lines=queries.places_of(db(), person_id), denied=denied)


open_desk(
    room, Desk("voucher_counter.desk", "培训券", "Vouchers", _receipt),
    Errand("claim", counter.claim_for, "vouchers/claim/<batch_id>", "vouchers",
           ("已替本人领取，本人会收到消息", "Claimed for the person, who is told"), ClaimForBody, status=201),
    Errand("print_slip", codes.print_slip, "", "vouchers/<voucher_id>/slip", status=201),
    Errand("take_back", codes.take_back, "vouchers/<voucher_id>/take-back", "vouchers/<voucher_id>/take-back",
           ("这张券的纸质券码和屏幕券码已全部收回", "Every code of this voucher is taken back"), order=None),
    Errand("join", counter.join_for, "vouchers/waiting/<batch_id>/join", "waiting/<batch_id>/join",
           ("已替本人加入候补", "The person is on the list"), status=201),
    Errand("leave", counter.leave_for, "vouchers/waiting/<batch_id>/leave", "waiting/<batch_id>/leave",
           ("已替本人退出候补", "The person has left the list")),
    Errand("deny", counter.deny_for, "vouchers/<voucher_id>/dispute", "vouchers/<voucher_id>/dispute",
           ("已冻结这笔付款，请打印回执交给本人", "The money is frozen; print the receipt for the person"), status=201),
    Errand("take_word_back", counter.take_word_back_for, "disputes/<dispute_id>/withdraw", "disputes/<dispute_id>/withdraw",
           ("已撤回，付款照常", "Withdrawn; the payment goes its way")),
)  # fmt: skip
