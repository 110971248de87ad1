"""窗口代办: how every act of the counter begins, whatever room it belongs to."""

from __future__ import annotations

from skills.kernel.acts import Act
from skills.kernel.errors import Refusal
from skills.people.actions.register import known
from skills.people.rules.counter import CounterReason

SERVE = "counter.serve"


def reason_of(text: str) -> CounterReason:
    """The reason that a clerk chose. Raises Refusal("counter.reason_needed")."""
    if text not in list(CounterReason):
        raise Refusal("counter.reason_needed")
    return CounterReason(text)


def serve(act: Act, person_id: str, reason: CounterReason) -> None:
    """Begin an act of the counter: the person is on record, and why it is done there stands with the act.

    Raises Missing("person.unknown"), Refusal("person.erased" | "person.joined").
    """
    known(act, person_id)
    act.note(act.name, person=person_id, reason=CounterReason(reason))
