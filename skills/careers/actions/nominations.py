"""Nominating people of one's board for an exam: ordered together, answered one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from skills.accounts.queries import organisation
from skills.careers.actions.posts import RIGHT
from skills.careers.models import BoardNomination, BoardNominee, BoardPost
from skills.careers.queries.board import exams_for, working_at
from skills.careers.states import NOMINEE, NomineeState
from skills.certification.actions import applications
from skills.certification.queries import exams
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.queries import persons

MOST = 500


@dataclass(frozen=True)
class Nominated:
    """A nomination that was ordered, and how many people it names."""

    nomination_id: str
    people: int


@dataclass(frozen=True)
class Answered:
    """How one of them stands."""

    state: str


@action("board.nominate", may=RIGHT)
def nominate(act: Act, organisation_id: str, sitting_id: str, person_ids: tuple[str, ...]) -> Nominated:
    """Nominate people of one's board for an exam of one's own or of a body that is open to everybody.

    Each is registered, or refused with the reason, in an act of its own in the background; each is told and can withdraw.
    Raises Forbidden, Missing("sitting.unknown" | "board_post.unknown"), Refusal("nomination.nobody" | "nomination.too_many" |
    "nomination.not_listed").
    """
    act.require(RIGHT, organisation_id)
    wanted = list(dict.fromkeys(person_ids))
    if not wanted:
        raise Refusal("nomination.nobody")
    if len(wanted) > MOST:
        raise Refusal("nomination.too_many", most=MOST)
    sitting = exams.sitting(act.db, sitting_id)
    if sitting_id not in {s.id for s in exams_for(act.db, organisation_id, sitting.occupation, sitting.level, act.today)}:
        raise Refusal("nomination.not_listed")
    posted = set(
        act.db.scalars(
            select(BoardPost.person_id).where(BoardPost.organisation_id == organisation_id, BoardPost.ended_at.is_(None))
        )
    )
    if not (posted & _still_there(act, organisation_id, wanted)).issuperset(wanted):
        raise Missing("board_post.unknown")
    row = act.add(
        BoardNomination(
            id=act.new_id(), organisation_id=organisation_id, sitting_id=sitting_id, ordered_by=act.actor.account, ordered_at=act.at
        )
    )
    act.db.flush()
    for person_id in wanted:
        act.add(
            BoardNominee(
                id=act.new_id(), nomination_id=row.id, person_id=person_id, state=NomineeState.WAITING, application_id=None, code="", facts={}
            )
        )
    act.note("board.nominate", id=row.id, sitting=sitting_id, people=len(wanted))
    act.later("careers.nominate", nomination_id=row.id)
    return Nominated(row.id, len(wanted))


@action("board.register_nominee", may=RIGHT)
def register(act: Act, nominee_id: str) -> Answered:
    """Register one who was nominated, by the rules of the exam; a second time changes nothing. Raises what they refuse."""
    row = act.get(BoardNominee, id=nominee_id)
    if row.state != NomineeState.WAITING:
        return Answered(row.state)
    order = act.get(BoardNomination, id=row.nomination_id)
    act.require(RIGHT, order.organisation_id)
    if not _still_there(act, order.organisation_id, [row.person_id]):
        raise Refusal("nomination.left")
    done = applications.apply_as(act, row.person_id, order.sitting_id)
    sitting = exams.sitting(act.db, order.sitting_id)
    act.move(row, NOMINEE, "register", application_id=done.application_id)
    firm = organisation(act.db, order.organisation_id).name
    send(act, person_id=row.person_id, code="board.nominated", firm=firm, day=sitting.held_on, site=sitting.site)
    return Answered(NomineeState.REGISTERED)


@action("board.refuse_nominee", may=RIGHT)
def refuse(act: Act, nominee_id: str, code: str, facts: Mapping[str, Any]) -> Answered:
    """Keep why one who was nominated could not be registered; a second time changes nothing."""
    row = act.get(BoardNominee, id=nominee_id)
    if row.state != NomineeState.WAITING:
        return Answered(row.state)
    act.require(RIGHT, act.get(BoardNomination, id=row.nomination_id).organisation_id)
    act.move(row, NOMINEE, "refuse", code=code, facts=dict(facts))
    return Answered(NomineeState.REFUSED)


def _still_there(act: Act, organisation_id: str, person_ids: Sequence[str]) -> set[str]:
    """Who of these works for the firm today: of anybody else it neither asks nor learns anything."""
    born = [(one.id, one.birth) for one in persons(act.db, person_ids).values()]
    return {person_id for person_id, _ in working_at(act.db, organisation_id, born, act.today)}
