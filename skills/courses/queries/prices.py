"""What a course costs a person after voucher: asked of the vouchers, never worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from skills.courses.queries.catalogue import CourseLine
from skills.kernel.findings import Finding
from skills.vouchers import queries as vouchers
from skills.vouchers.rules import Payee, Purpose
from skills.vouchers.states import VoucherState

SPENT = frozenset({VoucherState.RESERVED, VoucherState.REDEEMED, VoucherState.EARNED, VoucherState.SETTLED})


@dataclass(frozen=True)
class Offer:
    """What a voucher is worth for a course, to whom that goes and what the learner pays, in 分; or the conditions that it misses."""

    voucher_id: str
    title: str
    cents: int
    price: int
    payee: Payee
    missed: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Price:
    """What a course costs a person today, in 分: after the best fitting voucher, else the whole fee and why.

    why     "" with a voucher; else free, none (never had one), waiting (one can be claimed), used, lapsed, unfit
    missed  conditions that the voucher which comes nearest does not meet (unfit)
    """

    course_id: str
    price: int
    offer: Offer | None
    why: str
    missed: tuple[Finding, ...] = ()


def prices(db: Session, person_id: str, day: date, courses: Sequence[CourseLine]) -> dict[str, Price]:
    """What each of these courses costs the person today, by course: the same question as at redeeming, for all at once."""
    found = _asked(db, person_id, day, courses)
    why = "unfit" if any(found.values()) else _without(db, person_id, day)
    return {c.id: _price(c, found[c.id], why) for c in courses}


def _price(course: CourseLine, held: Sequence[Offer], why: str) -> Price:
    if held and not held[0].missed:
        return Price(course.id, held[0].price, held[0], "")
    nearest = min(held, key=lambda o: len(o.missed), default=None)
    return Price(course.id, course.fee, None, why if course.fee else "free", nearest.missed if nearest else ())


def _without(db: Session, person_id: str, day: date) -> str:
    """Why somebody has no voucher to use."""
    states = {v.state for v in vouchers.wallet(db, person_id, day)}
    if any(o.verdict for o in vouchers.offers(db, person_id, day)):
        return "waiting"
    if states & SPENT:
        return "used"
    return "lapsed" if states else "none"


def offers(db: Session, person_id: str, day: date, courses: Sequence[CourseLine]) -> dict[str, Offer]:
    """The best price after voucher of each course for which the person has a fitting voucher, by course."""
    return {c: p.offer for c, p in prices(db, person_id, day, courses).items() if p.offer}


def choices(db: Session, person_id: str, day: date, course: CourseLine) -> list[Offer]:
    """Every usable voucher of the person with what it pays for this course: fitting ones first, the best first."""
    return _asked(db, person_id, day, [course])[course.id]


def _asked(db: Session, person_id: str, day: date, courses: Sequence[CourseLine]) -> dict[str, list[Offer]]:
    purposes = [Purpose(c.institution_id, c.occupation, c.level, c.fee, c.id, c.zone) for c in courses]
    found = {}
    for course, quotes in vouchers.quotes(db, person_id, purposes, day).items():
        held = [
            Offer(
                q.voucher_id, q.title, q.cents, q.own, q.payee,
                () if q.verdict else tuple(f for f in q.verdict.findings if not f.met),
            )
            for q in quotes
        ]
        found[course] = sorted(held, key=lambda o: (bool(o.missed), o.price, o.voucher_id))
    return found
