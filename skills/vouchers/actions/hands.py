"""By whose hand something is done for a holder, and that the holder is told of every act that was not the own."""

from __future__ import annotations

from skills.accounts import queries as accounts
from skills.kernel.acts import ACTIONS, Act
from skills.kernel.errors import Refusal
from skills.messages.actions import send
from skills.people.actions.register import known
from skills.people.rules import mask_name
from skills.vouchers.rules.codes import Hand, SlipReason

SERVE = "counter.serve"


def hand_of(act: Act) -> Hand:
    """A relative's hand if the actor acts as somebody else, the counter's in its own acts, else the holder's own."""
    if act.actor.helping:
        return Hand.FAMILY
    return Hand.COUNTER if ACTIONS[act.name].may == SERVE else Hand.SELF


def reason_of(text: str) -> SlipReason:
    """The reason that a clerk chose. Raises Refusal("voucher_code.reason_needed")."""
    if text not in list(SlipReason):
        raise Refusal("voucher_code.reason_needed")
    return SlipReason(text)


def serve(act: Act, person_id: str, reason: SlipReason) -> None:
    """Begin an act of the counter: the person is on record, and why it is done there stands with the act.

    Raises Missing("person.unknown"), Refusal("person.erased" | "person.joined").
    """
    known(act, person_id)
    act.note(act.name, person=person_id, reason=SlipReason(reason))


def tell_helped(act: Act, person_id: str, code: str, **facts: str) -> None:
    """Tell the holder what a relative did for them; nothing if it was the holder."""
    if hand_of(act) is Hand.FAMILY:
        helper = mask_name(accounts.name_of(act.db, act.actor.account))
        send(act, code=code, person_id=person_id, helper=helper, **facts)
