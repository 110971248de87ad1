"""窗口代办: an exam applied for, or given up, and a promotion applied for, for somebody who stands at the authority's counter, the document seen.

The conditions are the candidate's own; whose hand it was stands with the act, and the person is told.
"""

from __future__ import annotations

from skills.certification.actions import applications, promotions
from skills.certification.actions.applications import Applied
from skills.certification.actions.promotions import PromotionFiled
from skills.kernel.acts import Act, action
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason


@action("application.file_for", may=SERVE)
def file_for(act: Act, person_id: str, sitting_id: str, reason: CounterReason) -> Applied:
    """Apply for a level for somebody at the counter. Raises Missing("person.unknown") and what `applications.apply` refuses."""
    serve(act, person_id, reason)
    done = applications.apply_as(act, person_id, sitting_id)
    send(act, code="application.told_filed_at_counter", person_id=person_id, application=done.application_id)
    return done


@action("application.withdraw_for", may=SERVE)
def withdraw_for(act: Act, person_id: str, application_id: str, reason: CounterReason) -> None:
    """Take an application back for somebody at the counter. Raises Missing("person.unknown") and what `applications.withdraw` refuses."""
    serve(act, person_id, reason)
    applications.withdraw_as(act, person_id, application_id)
    send(act, code="application.told_withdrawn_at_counter", person_id=person_id, application=application_id)


@action("promotion.apply_for", may=SERVE)
def promote_for(act: Act, person_id: str, source: str, reason: CounterReason) -> PromotionFiled:
    """Apply for the level that a placing of somebody at the counter opens; whoever does it neither examines nor decides it.

    Raises Missing("person.unknown") and what `promotions.apply` refuses.
    """
    serve(act, person_id, reason)
    done = promotions.apply_as(act, person_id, source)
    send(act, code="promotion.told_applied_at_counter", person_id=person_id)
    return done
