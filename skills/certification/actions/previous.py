"""窗口代办: a level certificate of an older time or another body, entered by a clerk who has its paper in hand."""

from __future__ import annotations

from datetime import date

from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason
from skills.records import actions as records
from skills.records.actions import Added


@action("previous_level.enter_for", may=SERVE)
def enter_for(
    act: Act, person_id: str, occupation_code: str, level: int, number: str, issued_on: date, issuer: str, reason: CounterReason
) -> Added:
    """Enter a certificate whose paper the clerk has seen. Raises Missing("person.unknown") and what `records.state_level` refuses."""
    serve(act, person_id, reason)
    done = records.state_level(
        act, person_id=person_id, occupation_code=occupation_code, level=level, number=number, issued_on=issued_on, issuer=issuer,
        strength="seen",
    )  # fmt: skip
    send(act, code="previous_level.told_entered_at_counter", person_id=person_id)
    return done
