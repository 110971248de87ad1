"""Programmes of digital engineers: the body that trains and the body that assesses are apart, and two people say so."""

from __future__ import annotations

from dataclasses import dataclass

from skills.accounts.queries import approved as body_approved
from skills.accounts.queries import organisation
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.professional.models import EngineerProgramme
from skills.professional.queries.programmes import shared_staff, succeeds
from skills.professional.rules.bodies import may_pair
from skills.professional.states import PROGRAMME

PROPOSE, APPROVE = "programme.propose", "programme.approve"


@dataclass(frozen=True)
class ProgrammeMade:
    """A programme after an act upon it."""

    programme_id: str
    state: str


@action("programme.propose", may=PROPOSE)
def propose(act: Act, direction: str, training_id: str, assessment_id: str, document: str) -> ProgrammeMade:
    """Propose who trains and who assesses engineers of a direction.

    Raises Missing("organisation.unknown"), Refusal("programme.not_apart" | "programme.named" | "programme.runs").
    """
    organisation(act.db, training_id)
    organisation(act.db, assessment_id)
    if not direction.strip() or not document.strip():
        raise Refusal("programme.named")
    _apart(act, training_id, assessment_id)
    for state in ("proposed", "approved"):
        if act.find(EngineerProgramme, direction=direction.strip()[:60], training_id=training_id, state=state) is not None:
            raise Refusal("programme.runs")
    row = act.add(
        EngineerProgramme(
            id=act.new_id(), direction=direction.strip()[:60], training_id=training_id, assessment_id=assessment_id,
            document=document.strip()[:80], state=PROGRAMME.start, proposed_by=act.actor.account, proposed_at=act.at,
        )
    )  # fmt: skip
    act.note("programme.bodies", id=row.id, training=training_id, assessment=assessment_id)
    return ProgrammeMade(row.id, row.state)


@action("programme.decide", may=APPROVE)
def decide(act: Act, programme_id: str, approved: bool, reason: str = "") -> ProgrammeMade:
    """Agree as the second person, or not. What kept the two apart is looked at once more.

    Raises Missing, Refusal("programme.second_person" | "programme.reason_needed" | "programme.not_apart").
    """
    row = act.get(EngineerProgramme, id=programme_id)
    if row.proposed_by == act.actor.account:
        raise Refusal("programme.second_person")
    if approved:
        PROGRAMME.check(row.state, "approve")
        _apart(act, row.training_id, row.assessment_id)
    elif not reason.strip():
        raise Refusal("programme.reason_needed")
    values = {"decided_by": act.actor.account, "decided_at": act.at, "reason": reason.strip()[:400]}
    act.move(row, PROGRAMME, "approve" if approved else "refuse", **values)
    return ProgrammeMade(row.id, row.state)


@action("programme.end", may=APPROVE)
def end(act: Act, programme_id: str, reason: str) -> ProgrammeMade:
    """End a programme: nothing more of it is recorded; what is on record stays."""
    row = act.get(EngineerProgramme, id=programme_id)
    if not reason.strip():
        raise Refusal("programme.reason_needed")
    act.move(row, PROGRAMME, "end", reason=reason.strip()[:400])
    return ProgrammeMade(row.id, row.state)


def _apart(act: Act, training_id: str, assessment_id: str) -> None:
    both = body_approved(act.db, training_id) and body_approved(act.db, assessment_id)
    same = training_id == assessment_id
    shared = 0 if same else shared_staff(act.db, training_id, assessment_id)
    may_pair(training_id, assessment_id, both, shared, succeeds(act.db, training_id, assessment_id)).or_refuse()
