"""合理便利: a candidate asks with a proof, somebody without marking duty decides in time; seating, ticket and timer honour it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from skills.certification.actions.moves import reason_of, sitting_for
from skills.certification.models import Accommodation, Application, Sitting
from skills.certification.queries.accommodations import deciders, marking, proof_place, undecided
from skills.certification.rules.accommodations import Needs, check_needs, may_decide
from skills.certification.states import ApplicationState, SittingState
from skills.certification.states.accommodations import ACCOMMODATION, AccommodationState
from skills.kernel import files
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.canon import plain
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.standards.calendar import add_working_days
from skills.standards.queries import value

DECIDE = "accommodation.decide"
EARLY = (SittingState.OPEN, SittingState.CLOSED)  # before seats are given


@dataclass(frozen=True)
class AccommodationAsked:
    """A request, and the last day for its decision."""

    accommodation_id: str
    due_on: date


@dataclass(frozen=True)
class AccommodationDecided:
    """How a request ended."""

    state: str


@action("accommodation.ask", may="application.file")
def ask(act: Act, application_id: str, needs: Needs, proof: bytes) -> AccommodationAsked:
    """Ask for accommodations with one's own application, with a proof (PDF, JPEG or PNG); once, before seats are given.

    Raises Missing("application.unknown"), Refusal("accommodation.nothing" | "accommodation.too_much_time" | "accommodation.already" |
    "accommodation.too_late" | "accommodation.proof_needed" | "evidence.kind" | "evidence.size").
    """
    candidate = act.find(Application, id=application_id, person_id=act.actor.person) if act.actor.person else None
    if candidate is None or candidate.state == ApplicationState.WITHDRAWN:
        raise Missing("application.unknown")
    sitting, terms = act.get(Sitting, id=candidate.sitting_id), value(act.db, "exam.accommodation", act.today)
    check_needs(needs, terms["most_extra_percent"])
    if sitting.state not in EARLY:
        raise Refusal("accommodation.too_late")
    if act.find(Accommodation, application_id=candidate.id) is not None:
        raise Refusal("accommodation.already")
    if not proof:
        raise Refusal("accommodation.proof_needed")
    kind, most = files.paper_kind(proof), int(value(act.db, "fact.evidence", act.today)["bytes"])
    if kind is None:
        raise Refusal("evidence.kind")
    if len(proof) > most:
        raise Refusal("evidence.size", most=f"{most / 1_000_000:.1f}")
    new, due = act.new_id(), add_working_days(act.today, terms["working_days"])
    act.add(
        Accommodation(
            id=new, application_id=candidate.id, state=AccommodationState.ASKED, needs=cast("dict[str, Any]", plain(needs)),
            proof=act.using(Box).seal_bytes(proof, proof_place(new), candidate.person_id), proof_kind=kind, asked_at=act.at, due_on=due,
        )
    )  # fmt: skip
    act.note("accommodation.ask", id=new, application=candidate.id)
    return AccommodationAsked(new, due)


@action("accommodation.decide", may=DECIDE)
def decide(act: Act, accommodation_id: str, granted: Needs, reason: str) -> AccommodationDecided:
    """Grant what was asked, part of it, or (an empty `granted`) nothing; with a reason, as somebody who does not mark in this exam.

    Raises Missing("accommodation.unknown"), Refusal("accommodation.marks_here" | "accommodation.not_asked" | "accommodation.too_late").
    """
    row = act.get(Accommodation, id=accommodation_id)
    candidate = act.get(Application, id=row.application_id)
    sitting = sitting_for(act, candidate.sitting_id, DECIDE)
    examiners, typists = marking(act.db, sitting.id)
    may_decide(act.actor.account, act.actor.name, examiners, typists).or_refuse()
    if sitting.state not in EARLY:
        raise Refusal("accommodation.too_late")
    if not granted.within(Needs(**row.needs)):
        raise Refusal("accommodation.not_asked")
    name = "grant" if granted.anything else "refuse"
    act.move(
        row, ACCOMMODATION, name, granted=cast("dict[str, Any]", plain(granted)) if granted.anything else None,
        decided_by=act.actor.account, decided_at=act.at, reason=reason_of(reason),
    )  # fmt: skip
    # what it is about is read on the page alone: a message may be seen by others
    send(act, person_id=candidate.person_id, code="accommodation.told_decided", number=sitting.number, application=candidate.id)
    return AccommodationDecided(row.state)


def all_decided(act: Act, sitting_id: str) -> None:
    """No request of an exam waits. Raises Refusal("sitting.accommodations_open")."""
    if count := undecided(act.db, sitting_id):
        raise Refusal("sitting.accommodations_open", count=count)


def no_decider(act: Act, sitting_id: str) -> None:
    """Who decided about accommodations in an exam marks nothing in it. Raises Refusal("accommodation.decided_here")."""
    if act.actor.account in deciders(act.db, sitting_id):
        raise Refusal("accommodation.decided_here")
