"""窗口代办: a competition entered, or given up, for somebody who stands at the authority's counter, the document seen.

Whoever enters somebody for another marks nobody of that event and does not ratify its ranking (`queries.by_hand_of`).
"""

from __future__ import annotations

from skills.competitions.actions import entries
from skills.competitions.actions.entries import Entered
from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason


@action("entry.enter_for", may=SERVE)
def enter_for(act: Act, person_id: str, event_id: str, delegation: str, reason: CounterReason) -> Entered:
    """Enter an event for somebody at the counter. Raises Missing("person.unknown") and what `entries.enter` refuses."""
    serve(act, person_id, reason)
    done = entries.enter_as(act, person_id, event_id, delegation)
    send(act, code="competition_entry.told_entered_at_counter", person_id=person_id)
    return done


@action("entry.withdraw_for", may=SERVE)
def withdraw_for(act: Act, person_id: str, entry_id: str, reason: CounterReason) -> None:
    """Withdraw the entry of somebody at the counter. Raises Missing("person.unknown") and what `entries.withdraw` refuses."""
    serve(act, person_id, reason)
    entries.withdraw_as(act, person_id, entry_id)
    send(act, code="competition_entry.told_withdrawn_at_counter", person_id=person_id)
