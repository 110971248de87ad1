"""窗口代办: the subsidy of somebody who stands at the authority's counter, the document seen.

Whoever enters an account or applies for somebody is on record with it, and so never verifies or checks it (`rules.may_review`).
"""

from __future__ import annotations

from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason
from skills.settlement.actions import statements, subsidies
from skills.settlement.actions.payees import AccountMade
from skills.settlement.actions.statements import StatementMade
from skills.settlement.payee import Payee


@action("subsidy.enter_account_for", may=SERVE)
def enter_account_for(act: Act, person_id: str, bank: str, number: str, reason: CounterReason) -> AccountMade:
    """Enter the account of somebody at the counter; it is verified in their own name, by another hand.

    Raises Missing("person.unknown") and what `subsidies.enter_account` refuses.
    """
    serve(act, person_id, reason)
    return subsidies.enter_account_as(act, person_id, bank, number)


@action("subsidy.draw_for", may=SERVE)
def draw_for(act: Act, person_id: str, district: str, period: str, reason: CounterReason) -> StatementMade:
    """Draw up what somebody at the counter has earned. Raises Missing("person.unknown") and what `subsidies.draw` refuses."""
    serve(act, person_id, reason)
    done = statements.drawn(act, Payee(person_id=person_id), district, period)
    send(act, code="subsidy.told_drawn_at_counter", person_id=person_id, statement=done.statement_id)
    return done


@action("subsidy.submit_for", may=SERVE)
def submit_for(act: Act, person_id: str, statement_id: str, reason: CounterReason) -> StatementMade:
    """Apply for the money for somebody at the counter. Raises Missing("person.unknown") and what `subsidies.submit` refuses."""
    serve(act, person_id, reason)
    done = statements.submitted(act, subsidies.own(act, person_id, statement_id))
    send(act, code="subsidy.told_submitted_at_counter", person_id=person_id, statement=statement_id)
    return done


@action("subsidy.look_again_for", may=SERVE)
def look_again_for(act: Act, person_id: str, statement_id: str, reason: CounterReason) -> StatementMade:
    """Have every line looked at again for somebody at the counter. Raises Missing and what `subsidies.look_again` refuses."""
    serve(act, person_id, reason)
    done = statements.looked_at_again(act, subsidies.own(act, person_id, statement_id))
    send(act, code="subsidy.told_looked_again_at_counter", person_id=person_id, statement=statement_id)
    return done


@action("subsidy.drop_for", may=SERVE)
def drop_for(act: Act, person_id: str, statement_id: str, reason: CounterReason) -> StatementMade:
    """Give a statement up for somebody at the counter. Raises Missing and what `subsidies.drop` refuses."""
    serve(act, person_id, reason)
    done = statements.dropped(act, subsidies.own(act, person_id, statement_id))
    send(act, code="subsidy.told_dropped_at_counter", person_id=person_id)
    return done
