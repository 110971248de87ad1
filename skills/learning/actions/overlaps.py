"""The bureau says which of two places counts."""

from __future__ import annotations

from dataclasses import dataclass

from skills.courses.actions import hours as told
from skills.courses.queries import hours
from skills.kernel.acts import Act, action
from skills.kernel.errors import Forbidden, Refusal
from skills.learning.actions import money
from skills.learning.actions.ledger import bring_up
from skills.learning.models import Overlap
from skills.learning.rules.places import Counts
from skills.learning.states import OVERLAP
from skills.messages.actions import send

DECIDE = "overlap.decide"


@dataclass(frozen=True)
class Decided:
    """An overlap after an act upon it."""

    overlap_id: str
    state: str
    counts: str


@action("overlap.decide", may=DECIDE)
def decide(act: Act, overlap_id: str, counts: Counts, reason: str) -> Decided:
    """Say which place counts, or that neither does, with the reason that all of them read. By the district of either class.

    Raises Missing("overlap.unknown"), Forbidden("not_allowed"), Refusal("overlap.cannot_decide" | "overlap.reason_needed" |
    "overlap.own" | "redemption.on_its_way").
    """
    row = act.get(Overlap, id=overlap_id)
    places = {p.class_id: p for p in hours.places(act.db, persons=[row.person_id])}
    both = [places[c] for c in (row.first_class, row.second_class) if c in places]
    districts = act.actor.districts_for(DECIDE)
    if act.actor.organisations_for(DECIDE) or (districts is not None and not {p.district for p in both} & set(districts)):
        raise Forbidden("not_allowed", right=DECIDE)
    if act.actor.person == row.person_id:
        raise Refusal("overlap.own")
    if not reason.strip():
        raise Refusal("overlap.reason_needed")
    told.lock(act, row.person_id)
    act.move(
        row, OVERLAP, "decide", counts=counts, closed_at=act.at, decided_by=act.actor.account, reason=reason.strip()[:400]
    )
    bring_up(act, row.person_id)
    money.follow(act, row, both)
    money.free(act, row)
    send(act, code="overlap.told_decided", person_id=row.person_id, reason=row.reason)
    for institution in sorted({p.institution_id for p in both}):
        send(act, code="overlap.told_institution_decided", organisation_id=institution, overlap=row.id)  # the reason goes with the person
    return Decided(row.id, row.state, row.counts)
