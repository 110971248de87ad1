"""What a decision is made under, and what it would be today: reads nothing of this room but granted promotions."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from skills.accounts.queries import organisation
from skills.certification.models import Filing, Promotion, Sitting
from skills.certification.rules import eligibility
from skills.certification.rules import filings as filing_rules
from skills.certification.rules import promotions as promotion_rules
from skills.certification.rules.conditions import edition_on
from skills.certification.rules.numbers import BodyKind
from skills.certification.rules.registration import belonging
from skills.certification.states import PromotionState
from skills.kernel.errors import Missing
from skills.kernel.findings import Verdict
from skills.people.queries import person
from skills.records.queries import facts as facts_of
from skills.records.rules import Facts, Placing
from skills.standards.queries import occupations, value
from skills.standards.rules import Level


def terms_on(db: Session, occupation: str, day: date) -> eligibility.Terms:
    """What eligibility is judged under for a registration deadline: edition and policy of that day."""
    prefix = occupation[: value(db, "eligibility.related_prefix", day)]
    related = frozenset(o.code for o in occupations(db, "skill") if o.code.startswith(prefix))
    return eligibility.Terms(
        edition_on(day), related, frozenset(value(db, "eligibility.approved_schools", day)),
        value(db, "exam.min_age", day), frozenset(value(db, "eligibility.strengths", day)),
        value(db, "eligibility.reference", day),
    )  # fmt: skip


def own_people(db: Session, facts: Facts, kind: str, organisation_id: str, days: tuple[date, ...]) -> Verdict:
    """Whether a body may register this person (a `Y` body: its own people on each of these days, by policy of the first)."""
    admitted = admitted_ties(db, organisation_id, days[0])
    return filing_rules.own_people(BodyKind(kind), organisation_id, belonging(facts), admitted, days)


def admitted_ties(db: Session, organisation_id: str, day: date) -> tuple[str, ...]:
    """How people have to belong to a body that assesses its own people alone: policy of a day, by its kind."""
    table = value(db, "registration.own_people", day)
    return tuple(table.get(organisation(db, organisation_id).kind, (filing_rules.EMPLOYEE,)))


def verdicts(db: Session, sitting_id: str, person_id: str) -> tuple[Verdict, Verdict]:
    """(eligibility, own people) of somebody for a sitting, as they would be decided now."""
    row = db.get(Sitting, sitting_id)
    if row is None or row.registration_to is None or row.held_on is None:
        raise Missing("sitting.unknown")
    who = person(db, person_id)
    facts = facts_of(db, who.id, who.birth)
    terms = terms_on(db, row.occupation, row.registration_to)
    level, kind = Level(row.level), db.get_one(Filing, row.filing_id).kind
    return (
        eligibility.judge(level, row.occupation, facts, terms.day(row.registration_to, row.held_on), terms),
        own_people(db, facts, kind, row.organisation_id, (row.registration_to, row.held_on)),
    )


def offers(db: Session, person_id: str, today: date) -> list[tuple[Placing, promotion_rules.Offer]]:
    """What each of a person's placings opens today."""
    who = person(db, person_id)
    facts = facts_of(db, who.id, who.birth)
    count = promotions_in(db, person_id, today.year, None)
    return [(p, _judge(db, facts, p, count, today)) for p in facts.placings]


def open_offers(db: Session, person_id: str, today: date) -> list[tuple[Placing, promotion_rules.Offer]]:
    """The same without what was applied for and not refused."""
    chosen = select(Promotion.source).where(Promotion.person_id == person_id, Promotion.state != PromotionState.REFUSED)
    used = set(db.scalars(chosen))
    return [(placing, found) for placing, found in offers(db, person_id, today) if placing.source not in used]


def offer(
    db: Session, person_id: str, source: str, today: date, besides: str | None = None, year: int | None = None
) -> tuple[Placing, promotion_rules.Offer]:
    """What one placing opens. Raises Missing("promotion.placing_unknown") for one that is not on record."""
    who = person(db, person_id)
    facts = facts_of(db, who.id, who.birth)
    placing = next((p for p in facts.placings if p.source == source), None)
    if placing is None:
        raise Missing("promotion.placing_unknown")
    return placing, _judge(db, facts, placing, promotions_in(db, person_id, year or today.year, besides), today)


def promotions_in(db: Session, person_id: str, year: int, besides: str | None) -> int:
    """How many promotions a person applied for or was granted in a year, but for one of them."""
    chosen = select(func.count()).select_from(Promotion).where(
        Promotion.person_id == person_id, Promotion.year == year, Promotion.state != PromotionState.REFUSED
    )  # fmt: skip
    if besides is not None:
        chosen = chosen.where(Promotion.id != besides)
    return db.scalar(chosen) or 0


def _judge(db: Session, facts: Facts, placing: Placing, count: int, today: date) -> promotion_rules.Offer:
    table = promotion_rules.read_rows(value(db, "promotion.table", placing.on))
    # A promotion is a level without an exam: nobody comes to it by a level that is only promised.
    levels = [(x.occupation, x.level, x.issued_on) for x in facts.levels if x.strength != "promised"]
    held = promotion_rules.held_on(levels, placing.occupation, today)
    return promotion_rules.judge(placing, held, table, count, value(db, "promotion.most_a_year", today))
