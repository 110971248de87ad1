"""Promotion by competition: applied for by the winner, examined and granted by two people, once per placing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import select

from skills.accounts.queries import organisation
from skills.certification.actions.awards import Awarded, give
from skills.certification.actions.moves import as_filed, reason_of, take
from skills.certification.models import Filing, Promotion
from skills.certification.queries.decisions import offer as offer_of
from skills.certification.queries.decisions import own_people
from skills.certification.rules import filings as filing_rules
from skills.certification.states import PROMOTION, PromotionState
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Refusal
from skills.messages.actions import send
from skills.people.queries import person
from skills.records.queries import facts as facts_of
from skills.standards.rules import Level


@dataclass(frozen=True)
class PromotionFiled:
    """An application for promotion."""

    promotion_id: str
    level: int


@action("promotion.apply", may="promotion.apply")
def apply(act: Act, source: str) -> PromotionFiled:
    """Apply for the level that a placing opens. `source` is the placing's own word in one's record.

    Raises Missing("promotion.placing_unknown"), Refusal("no_person" | "promotion.already" | "promotion.not_open").
    """
    if act.actor.person is None:
        raise Refusal("no_person")
    return apply_as(act, act.actor.person, source)


def apply_as(act: Act, person_id: str, source: str) -> PromotionFiled:
    """The same in somebody's name, inside the caller's act."""
    wait_exclusive(act.db, f"promotion:{person_id}")
    if act.db.scalars(
        select(Promotion.id).where(Promotion.source == source, Promotion.state != PromotionState.REFUSED)
    ).first():
        raise Refusal("promotion.already")
    placing, offer = offer_of(act.db, person_id, source, act.today)
    offer.verdict.or_refuse()
    assert offer.level is not None  # noqa: S101 - a yes always names its level
    row = act.add(
        Promotion(
            id=act.new_id(), person_id=person_id, source=source, competition=placing.competition,
            occupation=placing.occupation, rank=placing.rank, level=int(offer.level), rule=offer.source,
            verdict=cast("dict[str, Any]", plain(offer.verdict)), state=PromotionState.APPLIED, applied_at=act.at,
            applied_by=act.actor.account, year=act.today.year,
        )
    )  # fmt: skip
    act.note("promotion.apply", id=row.id, level=row.level)
    return PromotionFiled(row.id, row.level)


@action("promotion.examine", may="promotion.examine")
def examine(act: Act, promotion_id: str, filing_id: str) -> None:
    """Examine an application and name the body whose filing covers the level: it will issue the certificate.

    Raises Refusal("promotion.own_hand") for whoever put it forward, and what `filings.covers` refuses.
    """
    row = act.get(Promotion, id=promotion_id)
    PROMOTION.check(row.state, "examine")
    _other_hand(act, row)
    _body_covers(act, row, act.get(Filing, id=filing_id))
    take(act, row, PROMOTION, "examine", examined_by=act.actor.account, filing_id=filing_id)


@action("promotion.grant", may="promotion.grant", step_up=True)
def grant(act: Act, promotion_id: str) -> Awarded:
    """Grant an examined promotion: the second person decides; the placing is looked at again as it stands today."""
    row = act.get(Promotion, id=promotion_id)
    PROMOTION.check(row.state, "grant")
    _other_hand(act, row)
    if row.examined_by == act.actor.account:
        raise Refusal("promotion.second_person")
    _, offer = offer_of(act.db, row.person_id, row.source, act.today, besides=row.id, year=row.year)
    offer.verdict.or_refuse()
    if offer.level != row.level:
        raise Refusal("promotion.changed")
    filing = act.get(Filing, id=row.filing_id)
    _body_covers(act, row, filing)
    take(act, row, PROMOTION, "grant", decided_by=act.actor.account)
    number = give(
        act, grounds=f"placing:{row.source}", person_id=row.person_id, filing=filing, occupation_code=row.occupation,
        branch="", level=Level(row.level), examined_on=act.today, sitting_id=None,
    )  # fmt: skip
    return Awarded(number)


@action("promotion.refuse", may="promotion.examine")
def refuse(act: Act, promotion_id: str, reason: str) -> None:
    """Refuse a promotion, saying why. The placing may be put forward again."""
    row = act.get(Promotion, id=promotion_id)
    why = reason_of(reason)
    PROMOTION.check(row.state, "refuse")
    _other_hand(act, row)
    take(act, row, PROMOTION, "refuse", why, decided_by=act.actor.account, reason=why)
    send(act, person_id=row.person_id, code="promotion.refused", competition=row.competition, reason=why)


def _other_hand(act: Act, row: Promotion) -> None:
    if row.applied_by == act.actor.account:
        raise Refusal("promotion.own_hand")


def _body_covers(act: Act, row: Promotion, filing: Filing) -> None:
    filing_rules.works_for(as_filed(act, filing), row.occupation, "", Level(row.level), act.today).or_refuse()
    who = person(act.db, row.person_id)
    facts = facts_of(act.db, who.id, who.birth)
    body = organisation(act.db, filing.organisation_id)
    own_people(act.db, facts, filing.kind, body.id, (act.today,)).or_refuse()
