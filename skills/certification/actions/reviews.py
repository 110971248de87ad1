"""成绩复核: a candidate asks within the window; somebody who did not type counts again and answers with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.certification.actions.corrections import involved, propose_as, scores_of
from skills.certification.actions.moves import chain, reason_of, sitting_for
from skills.certification.models import Application, Sitting
from skills.certification.models.results import ScoreReview
from skills.certification.queries.carried import step_of
from skills.certification.rules.reviews import may_ask, may_recount
from skills.certification.rules.signing import may_correct
from skills.certification.states import SittingState
from skills.certification.states.results import REVIEW, ReviewState
from skills.kernel.acts import Act, action
from skills.kernel.errors import Missing, Refusal
from skills.kernel.ids import human_code
from skills.messages.actions import send
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason
from skills.records.rules.marks import read_typed
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


@dataclass(frozen=True)
class ReviewAsked:
    """The receipt of a question about a score, and the last day for its answer."""

    review_id: str
    receipt: str
    due_on: date


@dataclass(frozen=True)
class ReviewDecided:
    """How a review ended, and the correction that it brought ("" if none)."""

    state: str
    correction_id: str = ""


@action("review.ask", may="application.file")
def ask(act: Act, application_id: str, section: str, text: str) -> ReviewAsked:
    """Ask for one of one's own scores to be counted again, within the window; once a section. Raises Refusal("review.too_late")."""
    return ask_as(act, act.actor.person, application_id, section, text)


def ask_as(act: Act, person_id: str | None, application_id: str, section: str, text: str) -> ReviewAsked:
    """The same in somebody's name, inside the caller's act."""
    candidate = act.find(Application, id=application_id, person_id=person_id) if person_id else None
    if candidate is None:
        raise Missing("application.unknown")
    sitting = act.get(Sitting, id=candidate.sitting_id)
    if sitting.state != SittingState.SCORED or sitting.scored_on is None:
        raise Refusal("review.not_open")
    may_ask(sitting.scored_on, int(value(act.db, "exam.review_working_days", sitting.scored_on)), act.today).or_refuse()
    held = scores_of(act, candidate.id).get(section)
    if held is None:
        raise Missing("score.section_unknown")
    if held.kept_from is not None:
        raise Refusal("correction.kept")
    if act.find(ScoreReview, application_id=candidate.id, section=section) is not None:
        raise Refusal("review.asked_before")
    due = add_working_days(act.today, int(value(act.db, "review.working_days", act.today)))
    row = act.add(
        ScoreReview(
            id=act.new_id(), receipt=human_code(act.source), application_id=candidate.id, section=section,
            text=reason_of(text), state=ReviewState.ASKED, asked_at=act.at, due_on=due,
        )
    )  # fmt: skip
    chain(act, "review_ask", [candidate.id])
    act.note("review.ask", id=row.id, application=candidate.id, section=section)
    return ReviewAsked(row.id, row.receipt, due)


@action("review.ask_for", may=SERVE)
def ask_for(act: Act, person_id: str, application_id: str, section: str, text: str, reason: CounterReason) -> ReviewAsked:
    """Ask for somebody who stands at the counter. Raises Missing("person.unknown") and what `ask` refuses."""
    serve(act, person_id, reason)
    done = ask_as(act, person_id, application_id, section, text)
    send(act, code="exam.told_review_at_counter", person_id=person_id, receipt=done.receipt)
    return done


@action("review.decide", may="score.correct", step_up=True)
def decide(act: Act, review_id: str, text: str, reply: str) -> ReviewDecided:
    """Answer a review with what was counted, as somebody who did not type it. `text` as it is typed.

    The same score: it stands. Another: a correction is proposed, which a second person decides.
    """
    row = act.get(ScoreReview, id=review_id)
    candidate = act.get(Application, id=row.application_id)
    sitting = sitting_for(act, candidate.sitting_id, "score.correct")
    REVIEW.check(row.state, "dismiss")
    may_recount(involved(act, sitting, row.section) - {sitting.signed_by, sitting.countersigned_by}, act.actor.account).or_refuse()
    mark, why = read_typed(text, step_of(sitting, row.section)), reason_of(reply)
    stands = scores_of(act, candidate.id)[row.section].hundredths == mark.hundredths
    values = {"decided_by": act.actor.account, "decided_at": act.at, "recounted": mark.hundredths, "reply": why}
    correction = ""
    if stands:
        act.move(row, REVIEW, "dismiss", **values)
    else:
        may_correct(involved(act, sitting, row.section), act.actor.account).or_refuse()
        act.move(row, REVIEW, "uphold", **values)
        made = propose_as(act, candidate.id, row.section, text, why, f"review:{row.id}")
        correction = made.correction_id
    chain(act, "review_decide", [candidate.id])
    code = "exam.review_dismissed" if stands else "exam.review_upheld"
    send(act, person_id=candidate.person_id, code=code, receipt=row.receipt, reply=row.reply)
    return ReviewDecided(row.state, correction)
