"""Asking to be erased, examining, deciding. The deciding act clears what is not sealed; a job destroys the key."""

from __future__ import annotations

from dataclasses import dataclass

from skills.erasures import queries
from skills.erasures.models import ErasureRequest
from skills.erasures.rules import REASONS, Proposal, reason_fits, second_hand
from skills.erasures.states import ERASURE, OPEN, ErasureState
from skills.kernel.acts import Act, action
from skills.kernel.canon import plain
from skills.kernel.errors import Missing, Refusal
from skills.messages.actions import send
from skills.people import actions as people
from skills.people.parts import PARTS
from skills.people.queries import group
from skills.standards.calendar import add_working_days
from skills.standards.queries import value


@dataclass(frozen=True)
class Asked:
    """A request and the last day for its answer."""

    request_id: str
    due_on: str


@dataclass(frozen=True)
class Decided:
    """How a request ended, or that it went back to the first hand."""

    request_id: str
    state: str


@action("erasure.ask", may="erasure.ask")
def ask(act: Act) -> Asked:
    """Ask for one's own data to be erased. Raises Refusal("erasure.not_yet") with everything that stands against it."""
    if act.actor.person is None:
        raise Refusal("no_person")
    return _begin(act, act.actor.person, "")


@action("erasure.ask_at_counter", may="person.register")
def ask_at_counter(act: Act, person_id: str, form_number: str) -> Asked:
    """Take a request in at the counter: the person is there, the document was seen, a paper was signed."""
    number = form_number.strip()
    if not 1 <= len(number) <= 40:
        raise Refusal("erasure.form_number")
    return _begin(act, person_id, number)


@action("erasure.withdraw", may="erasure.ask")
def withdraw(act: Act, request_id: str) -> None:
    """Take one's own request back, as long as nobody has decided."""
    row = act.find(ErasureRequest, id=request_id, person_id=act.actor.person)
    if row is None:
        raise Missing("erasure_request.unknown")
    act.move(row, ERASURE, "withdraw")


@action("erasure.examine", may="erasure.examine")
def examine(act: Act, request_id: str, proposal: str, reason: str = "") -> None:
    """The first hand: propose to grant, or to refuse for a reason. Raises Refusal("erasure.proposal")."""
    row = act.get(ErasureRequest, id=request_id)
    ERASURE.check(row.state, "examine")
    reason_fits(proposal, reason).or_refuse()
    act.move(row, ERASURE, "examine", proposal=proposal, reason=reason, examined_by=act.actor.account, examined_at=act.at)


@action("erasure.decide", may="erasure.decide", step_up=True)
def decide(act: Act, request_id: str, agree: bool) -> Decided:
    """The second hand: as proposed, or back to the first. A grant forgets the person for good.

    Raises Refusal("erasure.second_person" | "erasure.not_yet").
    """
    row = act.get(ErasureRequest, id=request_id)
    ERASURE.check(row.state, "send_back")
    second_hand(row.examined_by, act.actor.account).or_refuse()
    if not agree:
        act.move(row, ERASURE, "send_back", proposal="", reason="", examined_by=None, examined_at=None)
    elif row.proposal == Proposal.REFUSE:
        zh, en = REASONS[row.reason]
        act.move(row, ERASURE, "refuse", decided_by=act.actor.account, decided_at=act.at)
        send(act, code="erasure.told_refused", person_id=row.person_id, reason=zh, reason_en=en)
    else:
        _grant(act, row)
    return Decided(row.id, row.state)


def _begin(act: Act, person_id: str, form: str) -> Asked:
    outlook = queries.outlook(act.db, person_id, act.today)
    held = queries.of_person(act.db, person_id, act.today)
    if held is not None and held.state in OPEN:
        raise Refusal("erasure.asked_already")
    outlook.or_refuse()
    due = add_working_days(act.today, int(value(act.db, "erasure.answer_working_days", act.today)))
    row = act.add(
        ErasureRequest(
            id=act.new_id(), person_id=person_id, state=ErasureState.ASKED, asked_by=act.actor.account, asked_at=act.at,
            form=form, due_on=due, proposal="", reason="", verdict=[], kept={},
        )
    )  # fmt: skip
    act.note("erasure.ask", id=row.id)
    send(act, code="erasure.told_asked", person_id=person_id, due=due)
    return Asked(row.id, due.isoformat())


def _grant(act: Act, row: ErasureRequest) -> None:
    verdict = queries.verdict_on(act.db, row.id, act.today)
    verdict.or_refuse()
    kept = queries.stays(act.db, row.person_id)
    for part in reversed(PARTS.values()):  # from the roof down: what lies below does not change what stands above
        for each in group(act.db, row.person_id):  # what was sealed for a record that was joined into this one goes too
            part.forget(act, each)
    people.erase(act, row.person_id)
    act.move(
        row, ERASURE, "grant", decided_by=act.actor.account, decided_at=act.at, verdict=plain(verdict.findings), kept=kept,
        form="",
    )  # fmt: skip
