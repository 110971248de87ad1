"""The register of training platforms: proposed by one person of the bureau, recognised or withdrawn by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.accounts import queries as accounts
from skills.kernel.acts import Act, action
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Forbidden, Missing, Refusal
from skills.messages.actions import send
from skills.resources import rules
from skills.resources.models import Platform
from skills.resources.states import PLATFORM, PlatformState
from skills.standards import queries as standards

PROPOSE = "platform.propose"
RECOGNISE = "platform.recognise"


@dataclass(frozen=True)
class PlatformMade:
    """An entry of the register after an act."""

    platform_id: str
    state: str


@action("platform.propose", may=PROPOSE)
def propose(
    act: Act,
    kind: str,
    name: str,
    organisation: str,
    district: str,
    address: str,
    occupations: tuple[str, ...],
    recognised_by: str,
    recognised_on: date,
    recognised_until: date | None = None,
    document: str = "",
    organisation_id: str | None = None,
) -> PlatformMade:
    """Propose an entry; it is public once a second person has recognised it.

    organisation_id  if who runs it is on record here: it is told
    Raises Missing("district.unknown" | "occupation.unknown" | "organisation.unknown"), Refusal("platform.not_ready" |
    "platform.known"), Forbidden.
    """
    if district not in {d.code for d in standards.districts(act.db)}:
        raise Missing("district.unknown")
    _within(act, district, PROPOSE)
    for code in occupations:
        standards.occupation(act.db, code)
    if organisation_id is not None:
        organisation = accounts.organisation(act.db, organisation_id).name
    rules.may_register(kind, name, organisation, address, recognised_by, recognised_on, recognised_until, act.today).or_refuse()
    named = name.strip()[:60]
    wait_exclusive(act.db, f"platform:{kind}:{named}")
    for state in (PlatformState.PROPOSED, PlatformState.RECOGNISED):
        if act.find(Platform, kind=kind, name=named, state=state) is not None:
            raise Refusal("platform.known", name=named)
    row = act.add(
        Platform(
            id=act.new_id(), kind=kind, name=named, organisation_id=organisation_id, organisation=organisation.strip()[:60],
            district=district, address=address.strip()[:120], occupations=sorted(set(occupations)),
            recognised_by=recognised_by.strip()[:60], document=document.strip()[:60], recognised_on=recognised_on,
            recognised_until=recognised_until, state=PLATFORM.start, proposed_by=act.actor.account, proposed_at=act.at,
        )
    )  # fmt: skip
    act.note("platform.propose", id=row.id, kind=kind)
    return PlatformMade(row.id, row.state)


@action("platform.recognise", may=RECOGNISE)
def recognise(act: Act, platform_id: str) -> PlatformMade:
    """Put an entry on the public register. Raises Missing, Forbidden, Refusal("platform.own_work" | "platform.cannot_recognise")."""
    row = _to_decide(act, platform_id)
    act.move(row, PLATFORM, "recognise", decided_by=act.actor.account, decided_at=act.at)
    if row.organisation_id:
        send(act, code="platform.told_recognised", organisation_id=row.organisation_id, name=row.name)
    return PlatformMade(row.id, row.state)


@action("platform.refuse", may=RECOGNISE)
def refuse(act: Act, platform_id: str, reason: str) -> PlatformMade:
    """Do not put it on the register, with a reason. Raises as `recognise` does, and Refusal("platform.reason_needed")."""
    row = _to_decide(act, platform_id)
    act.move(row, PLATFORM, "refuse", decided_by=act.actor.account, decided_at=act.at, reason=_said(reason))
    return PlatformMade(row.id, row.state)


@action("platform.withdraw", may=RECOGNISE)
def withdraw(act: Act, platform_id: str, reason: str) -> PlatformMade:
    """It is recognised no more; the reason is public. Raises Missing, Forbidden, Refusal("platform.own_work" |
    "platform.reason_needed" | "platform.cannot_withdraw")."""
    row = _to_decide(act, platform_id)
    act.move(row, PLATFORM, "withdraw", withdrawn_by=act.actor.account, withdrawn_at=act.at, reason=_said(reason))
    if row.organisation_id:
        send(act, code="platform.told_withdrawn", organisation_id=row.organisation_id, name=row.name, reason=row.reason)
    return PlatformMade(row.id, row.state)


def _to_decide(act: Act, platform_id: str) -> Platform:
    row = act.get(Platform, id=platform_id)
    _within(act, row.district, RECOGNISE)
    if row.proposed_by == act.actor.account:
        raise Refusal("platform.own_work")
    return row


def _within(act: Act, district: str, right: str) -> None:
    districts = act.actor.districts_for(right)
    if act.actor.organisations_for(right) or (districts is not None and district not in districts):
        raise Forbidden("not_allowed", right=right)


def _said(reason: str) -> str:
    told = reason.strip()[:400]
    if not told:
        raise Refusal("platform.reason_needed")
    return told
