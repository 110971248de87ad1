"""The author's side, by number and word or by the own account: replying, turning to the level above, taking it back."""

from __future__ import annotations

from dataclasses import dataclass

from skills.complaints import rules
from skills.complaints.actions.steps import Paper, keep, said, send_up, step, stopped_for, tell_handler
from skills.complaints.models import Complaint
from skills.complaints.queries import authored, standing
from skills.complaints.states import COMPLAINT
from skills.kernel.acts import ANYONE, Act, action


@dataclass(frozen=True)
class Followed:
    """A case by its number, its state, and the last day for the answer."""

    number: str
    state: str
    due_on: str


@action("complaint.reply", may=ANYONE)
def reply(act: Act, number: str, text: str, word: str = "", papers: tuple[Paper, ...] = ()) -> Followed:
    """Answer what the desk has asked; the clock runs on from here."""
    return replied(act, authored(act.db, number, word, act.actor.account), text, papers)


def replied(act: Act, row: Complaint, text: str, papers: tuple[Paper, ...], *, counter: bool = False) -> Followed:
    """The same on a case, inside the caller's act; `counter` if a clerk writes it down."""
    COMPLAINT.check(row.state, "reply")
    plain = said(text)
    keep(act, row, papers)
    act.move(row, COMPLAINT, "reply", due_on=stopped_for(row, act.today), waiting_since=None)
    step(act, row, "reply", text=plain, desk=counter)
    tell_handler(act, row, "complaint.told_reply")
    return _followed(row)


@action("complaint.escalate", may=ANYONE)
def escalate(act: Act, number: str, text: str, word: str = "") -> Followed:
    """Turn to the level above, once: left waiting, or not content with the answer.

    Raises Missing("complaint.unknown"), Refusal("complaint.no_escalation" | "complaint.text_needed").
    """
    return escalated(act, authored(act.db, number, word, act.actor.account), text)


def escalated(act: Act, row: Complaint, text: str, *, counter: bool = False) -> Followed:
    """The same on a case, inside the caller's act; `counter` if a clerk writes it down."""
    COMPLAINT.check(row.state, "escalate")
    rules.may_escalate(standing(act.db, row, act.today), act.today).or_refuse()
    send_up(act, row, "escalate", "escalated_at", said(text), desk=counter)
    return _followed(row)


@action("complaint.withdraw", may=ANYONE)
def withdraw(act: Act, number: str, word: str = "") -> Followed:
    """Take a complaint back."""
    return taken_back(act, authored(act.db, number, word, act.actor.account))


def taken_back(act: Act, row: Complaint, *, counter: bool = False) -> Followed:
    """The same on a case, inside the caller's act; `counter` if a clerk writes it down."""
    COMPLAINT.check(row.state, "withdraw")
    act.move(row, COMPLAINT, "withdraw", closed_at=act.at, waiting_since=None)
    step(act, row, "withdraw", desk=counter)
    tell_handler(act, row, "complaint.told_withdraw")
    return _followed(row)


def _followed(row: Complaint) -> Followed:
    return Followed(row.number, row.state, row.due_on.isoformat())
