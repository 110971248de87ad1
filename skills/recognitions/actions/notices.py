"""From the committee's decision over the public notice to the orders of certificates; objections hold one name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skills.certification.actions.awards import Noticed
from skills.certification.actions.filings import in_reach
from skills.certification.actions.moves import take
from skills.certification.models import Filing
from skills.certification.queries.data_reviews import wanted
from skills.certification.queries.subjects import Subject, register
from skills.kernel.acts import Act, action
from skills.kernel.errors import Refusal
from skills.messages.actions import send, send_many
from skills.recognitions.actions.awards import order_awards
from skills.recognitions.actions.reading import covered, own, people_of
from skills.recognitions.models import RecognisedPerson, Recognition
from skills.recognitions.queries.notices import about, lines
from skills.recognitions.states import PROPOSED, PUBLISH, RECOGNITION, ProposedState, RecognitionState
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


@dataclass(frozen=True)
class Ordered:
    """How many certificates are being made, and how many people are held."""

    awarding: int
    held: int


@action("recognition.notice", may=PUBLISH)
def give_notice(act: Act, recognition_id: str) -> Noticed:
    """Put the confirmed on public notice for the working days of the policy; each of them is told."""
    row = own(act, recognition_id, PUBLISH)
    RECOGNITION.check(row.state, "notice")
    covered(act, row).or_refuse()
    last = add_working_days(act.today, value(act.db, "notice.working_days", act.today))
    take(act, row, RECOGNITION, "notice", noticed_on=act.today, notice_to=last)
    told = [one.person_id for one in people_of(act, row, ProposedState.CONFIRMED)]
    send_many(act, code="recognition.told_notice", person_ids=told, until=last)
    act.note("recognition.notice", id=row.id, people=len(told))
    return Noticed(last)


@action("recognition.review", may="data.review")
def review(act: Act, recognition_id: str, document: str) -> None:
    """The authority has reviewed the data 数据审核, where policy wants that before the number. Raises Refusal("recognition.notice_running")."""
    row = act.get(Recognition, id=recognition_id)
    in_reach(act, act.get(Filing, id=row.filing_id), "data.review")
    _over(act, row)
    if row.state != RecognitionState.NOTICED or row.reviewed_on is not None:
        raise Refusal("recognition.reviewed_already")
    row.reviewed_by, row.reviewed_on, row.document = act.actor.account, act.today, document.strip()[:80]
    act.db.flush()
    act.note("recognition.review", id=row.id)


@action("recognition.conclude", may=PUBLISH, step_up=True)
def conclude(act: Act, recognition_id: str) -> Ordered:
    """Conclude after the last day of the notice: everybody confirmed to whom nobody objects gets the certificate.

    Raises Refusal("recognition.notice_running" | "recognition.data_review"), what the filing refuses.
    """
    row = own(act, recognition_id, PUBLISH)
    RECOGNITION.check(row.state, "conclude")
    _over(act, row)
    covered(act, row).or_refuse()
    filing = act.get(Filing, id=row.filing_id)
    if wanted(act.db, filing.number or "", act.today) and row.reviewed_on is None:
        raise Refusal("recognition.data_review")
    take(act, row, RECOGNITION, "conclude", concluded_on=act.today)
    people = people_of(act, row, ProposedState.CONFIRMED)
    free = [one.id for one in people if not one.held]
    order_awards(act, free)
    act.note("recognition.conclude", id=row.id, awarding=len(free), held=len(people) - len(free))
    return Ordered(len(free), len(people) - len(free))


def _over(act: Act, row: Recognition) -> None:
    if row.notice_to is None or act.today <= row.notice_to:
        raise Refusal("recognition.notice_running", last=row.notice_to or "--")


def _notice_to(act: Act, recognised_id: str) -> date | None:
    one = act.find(RecognisedPerson, id=recognised_id)
    if one is None or one.state != ProposedState.CONFIRMED:
        return None
    row = act.get(Recognition, id=one.recognition_id)
    return row.notice_to if row.state == RecognitionState.NOTICED else None


def _hold(act: Act, recognised_id: str) -> None:
    act.get(RecognisedPerson, id=recognised_id).held = "objection"
    act.db.flush()


def _decided(act: Act, recognised_id: str, upheld: bool, reply: str) -> None:
    one = act.get(RecognisedPerson, id=recognised_id)
    if one.state != ProposedState.CONFIRMED:
        return
    if upheld:
        one.held = ""
        act.move(one, PROPOSED, "void")
        send(act, person_id=one.person_id, code="recognition.told_void", reason=reply)
        return
    one.held = ""
    act.db.flush()
    if act.get(Recognition, id=one.recognition_id).state == RecognitionState.CONCLUDED:
        order_awards(act, [one.id])


register("recognition", Subject(_notice_to, _hold, _decided, about, lines))
