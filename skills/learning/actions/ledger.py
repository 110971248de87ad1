"""The ledger is brought up to what was written elsewhere, by new lines alone; two places at once are found on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from skills.courses.actions import hours as told
from skills.courses.queries import hours
from skills.courses.queries.hours import PlaceFacts
from skills.kernel.acts import Act, action
from skills.learning.actions import money
from skills.learning.models import ClassHour, Overlap
from skills.learning.queries import ledger, presence
from skills.learning.rules.places import Meeting, meetings
from skills.learning.states import OVERLAP, OverlapState
from skills.messages.actions import send
from skills.standards.queries import value

MANY = 50


@dataclass(frozen=True)
class CaughtUp:
    """How many people were looked at, and the last of them."""

    count: int
    last: str


def bring_up(act: Act, person_id: str) -> None:
    """Find two places at once, and write what the ledger of each of a person's places lacks. The caller holds the person's lock."""
    act.db.flush()
    places = hours.places(act.db, persons=[person_id])
    find_overlaps(act, person_id, places)
    for place in places:
        _post(act, place)


def _post(act: Act, place: PlaceFacts) -> None:
    """New lines, so that the sums are what they ought to be: what was taken back first."""
    ought, says = ledger.wanted(act.db, place), ledger.written(act.db, place.enrolment_id)
    last = act.db.execute(
        select(func.max(ClassHour.number), func.sum(ClassHour.minutes)).where(ClassHour.enrolment_id == place.enrolment_id)
    ).one()
    number, balance = int(last[0] or 0), int(last[1] or 0)
    changes = [(source, ought.get(source, 0) - says.get(source, 0)) for source in sorted({*ought, *says})]
    for source, minutes in sorted(changes, key=lambda one: (one[1] < 0, one[0])):  # what is won first: no balance is ever below zero
        if minutes:
            number, balance = number + 1, balance + minutes
            row = act.add(
                ClassHour(
                    id=act.new_id(), enrolment_id=place.enrolment_id, person_id=place.person_id, class_id=place.class_id, number=number,
                    kind=source.kind, source=source.source, day=source.day, minutes=minutes, balance=balance, at=act.at,
                )
            )
            act.note("class_hour.write", id=row.id, minutes=minutes)


# Two places at once ------------------------------------------------------------------------------------------------


def find_overlaps(act: Act, person_id: str, places: list[PlaceFacts]) -> None:
    """Open what is new; lift what a correction has shown not to be, and what a place was in that was given back: it counts nowhere.

    What the bureau decided stays decided.
    """
    of_class = {p.class_id: p for p in places}
    where = [*presence.rooms(act.db, person_id), *presence.online(presence.sat(act.db, person_id))]
    where = [one for one in where if one.klass in of_class]
    least = timedelta(minutes=int(value(act.db, "learning.overlap_minutes", act.today)))
    found = {(m.first.source, m.second.source): m for m in meetings(where, least)}
    for row in presence.overlaps_of(act.db, person_id):
        meeting = found.pop((row.first_source, row.second_source), None)
        if meeting is None and row.state == OverlapState.OPEN:
            act.move(row, OVERLAP, "lift", closed_at=act.at)
            money.free(act, row)
    for meeting in found.values():
        _open(act, person_id, meeting, of_class)


def _open(act: Act, person_id: str, m: Meeting, of_class: dict[str, PlaceFacts]) -> None:
    both = [of_class[m.first.klass], of_class[m.second.klass]]
    row = act.add(
        Overlap(
            id=act.new_id(), person_id=person_id, first_kind=m.first.kind, first_source=m.first.source, first_class=m.first.klass,
            second_kind=m.second.kind, second_source=m.second.source, second_class=m.second.klass, starts_at=m.span.starts,
            ends_at=m.span.ends, minutes=m.minutes, after=any(p.ended_at for p in both), state=OVERLAP.start, opened_at=act.at,
        )
    )  # fmt: skip
    act.note("overlap.open", id=row.id, minutes=m.minutes)
    money.freeze(act, row, both)
    send(act, code="overlap.told_open", person_id=person_id, minutes=m.minutes, first=both[0].course, second=both[1].course)
    for institution in sorted({p.institution_id for p in both}):
        send(act, code="overlap.told_institution", organisation_id=institution, minutes=m.minutes, overlap=row.id)


@action("class_hour.catch_up", may="system.jobs")
def catch_up(act: Act, after: str = "") -> CaughtUp:
    """Write the ledger of people whose attendance is older than the ledger, and lift overlaps with a place that was given back before
    anybody told the ledger of it; behind an id and some at a time."""
    behind = sorted({*hours.without_ledger(act.db, select(ClassHour.enrolment_id), after, MANY), *_left_open(act, after)})[:MANY]
    for person_id in behind:
        told.lock(act, person_id)
        bring_up(act, person_id)
    return CaughtUp(len(behind), behind[-1] if behind else "")


def _left_open(act: Act, after: str) -> list[str]:
    """People behind an id with an open overlap in a class in which they hold no place."""
    rows = act.db.scalars(select(Overlap).where(Overlap.state == OverlapState.OPEN, Overlap.person_id > after)).all()
    held = {(p.person_id, p.class_id) for p in hours.places(act.db, persons={r.person_id for r in rows})} if rows else set()
    return [r.person_id for r in rows if {(r.person_id, r.first_class), (r.person_id, r.second_class)} - held]
