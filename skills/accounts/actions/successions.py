"""Whoever acts for a body that is gone: proposed by one official, appointed by another, for its certificates alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.accounts import rules
from skills.accounts.models import Organisation, Succession
from skills.accounts.states import ORGANISATION, SUCCESSION, SuccessionState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal


@dataclass(frozen=True)
class SuccessionMade:
    """A succession that was proposed."""

    id: str


@action("organisation.close", may="organisation.approve", step_up=True)
def close_organisation(act: Act, organisation_id: str) -> None:
    """An organisation has left for good; what it issued stays, and a successor may be appointed for it."""
    act.move(act.get(Organisation, id=organisation_id), ORGANISATION, "close", decided_by=act.actor.account)


@action("succession.propose", may="succession.propose")
def propose_successor(act: Act, gone_id: str, successor_id: str, document: str) -> SuccessionMade:
    """Propose who acts for a body that is gone. `document` is the authority's own document (文号).

    Raises Refusal("succession.refused", "succession.proposed_already"), Missing.
    """
    gone, successor = act.get(Organisation, id=gone_id), act.get(Organisation, id=successor_id)
    rules.may_succeed(gone.id, gone.state, successor.id, successor.state, document).or_refuse()
    held = act.db.scalars(
        select(Succession.id).where(Succession.gone_id == gone.id, Succession.state != SuccessionState.ENDED)
    ).first()
    if held is not None:
        raise Refusal("succession.proposed_already")
    row = act.add(
        Succession(
            id=act.new_id(), gone_id=gone.id, successor_id=successor.id, document=document.strip()[:60],
            state=SuccessionState.PROPOSED, proposed_by=act.actor.account, proposed_at=act.at,
        )
    )  # fmt: skip
    act.note("succession.propose", id=row.id, gone=gone.id, successor=successor.id)
    return SuccessionMade(row.id)


@action("succession.appoint", may="succession.appoint", step_up=True)
def appoint_successor(act: Act, succession_id: str) -> None:
    """Appoint a proposed successor, as a second person. Raises Refusal("succession.second_person")."""
    row = act.get(Succession, id=succession_id)
    if row.proposed_by == act.actor.account:
        raise Refusal("succession.second_person")
    gone, successor = act.get(Organisation, id=row.gone_id), act.get(Organisation, id=row.successor_id)
    rules.may_succeed(gone.id, gone.state, successor.id, successor.state, row.document).or_refuse()
    act.move(row, SUCCESSION, "appoint", appointed_by=act.actor.account, appointed_at=act.at)


@action("succession.end", may="succession.appoint", step_up=True)
def end_succession(act: Act, succession_id: str) -> None:
    """End a succession: the body is back, or another successor is to be appointed."""
    act.move(act.get(Succession, id=succession_id), SUCCESSION, "end", ended_at=act.at)
