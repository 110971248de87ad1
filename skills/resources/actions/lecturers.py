"""The lecturer pool 师资库: institutions propose, the bureau or the fact's own source confirms, the person may leave."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.accounts import queries as accounts
from skills.kernel.acts import Act, action
from skills.kernel.box import Box
from skills.kernel.db import wait_exclusive
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.queries import named, person
from skills.records.queries import passport
from skills.records.rules import LevelHeld, Title
from skills.resources import rules
from skills.resources.models import Lecturer, Qualification
from skills.resources.queries.lecturers import number_place, unproven
from skills.resources.rules import QualificationPlan
from skills.resources.states import LECTURER, LecturerState
from skills.standards import queries as standards

PROPOSE = "lecturer.propose"
CONFIRM = "lecturer.confirm"
LEAVE = "fact.add"
SEEN = ("seen", "compared")


@dataclass(frozen=True)
class LecturerMade:
    """A lecturer after an act."""

    lecturer_id: str
    state: str


@action("lecturer.propose", may=PROPOSE)
def propose(
    act: Act,
    organisation_id: str,
    name: str,
    document_kind: str,
    document_number: str,
    occupations: tuple[str, ...],
    qualifications: tuple[QualificationPlan, ...],
) -> LecturerMade:
    """Propose a person on record for the pool, or state more qualifications of one who is in it; the person is told.

    Who is new and whose stated qualifications are all proven by the own record is confirmed at once; else the bureau decides.
    Raises Missing("lecturer.person_unknown"), Forbidden, Refusal("lecturer.not_ready") with every fault,
    Refusal("lecturer.number_taken").
    """
    act.require(PROPOSE, organisation_id)
    known = {o.code for o in standards.occupations(act.db)}
    rules.may_propose(qualifications, occupations, known, act.today).or_refuse()
    person_id = named(act.db, act.using(Box), document_kind, document_number, name)
    if person_id is None:
        raise Missing("lecturer.person_unknown")
    wait_exclusive(act.db, f"lecturer_of:{person_id}")
    row = act.find(Lecturer, person_id=person_id)
    fresh = row is None
    if row is None:
        row = act.add(
            Lecturer(
                id=act.new_id(), person_id=person_id, occupations=sorted(set(occupations)), state=LECTURER.start,
                proposed_for=organisation_id, proposed_by=act.actor.account, proposed_at=act.at,
            )
        )  # fmt: skip
    else:
        if row.state in (LecturerState.REFUSED, LecturerState.WITHDRAWN):
            act.move(row, LECTURER, "propose_again", proposed_for=organisation_id, proposed_by=act.actor.account,
                     proposed_at=act.at, decided_by=None, decided_at=None, reason="")  # fmt: skip
        row.occupations = sorted({*row.occupations, *occupations})
    proven = [_state(act, row, organisation_id, plan) for plan in qualifications]
    act.note("lecturer.propose", id=row.id, qualifications=len(proven))
    send(act, code="lecturer.told_proposed", person_id=person_id, institution=accounts.organisation(act.db, organisation_id).name)
    if fresh and all(proven):  # whom the bureau did not want, or who left, comes back by the bureau's hand alone
        act.move(row, LECTURER, "confirm", decided_by="record", decided_at=act.at)
        send(act, code="lecturer.told_confirmed", person_id=person_id)
    return LecturerMade(row.id, row.state)


def _state(act: Act, row: Lecturer, organisation_id: str, plan: QualificationPlan) -> bool:
    """Write one qualification down, unless it is there already; whether the own record proves it."""
    number = plan.number.strip()
    blind = act.using(Box).blind(f"qualification:{plan.kind}", number) if number else ""
    same = act.find(Qualification, blind=blind, ended_at=None) if blind else None
    if same is not None:
        if same.lecturer_id != row.id:
            raise Refusal("lecturer.number_taken")
        return _renewed(act, same, organisation_id, plan)
    facts = [line.fact for line in passport(act.db, row.person_id)]
    source = rules.proven_by_record(
        plan, [f for f in facts if isinstance(f, LevelHeld)], [f for f in facts if isinstance(f, Title)]
    )
    new = act.new_id()
    act.add(
        Qualification(
            id=new, lecturer_id=row.id, kind=plan.kind, name=plan.name.strip()[:60], level=plan.level, occupation=plan.occupation or None,
            issuer=plan.issuer.strip()[:60], blind=blind, valid_until=plan.valid_until, strength="compared" if source else "promised",
            number=act.using(Box).seal(number, number_place(new), row.person_id) if number else None,
            source="certificate" if source.startswith("certificate:") else source, stated_for=organisation_id,
            stated_by=act.actor.account, stated_at=act.at, confirmed_by="record" if source else None,
            confirmed_at=act.at if source else None,
        )
    )  # fmt: skip
    return bool(source)


def _renewed(act: Act, same: Qualification, organisation_id: str, plan: QualificationPlan) -> bool:
    """A paper that is there already and is stated to run longer waits for the bureau; until then its old day counts."""
    if same.valid_until is None or (plan.valid_until is not None and plan.valid_until <= same.valid_until):
        return same.strength != "promised"
    if same.strength == "promised":
        same.valid_until = plan.valid_until
        return False
    if plan.valid_until is None:
        return same.renewed_until is None
    same.renewed_until, same.stated_for, same.stated_by, same.stated_at = plan.valid_until, organisation_id, act.actor.account, act.at
    return False


@action("lecturer.confirm", may=CONFIRM)
def confirm(act: Act, lecturer_id: str, strength: str, source: str = "") -> LecturerMade:
    """Confirm what was stated of a lecturer, having seen the papers or compared them with their issuer.

    A proposed person is in the pool from now on; of one who is in it already, what was stated since then counts too.
    Raises Missing, Refusal("lecturer.own_work" | "lecturer.strength" | "lecturer.nothing_stated" | "lecturer.cannot_confirm").
    """
    row = _to_decide(act, lecturer_id)
    if strength not in SEEN:
        raise Refusal("lecturer.strength")
    stated = _stated(act, row.id)
    if not stated and row.state == LecturerState.CONFIRMED:
        raise Refusal("lecturer.nothing_stated")
    if any(q.stated_by == act.actor.account for q in stated) and not act.actor.everything:
        raise Refusal("lecturer.own_work")
    for one in stated:
        one.strength, one.source = strength, source.strip()[:80]
        one.valid_until, one.renewed_until = one.renewed_until or one.valid_until, None
        one.confirmed_by, one.confirmed_at = act.actor.account, act.at
    act.note("lecturer.confirm_qualifications", id=row.id, count=len(stated), strength=strength)
    if row.state != LecturerState.CONFIRMED:
        act.move(row, LECTURER, "confirm", decided_by=act.actor.account, decided_at=act.at)
        send(act, code="lecturer.told_confirmed", person_id=row.person_id)
    return LecturerMade(row.id, row.state)


@action("lecturer.refuse", may=CONFIRM)
def refuse(act: Act, lecturer_id: str, reason: str) -> LecturerMade:
    """Do not take somebody in; what was stated and not proven counts no more. Raises Missing, Refusal("lecturer.reason_needed" |
    "lecturer.cannot_refuse")."""
    row = _to_decide(act, lecturer_id)
    act.move(row, LECTURER, "refuse", decided_by=act.actor.account, decided_at=act.at, reason=_said(reason))
    for one in _stated(act, row.id):
        if one.strength == "promised":
            one.ended_at = act.at
        one.renewed_until = None  # what was proven of it before stays proven
    send(act, code="lecturer.told_refused", person_id=row.person_id, reason=row.reason)
    send(act, code="lecturer.told_refused_body", organisation_id=row.proposed_for, reason=row.reason)
    return LecturerMade(row.id, row.state)


@action("lecturer.withdraw", may=CONFIRM)
def withdraw(act: Act, lecturer_id: str, reason: str) -> LecturerMade:
    """Take somebody out of the pool, with a reason. Raises Missing, Refusal("lecturer.reason_needed" | "lecturer.cannot_withdraw")."""
    row = _to_decide(act, lecturer_id)
    _take_out(act, row, _said(reason))
    return LecturerMade(row.id, row.state)


@action("lecturer.leave", may=LEAVE)
def leave(act: Act) -> LecturerMade:
    """Leave the pool oneself: no institution may name one any more. Raises Missing("lecturer.unknown"), Refusal."""
    if act.actor.person is None:
        raise Refusal("no_person")
    row = act.get(Lecturer, person_id=act.actor.person)
    _take_out(act, row, "本人退出")
    return LecturerMade(row.id, row.state)


def _take_out(act: Act, row: Lecturer, reason: str) -> None:
    act.move(row, LECTURER, "withdraw", decided_by=act.actor.account, decided_at=act.at, reason=reason)
    send(act, code="lecturer.told_withdrawn", person_id=row.person_id, reason=reason)
    send(act, code="lecturer.told_withdrawn_body", organisation_id=row.proposed_for, name=person(act.db, row.person_id).masked_name,
         reason=reason)  # fmt: skip


def _to_decide(act: Act, lecturer_id: str) -> Lecturer:
    """Not about oneself."""
    row = act.get(Lecturer, id=lecturer_id)
    wait_exclusive(act.db, f"lecturer_of:{row.person_id}")
    act.db.refresh(row)
    if act.actor.person == row.person_id and not act.actor.everything:
        raise Refusal("lecturer.own_work")
    return row


def _stated(act: Act, lecturer_id: str) -> list[Qualification]:
    chosen = select(Qualification).where(Qualification.lecturer_id == lecturer_id, unproven())
    return list(act.db.scalars(chosen.order_by(Qualification.id)))


def _said(reason: str) -> str:
    told = reason.strip()[:400]
    if not told:
        raise Refusal("lecturer.reason_needed")
    return told
