"""Advanced seminars: applied for by an organiser, decided by the authority, with a roster; hours for whoever took part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from skills.accounts.queries import organisation
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send, send_many
from skills.people import queries as people
from skills.professional.models import Seminar, SeminarSeat
from skills.professional.rules.bodies import may_apply_for_seminar, seminar_number
from skills.professional.states import SEMINAR, SeminarState
from skills.records import actions as records
from skills.records.rules.professional import HoursTaught
from skills.standards.queries import value

APPLY, DECIDE = "seminar.apply", "seminar.decide"


@dataclass(frozen=True)
class SeminarMade:
    """A seminar after an act upon it."""

    seminar_id: str
    state: str


@dataclass(frozen=True)
class SeminarOrder:
    """What a seminar is to be; `hours` are credited to whoever takes part."""

    title: str
    field: str
    plan: str
    venue: str
    starts_on: date
    ends_on: date
    seats: int
    hours: int


@action("seminar.apply", may=APPLY)
def apply(act: Act, organiser_id: str, order: SeminarOrder, seminar_id: str | None = None) -> SeminarMade:
    """Apply for a seminar 高级研修项目, or again for one that was sent back.

    Raises Missing("seminar.unknown"), Refusal("seminar.incomplete" | "seminar.cannot_apply_again").
    """
    if not act.actor.may(APPLY, organiser_id):
        raise Missing("seminar.unknown")
    days = (order.ends_on - order.starts_on).days + 1
    most = int(value(act.db, "seminar.most_seats", act.today))
    ahead = act.today < order.starts_on <= order.ends_on
    may_apply_for_seminar(order.title, order.plan, order.seats, order.hours, days, most, ahead).or_refuse()
    said = {
        "title": order.title.strip()[:80], "field": order.field.strip()[:60], "plan": order.plan.strip()[:2000],
        "venue": order.venue.strip()[:120], "starts_on": order.starts_on, "ends_on": order.ends_on, "seats": order.seats,
        "hours": order.hours,
    }  # fmt: skip
    if seminar_id is not None:
        row = _own(act, seminar_id)
        act.move(row, SEMINAR, "apply_again", applied_by=act.actor.account, applied_at=act.at, decided_by=None, decided_at=None, **said)
        return SeminarMade(row.id, row.state)
    year = order.starts_on.year
    wait_exclusive(act.db, f"seminar:{year}")
    serial = (act.db.scalar(select(func.max(Seminar.serial)).where(Seminar.year == year)) or 0) + 1
    row = act.add(
        Seminar(
            id=act.new_id(), year=year, serial=serial, organiser_id=organiser_id, state=SEMINAR.start, applied_by=act.actor.account,
            applied_at=act.at, **said,
        )
    )  # fmt: skip
    act.note("seminar.number", id=row.id, year=year, serial=serial)
    return SeminarMade(row.id, row.state)


@action("seminar.decide", may=DECIDE)
def decide(act: Act, seminar_id: str, approved: bool, reason: str = "") -> SeminarMade:
    """Approve a seminar, or send it back with the reason; not by whoever applied.

    Raises Missing, Refusal("seminar.second_person" | "seminar.reason_needed" | "seminar.cannot_approve" | "seminar.cannot_send_back").
    """
    row = act.get(Seminar, id=seminar_id)
    if row.applied_by == act.actor.account:
        raise Refusal("seminar.second_person")
    if not approved and not reason.strip():
        raise Refusal("seminar.reason_needed")
    values = {"decided_by": act.actor.account, "decided_at": act.at, "reason": reason.strip()[:400]}
    act.move(row, SEMINAR, "approve" if approved else "send_back", **values)
    code = "seminar.told_approved" if approved else "seminar.told_returned"
    send(act, code=code, organisation_id=row.organiser_id, title=row.title, reason=row.reason, id=row.id)
    return SeminarMade(row.id, row.state)


@action("seminar.enrol", may=APPLY)
def enrol(act: Act, seminar_id: str, name: str, document_kind: str, document_number: str) -> SeminarMade:
    """Put somebody on the roster, by name and document.

    Raises Missing("seminar.unknown"), Refusal("seminar.not_open" | "seminar.unknown_person" | "seminar.on_roster" | "seminar.full").
    """
    row = _alone(act, _own(act, seminar_id))
    if row.state != SeminarState.APPROVED:
        raise Refusal("seminar.not_open")
    person_id = people.named(act.db, act.using(Box), document_kind, document_number, name)
    if person_id is None:
        raise Refusal("seminar.unknown_person")
    if act.find(SeminarSeat, seminar_id=row.id, person_id=person_id) is not None:
        raise Refusal("seminar.on_roster")
    taken = act.db.scalar(select(func.count()).select_from(SeminarSeat).where(SeminarSeat.seminar_id == row.id)) or 0
    if taken >= row.seats:
        raise Refusal("seminar.full", seats=row.seats)
    act.add(SeminarSeat(seminar_id=row.id, person_id=person_id, added_by=act.actor.account, added_at=act.at))
    act.note("seminar.seat", id=row.id, person=person_id)
    send(act, code="seminar.told_roster", person_id=person_id, title=row.title, since=row.starts_on, until=row.ends_on)
    return SeminarMade(row.id, row.state)


@action("seminar.hold", may=APPLY)
def hold(act: Act, seminar_id: str, came: tuple[str, ...]) -> SeminarMade:
    """Say who took part, once it is over: their hours are credited.

    Raises Missing, Refusal("seminar.not_over" | "seminar.nobody_came" | "seminar.cannot_hold").
    """
    row = _alone(act, _own(act, seminar_id))
    SEMINAR.check(row.state, "hold")
    if act.today < row.ends_on:
        raise Refusal("seminar.not_over", ends=row.ends_on)
    seats = act.db.scalars(select(SeminarSeat).where(SeminarSeat.seminar_id == row.id).order_by(SeminarSeat.person_id)).all()
    if not set(came) or not set(came) <= {s.person_id for s in seats}:
        raise Refusal("seminar.nobody_came")
    provider = organisation(act.db, row.organiser_id).name
    for seat in seats:
        seat.came = seat.person_id in came
        if seat.came:
            fact = HoursTaught("professional", row.title, provider, row.hours, row.starts_on, row.ends_on)
            records.add(
                act, person_id=seat.person_id, kind="hours", source=f"seminar:{row.id}:{seat.person_id}", body=fact, strength="compared"
            )
    act.db.flush()
    act.move(row, SEMINAR, "hold", held_at=act.at)
    act.note("seminar.attendance", id=row.id, number=seminar_number(row.year, row.serial), came=len(set(came)))
    return SeminarMade(row.id, row.state)


@action("seminar.cancel", may=APPLY)
def cancel(act: Act, seminar_id: str, reason: str) -> SeminarMade:
    """Cancel a seminar that was not held, with the reason. Everybody on the roster is told."""
    row = _alone(act, _own(act, seminar_id))
    if not reason.strip():
        raise Refusal("seminar.reason_needed")
    act.move(row, SEMINAR, "cancel", reason=reason.strip()[:400])
    roster = select(SeminarSeat.person_id).where(SeminarSeat.seminar_id == row.id).order_by(SeminarSeat.person_id)
    if people_ids := act.db.scalars(roster).all():
        send_many(act, code="seminar.told_cancelled", person_ids=people_ids, title=row.title, since=row.starts_on, reason=row.reason)
    return SeminarMade(row.id, row.state)


def _alone(act: Act, row: Seminar) -> Seminar:
    """The seminar as it is once nobody else changes its roster or its state."""
    wait_exclusive(act.db, f"seminar_seats:{row.id}")
    act.db.refresh(row)
    return row


def _own(act: Act, seminar_id: str) -> Seminar:
    row = act.find(Seminar, id=seminar_id)
    if row is None or not act.actor.may(APPLY, row.organiser_id):
        raise Missing("seminar.unknown")
    return row
