"""窗口受理: what somebody at the authority's counter complains of, with or without a name, and what they have to say later.

The complaint is the author's own. Whoever was the author's hand is on record with the step and never handles the case;
whoever is concerned, or handles it, is nobody's hand in it (`rules.may_own`, `rules.may_serve`).
"""

from __future__ import annotations

from skills.accounts.queries import account_of_person
from skills.complaints import rules
from skills.complaints.actions import following
from skills.complaints.actions.filing import Author, Received, file_as
from skills.complaints.actions.following import Followed
from skills.complaints.actions.steps import Paper, tell_author
from skills.complaints.models import Complaint
from skills.complaints.queries.owners import owning
from skills.kernel.acts import Act, action
from skills.people.actions.counter import SERVE, serve
from skills.people.rules.counter import CounterReason


@action("complaint.file_for", may=SERVE)
def file_for(
    act: Act, person_id: str, kind: str, text: str, reason: CounterReason, contact: str = "", about_id: str | None = None, matter: str = "",
    ref: str = "", papers: tuple[Paper, ...] = (),
) -> Received:  # fmt: skip
    """Take in what somebody at the counter complains of under their own name.

    Raises Missing("person.unknown") and what `filing.file` refuses.
    """
    serve(act, person_id, reason)
    author = Author(person_id, account_of_person(act.db, person_id), counter=True)
    return file_as(act, author, kind, text, contact, about_id, matter, ref, papers)


@action("complaint.file_unnamed", may=SERVE)
def file_unnamed(
    act: Act, kind: str, text: str, contact: str = "", about_id: str | None = None, matter: str = "", ref: str = "",
    papers: tuple[Paper, ...] = (),
) -> Received:  # fmt: skip
    """Take in what somebody at the counter complains of without a name: nothing is kept of who stood there.

    They follow it by number and word. Raises what `filing.file` refuses.
    """
    return file_as(act, Author(counter=True), kind, text, contact, about_id, matter, ref, papers)


@action("complaint.reply_for", may=SERVE)
def reply_for(act: Act, person_id: str, number: str, text: str, reason: CounterReason, papers: tuple[Paper, ...] = ()) -> Followed:
    """Write down what somebody at the counter answers the desk.

    Raises Missing("person.unknown"), Refusal("complaint.not_your_hand") and what `following.reply` refuses.
    """
    row = _of(act, person_id, number, reason)
    done = following.replied(act, row, text, papers, counter=True)
    tell_author(act, row, "complaint.told_replied_at_counter")
    return done


@action("complaint.escalate_for", may=SERVE)
def escalate_for(act: Act, person_id: str, number: str, text: str, reason: CounterReason) -> Followed:
    """Turn to the level above for somebody at the counter.

    Raises Missing("person.unknown"), Refusal("complaint.not_your_hand") and what `following.escalate` refuses.
    """
    row = _of(act, person_id, number, reason)
    done = following.escalated(act, row, text, counter=True)
    tell_author(act, row, "complaint.told_escalated_at_counter")
    return done


@action("complaint.withdraw_for", may=SERVE)
def withdraw_for(act: Act, person_id: str, number: str, reason: CounterReason) -> Followed:
    """Take a complaint back for somebody at the counter.

    Raises Missing("person.unknown"), Refusal("complaint.not_your_hand") and what `following.withdraw` refuses.
    """
    row = _of(act, person_id, number, reason)
    done = following.taken_back(act, row, counter=True)
    tell_author(act, row, "complaint.told_withdrawn_at_counter")
    return done


def _of(act: Act, person_id: str, number: str, reason: CounterReason) -> Complaint:
    """A case under this person's name, for a clerk who is not concerned."""
    serve(act, person_id, reason)
    row = act.get(Complaint, number=number, person_id=person_id)
    rules.may_serve(act.actor.account, act.actor.organisations, owning(act.db, row)).or_refuse()
    return row
