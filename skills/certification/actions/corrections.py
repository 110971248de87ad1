"""成绩更正: a signed score never changes; two other people put a corrected one beside it, and what follows from it follows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from skills.aftercare.actions import revocations
from skills.certification.actions.awards import order_awards
from skills.certification.actions.holding import hold
from skills.certification.actions.moves import chain, reason_of, sitting_for
from skills.certification.models import Application, Award, Score, ScoreSheet, Sitting
from skills.certification.models.results import ScoreCorrection
from skills.certification.queries.carried import read_kept, step_of
from skills.certification.queries.exams import TOLD
from skills.certification.queries.incidents import voided
from skills.certification.queries.live import live_scores
from skills.certification.queries.panels import panel_of
from skills.certification.rules.exams import Outcome, Section, outcome
from skills.certification.rules.signing import may_correct
from skills.certification.states import APPLICATION, ApplicationState, SittingState
from skills.certification.states.results import CORRECTION, CorrectionState
from skills.credentials import queries as certificates
from skills.credentials.states import CertificateState
from skills.kernel.acts import Act, action
from skills.kernel.clock import end_of
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.records.rules.marks import ABSENT, Mark, read_typed, told
from skills.standards.calendar import add_working_days
from skills.standards.queries import value
from skills.standards.rules import Level

_REVISED = {Outcome.PASSED: "revise_pass", Outcome.FAILED: "revise_fail", Outcome.INCOMPLETE: "revise_open"}


@dataclass(frozen=True)
class CorrectionProposed:
    """A correction that waits for a second person."""

    correction_id: str


@dataclass(frozen=True)
class CorrectionDecided:
    """What came of a correction: its state, where the candidate stands now, and the revocation it began ("" if none)."""

    state: str
    application: str
    revocation_id: str = ""


@action("correction.propose", may="score.correct")
def propose(act: Act, application_id: str, section: str, text: str, reason: str) -> CorrectionProposed:
    """Propose another score for a signed one, as somebody who neither typed nor signed it. `text` as it is typed.

    Raises Missing, Refusal("correction.not_signed" | "correction.kept" | "correction.kept_later" | "correction.same").
    """
    return propose_as(act, application_id, section, text, reason, "body")


def propose_as(act: Act, application_id: str, section: str, text: str, reason: str, source: str) -> CorrectionProposed:
    """The same inside the caller's act. `source` says what it came from."""
    candidate = act.get(Application, id=application_id)
    sitting = sitting_for(act, candidate.sitting_id, "score.correct")
    if sitting.state not in TOLD:
        raise Refusal("correction.not_signed")
    held = scores_of(act, candidate.id).get(section)
    if held is None:
        raise Missing("score.section_unknown")
    if held.kept_from is not None:
        raise Refusal("correction.kept")
    _not_kept(act, candidate, section)
    mark, why = read_typed(text, step_of(sitting, section)), reason_of(reason)
    if mark.hundredths == held.hundredths:
        raise Refusal("correction.same", score=told(mark.hundredths))
    may_correct(involved(act, sitting, section), act.actor.account).or_refuse()
    if act.find(ScoreCorrection, application_id=candidate.id, section=section, state=CorrectionState.PROPOSED) is not None:
        raise Refusal("correction.open")
    row = act.add(
        ScoreCorrection(
            id=act.new_id(), application_id=candidate.id, section=section, before=held.hundredths, after=mark.hundredths,
            source=source, reason=why, state=CorrectionState.PROPOSED, proposed_by=act.actor.account, proposed_at=act.at,
        )
    )  # fmt: skip
    hold(act, candidate)
    chain(act, "correct_propose", [candidate.id])
    act.note("correction.propose", id=row.id, application=candidate.id, section=section)
    return CorrectionProposed(row.id)


@action("correction.decide", may="score.correct", step_up=True)
def decide(act: Act, correction_id: str, approved: bool, reason: str) -> CorrectionDecided:
    """Decide a correction as a second person, who neither typed nor signed. Approved: the outcome is worked out anew, and a
    certificate follows: made where there is a pass now, its revocation proposed where there is none any more.
    """
    row = act.get(ScoreCorrection, id=correction_id)
    candidate = act.get(Application, id=row.application_id)
    sitting = sitting_for(act, candidate.sitting_id, "score.correct")
    name = "approve" if approved else "refuse"
    CORRECTION.check(row.state, name)
    may_correct(involved(act, sitting, row.section), act.actor.account, row.proposed_by).or_refuse()
    act.move(
        row, CORRECTION, name, decided_by=act.actor.account, decided_at=act.at, decision=reason_of(reason)
    )  # fmt: skip
    chain(act, f"correct_{name}", [candidate.id])
    if not approved:
        _go_on(act, sitting, candidate)
        return CorrectionDecided(row.state, candidate.state)
    _not_kept(act, candidate, row.section)
    held = scores_of(act, candidate.id)[row.section]
    act.add(
        Score(
            application_id=candidate.id, section=row.section, version=held.version + 1, hundredths=row.after, kept_from=None,
            correction_id=row.id,
        )
    )  # fmt: skip
    section = Section(row.section).words
    send(
        act, person_id=candidate.person_id, code="exam.corrected", section=section[0], section_en=section[1],
        old=told(row.before), new=told(row.after), reason=row.reason,
    )  # fmt: skip
    revocation = _follow(act, sitting, candidate, row)
    return CorrectionDecided(row.state, candidate.state, revocation)


def _follow(act: Act, sitting: Sitting, candidate: Application, row: ScoreCorrection) -> str:
    """What a corrected score brings with it for the candidate; the id of the revocation that was proposed, if one was."""
    marks = {Section(s): Mark(one.hundredths) for s, one in scores_of(act, candidate.id).items()}
    marks |= dict.fromkeys(voided(act.db, [candidate.id]).get(candidate.id, ()), ABSENT)
    kept = [one.section for one in read_kept(candidate.kept)]
    result = outcome(Level(sitting.level), marks, sitting.pass_mark, kept)
    if candidate.state not in _OUTCOMES or _OUTCOMES[ApplicationState(candidate.state)] is result:
        _go_on(act, sitting, candidate)
        return ""
    passed_before = candidate.state == ApplicationState.PASSED
    act.move(candidate, APPLICATION, _REVISED[result])
    send(act, person_id=candidate.person_id, code=f"exam.{result}", day=sitting.held_on)
    hold(act, candidate)
    if passed_before:
        return _take_back(act, sitting, candidate, row)
    if result is Outcome.PASSED:
        _let_stand(act, candidate, row)
    if result is Outcome.PASSED and sitting.state in (SittingState.NOTICED, SittingState.CONCLUDED):
        _notice(act, sitting, candidate, row)
    return ""


def _not_kept(act: Act, candidate: Application, section: str) -> None:
    """No other exam of the candidate counts this section. Raises Refusal("correction.kept_later")."""
    others = select(Application).where(
        Application.person_id == candidate.person_id, Application.id != candidate.id, Application.state != ApplicationState.WITHDRAWN
    )
    for other in act.db.scalars(others):
        if any(one.application_id == candidate.id and one.section == section for one in read_kept(other.kept)):
            raise Refusal("correction.kept_later")


def _go_on(act: Act, sitting: Sitting, candidate: Application) -> None:
    """Nothing came of a correction: a pass of a concluded exam that it alone kept waiting gets its certificate."""
    hold(act, candidate)
    if candidate.state == ApplicationState.PASSED and not candidate.held and sitting.state == SittingState.CONCLUDED:
        order_awards(act, [candidate.id])


def _take_back(act: Act, sitting: Sitting, candidate: Application, row: ScoreCorrection) -> str:
    """Propose to revoke the certificate that rests on a pass which is none: its holder is heard, a second person decides."""
    held = act.db.scalar(
        select(Award.certificate_id)
        .where(Award.sitting_id == sitting.id, Award.person_id == candidate.person_id)
        .order_by(Award.awarded_at.desc(), Award.id.desc())
        .limit(1)
    )
    if held is None:
        return ""
    line = certificates.by_id(act.db, held)
    if line.state not in (CertificateState.ISSUED, CertificateState.SUSPENDED):
        return ""
    row.revocation_id = revocations.propose(act, line.number, "void_exam", row.reason).request_id
    return row.revocation_id


def _let_stand(act: Act, candidate: Application, row: ScoreCorrection) -> None:
    """The pass is back: what an earlier correction began against its certificate ends."""
    earlier = select(ScoreCorrection.revocation_id).where(
        ScoreCorrection.application_id == candidate.id, ScoreCorrection.revocation_id.is_not(None)
    )
    for revocation_id in act.db.scalars(earlier):
        revocations.drop(act, revocation_id or "", row.reason, (act.actor.account, row.proposed_by))


def _notice(act: Act, sitting: Sitting, candidate: Application, row: ScoreCorrection) -> None:
    """A pass that comes after the notice began is on notice for as many working days as the others were; not one whose certificate stands."""
    if act.find(Award, grounds=f"application:{candidate.id}") is not None:
        return
    last = add_working_days(act.today, value(act.db, "notice.working_days", act.today))
    if sitting.state == SittingState.NOTICED:
        act.alter(sitting, notice_to=max(last, sitting.notice_to or last))
        return
    row.notice_to = last
    hold(act, candidate)
    order_awards(act, [candidate.id], end_of(last))


_OUTCOMES = {
    ApplicationState.PASSED: Outcome.PASSED, ApplicationState.FAILED: Outcome.FAILED,
    ApplicationState.INCOMPLETE: Outcome.INCOMPLETE,
}  # fmt: skip


def scores_of(act: Act, application_id: str) -> dict[str, Score]:
    """The scores of a candidate that count, by section."""
    return {row.section: row for row in act.db.scalars(live_scores().where(Score.application_id == application_id))}


def involved(act: Act, sitting: Sitting, section: str) -> frozenset[str]:
    """The accounts that typed a section, or marked it on a panel, or signed the exam."""
    sheet = act.find(ScoreSheet, sitting_id=sitting.id, section=section)
    hands = [sitting.signed_by, sitting.countersigned_by, *((sheet.first_by, sheet.second_by) if sheet else ())]
    hands += panel_of(act.db, sitting.id) if section in sitting.panel else ()
    return frozenset(one for one in hands if one)
