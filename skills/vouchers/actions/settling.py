"""What settlement does to a use of a voucher, inside the act of the room that pays: ordered, paid, clawed back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from skills.accounts import queries as accounts
from skills.accounts.states import OrganisationState
from skills.kernel.acts import Act
from skills.kernel.canon import canon, plain
from skills.kernel.errors import Refusal
from skills.kernel.findings import Verdict
from skills.messages.actions import send
from skills.standards.rules import Level
from skills.vouchers import rules
from skills.vouchers.actions.ledger import book, keep
from skills.vouchers.models import Batch, Hold, Redemption, Voucher, VoucherVerdict
from skills.vouchers.queries.people import holder, limits, terms_of
from skills.vouchers.rules import Moment, Payee, Purpose, Question
from skills.vouchers.states import REDEMPTION, VOUCHER, Event, Purse


@dataclass(frozen=True)
class Payable:
    """A use as settlement looks at it. Money in 分; attended and planned in hundredths of a session, None: not written.

    eligible  the third verdict on the person: the facts known today about the day of the use, and exclusions of today
    frozen    whether a hold stands on it
    """

    redemption_id: str
    person_id: str
    redeemed_on: date
    state: str
    cents: int
    proof: str
    attended: int | None
    planned: int | None
    eligible: Verdict
    frozen: bool
    occupation: str
    level: int | None


def third_question(db: Session, used: Redemption, day: date) -> Question:
    """What is asked the third time: the rules of the day of the use, what the record says today."""
    voucher = db.get_one(Voucher, used.voucher_id)
    batch = db.get_one(Batch, voucher.batch_id)
    institution = accounts.organisation(db, used.institution_id)
    purpose = Purpose(
        used.institution_id, used.occupation, Level(used.level) if used.level else None, used.price, used.source, used.zone,
        used.employer_id or "",
    )
    terms = terms_of(batch)
    return Question(
        Moment.SETTLE, used.redeemed_on, True, terms,
        holder(db, used.person_id, used.redeemed_on, but=voucher.id, works=terms.payee is Payee.FIRM),
        limits(db, used.redeemed_on), voucher.valid_until, purpose, institution.state == OrganisationState.APPROVED, day,
    )  # fmt: skip


def look_at(act: Act, redemption_id: str) -> Payable:
    """Ask the third time whether the person was entitled, and keep the verdict if it is not the last one over again.

    Whoever pays by it holds the person (`lock_person`); a list that is only drawn up need not. Raises Missing("redemption.unknown").
    """
    used = act.get(Redemption, id=redemption_id)
    question = third_question(act.db, used, act.today)
    verdict = rules.decide(question)
    kept = act.db.scalars(
        select(VoucherVerdict)
        .where(VoucherVerdict.redemption_id == used.id, VoucherVerdict.moment == Moment.SETTLE)
        .order_by(VoucherVerdict.at.desc(), VoucherVerdict.id.desc())
        .limit(1)
    ).first()
    if kept is None or canon(kept.findings) != canon(plain(verdict.findings)):
        keep(act, act.get(Voucher, id=used.voucher_id), question, verdict, used.id)
    held = act.db.scalar(select(Hold.id).where(Hold.redemption_id == used.id, Hold.lifted_at.is_(None)).limit(1))
    return Payable(
        used.id, used.person_id, used.redeemed_on, used.state, used.cents, used.proof, used.attended, used.planned, verdict,
        held is not None, used.occupation, used.level,
    )  # fmt: skip


def order(act: Act, redemption_id: str) -> None:
    """The order to pay this use leaves for finance: from now on nothing of it can be frozen.

    Raises Refusal("redemption.frozen" | "redemption.cannot_order").
    """
    used = act.get(Redemption, id=redemption_id)
    if act.db.scalar(select(Hold.id).where(Hold.redemption_id == used.id, Hold.lifted_at.is_(None)).limit(1)):
        raise Refusal("redemption.frozen")
    act.move(used, REDEMPTION, "order")


def recall(act: Act, redemption_id: str) -> None:
    """The order to pay this use came back and is not sent again: it is payable as before."""
    act.move(act.get(Redemption, id=redemption_id), REDEMPTION, "recall")


def settle(act: Act, redemption_id: str, cents: int) -> None:
    """The bank has paid `cents` (分) for this use; what is not paid of it goes back to the budget.

    Raises Refusal("redemption.cannot_settle" | "redemption.too_much").
    """
    used = act.get(Redemption, id=redemption_id)
    if not 0 < cents <= used.cents:
        raise Refusal("redemption.too_much", most=used.cents)
    act.move(used, REDEMPTION, "settle", paid=cents, settled_at=act.at)
    voucher = act.get(Voucher, id=used.voucher_id)
    if used.cents > cents:
        book(act, voucher, Event.UNUSED, used.cents - cents, redemption_id=used.id, source=Purse.PAYABLE)
    act.move(voucher, VOUCHER, "settle")
    book(act, voucher, Event.SETTLE, cents, redemption_id=used.id)
    title = act.get(Batch, id=voucher.batch_id).title
    name = accounts.organisation(act.db, used.employer_id or used.institution_id).name
    send(act, code=_TOLD_SETTLED[Payee(used.payee)], person_id=used.person_id, title=title, yuan=f"{cents / 100:.2f}",
         voucher=voucher.id, institution=name)  # fmt: skip


_TOLD_SETTLED = {
    Payee.INSTITUTION: "voucher.told_settled", Payee.FIRM: "voucher.told_settled_firm", Payee.PERSON: "voucher.told_settled_person",
}  # fmt: skip


def claw_back(act: Act, redemption_id: str, cents: int) -> None:
    """`cents` (分) of what was paid for this use came back. If it is all, the use counts no more as a subsidised training.

    Raises Refusal("redemption.cannot_claw_back" | "redemption.too_much").
    """
    used = act.get(Redemption, id=redemption_id)
    paid = used.paid or 0
    REDEMPTION.check(used.state, "claw_back")
    if not 0 < cents <= paid:
        raise Refusal("redemption.too_much", most=paid)
    whole = {"released_at": act.at, "release_reason": "claw_back"} if cents == paid else {}
    act.move(used, REDEMPTION, "claw_back", clawed_back=cents, **whole)
    voucher = act.get(Voucher, id=used.voucher_id)
    act.move(voucher, VOUCHER, "claw_back")
    book(act, voucher, Event.CLAW_BACK, cents, redemption_id=used.id)
