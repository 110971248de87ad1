"""A person's wallet: what can be claimed, what is held, and the ledger of each voucher."""

from __future__ import annotations

from dataclasses import replace

from flask.typing import ResponseReturnValue

from skills.kernel.errors import Missing
from skills.kernel.findings import Finding
from skills.records.rules import STRENGTH_WORDS
from skills.vouchers import queries
from skills.vouchers.actions import claims, disputes
from skills.vouchers.rules import SCOPE_WORDS, VALUE_WORDS, Payee, Terms
from skills.vouchers.rules.ceilings import FULL
from skills.vouchers.rules.codes import HAND_WORDS
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import Room, db, go, lang, me, perform, say, show, tell, today

room = Room("vouchers", __name__)

HOLD = "voucher.claim"
CHIPS = {"claimed": "ok", "issued": "info", "reserved": "info", "redeemed": "info", "earned": "ok", "settled": "ok", "clawed_back": "idle"}


def chip(line: queries.VoucherLine) -> tuple[str, str]:
    """A chip's kind and words for a voucher's state."""
    return CHIPS.get(line.state, "idle"), say(line.state_zh, line.state_en)


def told(findings: tuple[Finding, ...], *, all_of_them: bool = False) -> tuple[i18n.ToldFinding, ...]:
    """The conditions that are not met (or all) in the visitor's language."""
    return i18n.tell_findings([_of_strength(f) for f in findings if all_of_them or not f.met], lang())


def _of_strength(found: Finding) -> Finding:
    """What a fact rests on in words: the writer's own mark of its source says nothing to who reads it."""
    words = STRENGTH_WORDS.get(str(found.facts.get("strength")))
    return replace(found, facts={**found.facts, "source": say(*words)}) if words and "source" in found.facts else found


def reasons(offer: queries.Offer) -> tuple[i18n.ToldFinding, ...]:
    """Why an offer cannot be claimed now, in the visitor's language."""
    return told(missed_of(offer))


def missed_of(offer: queries.Offer) -> tuple[Finding, ...]:
    """Why an offer cannot be claimed now: the missed conditions, or the ceiling that was reached; nothing if it can."""
    if offer.verdict:
        return ()
    missed = tuple(f for f in offer.verdict.findings if not f.met)
    return missed or (Finding(offer.verdict.code, False, "", offer.verdict.facts),)


def kind_of(terms: Terms) -> str:
    """通用券 · 面值券, and for whom and how its money comes."""
    return f"{say(*SCOPE_WORDS[terms.scope_form])} · {say(*VALUE_WORDS[terms.value_form])}"


def bound_to(terms: Terms) -> str:
    """That it is for its holder alone, and what becomes of its money."""
    return say(*_BOUND[terms.payee])


_BOUND = {
    Payee.INSTITUTION: ("限本人，不可兑现", "for you alone, no cash"),
    Payee.FIRM: ("限本人，学费由用人单位付，补贴付给单位", "for you alone; your employer pays and is paid the subsidy"),
    Payee.PERSON: ("限本人，先付学费，结业后补贴付到本人账户", "for you alone; you pay first, the subsidy comes to your account afterwards"),
}


@room.get("/me/vouchers", may=HOLD)
def wallet() -> ResponseReturnValue:
    """The usable voucher first, then what can be claimed, then what cannot yet and why, then the past."""
    day, person = today(), me().person_id
    lines = queries.wallet(db(), person, day)
    offers = queries.offers(db(), person, day)
    places = queries.places_of(db(), person)
    waits = {p.batch_id for p in places}
    return show(
        "vouchers/wallet.html",
        held=[v for v in lines if v.state in ("claimed", "reserved", "redeemed")],
        past=[v for v in lines if v.state not in ("claimed", "reserved", "redeemed")],
        claimable=[o for o in offers if o.verdict],
        later=[(o, reasons(o)) for o in offers if not o.verdict and o.batch_id not in waits],
        places=places, full=FULL, refused=queries.refusals(db(), person, most=1),
        chip=chip, kind_of=kind_of, bound_to=bound_to, day_now=day,
    )


@room.get("/me/vouchers/claim/<batch_id>", may=HOLD, name="check")
def check(batch_id: str) -> ResponseReturnValue:
    """What is claimed, for how long, and by which right: one page before the last tap."""
    try:
        offer = queries.offer(db(), me().person_id, batch_id, today())
    except Missing:
        if not queries.was_offered(db(), me().person_id, batch_id):
            raise
        # A notice leads here for as long as it lies in an inbox.
        tell("这张券已经领取，或现在不能领取", "It was claimed already, or cannot be claimed now", "info")
        return go("vouchers.wallet")
    return show(
        "vouchers/check.html", offer=offer, findings=told(offer.verdict.findings, all_of_them=True),
        missed=reasons(offer) if not offer.verdict else (), kind_of=kind_of, bound_to=bound_to, full=FULL, key=OrderForm().key.data,
    )


@room.post("/me/vouchers/claim/<batch_id>", does=claims.claim, name="claim")
def claim(batch_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(claims.claim, form.key.data, batch_id=batch_id)
    tell("已领取", "Claimed")
    return go("vouchers.ticket", voucher_id=done.voucher_id)


@room.get("/me/vouchers/<voucher_id>", may=HOLD)
def ticket(voucher_id: str) -> ResponseReturnValue:
    """One voucher with its terms and its own ledger."""
    found = queries.ticket(db(), voucher_id, me().person_id, today())
    return show(
        "vouchers/ticket.html", t=found, v=found.line, chip=chip, kind_of=kind_of, bound_to=bound_to, day_now=today(),
        denied=queries.latest_dispute(db(), voucher_id), hands=HAND_WORDS, key=OrderForm().key.data,
    )  # fmt: skip


@room.post("/me/vouchers/<voucher_id>/dispute", does=disputes.open_, name="dispute")
def dispute(voucher_id: str) -> ResponseReturnValue:
    """One step: the money is frozen at once."""
    perform(disputes.open_, OrderForm().key.data, voucher_id=voucher_id)
    tell("已冻结这笔付款，核查结果会发消息告诉您", "The money is frozen; the outcome will be sent to you")
    return go("vouchers.ticket", voucher_id=voucher_id)


@room.post("/me/vouchers/<voucher_id>/dispute/<dispute_id>/withdraw", does=disputes.withdraw, name="withdraw_dispute")
def withdraw_dispute(voucher_id: str, dispute_id: str) -> ResponseReturnValue:
    perform(disputes.withdraw, OrderForm().key.data, dispute_id=dispute_id)
    tell("已撤回，付款照常", "Withdrawn; the payment goes its way")
    return go("vouchers.ticket", voucher_id=voucher_id)
