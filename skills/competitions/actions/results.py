"""Ratifying the ranking by a second person and publishing it: placings on record, certificates that verify."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from skills.accounts.queries import organisation
from skills.competitions import rules
from skills.competitions.models import Competition, Entry, Event, Result
from skills.competitions.queries import by_hand_of, prize_places, ranking
from skills.competitions.states import COMPETITION
from skills.credentials.actions import issue
from skills.credentials.claims import Claims
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.errors import Refusal
from skills.messages.actions import send
from skills.people.queries import masked_document, person
from skills.records.actions import add
from skills.records.rules import Placing
from skills.standards.queries import occupation, value
from skills.standards.rules import Level


@dataclass(frozen=True)
class Published:
    """How many were ranked and how many certificates were issued."""

    ranked: int
    certificates: int


@action("competition.ratify", may="result.ratify", step_up=True)
def ratify(act: Act, competition_id: str) -> None:
    """Confirm the ranking: somebody else than who closed the marking or entered a competitor at the counter.

    Raises Refusal("competition.second_person" | "competition.own_hand" | "competition.cannot_ratify").
    """
    row = act.get(Competition, id=competition_id)
    COMPETITION.check(row.state, "ratify")
    if row.closed_by == act.actor.account:
        raise Refusal("competition.second_person")
    if by_hand_of(act.db, act.actor.account, act.actor.person, competition_id=row.id):
        raise Refusal("competition.own_hand")
    act.move(row, COMPETITION, "ratify", ratified_by=act.actor.account)


@action("competition.publish", may="competition.plan")
def publish(act: Act, competition_id: str) -> Published:
    """Publish: results, a placing in every passport, a certificate for every prize, all in one act."""
    row = act.get(Competition, id=competition_id)
    act.move(row, COMPETITION, "publish", published_at=act.at)
    prizes = value(act.db, "competition.prizes", row.starts_on)
    ranked = certificates = 0
    for event in act.db.scalars(select(Event).where(Event.competition_id == row.id).order_by(Event.serial)):
        places = ranking(act.db, event.id, prize_places(prizes))
        count = sum(place.rank is not None for place in places)
        for place in places:
            number = None
            if place.rank is not None:
                ranked += 1
                _record(act, row, event, place, count)
            if place.prize is not None:
                certificates += 1
                serial = certificates_of(places, place)
                number = rules.result_number(row.year, row.serial, event.serial, serial)
                _certify(act, row, event, place, number, prizes[place.prize - 1])
            hundredths = None if place.total is None else int(place.total * 100)
            act.add(Result(entry_id=place.entry, event_id=event.id, total=hundredths, rank=place.rank,
                           prize=place.prize, certificate_number=number))  # fmt: skip
    return Published(ranked, certificates)


def certificates_of(places: list[rules.Ranked], place: rules.Ranked) -> int:
    """The serial of a winner's certificate within the event: 1, 2, 3 … in the order of the ranking."""
    return [p.entry for p in places if p.prize is not None].index(place.entry) + 1


def _record(act: Act, row: Competition, event: Event, place: rules.Ranked, of: int) -> None:
    entry = act.get(Entry, id=place.entry)
    body = Placing(
        competition=f"{row.name} {event.name}", tier=row.tier, occupation=event.occupation, rank=place.rank or 0, of=of,
        paper_level=Level(event.paper_level), on=row.ends_on, employee=entry.employee,
    )  # fmt: skip
    add(act, person_id=entry.person_id, kind="placing", source=f"entry:{entry.id}", body=body, strength="compared")


def _certify(
    act: Act, row: Competition, event: Event, place: rules.Ranked, number: str, prize: Mapping[str, Any]
) -> None:
    entry = act.get(Entry, id=place.entry)
    who, skill = person(act.db, entry.person_id), occupation(act.db, event.occupation)
    kind, masked = masked_document(act.db, act.using(Box), who.id)
    claims = Claims(
        kind="competition", number=number, holder_name=who.name, document_kind=kind, document_masked=masked,
        issuer_name=organisation(act.db, row.organiser_id).name, issued_on=act.today, occupation_code=skill.code,
        occupation_name=skill.name, award=f"{row.name} {event.name} {prize['zh']}", score=f"{place.total}",
    )  # fmt: skip
    issue(act, claims=claims, person_id=who.id, issuer_id=row.organiser_id, synthetic=who.synthetic)
    send(act, person_id=who.id, code="competition.won", prize=prize["zh"], prize_en=prize["en"],
         competition=row.name, number=number)  # fmt: skip
