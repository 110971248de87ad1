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


@dataclass(frozen=True)
class Offer:
    """What a voucher is worth for a course, to whom that goes and what the learner pays, in 分; or the conditions that it misses."""

    voucher_id: str
    title: str
    cents: int
    price: int
    payee: Payee
    missed: tuple[Finding, ...] = ()


def offers(db: Session, person_id: str, day: date, courses: Sequence[CourseLine]) -> dict[str, Offer]:
    """The best price after voucher of each course for which the person has a fitting voucher, by course."""
    found = _asked(db, person_id, day, courses)
    best = {course: [o for o in held if not o.missed] for course, held in found.items()}
    return {course: held[0] for course, held in best.items() if held}


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
