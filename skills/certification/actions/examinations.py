"""资格审核: the body examines an application where policy wants it, tells once what is missing, then says yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from skills.certification.actions.moves import reason_of, sitting_for
from skills.certification.models import Application, Sitting
from skills.certification.models.examinations import Examination
from skills.certification.queries.decisions import terms_on
from skills.certification.queries.examinations import terms as examined_under
from skills.certification.rules import eligibility
from skills.certification.rules.examinations import Fault, check_faults, other_hand, over
from skills.certification.states import APPLICATION
from skills.certification.states.examinations import EXAMINATION, ExaminationState
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people.queries import person
from skills.records.queries import facts as facts_of
from skills.standards.calendar import add_working_days
from skills.standards.rules import Level

EXAMINE = "registration.examine"


@dataclass(frozen=True)
class Examined:
    """Where an examination stands, and the last day for the candidate's supplement, if one was asked."""

    state: str
    supplement_by: date | None = None


def wanted(act: Act, application: Application) -> bool:
    """Whether a fresh application waits to be examined, by the policy of the day; if so, the body's clock runs."""
    rules = examined_under(act.db, act.today)
    if rules.wanted:
        act.add(
            Examination(
                id=act.new_id(), application_id=application.id, state=ExaminationState.WAITING, entered_by=application.applied_by,
                due_on=add_working_days(act.today, rules.working_days), faults=[],
            )
        )  # fmt: skip
    return rules.wanted


@action("examination.supplement", may=EXAMINE)
def supplement(act: Act, application_id: str, faults: tuple[Fault, ...]) -> Examined:
    """Tell the candidate all that is missing, once, with the last day to add it.

    Raises Refusal("examination.no_fault" | "examination.own_hand" | "examination.cannot_supplement").
    """
    row, candidate, sitting = _theirs(act, application_id)
    EXAMINATION.check(row.state, "supplement")
    told = check_faults(faults)
    until = add_working_days(act.today, examined_under(act.db, act.today).supplement_working_days)
    act.move(
        row, EXAMINATION, "supplement", faults=cast("list[dict[str, Any]]", plain(told)), supplement_by=until, due_on=None,
        asked_by=act.actor.account, asked_at=act.at,
    )  # fmt: skip
    send(act, person_id=candidate.person_id, code="examination.told_supplement", number=sitting.number, count=len(told), until=until,
         application=candidate.id)  # fmt: skip
    return Examined(row.state, until)


@action("examination.answer", may="application.file")
def answer(act: Act, application_id: str, text: str) -> Examined:
    """Say that what was missing is there now; papers and facts are added to the record before. Raises Refusal("examination.too_late")."""
    candidate = act.find(Application, id=application_id, person_id=act.actor.person) if act.actor.person else None
    if candidate is None:
        raise Missing("application.unknown")
    row = act.get(Examination, application_id=candidate.id)
    EXAMINATION.check(row.state, "answer")
    if row.supplement_by is not None and over(row.supplement_by, act.today):
        raise Refusal("examination.too_late", until=row.supplement_by)
    due = add_working_days(act.today, examined_under(act.db, act.today).working_days)
    act.move(row, EXAMINATION, "answer", answer=reason_of(text), answered_at=act.at, due_on=due)
    return Examined(row.state, row.supplement_by)


@action("examination.accept", may=EXAMINE)
def accept(act: Act, application_id: str) -> Examined:
    """Say yes: decided on the facts as they are now. Raises Refusal("application.not_eligible" | "examination.own_hand")."""
    row, candidate, sitting = _theirs(act, application_id)
    EXAMINATION.check(row.state, "accept")
    _judge_again(act, candidate, sitting)
    act.move(row, EXAMINATION, "accept", decided_by=act.actor.account, decided_at=act.at, due_on=None)
    act.move(candidate, APPLICATION, "accept")
    send(act, person_id=candidate.person_id, code="examination.told_accepted", number=sitting.number, application=candidate.id)
    return Examined(row.state, row.supplement_by)


@action("examination.refuse", may=EXAMINE)
def refuse(act: Act, application_id: str, clause: str, reason: str) -> Examined:
    """Say no, with the clause that it rests on. While the candidate has time for a supplement there is no no.

    Raises Refusal("examination.time_left" | "examination.clause_needed" | "examination.own_hand").
    """
    row, candidate, sitting = _theirs(act, application_id)
    EXAMINATION.check(row.state, "refuse")
    if row.state == ExaminationState.SUPPLEMENT and row.supplement_by is not None:
        over(row.supplement_by, act.today).or_refuse()
    if not clause.strip():
        raise Refusal("examination.clause_needed")
    act.move(
        row, EXAMINATION, "refuse", clause=clause.strip()[:200], reason=reason_of(reason), decided_by=act.actor.account,
        decided_at=act.at, due_on=None,
    )  # fmt: skip
    act.move(candidate, APPLICATION, "refuse")
    send(act, person_id=candidate.person_id, code="examination.told_refused", number=sitting.number, clause=row.clause, reason=row.reason,
         application=candidate.id)  # fmt: skip
    return Examined(row.state, row.supplement_by)


def _theirs(act: Act, application_id: str) -> tuple[Examination, Application, Sitting]:
    candidate = act.get(Application, id=application_id)
    sitting = sitting_for(act, candidate.sitting_id, EXAMINE)
    row = act.get(Examination, application_id=candidate.id)
    APPLICATION.check(candidate.state, "accept")  # who withdrew meanwhile is examined no more
    other_hand(act.actor.account, row.entered_by).or_refuse()
    return row, candidate, sitting


def _judge_again(act: Act, candidate: Application, sitting: Sitting) -> None:
    """The verdict on the facts of now takes the place of the first; the condition that was relied on stays if it is met."""
    if sitting.registration_to is None or sitting.held_on is None:
        raise Missing("sitting.unknown")
    who = person(act.db, candidate.person_id)
    facts, terms, level = facts_of(act.db, who.id, who.birth), terms_on(act.db, sitting.occupation, sitting.registration_to), Level(sitting.level)
    day = terms.day(sitting.registration_to, sitting.held_on)
    verdict = eligibility.judge(level, sitting.occupation, facts, day, terms)
    verdict.or_refuse()
    still = any(f.met and f.code == candidate.condition for f in verdict.findings)
    candidate.condition = candidate.condition if still else eligibility.condition_met(verdict)
    candidate.facts, candidate.verdict = cast("dict[str, Any]", plain(facts)), cast("dict[str, Any]", plain(verdict))
    candidate.edition, candidate.terms = terms.edition.edition, eligibility.frozen(level, sitting.occupation, day, terms)
    act.db.flush()
