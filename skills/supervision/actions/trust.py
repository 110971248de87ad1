"""How far a body is trusted 诚信分级: weighed by its record, lowered by itself, raised back by two people."""

from __future__ import annotations

from dataclasses import dataclass

from skills.accounts.queries import organisation
from skills.certification.queries import filings
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.standards.queries import value
from skills.supervision.actions.steps import words
from skills.supervision.models import TrustDecision, TrustRestoration
from skills.supervision.queries import trust as queries
from skills.supervision.rules.trust import Rating, may_approve, rate
from skills.supervision.states.trust import RESTORATION

WEIGH, PROPOSE, APPROVE = "system.jobs", "trust.propose", "trust.approve"


@dataclass(frozen=True)
class Weighed:
    """The bodies whose trust was lowered."""

    lowered: tuple[str, ...]


@dataclass(frozen=True)
class Restoration:
    """A proposal and where it stands."""

    restoration_id: str
    state: str


@action("trust.weigh", may=WEIGH)
def weigh(act: Act) -> Weighed:
    """Weigh the record of every body by the table of the day. It only lowers: raising back takes two people."""
    lowered = []
    for body in sorted({line.organisation_id for line in filings.register(act.db)}):
        wait_exclusive(act.db, f"trust:{body}")
        found = rate(queries.record(act.db, body, act.today), value(act.db, "trust.table", act.today))
        held = queries.now(act.db, body, act.today)
        if not found.worse_than(held):
            continue
        found = Rating(max(found.rate, held.rate), found.stops or held.stops, found.reasons)
        _decide(act, body, found)
        send(act, code="trust.told_stopped" if found.stops else "trust.told_raised", organisation_id=body, rate=found.rate)
        lowered.append(body)
    return Weighed(tuple(lowered))


@action("trust.propose", may=PROPOSE)
def propose(act: Act, organisation_id: str, reason: str) -> Restoration:
    """Propose to trust a body as usual again. Raises Missing("organisation.unknown"), Refusal("trust.as_usual" | "trust.proposed_already")."""
    _in_reach(act, organisation_id, PROPOSE)
    held = queries.now(act.db, organisation_id, act.today)
    if not held.worse_than(Rating(int(value(act.db, "trust.table", act.today)["usual"]), False)):
        raise Refusal("trust.as_usual")
    if act.find(TrustRestoration, organisation_id=organisation_id, state=RESTORATION.start) is not None:
        raise Refusal("trust.proposed_already")
    row = act.add(
        TrustRestoration(
            id=act.new_id(), organisation_id=organisation_id, state=RESTORATION.start, reason=words(reason, 400),
            proposed_by=act.actor.account, proposed_at=act.at,
        )
    )  # fmt: skip
    act.note("trust.proposed", id=row.id, organisation=organisation_id)
    return Restoration(row.id, row.state)


@action("trust.decide", may=APPROVE, step_up=True)
def decide(act: Act, restoration_id: str, approved: bool, reason: str) -> Restoration:
    """Decide as another person than who proposed it: the body is trusted as usual again and may issue, or it is not.

    Raises Missing("trust_restoration.unknown"), Refusal("trust.second_needed" | "trust_restoration.cannot_approve").
    """
    row = act.get(TrustRestoration, id=restoration_id)
    _in_reach(act, row.organisation_id, APPROVE)
    may_approve(act.actor.account, row.proposed_by).or_refuse()
    act.move(
        row, RESTORATION, "approve" if approved else "refuse", decided_by=act.actor.account, decided_at=act.at, answer=words(reason, 400)
    )
    if approved:
        wait_exclusive(act.db, f"trust:{row.organisation_id}")
        _decide(act, row.organisation_id, Rating(int(value(act.db, "trust.table", act.today)["usual"]), False), row.id)
        send(act, code="trust.told_restored", organisation_id=row.organisation_id)
    return Restoration(row.id, row.state)


def _decide(act: Act, organisation_id: str, rating: Rating, restoration_id: str | None = None) -> None:
    last = queries.newest(act.db, organisation_id)
    act.add(
        TrustDecision(
            id=act.new_id(), organisation_id=organisation_id, serial=last.serial + 1 if last else 1, rate=rating.rate, stops=rating.stops,
            why=[list(one) for one in rating.reasons], at=act.at, restoration_id=restoration_id,
        )
    )  # fmt: skip
    act.note("trust.set", id=organisation_id, rate=rating.rate, stops=rating.stops)


def _in_reach(act: Act, organisation_id: str, right: str) -> None:
    bounds = act.actor.districts_for(right)
    if bounds is not None and organisation(act.db, organisation_id).district not in bounds:
        raise Missing("organisation.unknown")
