"""Spending a voucher on one training, giving it back, and what makes it payable.

No page of a redeemer stands behind these: the holder chooses a class, and the room that sells it calls them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from skills.accounts import queries as accounts
from skills.accounts.queries import OrganisationLine
from skills.accounts.states import OrganisationState
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.kernel.findings import Verdict
from skills.messages.actions import send
from skills.people import queries as people
from skills.vouchers import rules
from skills.vouchers.actions.ledger import book, keep
from skills.vouchers.actions.refusing import refusal
from skills.vouchers.models import Batch, Redemption, RedemptionTrace, Voucher
from skills.vouchers.queries.people import holder, limits, terms_of
from skills.vouchers.rules import Moment, Payee, Purpose, Question
from skills.vouchers.states import REDEMPTION, VOUCHER, Event, RedemptionState, VoucherState

# Reasons for which a voucher comes back by its holder's own doing: the old last day stays.
OWN_DOING = frozenset({"withdraw", "not_completed"})


@dataclass(frozen=True)
class Redeemed:
    """A use of a voucher, what it is worth in 分, to whom that goes, and what the learner pays at the institution."""

    redemption_id: str
    cents: int
    payee: Payee = Payee.INSTITUTION
    own: int = 0


def lock_person(act: Act, person_id: str) -> None:
    """One act at a time decides on a person's vouchers: "one a year" cannot be outrun by two at once."""
    wait_exclusive(act.db, f"vouchers_of:{person_id}")


@dataclass(frozen=True)
class Quoted:
    """What a voucher would pay for a purpose, in 分, with the verdict and all it was decided on."""

    institution: OrganisationLine | None
    question: Question
    verdict: Verdict
    cents: int

    @property
    def own(self) -> int:
        """What the learner pays at the institution."""
        price = self.question.purpose.cents if self.question.purpose else 0
        return rules.own_share(self.question.terms, price, self.cents)


def quote(act: Act, voucher: Voucher, purpose: Purpose) -> Quoted:
    """Decide whether a voucher in its holder's hands may be used for a purpose, and what it would pay."""
    return _quote(act, voucher, act.get(Batch, id=voucher.batch_id), purpose)


def _quote(act: Act, voucher: Voucher, batch: Batch, purpose: Purpose) -> Quoted:
    institution = _institution(act, purpose.institution_id)
    terms = terms_of(batch)
    question = Question(
        Moment.REDEEM, act.today, True, terms,
        holder(act.db, voucher.person_id, act.today, but=voucher.id, works=terms.payee is Payee.FIRM),
        limits(act.db, act.today), voucher.valid_until, purpose,
        institution.state == OrganisationState.APPROVED if institution else False,
    )  # fmt: skip
    return Quoted(institution, question, rules.decide(question), rules.worth(question.terms, purpose.cents))


@action("voucher.redeem", may="voucher.redeem")
def redeem(
    act: Act, *, voucher_id: str, holder_id: str, purpose: Purpose, hand: str = "", life_left: int | None = None
) -> Redeemed:
    """Use a voucher of this holder for this purpose. `hand` as in `ledger.book`.

    life_left  days of life that the voucher had when it was kept for this very seat (`reserve`); None: it was not

    Raises Missing("voucher.unknown") for somebody else's, Refusal("voucher.cannot_redeem" | "voucher.kept_for_a_seat") if it
    is not usable, Refusal("voucher.does_not_fit") with every condition.
    """
    voucher = _own(act, voucher_id, holder_id)
    VOUCHER.check(voucher.state, "redeem")
    if (voucher.state == VoucherState.RESERVED) != (life_left is not None):
        raise Refusal("voucher.kept_for_a_seat")
    left = (voucher.valid_until - act.today).days if life_left is None else life_left
    batch = act.get(Batch, id=voucher.batch_id)
    quoted = _quote(act, voucher, batch, purpose)
    question, verdict, cents = quoted.question, quoted.verdict, quoted.cents
    if not verdict:
        raise refusal(act, question, verdict, voucher.id)
    payee = question.terms.payee
    job = rules.employment(question) if payee is Payee.FIRM else None
    redemption = act.add(
        Redemption(
            id=act.new_id(), voucher_id=voucher.id, person_id=holder_id, institution_id=purpose.institution_id,
            occupation=purpose.occupation, level=int(purpose.level) if purpose.level else None, zone=purpose.zone,
            price=purpose.cents, cents=cents, source=purpose.source, payee=payee,
            employer_id=job.employer_id if job else None, state=RedemptionState.REDEEMED, redeemed_on=act.today, redeemed_at=act.at, life_left=left,
        )
    )  # fmt: skip
    if act.actor.person == holder_id and act.actor.device and not act.actor.helping:
        act.add(RedemptionTrace(redemption_id=redemption.id, network=act.actor.network, device=act.actor.device))
    act.move(voucher, VOUCHER, "redeem", valid_until=act.today + timedelta(days=left))
    book(act, voucher, Event.REDEEM, cents, redemption_id=redemption.id, hand=hand)
    keep(act, voucher, question, verdict, redemption.id)
    # Every debit is told to its holder: whoever did not do it learns of it at once.
    send(act, code=_TOLD_REDEEMED[payee], person_id=holder_id, title=batch.title, yuan=f"{cents / 100:.2f}", voucher=voucher.id,
         institution=quoted.institution.name if quoted.institution else "", employer=job.employer if job else "")  # fmt: skip
    if job is not None:
        send(act, code="voucher.told_employer", organisation_id=job.employer_id, name=people.person(act.db, holder_id).masked_name,
             institution=quoted.institution.name if quoted.institution else "", fee=f"{purpose.cents / 100:.2f}",
             yuan=f"{cents / 100:.2f}")  # fmt: skip
    return Redeemed(redemption.id, cents, payee, quoted.own)


_TOLD_REDEEMED = {
    Payee.INSTITUTION: "voucher.told_redeemed", Payee.FIRM: "voucher.told_redeemed_firm", Payee.PERSON: "voucher.told_redeemed_person",
}  # fmt: skip


def reserve(act: Act, *, voucher_id: str, holder_id: str, purpose: Purpose, until: date) -> int:
    """Keep a voucher for a seat until a day, inside the act of the room that sells it; the days of life it had.

    Its life stands still while others decide: it does not lapse before that day.
    Raises Missing("voucher.unknown"), Refusal("voucher.cannot_reserve"), Refusal("voucher.does_not_fit").
    """
    voucher = _own(act, voucher_id, holder_id)
    VOUCHER.check(voucher.state, "reserve")
    quoted = quote(act, voucher, purpose)
    if not quoted.verdict:
        raise refusal(act, quoted.question, quoted.verdict, voucher.id)
    left = (voucher.valid_until - act.today).days
    act.move(voucher, VOUCHER, "reserve", valid_until=max(voucher.valid_until, until))
    return left


def unreserve(act: Act, *, voucher_id: str, until: date) -> None:
    """Give a kept voucher back into its holder's hands, usable until a day, inside the caller's act."""
    voucher = act.get(Voucher, id=voucher_id)
    lock_person(act, voucher.person_id)
    act.move(voucher, VOUCHER, "release", valid_until=until)


def _own(act: Act, voucher_id: str, holder_id: str) -> Voucher:
    lock_person(act, holder_id)
    voucher = act.find(Voucher, id=voucher_id)
    if voucher is None or voucher.person_id != holder_id:
        raise Missing("voucher.unknown")
    return voucher


@action("voucher.earn", may="voucher.earn")
def earn(act: Act, *, redemption_id: str, proof: str, attended: int | None = None, planned: int | None = None) -> None:
    """Make a redemption payable: the programme's proof stands. What the voucher did not pay returns to the budget.

    attended, planned  in hundredths of a session, if attendance was written; what is paid may depend on it
    Raises Missing("redemption.unknown"), Refusal("redemption.cannot_earn").
    """
    redemption = act.get(Redemption, id=redemption_id)
    lock_person(act, redemption.person_id)
    act.move(redemption, REDEMPTION, "earn", earned_at=act.at, proof=proof, attended=attended, planned=planned)
    voucher = act.get(Voucher, id=redemption.voucher_id)
    act.move(voucher, VOUCHER, "earn")
    book(act, voucher, Event.EARN, redemption.cents, redemption_id=redemption.id)
    rest = voucher.face - redemption.cents
    if rest:
        book(act, voucher, Event.UNUSED, rest, redemption_id=redemption.id)


@action("voucher.release", may="voucher.release")
def release(act: Act, *, redemption_id: str, reason: str) -> None:
    """Undo a redemption: the voucher is its holder's again, with its remaining life.

    Raises Missing("redemption.unknown"), Refusal("redemption.cannot_release").
    """
    redemption = act.get(Redemption, id=redemption_id)
    lock_person(act, redemption.person_id)
    act.move(redemption, REDEMPTION, "release", released_at=act.at, release_reason=reason[:400])
    voucher = act.get(Voucher, id=redemption.voucher_id)
    until = rules.valid_after_release(voucher.valid_until, redemption.life_left, reason in OWN_DOING, act.today)
    act.move(voucher, VOUCHER, "release", valid_until=until)
    book(act, voucher, Event.RELEASE, redemption.cents, redemption_id=redemption.id)
    title = act.get(Batch, id=voucher.batch_id).title
    send(act, code="voucher.told_released", person_id=voucher.person_id, title=title, until=until)
    if redemption.employer_id:
        send(act, code="voucher.told_employer_released", organisation_id=redemption.employer_id,
             name=people.person(act.db, voucher.person_id).masked_name)  # fmt: skip


def _institution(act: Act, institution_id: str) -> OrganisationLine | None:
    try:
        return accounts.organisation(act.db, institution_id)
    except Missing:
        return None
