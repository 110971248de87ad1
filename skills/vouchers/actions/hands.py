"""By whose hand something is done for a holder, and that the holder is told of every act that was not the own."""

from __future__ import annotations

from skills.accounts import queries as accounts
from skills.kernel.acts import ACTIONS, Act
from skills.messages.actions import send
from skills.people.actions.counter import SERVE
from skills.people.rules import mask_name
from skills.vouchers.rules.codes import Hand


def hand_of(act: Act) -> Hand:
    """A relative's hand if the actor acts as somebody else, the counter's in its own acts, else the holder's own."""
    if act.actor.helping:
        return Hand.FAMILY
    return Hand.COUNTER if ACTIONS[act.name].may == SERVE else Hand.SELF


def tell_helped(act: Act, person_id: str, code: str, **facts: str) -> None:
    """Tell the holder what a relative did for them; nothing if it was the holder."""
    if hand_of(act) is Hand.FAMILY:
        helper = mask_name(accounts.name_of(act.db, act.actor.account))
        send(act, code=code, person_id=person_id, helper=helper, **facts)
